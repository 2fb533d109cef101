"""Random history of a copy: a client reads some pages of the timeline and then follows the change feed from there."""

from collections import Counter
from dataclasses import replace
from typing import Any

from app.actions.catalogue.editing import edit_entry
from app.actions.catalogue.entries import upsert_entry
from app.actions.changelog.compaction import RETENTION_US, compact_changes
from app.db.database import Connection, Database
from app.domain.article_status import ArticleStatus
from app.domain.instant import DAY_US, MINUTE_US, parse_instant
from app.domain.list_filter import Facet
from app.queries.catalogue.public_catalogue import list_labels
from app.queries.changes.change_list import latest_seq, list_changes
from app.queries.timeline.timeline import get_timeline
from app.schemas.change import ChangeListParams
from app.schemas.params import EntryListParams, TimelineParams
from tests.conftest import NOW
from tests.queries.history import STEPS, History, Walk, last_moment
from tests.queries.history_articles import Key, StoryState
from tests.queries.history_catalogue import KINDS
from tests.records import edition

GONE = {"article.withdrawn", "article.removed"}
READ_WHOLE = {"author.merged", "tag.merged", "section.updated"} | {f"{kind}.deleted" for kind in KINDS}
MEMBERS = ["headline", "published_at", "label", "url", "time", "version"]


