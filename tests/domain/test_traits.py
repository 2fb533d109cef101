"""Traits of articles: their numbers, which are stored, and the values that filters select by."""

import pytest

from app.domain.article_members import ArticleAccess, ArticleFormat
from app.domain.list_filter import Facet
from app.domain.traits import Traits, access_number, format_number, is_logged, language_number, trait_names


def test_trait_numbers_are_stable() -> None:
    assert [format_number(each) for each in ArticleFormat] == [1, 2, 3, 4, 5]
    assert [access_number(each) for each in ArticleAccess] == [1, 2, 3]
    assert [language_number(each) for each in ("en", "EN", "en-GB", "uk")] == [
        1597929855,
        1597929855,
        230481692,
        1355504447,
    ]


@pytest.mark.parametrize("tag", ["a", "de", "zh-Hant-TW", "x-" + "private-" * 6 + "use"])
def test_language_number_is_positive_and_of_31_bits(tag: str) -> None:
    assert 0 < language_number(tag) < 2**31


def test_traits_name_their_lists_and_changes_only_what_is_uncommon() -> None:
    plain, special = Traits(), Traits("video", "de", featured=True, access="paid")
    assert plain.facets() == ((Facet.FORMAT, 1), (Facet.LANGUAGE, 0), (Facet.FEATURED, 0))
    assert not any(is_logged(*each) for each in plain.facets())
    number = language_number("de")
    assert special.facets() == (
        (Facet.FORMAT, 3),
        (Facet.LANGUAGE, number),
        (Facet.FEATURED, 1),
        (Facet.ACCESS, 3),
    )
    assert all(is_logged(*each) for each in special.facets())


def test_trait_names_have_the_language_of_the_edition_where_there_is_none() -> None:
    assert (Facet.LANGUAGE, "en-gb") in trait_names(Traits(), "en-GB")
    assert (Facet.LANGUAGE, "de") in trait_names(Traits(language="DE"), "en-GB")
    assert trait_names(Traits(access="free", featured=True), "uk") == [
        (Facet.FORMAT, "article"),
        (Facet.LANGUAGE, "uk"),
        (Facet.FEATURED, "true"),
        (Facet.ACCESS, "free"),
    ]
