"""Dependencies: recorded while a response is made, and the changes that invalidate them."""

from collections.abc import Callable

import pytest

from app.domain.list_filter import Facet
from app.domain.tsid import format_id
from app.invalidation.change_event import ChangeEvent
from app.invalidation.dependencies import (
    LOG_KEY,
    Dependencies,
    RangeDependency,
    depend_on_article,
    depend_on_collection,
    depend_on_entries,
    depend_on_entry,
    depend_on_log,
    depend_on_range,
    depend_on_slugs,
    expires_at,
    set_cache_policy,
    tracking,
)
from app.invalidation.max_age import CONTENT
from app.invalidation.schedule_snapshot import ListDependency


def change(*named: str, lists: tuple[str, ...] = (), places: tuple[int, ...] | None = ()) -> ChangeEvent:
    return ChangeEvent(1, frozenset(named), frozenset(lists), places)


def recorded(*notes: Callable[[], None]) -> Dependencies:
    recorded_dependencies = Dependencies()
    with tracking(recorded_dependencies):
        for note in notes:
            note()
    return recorded_dependencies


NOTES: dict[str, Callable[[], None]] = {
    f"article:{format_id(7)}": lambda: depend_on_article(7),
    "tag:3": lambda: depend_on_entry(Facet.TAG, 3),
    "authors": lambda: depend_on_collection(Facet.AUTHOR, 2),
    "sections:2": lambda: depend_on_collection(Facet.SECTION, 2),
    "label:5": lambda: depend_on_entries(Facet.LABEL, [5, None]),
    "slugs:2": lambda: depend_on_slugs(2),
    LOG_KEY: depend_on_log,
}


@pytest.mark.parametrize("key", NOTES)
def test_dependencies_use_the_surrogate_keys_of_changes(key: str) -> None:
    recorded_dependencies = recorded(NOTES[key])
    assert recorded_dependencies.keys == {key}
    assert not recorded_dependencies.is_empty
    assert recorded_dependencies.is_invalidated_by(change(key, "tag:999"))
    assert not recorded_dependencies.is_invalidated_by(change("tag:999"))


def test_recording_outside_of_a_response_has_no_effect() -> None:
    for note in NOTES.values():
        note()
    depend_on_range([["edition:1"]], 1, 2)
    expires_at(1)
    set_cache_policy(CONTENT, ListDependency())
    assert recorded().is_empty


def test_nested_tracking_records_separately() -> None:
    outer, inner = Dependencies(), Dependencies()
    with tracking(outer):
        depend_on_article(1)
        with tracking(inner):
            depend_on_article(2)
        depend_on_article(3)
    depend_on_article(4)
    assert outer.keys == {f"article:{format_id(1)}", f"article:{format_id(3)}"}
    assert inner.keys == {f"article:{format_id(2)}"}


def test_repeated_dependency_counts_once() -> None:
    note: Callable[[], None] = lambda: depend_on_range([["edition:1", "edition:2"]], 5, 9)  # noqa: E731 - a recording function as the others
    again: Callable[[], None] = lambda: depend_on_range([["edition:2", "edition:1"]], 5, 9)  # noqa: E731 - same
    recorded_dependencies = recorded(note, NOTES["tag:3"], again, NOTES["tag:3"])
    assert recorded_dependencies.ranges == [RangeDependency((frozenset({"edition:1", "edition:2"}),), 5, 9)]
    assert recorded_dependencies.keys == {"tag:3"}


@pytest.mark.parametrize(("place", "is_touched"), [(4, False), (5, True), (7, True), (9, True), (10, False)])
def test_range_is_invalidated_by_a_timestamp_in_it_ends_included(place: int, *, is_touched: bool) -> None:
    recorded_dependencies = recorded(lambda: depend_on_range([["edition:1"]], 5, 9))
    assert not recorded_dependencies.is_empty
    assert recorded_dependencies.is_invalidated_by(change(lists=("edition:1", "tag:3"), places=(place,))) is is_touched
    assert recorded_dependencies.is_invalidated_by(change(lists=("edition:1",), places=(0, place, 99))) is is_touched


def test_range_is_invalidated_by_unknown_timestamps_and_not_by_none() -> None:
    recorded_dependencies = recorded(lambda: depend_on_range([["edition:1"]], 5, 9))
    assert recorded_dependencies.is_invalidated_by(change(lists=("edition:1",), places=None))
    assert not recorded_dependencies.is_invalidated_by(change(lists=("edition:2",), places=None))
    assert not recorded_dependencies.is_invalidated_by(change(lists=("edition:1",), places=()))


def test_range_of_several_groups_requires_a_list_of_each() -> None:
    recorded_dependencies = recorded(lambda: depend_on_range([["tag:1", "tag:2"], ["section:4"], ["edition:1"]], 0, 9))
    for lists, is_touched in (
        (("tag:2", "section:4", "edition:1"), True),
        (("tag:1", "tag:9", "section:4", "edition:1"), True),
        (("tag:1", "section:5", "edition:1"), False),
        (("tag:3", "section:4", "edition:1"), False),
        (("tag:1", "tag:2", "section:4"), False),
    ):
        assert recorded_dependencies.is_invalidated_by(change(lists=lists, places=(3,))) is is_touched, lists


def test_response_expires_at_the_first_of_its_instants() -> None:
    recorded_dependencies = recorded(lambda: expires_at(50), lambda: expires_at(20), lambda: expires_at(70))
    assert recorded_dependencies.expires_at == 20
    assert recorded_dependencies.is_empty, "an instant alone does not say what else the response depends on"
