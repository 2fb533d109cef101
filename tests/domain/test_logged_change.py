"""Rows of the change log as those read them who drop kept answers."""

from app.domain.ids import format_id
from app.domain.logged_change import logged_change
from app.domain.surrogate import EVERY_PLACE, article_key, place_key

ARTICLE = article_key(7)
REFERRER = article_key(8)


def test_a_change_of_an_article_names_articles_and_the_slugs_of_its_edition() -> None:
    found = logged_change(
        9,
        ["edition:2", "tag:3", ARTICLE, REFERRER, place_key(500), place_key(-20)],
        is_of_article=True,
        edition_id=2,
    )
    assert found.seq == 9
    assert found.named == {ARTICLE, REFERRER, "slugs:2"}
    assert found.lists == {"edition:2", "tag:3"}
    assert found.places == (500, -20)


def test_a_tag_on_an_article_is_a_list_it_stands_in_and_no_change_of_the_tag() -> None:
    found = logged_change(1, ["tag:3", ARTICLE], is_of_article=True, edition_id=None)
    assert "tag:3" not in found.named
    assert found.named == {ARTICLE}


def test_so_many_places_that_they_are_not_named_are_all_places() -> None:
    found = logged_change(1, ["edition:2", EVERY_PLACE, place_key(5)], is_of_article=True, edition_id=2)
    assert found.places is None
    assert found.lists == {"edition:2"}


def test_an_article_that_stands_nowhere_has_no_place() -> None:
    assert logged_change(1, ["edition:2", ARTICLE], is_of_article=True, edition_id=2).places == ()


def test_a_change_of_the_catalogue_has_only_names() -> None:
    found = logged_change(3, ["tags", "tag:3", "edition:2"], is_of_article=False, edition_id=2)
    assert found.named == {"tags", "tag:3", "edition:2"}
    assert (found.lists, found.places) == (frozenset(), ())


def test_equal_rows_are_equal_changes_and_another_row_is_another() -> None:
    row = ["tag:3", "edition:2", f"article:{format_id(7)}"]
    first = logged_change(3, row, is_of_article=True, edition_id=2)
    assert first == logged_change(3, row[::-1], is_of_article=True, edition_id=2)
    assert first != logged_change(4, row, is_of_article=True, edition_id=2)
    assert first != logged_change(3, row[:-1], is_of_article=True, edition_id=2)
