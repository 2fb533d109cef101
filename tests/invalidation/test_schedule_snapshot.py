"""Responses that a scheduled publication will change."""

import pytest

from app.domain.instant import SECOND_US, parse_instant
from app.domain.list_filter import Facet
from app.invalidation.schedule_snapshot import (
    UNKNOWN,
    ArticleDependency,
    CollectionDependency,
    ListDependency,
    ScheduledArticle,
    ScheduleSnapshot,
)

NOON = parse_instant("2026-11-20T12:00:00Z")
SOON = NOON + 10 * SECOND_US
HALF_A_MINUTE = 30 * SECOND_US


def scheduled(published_at: int = SOON, **members: object) -> ScheduledArticle:
    """Return a scheduled article of the city section of the default edition, in Kyiv time."""
    given: dict[str, object] = {
        "id": "0000000000001",
        "slug": "soon",
        "edition": "global",
        "is_default": True,
        "timezone": "Europe/Kyiv",
        "names": frozenset({(Facet.SECTION, "city"), (Facet.TAG, "trams"), (Facet.TAG, "fog")}),
    }
    return ScheduledArticle(published_at=published_at, **(given | members))  # type: ignore[arg-type]  # as the tests pass them


def depends_on(**members: object) -> ListDependency:
    """Return the dependency of a list."""
    return ListDependency(**members)  # type: ignore[arg-type]  # same


def snapshot(*entries: ScheduledArticle) -> ScheduleSnapshot:
    """Return a snapshot with these publications, and nothing else for an hour."""
    return ScheduleSnapshot(entries, NOON + 3600 * SECOND_US)


@pytest.mark.parametrize(
    ("dependency", "expected"),
    [
        (depends_on(), True),
        (depends_on(edition="global"), True),
        (depends_on(edition="*"), True),
        (depends_on(edition="ua"), False),
        (depends_on(groups=((Facet.TAG, ("trams",)),)), True),
        (depends_on(groups=((Facet.TAG, ("rain", "fog")), (Facet.SECTION, ("city",)))), True),
        (depends_on(groups=((Facet.TAG, ("trams",)), (Facet.SECTION, ("world",)))), False),
        (depends_on(groups=((Facet.LABEL, ("city",)),)), False),
        (depends_on(ids=("0000000000001", "0000000000002")), True),
        (depends_on(ids=("0000000000002",)), False),
        (depends_on(excluded=("0000000000001",)), False),
        (depends_on(excluded=("soon",)), False),
        (depends_on(excluded=("later",)), True),
        (depends_on(starts="2026-11-20T12:00:10Z"), True),
        (depends_on(starts="2026-11-20T12:00:11Z"), False),
        (depends_on(ends="2026-11-20T12:00:10Z"), False),
        (depends_on(ends="2026-11-20T12:00:11Z"), True),
        (depends_on(starts="2026-11-21", tz="Pacific/Kiritimati"), True),
        (depends_on(starts="2026-11-21"), False),
        (depends_on(until_day="2026-11-20"), True),
        (depends_on(until_day="2026-11-19"), False),
        (depends_on(until_day="2026-11-20", tz="Pacific/Kiritimati"), False),
        (depends_on(after_day="2026-11-19"), True),
        (depends_on(after_day="2026-11-20"), False),
        (depends_on(after_day="2026-11-20", edition="*", tz="Pacific/Kiritimati"), True),
        (depends_on(is_closed=True), False),
    ],
)
def test_list_dependency_is_affected_by_articles_of_the_list(dependency: ListDependency, expected: bool) -> None:  # noqa: FBT001 - a row of the table
    assert dependency.is_affected_by(scheduled(), now=NOON) is expected
    assert snapshot(scheduled()).next_effect(dependency, now=NOON, within=HALF_A_MINUTE) == (SOON if expected else None)


def test_list_dependency_defaults_to_the_default_edition() -> None:
    assert not depends_on().is_affected_by(scheduled(is_default=False), now=NOON)
    assert depends_on(edition="global").is_affected_by(scheduled(is_default=False), now=NOON)


def test_list_dependency_uses_the_days_of_each_articles_edition() -> None:
    assert not depends_on(until_day="2026-11-20").is_affected_by(scheduled(timezone="Pacific/Kiritimati"), now=NOON)
    everywhere = depends_on(edition="*", starts="2026-11-21")
    assert not everywhere.is_affected_by(scheduled(timezone="Pacific/Kiritimati"), now=NOON)


def test_overdue_article_affects_any_page_within_the_range() -> None:
    late = scheduled(NOON)
    assert depends_on(is_closed=True).is_affected_by(late, now=NOON)
    assert depends_on(after_day="2026-11-20").is_affected_by(late, now=NOON)
    assert not depends_on(ends="2026-11-20T12:00:00Z").is_affected_by(late, now=NOON)
    assert ArticleDependency(name="0000000000009", edition="global").is_affected_by(late, now=NOON)
    assert snapshot(late).next_effect(depends_on(is_closed=True), now=NOON, within=0) == NOON


def test_article_dependency_is_affected_if_newest_or_a_referrer() -> None:
    newest = ArticleDependency(name="0000000000009", edition="global", is_newest=True)
    assert newest.is_affected_by(scheduled(), now=NOON)
    assert not newest.is_affected_by(scheduled(edition="ua"), now=NOON)
    assert not ArticleDependency(name="0000000000009", edition="global").is_affected_by(scheduled(), now=NOON)
    referred = scheduled(edition="ua", referrers=frozenset({"0000000000009", "lamps"}))
    for name in ("0000000000009", "lamps"):
        assert ArticleDependency(name=name).is_affected_by(referred, now=NOON)
    assert not ArticleDependency(name="ferry").is_affected_by(referred, now=NOON)


def test_collection_dependency_is_affected_by_the_first_use_of_an_entry() -> None:
    first = scheduled(unlisted=frozenset({Facet.SECTION, Facet.TAG}))
    assert CollectionDependency(kind=Facet.TAG).is_affected_by(first, now=NOON)
    assert CollectionDependency(kind=Facet.TAG, edition="ua").is_affected_by(first, now=NOON)
    assert CollectionDependency(kind=Facet.SECTION, edition="global").is_affected_by(first, now=NOON)
    assert not CollectionDependency(kind=Facet.SECTION, edition="ua").is_affected_by(first, now=NOON)
    assert not CollectionDependency(kind=Facet.AUTHOR).is_affected_by(first, now=NOON)


def test_next_effect_is_the_earliest_relevant_publication() -> None:
    world = frozenset({(Facet.SECTION, "world")})
    entries = snapshot(scheduled(SOON, names=world), scheduled(SOON + 1), scheduled(SOON + 2))
    city = depends_on(groups=((Facet.SECTION, ("city",)),))
    assert entries.next_effect(city, now=NOON, within=HALF_A_MINUTE) == SOON + 1
    assert entries.next_effect(city, now=SOON + 1 - HALF_A_MINUTE, within=HALF_A_MINUTE) == SOON + 1
    assert entries.next_effect(city, now=SOON - HALF_A_MINUTE, within=HALF_A_MINUTE) is None


def test_next_effect_is_no_later_than_the_end_of_the_snapshot() -> None:
    short = ScheduleSnapshot((scheduled(SOON),), SOON)
    elsewhere = depends_on(edition="ua")
    assert short.next_effect(elsewhere, now=NOON, within=HALF_A_MINUTE) == SOON
    assert short.next_effect(elsewhere, now=NOON, within=SECOND_US) is None
    assert UNKNOWN.next_effect(elsewhere, now=NOON, within=HALF_A_MINUTE) == 0
