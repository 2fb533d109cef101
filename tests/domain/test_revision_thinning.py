"""Thinning of revisions: those of a day remain, one of each hour of a month, and those that the history shows."""

from typing import NamedTuple

from app.domain.instant import DAY_US, MINUTE_US
from app.domain.revision_thinning import find_superfluous
from tests.conftest import NOW


class Save(NamedTuple):
    """A revision, so many minutes before NOW."""

    revision: int
    minutes: int
    status: str = "draft"
    action: str = "edited"

    @property
    def at(self) -> int:
        return NOW - self.minutes * MINUTE_US


DAY = 24 * 60
MONTH = 30 * DAY


def thinned(*saves: Save, now: int = NOW) -> list[int]:
    return list(find_superfluous(saves, now))


def test_revisions_of_the_last_day_remain() -> None:
    saves = [Save(number, DAY - number) for number in range(1, 60)]
    assert thinned(*saves) == []
    assert thinned(*saves, now=NOW + DAY_US) != []


def test_last_revision_of_each_hour_remains_for_a_month() -> None:
    saves = [Save(number, 3 * DAY - 15 * number) for number in range(1, 13)]  # four in each hour, the first at :15
    assert thinned(*saves) == [2, 4, 5, 6, 8, 9, 10]
    remaining = [each for each in saves if each.revision not in thinned(*saves)]
    assert [each.revision for each in remaining] == [1, 3, 7, 11, 12]
    assert thinned(*remaining) == []


def test_only_first_and_last_draft_remain_after_a_month() -> None:
    saves = [Save(number, MONTH + 3 * DAY - 60 * number) for number in range(1, 6)]
    assert thinned(*saves) == [2, 3, 4]


def test_revisions_that_the_public_history_shows_remain() -> None:
    public = [
        Save(1, 2 * MONTH),
        Save(2, 2 * MONTH - 1),
        Save(3, 2 * MONTH - 2, "published", "published"),
        Save(4, 2 * MONTH - 3, "published"),
        Save(5, 2 * MONTH - 4, "withdrawn", "withdrawn"),
        Save(6, 2 * MONTH - 5, "withdrawn"),
        Save(7, 2 * MONTH - 6, "published", "restored"),
        Save(8, 2 * MONTH - 7, "published", "bumped"),
    ]
    assert thinned(*public) == [2, 6]


def test_revision_before_a_later_one_of_the_last_day_is_thinned() -> None:

    saves = [Save(1, 2 * DAY), Save(2, DAY + 10), Save(3, DAY + 5), Save(4, DAY - 5)]
    assert thinned(*saves) == [2]
    assert thinned(*saves, now=NOW + 4 * MINUTE_US) == [2]


def test_no_revisions_are_valid() -> None:
    assert thinned() == []
