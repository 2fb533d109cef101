"""Rows of the change log as readers parse them to invalidate cached responses."""

from app.domain.tsid import format_id
from app.invalidation.change_event import parse_change_event
from app.invalidation.surrogate_keys import ALL_TIMESTAMPS, article_key, timestamp_key

ARTICLE = article_key(7)
REFERRER = article_key(8)


def test_article_change_names_the_article_and_its_slugs() -> None:
    found = parse_change_event(
        9,
        ["edition:2", "tag:3", ARTICLE, REFERRER, timestamp_key(500), timestamp_key(-20)],
        is_of_article=True,
        edition_id=2,
    )
    assert found.seq == 9
    assert found.entity_keys == {ARTICLE, REFERRER, "slugs:2"}
    assert found.list_keys == {"edition:2", "tag:3"}
    assert found.timestamps == (500, -20)


def test_tag_of_an_article_is_a_list_and_not_a_named_key() -> None:
    found = parse_change_event(1, ["tag:3", ARTICLE], is_of_article=True, edition_id=None)
    assert "tag:3" not in found.entity_keys
    assert found.entity_keys == {ARTICLE}


def test_too_many_timestamps_become_all_timestamps() -> None:
    found = parse_change_event(1, ["edition:2", ALL_TIMESTAMPS, timestamp_key(5)], is_of_article=True, edition_id=2)
    assert found.timestamps is None
    assert found.list_keys == {"edition:2"}


def test_article_in_no_list_has_no_timestamp() -> None:
    assert parse_change_event(1, ["edition:2", ARTICLE], is_of_article=True, edition_id=2).timestamps == ()


def test_catalogue_change_has_names_only() -> None:
    found = parse_change_event(3, ["tags", "tag:3", "edition:2"], is_of_article=False, edition_id=2)
    assert found.entity_keys == {"tags", "tag:3", "edition:2"}
    assert (found.list_keys, found.timestamps) == (frozenset(), ())


def test_change_events_are_equal_for_equal_rows() -> None:
    row = ["tag:3", "edition:2", f"article:{format_id(7)}"]
    first = parse_change_event(3, row, is_of_article=True, edition_id=2)
    assert first == parse_change_event(3, row[::-1], is_of_article=True, edition_id=2)
    assert first != parse_change_event(4, row, is_of_article=True, edition_id=2)
    assert first != parse_change_event(3, row[:-1], is_of_article=True, edition_id=2)
