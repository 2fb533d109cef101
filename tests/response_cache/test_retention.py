"""Invalidation by a publication: what shows it, and nothing else; the archive stays cached."""

from collections import defaultdict
from datetime import timedelta

import pytest

from app.domain.calendar import date_at, find_zone
from tests.response_cache.conftest import Begin
from tests.response_cache.history import History
from tests.response_cache.newsroom import DEPTH_DAYS
from tests.response_cache.plain_messages import Request
from tests.response_cache.random_article_edits import ArticleEdits

ARTICLES = 80
PUBLISHED = 4
ARTICLES_SOAK = 1_500
PUBLISHED_SOAK = 30
MIN_ARCHIVE = 0.95
MIN_WHOLE = 0.85


class Shelf:
    """Every day, article and page of a newsroom; `archive` are those of days before the newest of their edition."""

    def __init__(self, history: History) -> None:
        self._history = history
        newsroom = history.newsroom
        self._today = {name: date_at(newsroom.now, find_zone(zone)) for name, zone in newsroom.zones.items()}
        self.archive: set[str] = set()
        self.whole: list[str] = []

    async def fill(self) -> None:
        """Request all of it."""
        for edition, today in self._today.items():
            for back in range(DEPTH_DAYS + 1):
                day = today - timedelta(days=back)
                for query in ("", "&total=true", "&tag=trams", "&section=city&author=ada-vale"):
                    self._add(f"/v1/timeline/{day}?edition={edition}{query}", is_old=back > 0)
            before = today - timedelta(days=1)
            self._add(f"/v1/timeline/calendar?edition={edition}&to={today}", is_old=True)
            self._add(f"/v1/timeline/calendar?edition={edition}", is_old=False)
            self._add(f"/v1/timeline?edition={edition}&to={before}&label=opinion", is_old=True)
            await self._walk(f"/v1/timeline?edition={edition}&limit=10", edition)
            await self._walk(f"/v1/articles?edition={edition}&tag=fog&tag=ferry&limit=5", edition)
        for key, known in self._history.newsroom.articles.items():
            at = known.published_at
            is_old = at is not None and date_at(at, find_zone(self._zone(known.edition))) < self._today[known.edition]
            for target in (f"/v1/articles/{key}", f"/v1/articles/{known.slug}?edition={known.edition}"):
                self._add(target, is_old=is_old)
            self._add(f"/v1/articles/{key}/related", is_old=is_old)
        await self._ask(self.whole)

    async def survived(self) -> tuple[float, float]:
        """Return the shares of the archive and of the whole that still come from memory."""
        hits = await self._ask(self.whole)
        old = [hit for target, hit in hits.items() if target in self.archive]
        return sum(old) / len(old), sum(hits.values()) / len(hits)

    def _zone(self, edition: str) -> str:
        return self._history.newsroom.zones[edition]

    def _add(self, target: str, *, is_old: bool) -> None:
        self.whole.append(target)
        if is_old:
            self.archive.add(target)

    async def _walk(self, target: str, edition: str) -> None:
        here, today = self._history.here, self._today[edition].isoformat()
        while target:
            page = (await here.request_all([Request(target)], now=self._history.newsroom.now))[0].json()
            dates = [day["date"] for day in page.get("days", ())] or [each["local"]["date"] for each in page["items"]]
            self._add(target, is_old="cursor=" in target and max(dates) < today)
            target = "" if page["next"] is None else page["next"]["href"]

    async def _ask(self, targets: list[str]) -> dict[str, bool]:
        here = self._history.here
        await here.request_all([Request(target) for target in targets], now=self._history.newsroom.now)
        return dict(zip(targets, here.hits, strict=True))


async def publish(history: History, shelf: Shelf, times: int) -> dict[str, float]:
    """Publish so many articles; return the mean shares of what stayed cached after each."""
    shares: dict[str, list[float]] = defaultdict(list)
    edits = ArticleEdits(history.newsroom)
    for _ in range(times):
        response = await history.carry_out(edits.publish_now())
        assert response.status == 201
        old, whole = await shelf.survived()
        shares["archive"].append(old)
        shares["whole"].append(whole)
    return {name: sum(found) / len(found) for name, found in shares.items()}


async def live(history: History, times: int) -> None:
    """Publish, print what stayed cached and compare it with the threshold; cached responses are fresh, too."""
    with history.clock():
        await history.learn_all()
        shelf = Shelf(history)
        await shelf.fill()
        found = await publish(history, shelf, times)
        await history.compare(history.newsroom.random.sample(shelf.whole, 60))
    content = ", ".join(f"{name} {share:.2%}" for name, share in found.items())
    print(f"\nof {len(shelf.archive)} old and {len(shelf.whole)} cached responses survived a publication: {content}")  # noqa: T201 - a figure
    assert found["archive"] > MIN_ARCHIVE
    assert found["whole"] > MIN_WHOLE


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
async def test_publication_does_not_evict_the_archive(begin: Begin) -> None:
    await live(await begin(21, articles=ARTICLES), PUBLISHED)


@pytest.mark.soak
async def test_long_publication_does_not_evict_the_archive(begin: Begin) -> None:
    await live(await begin(22, articles=ARTICLES_SOAK), PUBLISHED_SOAK)
