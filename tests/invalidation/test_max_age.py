"""Max-age of responses: the default, or up to a scheduled change."""

from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.instant import SECOND_US
from app.invalidation.max_age import CHANGES, CONTENT, ResponseFreshness
from app.invalidation.schedule_snapshot import UNKNOWN, ListDependency, ScheduledArticle, ScheduleSnapshot
from tests.conftest import NOW

USUAL = "public, max-age=30, stale-while-revalidate=60, stale-if-error=600"
AHEAD = 90 * SECOND_US
OPEN, SETTLED, ELSEWHERE = ListDependency(), ListDependency(is_closed=True), ListDependency(edition="elsewhere")


def scheduled(at: int) -> ScheduledArticle:
    return ScheduledArticle(id="a", slug="a", published_at=at, edition="global", is_default=True, timezone="UTC")


def snapshot(*seconds: float, ahead: int = AHEAD) -> ScheduleSnapshot:
    """Return a snapshot of what is due so many seconds from NOW."""
    return ScheduleSnapshot(tuple(scheduled(NOW + round(each * SECOND_US)) for each in sorted(seconds)), NOW + ahead)


def counting(seconds: int) -> str:
    return f"public, max-age={seconds}, stale-if-error=600"


def test_cache_control_is_the_default_without_a_schedule() -> None:
    assert CONTENT.directives == USUAL
    assert ResponseFreshness(CONTENT, OPEN).cache_control(NOW, snapshot()) == USUAL
    assert ResponseFreshness(CHANGES, OPEN).cache_control(NOW, snapshot()) == CHANGES.directives


def test_max_age_counts_down_to_a_publication_without_stale_while_revalidate() -> None:
    freshness = ResponseFreshness(CONTENT, OPEN)
    for seconds, expected in ((30.5, USUAL), (30, counting(30)), (29.9, counting(29)), (0.9, counting(0))):
        assert freshness.cache_control(NOW, snapshot(seconds)) == expected, seconds


def test_overdue_publication_sets_max_age_to_zero() -> None:
    assert ResponseFreshness(CONTENT, OPEN).cache_control(NOW, snapshot(-5)) == counting(0)
    assert ResponseFreshness(CONTENT, SETTLED).cache_control(NOW, snapshot(-5)) == counting(0)


def test_unrelated_publication_does_not_shorten_max_age() -> None:
    assert ResponseFreshness(CONTENT, SETTLED).cache_control(NOW, snapshot(5)) == USUAL
    assert ResponseFreshness(CONTENT, ELSEWHERE).cache_control(NOW, snapshot(-5, 5)) == USUAL


def test_earliest_of_several_snapshots_counts_and_an_unknown_one_allows_no_caching() -> None:
    freshness = ResponseFreshness(CONTENT, OPEN)
    assert freshness.cache_control(NOW, snapshot(20), snapshot(10), snapshot()) == counting(10)
    assert freshness.cache_control(NOW, snapshot(), UNKNOWN) == counting(0)
    assert freshness.cache_control(NOW, snapshot(ahead=12 * SECOND_US)) == counting(12)


def test_default_cache_control_ends_max_age_before_the_first_relevant_publication() -> None:
    assert ResponseFreshness(CONTENT, OPEN).default_until(NOW, snapshot(70)) == NOW + 40 * SECOND_US
    assert ResponseFreshness(CONTENT, OPEN).default_until(NOW, snapshot()) == NOW + 60 * SECOND_US
    assert ResponseFreshness(CONTENT, OPEN).default_until(NOW, snapshot(10)) == NOW
    assert ResponseFreshness(CONTENT, OPEN).default_until(NOW, UNKNOWN) == NOW


@example(SETTLED, [5.0], 6 * SECOND_US)  # what did not affect it does so once it is overdue
@given(
    st.sampled_from((OPEN, SETTLED, ELSEWHERE)),
    st.lists(st.floats(-20, 100), max_size=4),
    st.integers(0, 100 * SECOND_US),
)
def test_default_cache_control_holds_at_every_instant_until_then(
    dependency: ListDependency, seconds: list[float], later: int
) -> None:
    freshness, known = ResponseFreshness(CONTENT, dependency), snapshot(*seconds)
    if NOW + later < freshness.default_until(NOW, known):
        assert freshness.cache_control(NOW + later, known) == USUAL
