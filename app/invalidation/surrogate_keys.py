"""Surrogate keys: the names of everything an answer can depend on, as the change log writes them.

article:<id>    that article            edition:<n>   the edition and its whole timeline
section:<n>  tag:<n>  author:<n>  label:<n>           a catalogue entry and the lists filtered by it
editions  sections:<edition>  tags  authors  labels   the list of such entries
slugs:<edition>   the slugs of its articles, by which one may be found that was not there before
at:<instant>    a place in the timelines above that something entered, left or changed
"""

from collections.abc import Iterable

from app.domain.list_filter import Facet
from app.domain.tsid import format_id

ALL_TIMESTAMPS = "at:*"
"""Stands for so many places that they are not named one by one any more."""

_NAMES = {
    Facet.EDITION: "edition",
    Facet.SECTION: "section",
    Facet.TAG: "tag",
    Facet.AUTHOR: "author",
    Facet.LABEL: "label",
}


def article_key(article_id: int) -> str:
    """The key of one article."""
    return f"article:{format_id(article_id)}"


def facet_key(kind: Facet, number: int) -> str:
    """The key of an edition, section, tag, author or label."""
    return f"{_NAMES[kind]}:{number}"


def collection_key(kind: Facet, edition_id: int | None = None) -> str:
    """The key of the list of editions, tags, authors or labels, or of the sections of one edition."""
    return f"{_NAMES[kind]}s" if kind is not Facet.SECTION else f"sections:{edition_id}"


def slugs_key(edition_id: int) -> str:
    """The key of the slugs of an edition's articles; every change of one of its articles concerns it."""
    return f"slugs:{edition_id}"


def timestamp_key(instant: int) -> str:
    """The key of a place in time."""
    return f"at:{instant}"


def is_timestamp_key(key: str) -> bool:
    """Whether a key names a place in time."""
    return key.startswith("at:")


def is_article_key(key: str) -> bool:
    """Whether a key names one article."""
    return key.startswith("article:")


def normalized_keys(keys: Iterable[str]) -> list[str]:
    """Each key once, in a fixed order."""
    return sorted(set(keys))
