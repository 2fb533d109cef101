"""Lists of articles with a trait: the part of a filter that names no catalogue entry."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from app.domain.list_filter import Facet, ListFilter
from app.domain.traits import LISTED_FORMATS, OWN_LANGUAGE, PAGE, access_number, format_number, language_number
from app.queries.keyset.list_index import ListRef, ListSelection, bounded

_WHOLE: Final = frozenset({frozenset({PAGE}), frozenset(LISTED_FORMATS), frozenset({*LISTED_FORMATS, PAGE})})
"""Sets of formats that the edition ids of the rows select by themselves."""


def select_traits(selection: ListSelection, scope: ListFilter, languages: Mapping[int, str]) -> ListSelection:
    """Return the selection restricted to the traits of a filter; InvalidInputError for too many combinations.

    `languages` are those of the editions by their ids. Without a format the selection contains no pages.
    """
    traits = scope.traits()
    if not traits:
        return selection
    places = _places(scope.formats, languages)
    named = [group for group in selection.groups if any(kind is not Facet.EDITION for _, kind, _ in group) or not group]
    groups = [
        tuple((place, kind, number) for edition, kind, number in group for place in places[edition]) for group in named
    ]
    for kind, values in traits:
        if kind is not Facet.FORMAT or frozenset(values) not in _WHOLE:
            groups.append(tuple(_lists(kind, values, languages, places)))
    if not groups:
        groups = [tuple((place, Facet.EDITION, 0) for edition in languages for place in places[edition])]
    return bounded(replace(selection, groups=tuple(groups)), len(languages))


def _places(formats: tuple[str, ...], editions: Mapping[int, str]) -> dict[int, tuple[int, ...]]:
    """Return the edition ids of the rows to read for each edition: its own, and the negated one for pages."""
    has_articles, has_pages = any(each != PAGE for each in formats) or not formats, PAGE in formats
    return {edition: (edition,) * has_articles + (-edition,) * has_pages for edition in editions}


def _lists(
    kind: Facet, values: tuple[str, ...], languages: Mapping[int, str], places: Mapping[int, tuple[int, ...]]
) -> Iterator[ListRef]:
    for edition, language in languages.items():
        if kind is Facet.FORMAT:
            for name in dict.fromkeys(values):
                yield (-edition if name == PAGE else edition), kind, format_number(name)
        else:
            for number in _numbers(kind, values, language):
                for place in places[edition]:
                    yield place, kind, number


def _numbers(kind: Facet, values: tuple[str, ...], language: str) -> Iterator[int]:
    """Yield the numbers of these values in an edition of this language."""
    for value in dict.fromkeys(values):
        if kind is Facet.ACCESS:
            yield access_number(value)
        elif kind is Facet.FEATURED:
            yield int(value == "true")
        else:
            yield language_number(value)
            if value == language.lower():
                yield OWN_LANGUAGE
