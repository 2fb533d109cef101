"""Content of feeds."""

from enum import StrEnum


class FeedContent(StrEnum):
    """Amount of an article's text in the feeds of an edition."""

    HEADLINES = "headlines"
    SUMMARY = "summary"
    FULL = "full"