class MirrorHistory(History):
    """History in an edition of its own; at its end the copy must equal what the server shows, item for item."""

    def __init__(self, database: Database, number: int) -> None:
        super().__init__(database, number)
        self._days = True  # a timeline, which has no pages
        self._held: dict[str, Any] = {}
        self._deepest: Key = (-(2**62), "")
        self._site = 0

    async def run(self) -> Counter[str]:
        """Run the history; return the counts of what happened."""
        self._now = max(NOW, await self._database.read(last_moment))
        began = await self._database.read(latest_seq)
        await self._rename_edition()
        await self._store([self._new() for _ in range(self._random.randrange(20, 40))])
        for _ in range(self._random.randrange(6)):
            await self._live()
        self._ask()
        if self._random.random() < 0.5:
            self._params["tz"] = self._tz or "Asia/Kathmandu"
        if self._random.random() < 0.2:
            self._params["fields"] = MEMBERS
        if self._random.random() < 0.1:
            self._params["id"] = [piece.id for piece in self._random.sample([*self._pieces.values()], 6)]
        since = await self._read_pages() if self._random.random() < 0.8 else began
        await self._follow(since)
        await self._compare()
        return self.counts

    async def _read_pages(self) -> int:
        """Read some pages of the timeline, or all; return the `as_of` of the first."""
        requested, as_of, pages = dict(self._params), 0, 0
        depth = self._random.choice((1, 2, 3, 5, 1_000))
        self._protected = self._filter_names()
        while True:
            requested["limit"] = 100 if "id" in requested else self._random.choice((1, 2, 3, 5))
            page: Any = await self._database.read(get_timeline, TimelineParams.model_validate(requested), now=NOW)
            as_of = as_of or page["as_of"]
            items = [item for day in page["days"] for item in day["items"]]
            self._held |= {item["id"]: item for item in items}
            pages += 1
            self.counts.update(steps=1, pages=1)
            if page["next"] is None:
                return as_of
            if pages == depth:
                self._deepest = key_of(items[-1])
                self.counts["cut_short"] += 1
                return as_of
            requested["cursor"] = page["next"]["cursor"]
            for _ in range(self._random.choice((0, 1, 2, 4))):
                await self._live()

    async def _follow(self, since: int) -> None:
        """Poll until there is no more, while writes sometimes occur in between."""
        beginning: dict[str, Any] = {"since": since}
        left = self._random.randrange(4, 8)
        self._protected = set()
        while True:
            requested = {**self._params, "limit": self._random.choice((1, 2, 3, 7, 200)), **beginning}
            page: Any = await self._database.read(list_changes, ChangeListParams.model_validate(requested))
            numbers = [each["seq"] for each in page["items"]]
            assert numbers == sorted(set(numbers))
            assert all(since < number <= page["as_of"] for number in numbers)
            assert page["next"] is None or page["as_of"] > since
            since = page["as_of"]
            for each in page["items"]:
                await self._apply(each)
            self.counts.update(steps=1, polls=1, received=len(numbers))
            if page["next"] is None and left <= 0 and self.counts["steps"] >= STEPS:
                return
            deleted = self.counts["delete"]
            for _ in range(self._random.choice((0, 1, 2, 4)) if left > 0 else self.counts["steps"] < STEPS):
                await self._live()
            left -= 1
            if left == 2 and self._random.random() < 0.6:
                await self._stay_away()
            by_cursor = page["next"] is not None and self._random.random() < 0.5 and self.counts["delete"] == deleted
            beginning = {"cursor": page["next"]["cursor"]} if by_cursor else {"since": since}

    async def _stay_away(self) -> None:
        """Send no request until all that the copy has seen is compacted in the log."""
        for _ in range(self._random.choice((4, 8))):
            await self._live()
        for number in self._random.sample([*self._held], min(len(self._held), 3)):
            for verb in self._random.choices(("retag", "retag", "edit", "bump", "withdraw"), k=3):
                await self._store([self._changed(self._pieces[number], verb)])
                self.counts["steps"] += 1
        self._now += RETENTION_US + DAY_US
        await self._apply_due()
        await self._compact(5_000)

    async def _compact(self, most: int) -> None:
        """Compact the log."""
        self.counts["compacted"] += await self._database.write(compact_changes, now=self._now, most=most)

    async def _apply(self, change: Any) -> None:
        """Apply one item of the feed as a client does."""
        self.counts[change["type"]] += 1
        shown = change["article"]
        if change["type"] in GONE:
            assert shown.keys() == {"id", "href"}
            self._held.pop(shown["id"], None)
        elif shown is not None:
            self._hold(timeline_item(shown))
        elif change["type"] == "label.updated":
            await self._apply_labels()
        elif change["type"] == "edition.updated" and self._held:
            assert change["entry"]["slug"] == self._edition
            for item in await self._read_again():
                self._hold(item)
        elif change["type"] in READ_WHOLE:
            # Other articles are in the same lists, and the log has no further row for any of them.
            self._held = {}
            for item in await self._read_whole():
                self._hold(item)

    async def _apply_labels(self) -> None:
        """Replace the texts of labels, or read the items again if one has another code."""
        params = EntryListParams(edition=self._edition, limit=200)
        listed = await self._database.read(list_labels, params)
        texts = {each["code"]: each["text"] for each in listed["items"]}
        labels = [item["label"] for item in self._held.values() if item["label"] is not None]
        if any(each["code"] not in texts for each in labels):
            self._held |= {item["id"]: item for item in await self._read_again()}
        else:
            for each in labels:
                each["text"] = texts[each["code"]]

    def _hold(self, item: Any) -> None:
        """Store an item, unless it is further down than the copy goes."""
        if key_of(item) < self._deepest:
            self._held.pop(item["id"], None)
        else:
            self._held[item["id"]] = item

    async def _read_again(self) -> list[Any]:
        requested = {**self._params, "id": list(self._held)}
        page: Any = await self._database.read(get_timeline, TimelineParams.model_validate(requested), now=NOW)
        return [item for day in page["days"] for item in day["items"]]

    async def _read_whole(self) -> list[Any]:
        """Return the list from its newest item to its oldest."""
        requested = {**self._params, "limit": 200}
        page: Any = await self._database.read(get_timeline, TimelineParams.model_validate(requested), now=NOW)
        assert page["next"] is None
        return [item for day in page["days"] for item in day["items"]]

    async def _compare(self) -> None:
        fresh = await self._read_whole()
        expected = [item for item in fresh if key_of(item) >= self._deepest]
        assert sorted(self._held.values(), key=key_of, reverse=True) == expected
        if "id" not in self._params:
            assert [item["id"] for item in fresh] == [piece.id for piece in self._matching()]
        self.counts.update(held=len(expected), compared=1)

    async def _live(self) -> None:
        """Perform one write of a newsroom, and let some time pass; sometimes the log is compacted."""
        random = self._random
        self._now += random.choice((1, 60 * MINUTE_US, DAY_US, 3 * DAY_US))
        await self._apply_due()
        what = random.random()
        away = [piece for piece in self._pieces.values() if piece.status is ArticleStatus.WITHDRAWN]
        if what < 0.6 or (what < 0.7 and not away):
            await self._write(Walk(set()))
            return
        if what < 0.7:
            await self._store([replace(random.choice(away), status=ArticleStatus.PUBLISHED, expires_at=None)])
        elif what < 0.85:
            await self._edit_names()
        else:
            self._now += random.choice((0, 0, RETENTION_US))
            most = random.choice((1, 3, 10, 5_000))
            for _ in range(random.choice((1, 2, 5))):
                await self._compact(most)
        self.counts["steps"] += 1

    async def _edit_names(self) -> None:
        """Rename something that articles show or are filtered by, or change an article's own slug."""
        random, name = self._random, f"Name {self._random.randrange(10**6)}"
        kind = random.choice(("section", "tag", "author", "label", "label", "edition", "slug", "slug"))
        self.counts[f"renamed {kind}"] += 1
        if kind == "edition":
            await self._rename_edition()
        elif kind == "slug":
            piece = random.choice([*self._pieces.values()])
            # Two slugs in turn: the old one returns, also into what omitted it.
            await self._store([replace(piece, renamed=0 if piece.renamed else 1)])
        else:
            first = random.choice(self._catalogue.names[kind])
            self.counts["reworded"] += await self._database.write(self._reword, kind, first, name)

    def _reword(self, connection: Connection, kind: str, first: str, text: str) -> bool:
        """Give an entry another display name; return whether it exists."""
        present = self._catalogue.find_present_name(connection, kind, first)
        if present is None:
            return False
        patch = {"text" if kind == "label" else "name": text}
        members: dict[str, Any] = {"expected": None, "now": self._now, "actor": "history"}
        edit_entry(connection, Facet[kind.upper()], present, patch, edition=self._edition, **members)
        return True

    async def _rename_edition(self) -> None:
        self._site += 1
        record = edition(
            self._edition,
            timezone=self._edition_zone,
            site_url=f"https://site-{self._site}.example",
            default=False,
        )
        await self._database.write(upsert_entry, record, now=self._now)

    def _matching(self, below: Key | None = None) -> list[StoryState]:
        found = super()._matching(below)
        assert all(piece.status is ArticleStatus.PUBLISHED for piece in found)
        return found


def timeline_item(article: Any) -> Any:
    """Return the article of a change without the day that it names, as its timeline has it."""
    return {name: value for name, value in article.items() if name not in {"local", "heading"}}


def key_of(item: Any) -> Key:
    """Return the sort key of an item."""
    return parse_instant(item["published_at"]), item["id"]
