"""Traits of an article: its format, language, prominence and access, by which lists are filtered."""

from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from app.domain.article_members import ArticleAccess, ArticleFormat
from app.domain.list_filter import Facet

PAGE: Final = ArticleFormat.PAGE.value
LISTED_FORMATS: Final = tuple(each.value for each in ArticleFormat if each is not ArticleFormat.PAGE)
"""Formats of the articles that lists contain whose request names no format."""

OWN_LANGUAGE: Final = 0
"""Number of the language of an article without one of its own: that of its edition, whichever it is."""

# The numbers are stored in the index of lists and in the change log.
_FORMAT_NUMBERS: Final = {
    ArticleFormat.ARTICLE: 1,
    ArticleFormat.GALLERY: 2,
    ArticleFormat.VIDEO: 3,
    ArticleFormat.AUDIO: 4,
    ArticleFormat.PAGE: 5,
}
_ACCESS_NUMBERS: Final = {ArticleAccess.FREE: 1, ArticleAccess.REGISTERED: 2, ArticleAccess.PAID: 3}
UNLOGGED: Final = {
    (Facet.FORMAT, _FORMAT_NUMBERS[ArticleFormat.ARTICLE]),
    (Facet.LANGUAGE, OWN_LANGUAGE),
    (Facet.FEATURED, 0),
}
"""Lists that contain almost every article, which changes do not name."""


class Traits(NamedTuple):
    """Traits of an article, as its row stores them; `language` is None where it is the edition's."""

    format: str = ArticleFormat.ARTICLE.value
    language: str | None = None
    featured: bool = False
    access: str | None = None

    @property
    def is_page(self) -> bool:
        """Return whether it is a page, which lists contain on request only."""
        return self.format == PAGE

    def place(self, edition_id: int) -> int:
        """Return the edition id of its rows in the index: that of a page is negated, so that no other list reads it."""
        return -edition_id if self.is_page else edition_id

    def facets(self) -> tuple[tuple[Facet, int], ...]:
        """Return the lists that contain an article with these traits."""
        return _facets(self)


NO_TRAITS: Final = Traits()


def read_traits(row: Any) -> Traits:
    """Return the traits in a row of `articles`."""
    return Traits(row.format, row.language, bool(row.featured), row.access)


def trait_names(traits: Traits, edition_language: str) -> list[tuple[Facet, str]]:
    """Return the values that filters select an article with these traits by, in an edition of this language."""
    language = edition_language if traits.language is None else traits.language
    names = [
        (Facet.FORMAT, traits.format),
        (Facet.LANGUAGE, language.lower()),
        (Facet.FEATURED, str(traits.featured).lower()),
    ]
    return names if traits.access is None else [*names, (Facet.ACCESS, traits.access)]


@lru_cache(maxsize=1_024)
def _facets(traits: Traits) -> tuple[tuple[Facet, int], ...]:
    language = OWN_LANGUAGE if traits.language is None else language_number(traits.language)
    found = [
        (Facet.FORMAT, format_number(traits.format)),
        (Facet.LANGUAGE, language),
        (Facet.FEATURED, int(traits.featured)),
    ]
    if traits.access is not None:
        found.append((Facet.ACCESS, access_number(traits.access)))
    return tuple(found)


def format_number(name: str) -> int:
    """Return the number of a format."""
    return _FORMAT_NUMBERS[ArticleFormat(name)]


def access_number(name: str) -> int:
    """Return the number of a level of access."""
    return _ACCESS_NUMBERS[ArticleAccess(name)]


@lru_cache(maxsize=1_024)
def language_number(tag: str) -> int:
    """Return the number of a language tag, in any letter case: positive, of 31 bits, by a hash of the tag.

    So no table of languages has to be read or written. A hundred different tags share a number with a probability of
    two in a million; then lists of one of the two languages contain the articles of both.
    """
    number = int.from_bytes(blake2b(tag.lower().encode(), digest_size=4).digest()) >> 1
    return number or 1


def is_logged(kind: Facet, number: int) -> bool:
    """Return whether changes name this list by a surrogate key: not those that contain almost every article."""
    return (kind, number) not in UNLOGGED
