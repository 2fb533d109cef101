"""Parts of lists in bins of time: found as by a scan of all, and released completely."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.invalidation.change_event import ChangeEvent
from app.invalidation.dependencies import RangeDependency
from app.invalidation.time_buckets import BUCKET_BITS, UNBOUNDED, bucket_of
from app.queries.keyset.list_index import MAX_SORT_KEY, MIN_SORT_KEY
from app.response_cache.range_index import RangeIndex

KEYS = ("edition:1", "edition:2", "tag:1", "tag:2", "section:1")
INSTANTS = st.one_of(
    st.integers(-(2**40), 2**40),
    st.sampled_from([MIN_SORT_KEY[0], MAX_SORT_KEY[0]]),
    st.sampled_from(BUCKET_BITS).flatmap(lambda level: st.integers(-2, 2).map(lambda step: (3 << level) + step)),
)
GROUPS = st.lists(st.frozensets(st.sampled_from(KEYS), min_size=1, max_size=3), min_size=1, max_size=3).map(tuple)
SPANS = st.builds(
    lambda groups, ends: RangeDependency(groups, min(ends), max(ends)), GROUPS, st.tuples(INSTANTS, INSTANTS)
)
CHANGES = st.builds(
    lambda lists, places: ChangeEvent(1, frozenset(), lists, places),
    st.frozensets(st.sampled_from(KEYS), max_size=4),
    st.one_of(st.none(), st.lists(INSTANTS, max_size=3).map(tuple)),
)
NAMED = st.lists(st.tuples(st.sampled_from("abcd"), SPANS), max_size=12)


@settings(max_examples=50)
@given(NAMED, CHANGES)
def test_range_index_finds_exactly_the_affected_responses(
    named: list[tuple[str, RangeDependency]], change: ChangeEvent
) -> None:
    spans = RangeIndex()
    for name, span in named:
        spans.add(name, span)
    assert spans.find(change) == {name for name, span in named if span.is_invalidated_by(change)}


@settings(max_examples=50)
@given(NAMED, NAMED, CHANGES)
def test_range_index_remove_leaves_no_trace(
    stay: list[tuple[str, RangeDependency]], go: list[tuple[str, RangeDependency]], change: ChangeEvent
) -> None:
    spans, staying = RangeIndex(), {(f"stays {name}", span) for name, span in stay}
    going = {(name, span) for name, span in go}
    for name, span in staying | going:
        spans.add(name, span)
    for name, span in going:
        spans.remove(name, span)
    assert spans.find(change) == {name for name, span in staying if span.is_invalidated_by(change)}
    for name, span in staying:
        spans.remove(name, span)
    assert spans._lists == {}


def test_day_is_in_a_small_bucket_and_an_open_range_in_the_unbounded_one() -> None:
    day_us = 86_400_000_000
    assert bucket_of(0, day_us)[0] in BUCKET_BITS[:2]
    assert bucket_of(MIN_SORT_KEY[0], day_us) == bucket_of(-1, 0) == UNBOUNDED
