"""How long others may keep an answer: the usual time, or up to what is scheduled."""

from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.instant import SECOND_US
from app.invalidation.cache_control import CHANGES, CONTENT, ResponseFreshness
from app.invalidation.schedule_snapshot import UNKNOWN, ListDependency, ScheduledArticle, ScheduleSnapshot
from tests.conftest import NOW

USUAL = "public, max-age=30, stale-while-revalidate=60, stale-if-error=600"
AHEAD = 90 * SECOND_US
OPEN, SETTLED, ELSEWHERE = ListDependency(), ListDependency(is_closed=True), ListDependency(edition="elsewhere")


def scheduled(at: int) -> ScheduledArticle:
    return ScheduledArticle(id="a", slug="a", published_at=at, edition="global", is_default=True, timezone="UTC")


def picture(*seconds: float, ahead: int = AHEAD) -> ScheduleSnapshot:
    """What is due so many seconds from NOW."""
    return ScheduleSnapshot(tuple(scheduled(NOW + round(each * SECOND_US)) for each in sorted(seconds)), NOW + ahead)


def counting(seconds: int) -> str:
    return f"public, max-age={seconds}, stale-if-error=600"


def test_where_nothing_is_scheduled_the_usual_terms_hold() -> None:
    assert CONTENT.directives == USUAL
    assert ResponseFreshness(CONTENT, OPEN).cache_control(NOW, picture()) == USUAL
    assert ResponseFreshness(CHANGES, OPEN).cache_control(NOW, picture()) == CHANGES.directives


def test_max_age_counts_down_to_a_publication_in_whole_seconds_and_nothing_stale_is_shown_then() -> None:
    freshness = ResponseFreshness(CONTENT, OPEN)
    for seconds, expected in ((30.5, USUAL), (30, counting(30)), (29.9, counting(29)), (0.9, counting(0))):
        assert freshness.cache_control(NOW, picture(seconds)) == expected, seconds


def test_what_is_overdue_may_come_at_any_moment() -> None:
    assert ResponseFreshness(CONTENT, OPEN).cache_control(NOW, picture(-5)) == counting(0)
    assert ResponseFreshness(CONTENT, SETTLED).cache_control(NOW, picture(-5)) == counting(0)


def test_what_does_not_concern_the_answer_does_not_count() -> None:
    assert ResponseFreshness(CONTENT, SETTLED).cache_control(NOW, picture(5)) == USUAL
    assert ResponseFreshness(CONTENT, ELSEWHERE).cache_control(NOW, picture(-5, 5)) == USUAL


def test_the_soonest_of_several_pictures_counts_and_one_that_knows_nothing_allows_nothing() -> None:
    freshness = ResponseFreshness(CONTENT, OPEN)
    assert freshness.cache_control(NOW, picture(20), picture(10), picture()) == counting(10)
    assert freshness.cache_control(NOW, picture(), UNKNOWN) == counting(0)
    assert freshness.cache_control(NOW, picture(ahead=12 * SECOND_US)) == counting(12)


def test_the_usual_terms_end_half_a_minute_before_the_first_publication_that_concerns_the_answer() -> None:
    assert ResponseFreshness(CONTENT, OPEN).default_until(NOW, picture(70)) == NOW + 40 * SECOND_US
    assert ResponseFreshness(CONTENT, OPEN).default_until(NOW, picture()) == NOW + 60 * SECOND_US
    assert ResponseFreshness(CONTENT, OPEN).default_until(NOW, picture(10)) == NOW
    assert ResponseFreshness(CONTENT, OPEN).default_until(NOW, UNKNOWN) == NOW


@example(SETTLED, [5.0], 6 * SECOND_US)  # what did not concern it does so once it is overdue
@given(
    st.sampled_from((OPEN, SETTLED, ELSEWHERE)),
    st.lists(st.floats(-20, 100), max_size=4),
    st.integers(0, 100 * SECOND_US),
)
def test_until_then_the_directives_are_the_usual_ones_at_every_moment(
    dependency: ListDependency, seconds: list[float], later: int
) -> None:
    freshness, known = ResponseFreshness(CONTENT, dependency), picture(*seconds)
    if NOW + later < freshness.default_until(NOW, known):
        assert freshness.cache_control(NOW + later, known) == USUAL
