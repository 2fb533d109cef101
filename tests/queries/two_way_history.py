"""A random history: a client walks the timeline down and up by turns while the newsroom works, to both of its ends."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from app.actions.catalogue.entries import upsert_entry
from app.domain.article_status import ArticleStatus
from app.domain.calendar import date_at, day_at, start_of_day
from app.domain.instant import parse_instant
from app.queries.timeline.timeline import get_timeline
from app.schemas.params import TimelineParams
from tests.conftest import NOW
from tests.queries.history import STEPS, History, Walk, last_moment
from tests.queries.history_articles import Key, StoryState
from tests.records import edition

TOP: Key = (2**62, "")
LIMITS = (1, 1, 2, 3, 5)


@dataclass(slots=True)
class TwoWayWalk(Walk):
    """The items that a client holds, newest first, with the cursors and the bounds of both ends.

    Items above have keys from `upper` on, items below have keys less than `lower`.
    """

    newer_cursor: str | None = None
    upper: Key = TOP
    lower: Key = TOP


class TwoWayHistory(History):
    """A history whose walks begin at the newest item or at a day, and turn at random."""

    async def run(self) -> Counter[str]:
        """Run the history, comparing each page with the newsroom's own knowledge; return the counts of its events."""
        self._now = max(NOW, await self._database.read(last_moment))
        await self._database.write(
            upsert_entry, edition(self._edition, timezone=self._edition_zone, default=False), now=self._now
        )
        self._days = True
        await self._store([self._new() for _ in range(self._random.randrange(8, 25))])
        self._ask()
        self._protected = self._filter_names()
        while self.counts["steps"] < STEPS:
            walk = TwoWayWalk({piece.id for piece in self._matching()})
            await self._begin(walk)
            while walk.cursor is not None or walk.newer_cursor is not None:
                if self.counts["steps"] < 3 * STEPS:
                    for _ in range(self._random.choice((0, 1, 1, 2))):
                        await self._write(walk)
                if walk.cursor is None or (walk.newer_cursor is not None and self._random.random() < 0.5):
                    await self._go_up(walk)
                else:
                    await self._go_down(walk, cursor=walk.cursor)
            self._close(walk)
            await self._write(walk)
        return self.counts

    async def _begin(self, walk: TwoWayWalk) -> None:
        if self._random.random() < 0.3:
            await self._go_down(walk)
            assert walk.newer_cursor is None
            return
        day = date_at(self._centre, self._zone) + timedelta(days=self._random.choice((-3, -1, 0, 0, 1, 3)))
        walk.upper = walk.lower = (start_of_day(day + timedelta(days=1), self._zone), "")
        await self._go_down(walk, newest_day=day.isoformat())

    async def _go_down(self, walk: TwoWayWalk, **position: str) -> None:
        is_first = not walk.shown and walk.newer_cursor is None and walk.cursor is None
        above, below = self._around(walk.lower)
        limit, page = await self._request(**position)
        self._check_items(page, below[:limit])
        self._check_links(page, newer=above if position else [], older=below[limit:])
        shown_day = self._date(walk.lower[0]) if "cursor" in position else None
        self._check_ends(page, continued=shown_day, complete=self._date_of(below[limit : limit + 1]))
        walk.cursor = page["next"] and page["next"]["cursor"]
        if below[:limit]:
            walk.lower = below[:limit][-1].key
        if is_first:
            walk.newer_cursor = page["newer_page"] and page["newer_page"]["cursor"]
            walk.upper = _from_above(below[0]) if below else walk.upper
        elif page["newer_page"] is not None and self._random.random() < 0.2:
            await self._check_return(page, _from_above(below[0]) if below else walk.lower)
        walk.shown += [piece.key for piece in below[:limit]]

    async def _go_up(self, walk: TwoWayWalk) -> None:
        above, below = self._around(walk.upper)
        limit, page = await self._request(cursor=walk.newer_cursor)
        shown, further = above[-limit:], above[:-limit]
        self._check_items(page, shown)
        self._check_links(page, newer=further, older=below)
        self._check_ends(page, continued=self._date_of(further[-1:]), complete=self._date_of(below[:1]))
        if not shown and page["next"] is not None:
            await self._check_descent(page, walk.upper)
        walk.newer_cursor = page["newer_page"] and page["newer_page"]["cursor"]
        walk.upper = _from_above(shown[0]) if shown else walk.upper
        walk.shown[:0] = [piece.key for piece in shown]
        self.counts.update(upward=1)

    async def _check_return(self, page: dict[str, Any], bound: Key) -> None:
        """Follow the link up from a page that the walk reached from above."""
        above, _ = self._around(bound)
        limit, found = await self._request(cursor=page["newer_page"]["cursor"])
        self._check_items(found, above[-limit:])

    async def _check_descent(self, page: dict[str, Any], bound: Key) -> None:
        """Follow the link down from an empty page: it begins a day, whose heading no page has shown."""
        _, below = self._around((day_at(bound[0], self._zone).ends_at, ""))
        limit, found = await self._request(cursor=page["next"]["cursor"])
        self._check_items(found, below[:limit])
        assert [day["continued"] for day in found["days"][:1]] == [False] * bool(below)
        self.counts.update({"empty pages": 1})

    def _around(self, bound: Key) -> tuple[list[StoryState], list[StoryState]]:
        """Return what the list has from a key on, and before it, newest first."""
        matching = self._matching()
        return [each for each in matching if each.key >= bound], [each for each in matching if each.key < bound]

    async def _request(self, **position: Any) -> tuple[int, Any]:
        limit = self._random.choice(LIMITS)
        zone = {} if self._tz is None else {"tz": self._tz}
        params = TimelineParams.model_validate({**self._params, **zone, **position, "limit": limit})
        page: Any = await self._database.read(get_timeline, params, now=NOW)
        self.counts.update(steps=1, pages=1)
        return limit, page

    def _check_items(self, page: Any, expected: list[StoryState]) -> None:
        items = [item for day in page["days"] for item in day["items"]]
        assert [item["id"] for item in items] == [piece.id for piece in expected]
        dates = [day["date"] for day in page["days"]]
        assert dates == sorted(set(dates), reverse=True)
        for day in page["days"]:
            assert day["items"]
            for item in day["items"]:
                assert self._date(parse_instant(item["published_at"])) == day["date"]
        self.counts.update(items=len(items))

    def _check_links(self, page: Any, *, newer: list[StoryState], older: list[StoryState]) -> None:
        assert (page["newer_page"] is not None) is bool(newer)
        assert (page["next"] is not None) is bool(older)

    def _check_ends(self, page: Any, *, continued: str | None, complete: str | None) -> None:
        """Check both marks: the first day continues a day of this date, the last one is not complete if it is that."""
        days = page["days"]
        for place, day in enumerate(days):
            assert day["continued"] is (place == 0 and day["date"] == continued)
            assert day["complete"] is not (place == len(days) - 1 and day["date"] == complete)
            self.counts["continued"] += day["continued"]

    def _date(self, instant: int) -> str:
        return day_at(instant, self._zone).date.isoformat()

    def _date_of(self, pieces: list[StoryState]) -> str | None:
        return self._date(pieces[0].published_at) if pieces else None

    def _new(self, *, newest: bool = False) -> StoryState:
        """Return a new article; a draft among them becomes public later, under its own time."""
        piece = super()._new(newest=newest)
        return replace(piece, status=ArticleStatus.DRAFT) if self._random.random() < 0.15 else piece


def _from_above(piece: StoryState) -> Key:
    """Return the least key above this article."""
    return piece.published_at, f"{piece.id}~"
