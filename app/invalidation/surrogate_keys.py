"""Surrogate keys: identifiers of everything a response can depend on, as stored in the change log.

article:<id>    that article            edition:<n>   the edition and its whole timeline
pages:<n>    the pages of an edition, which its timeline does not contain
format:<n>  language:<n>  featured:<n>  access:<n>    the lists of articles with a trait (see domain/traits.py)
section:<n>  tag:<n>  author:<n>  label:<n>           a catalogue entry and the lists filtered by it
subsections:<n>   the sections below a section, and their articles
editions  sections:<edition>  tags  authors  labels   the collection of such entries
slugs:<edition>   the slugs of its articles, for a lookup that found none
list:<n>        a curated list          lists:<edition>   the collection of them
at:<instant>    a timestamp in the timelines above at which an article entered, left or changed
"""

from collections.abc import Iterable

from app.domain.list_filter import Facet
from app.domain.traits import UNLOGGED
from app.domain.tsid import format_id

ALL_TIMESTAMPS = "at:*"
"""Stands for more timestamps than are listed one by one."""

_NAMES = {
    Facet.EDITION: "edition",
    Facet.SECTION: "section",
    Facet.TAG: "tag",
    Facet.AUTHOR: "author",
    Facet.LABEL: "label",
    Facet.FORMAT: "format",
    Facet.LANGUAGE: "language",
    Facet.FEATURED: "featured",
    Facet.ACCESS: "access",
    Facet.SECTION_TREE: "subsections",
}
EDITION_PREFIX = "edition:"
PAGES_PREFIX = "pages:"


def article_key(article_id: int) -> str:
    """Return the key of one article."""
    return f"article:{format_id(article_id)}"


def facet_key(kind: Facet, number: int) -> str:
    """Return the key of a list; the number of an edition is negative for its pages."""
    if kind is Facet.EDITION and number < 0:
        return f"{PAGES_PREFIX}{-number}"
    return f"{_NAMES[kind]}:{number}"


def list_keys(place: int, facets: Iterable[tuple[Facet, int]]) -> list[str]:
    """Return the keys of the lists that an article is in; `place` is its edition, negative for a page."""
    return [
        facet_key(Facet.EDITION, place) if facet[0] is Facet.EDITION else f"{_NAMES[facet[0]]}:{facet[1]}"
        for facet in facets
        if facet not in UNLOGGED
    ]


def facet_keys(kind: Facet, numbers: Iterable[int | None]) -> list[str]:
    """Return the keys of several entries of one kind; None stands for no entry."""
    name = _NAMES[kind]
    return [f"{name}:{number}" for number in numbers if number is not None]


def collection_key(kind: Facet, edition_id: int | None = None) -> str:
    """Return the key of the collection of editions, tags, authors or labels, or of the sections of one edition."""
    return f"{_NAMES[kind]}s" if kind is not Facet.SECTION else f"sections:{edition_id}"


def slugs_key(edition_id: int) -> str:
    """Return the key of the slugs of an edition's articles; every change of one of its articles affects it."""
    return f"slugs:{edition_id}"


def curated_list_key(number: int) -> str:
    """Return the key of a curated list."""
    return f"list:{number}"


def curated_lists_key(edition_id: int) -> str:
    """Return the key of the collection of an edition's curated lists."""
    return f"lists:{edition_id}"


def timestamp_key(instant: int) -> str:
    """Return the key of a timestamp."""
    return f"at:{instant}"


def is_timestamp_key(key: str) -> bool:
    """Return whether a key is a timestamp."""
    return key.startswith("at:")


def is_article_key(key: str) -> bool:
    """Return whether a key identifies one article."""
    return key.startswith("article:")


def normalized_keys(keys: Iterable[str]) -> list[str]:
    """Return each key once, in a fixed order."""
    return sorted(set(keys))
