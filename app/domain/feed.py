"""Feeds: how much of an article they carry."""

from enum import StrEnum


class FeedContent(StrEnum):
    """What the feeds of an edition say of an article beside its metadata."""

    HEADLINES = "headlines"
    SUMMARY = "summary"
    FULL = "full"
