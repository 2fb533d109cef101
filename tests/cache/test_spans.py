"""Parts of lists in bins of time: found as if each were looked at, and forgotten without a trace."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.cache.spans import Spans
from app.domain.bins import ALL_TIME, LEVELS, bin_of
from app.domain.footprint import Span
from app.domain.logged_change import LoggedChange
from app.queries.listing import EARLIEST, LATEST

KEYS = ("edition:1", "edition:2", "tag:1", "tag:2", "section:1")
INSTANTS = st.one_of(
    st.integers(-(2**40), 2**40),
    st.sampled_from([EARLIEST[0], LATEST[0]]),
    st.sampled_from(LEVELS).flatmap(lambda level: st.integers(-2, 2).map(lambda step: (3 << level) + step)),
)
GROUPS = st.lists(st.frozensets(st.sampled_from(KEYS), min_size=1, max_size=3), min_size=1, max_size=3).map(tuple)
SPANS = st.builds(lambda groups, ends: Span(groups, min(ends), max(ends)), GROUPS, st.tuples(INSTANTS, INSTANTS))
CHANGES = st.builds(
    lambda lists, places: LoggedChange(1, frozenset(), lists, places),
    st.frozensets(st.sampled_from(KEYS), max_size=4),
    st.one_of(st.none(), st.lists(INSTANTS, max_size=3).map(tuple)),
)
NAMED = st.lists(st.tuples(st.sampled_from("abcd"), SPANS), max_size=12)


@settings(max_examples=50)
@given(NAMED, CHANGES)
def test_a_change_finds_exactly_the_answers_one_of_whose_spans_it_touches(
    named: list[tuple[str, Span]], change: LoggedChange
) -> None:
    spans = Spans()
    for name, span in named:
        spans.add(name, span)
    assert spans.find(change) == {name for name, span in named if span.is_touched_by(change)}


@settings(max_examples=50)
@given(NAMED, NAMED, CHANGES)
def test_what_is_removed_is_found_no_more_and_leaves_nothing(
    stay: list[tuple[str, Span]], go: list[tuple[str, Span]], change: LoggedChange
) -> None:
    spans, staying = Spans(), {(f"stays {name}", span) for name, span in stay}
    going = {(name, span) for name, span in go}
    for name, span in staying | going:
        spans.add(name, span)
    for name, span in going:
        spans.remove(name, span)
    assert spans.find(change) == {name for name, span in staying if span.is_touched_by(change)}
    for name, span in staying:
        spans.remove(name, span)
    assert spans._lists == {}


def test_a_day_stands_in_a_small_bin_and_what_has_no_end_in_the_one_of_all_time() -> None:
    day_us = 86_400_000_000
    assert bin_of(0, day_us)[0] in LEVELS[:2]
    assert bin_of(EARLIEST[0], day_us) == bin_of(-1, 0) == ALL_TIME
