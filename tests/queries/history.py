"""Random history: a client pages through the timeline while articles are published, back-dated, edited and withdrawn.

Articles are scheduled and expire; entries of the filters are renamed, merged, moved below others and deleted.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from sqlalchemy import func, select

from app.actions.articles.due_transitions import apply_due_transitions
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.db.database import Connection, Database
from app.domain.article_status import ArticleStatus
from app.domain.calendar import day_at, find_zone
from app.domain.instant import DAY_US, MINUTE_US, format_instant, parse_instant
from app.domain.tsid import MAX_ID
from app.models.change import changes
from app.queries.articles.article_list import list_articles
from app.queries.timeline.timeline import get_timeline
from app.schemas.params import ArticleListParams, TimelineParams
from tests.conftest import NOW
from tests.queries.history_articles import TRAITS, Key, StoryState
from tests.queries.history_catalogue import CATALOGUE_EDITS, KINDS, HistoryCatalogue
from tests.records import edition

STEPS = 20
SHARES = {"section": (0, 1, 1, 2), "label": (0, 1, 1, 1)}
"""Numbers of names of a kind that an article may have."""
FILTERS: dict[str, tuple[Any, ...]] = {
    "format": (["video"], ["audio", "article"], ["video", "article", "gallery", "audio"]),
    "language": (["de"], ["en-gb"], ["DE", "uk"]),
    "featured": (True, False),
    "access": (["free"], ["paid", "free"]),
}
PAGES: tuple[list[str], ...] = (["page"], ["page", "video"], ["page", "article", "gallery", "video", "audio"])
OWN_LANGUAGE = "en-GB"
PLACES = (  # a zone, and an instant near which its days are difficult
    ("Europe/Kyiv", "2026-10-25T01:00:00Z"),
    ("Europe/Kyiv", "2026-03-29T01:00:00Z"),
    ("America/New_York", "2026-11-01T06:00:00Z"),
    ("America/St_Johns", "2010-11-07T02:31:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    ("Atlantic/Azores", "2026-10-25T01:00:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
    ("UTC", "2026-01-01T00:00:00Z"),
)

HOUR_US = 60 * MINUTE_US
EDITS = ("publish", "backdate", "backdate", "backdate", "withdraw", "edit", "retag", "bump", "translate")
TIMED = ("schedule", "expire", "wait")


def last_moment(connection: Connection) -> int:
    """Return the instant of the last row of the log."""
    return int(connection.execute(select(func.coalesce(func.max(changes.c.at), NOW))).scalar_one())


@dataclass(slots=True)
class Walk:
    """Walk from the first page to the last: the articles that it must show, those shown, and its position."""

    steady: set[str]
    cursor: str | None = None
    shown: list[Key] = field(default_factory=list)
    headed: list[str] = field(default_factory=list)


class History:
    """History in an edition of its own; the same number makes the same history on every database."""

    def __init__(self, database: Database, number: int) -> None:
        self.counts: Counter[str] = Counter()
        self._database = database
        self._random = Random(number)
        self._now = NOW
        self._edition = f"history-{number}"
        self._catalogue = HistoryCatalogue(self._random, number, self._edition)
        zone, centre = self._random.choice(PLACES)
        self._centre = parse_instant(centre)
        self._edition_zone = zone
        self._tz = self._random.choice((None, None, zone, "Asia/Kathmandu"))
        self._zone = find_zone(self._tz or zone)
        self._days = self._random.random() < 0.8  # else a plain list of articles
        self._pieces: dict[str, StoryState] = {}
        self._params: dict[str, Any] = {}
        self._protected: set[str] = set()  # from deletion: cursors with such a name would not be valid afterwards
        self._lower, self._upper = -(2**62), 2**62

    async def run(self) -> Counter[str]:
        """Run it, and check every page; return the counts of what happened."""
        self._now = max(NOW, await self._database.read(last_moment))
        await self._database.write(
            upsert_entry, edition(self._edition, timezone=self._edition_zone, default=False), now=self._now
        )
        await self._store([self._new() for _ in range(self._random.randrange(8, 25))])
        self._ask()
        self._protected = self._filter_names()
        while self.counts["steps"] < STEPS:
            walk = Walk({piece.id for piece in self._matching()})
            more = True
            while more:
                more = await self._read(walk)
                if more and self.counts["steps"] < 3 * STEPS:
                    for _ in range(self._random.choice((0, 1, 1, 2))):
                        await self._write(walk)
            self._close(walk)
            await self._write(walk)
        return self.counts

    def _ask(self) -> None:
        random = self._random
        requested: dict[str, Any] = {"edition": self._edition}
        if random.random() < 0.6:
            for kind in random.sample(sorted(KINDS), random.choice((1, 1, 2))):
                requested[kind] = random.sample(self._catalogue.names[kind], random.choice((1, len(KINDS[kind]))))
        if "section" in requested and random.random() < 0.6:
            requested["subsections"] = True
        if random.random() < (0.5 if len(requested) == 1 else 0.2):  # few articles match both kinds of filters
            for trait in random.sample(sorted(FILTERS), random.choice((1, 1, 2))):
                pages = () if self._days or trait != "format" else PAGES
                requested[trait] = random.choice((*FILTERS[trait], *pages))
        if random.random() < 0.4:
            requested["exclude"] = [random.choice((p.id, p.slug)) for p in random.sample([*self._pieces.values()], 2)]
        if random.random() < 0.2:
            self._lower = self._centre - DAY_US
            requested["from"] = format_instant(self._lower, self._zone)
        if random.random() < 0.2:
            self._upper = self._centre + DAY_US // 2
            requested["to"] = format_instant(self._upper, self._zone)
        self._params = requested

    def _filter_names(self) -> set[str]:
        return {name for kind in KINDS for name in self._params.get(kind, ())}

    def _matching(self, below: Key | None = None) -> list[StoryState]:
        """Return the items of the list now (after a key), newest first, by brute force."""
        excluded = set(self._params.get("exclude", ()))
        named = {kind: self._catalogue.select(kind, self._params) for kind in KINDS if kind in self._params}
        found = [
            piece
            for piece in self._pieces.values()
            if piece.status is ArticleStatus.PUBLISHED
            and self._lower <= piece.published_at < self._upper
            and not {piece.id, piece.slug} & excluded
            and all(self._catalogue.entries(piece.names[kind]) & selected for kind, selected in named.items())
            and self._has_traits(piece.traits)
            and (below is None or piece.key < below)
        ]
        return sorted(found, key=lambda piece: piece.key, reverse=True)

    def _has_traits(self, traits: dict[str, Any]) -> bool:
        """Return whether the filters by traits select these; pages are selected by their format alone."""
        requested = self._params
        language = (traits["language"] or OWN_LANGUAGE).lower()
        return (
            traits["format"] in requested.get("format", ("article", "gallery", "video", "audio"))
            and ("language" not in requested or language in [each.lower() for each in requested["language"]])
            and requested.get("featured") in {None, traits["featured"]}
            and ("access" not in requested or traits["access"] in requested["access"])
        )

    async def _read(self, walk: Walk) -> bool:
        """Read a page and compare it with the newsroom's own state; return whether there is more."""
        limit = self._random.choice((1, 1, 2, 3, 5))
        requested = {**self._params, "limit": limit} | ({} if walk.cursor is None else {"cursor": walk.cursor})
        expected = self._matching(walk.shown[-1] if walk.shown else None)
        if self._days:
            if self._tz is not None:
                requested["tz"] = self._tz
            page: Any = await self._database.read(get_timeline, TimelineParams.model_validate(requested), now=NOW)
            self._check_days(page["days"], expected[limit:], walk)
            items = [item for day in page["days"] for item in day["items"]]
        else:
            params = ArticleListParams.model_validate(requested)
            page = await self._database.read(list_articles, params, path="/v1/articles")
            items = page["items"]
        assert [item["id"] for item in items] == [piece.id for piece in expected[:limit]]
        assert (page["next"] is None) is (len(expected) <= limit)
        keys = [(parse_instant(item["published_at"]), item["id"]) for item in items]
        walk.shown += keys
        walk.cursor = page["next"] and page["next"]["cursor"]
        self.counts.update(steps=1, pages=1, items=len(items))
        return page["next"] is not None

    def _check_days(self, days: list[Any], behind: list[StoryState], walk: Walk) -> None:
        """Check headings: each date gets one, none is empty or split, and `complete` is false if the day continues."""
        for place, day in enumerate(days):
            assert day["items"]
            for item in day["items"]:
                instant = parse_instant(item["published_at"])
                assert day_at(instant, self._zone).date.isoformat() == day["date"]
                assert parse_instant(day["starts_at"]) <= instant < parse_instant(day["ends_at"])
            if day["continued"]:
                assert place == 0
                assert walk.headed[-1:] == [day["date"]]
                self.counts["continued"] += 1
            else:
                assert not walk.headed or day["date"] < walk.headed[-1]
                walk.headed.append(day["date"])
            goes_on = (
                place == len(days) - 1
                and bool(behind)
                and day_at(behind[0].published_at, self._zone).date.isoformat() == day["date"]
            )
            assert day["complete"] is not goes_on

    def _close(self, walk: Walk) -> None:
        """Check at the end: order strictly descending, no repeats, and every item that stayed was shown."""
        assert walk.shown == sorted(set(walk.shown), reverse=True)
        times = Counter(id_ for _, id_ in walk.shown)
        assert {id_: times[id_] for id_ in walk.steady} == dict.fromkeys(walk.steady, 1)
        self.counts.update(walks=1, steady=len(walk.steady))

    async def _write(self, walk: Walk) -> None:
        """Apply what is due, and one thing that a newsroom does, in one transaction."""
        random = self._random
        verb = random.choice((*EDITS, *TIMED, *CATALOGUE_EDITS, "delete"))
        if verb == "wait":
            self._now += random.choice((HOUR_US, DAY_US))
        await self._apply_due()
        if verb in CATALOGUE_EDITS:
            verb = await self._database.write(self._catalogue.edit, verb, now=self._now)
        elif verb == "delete":
            verb = await self._delete_entry()
        elif verb != "wait":
            await self._edit_articles(verb, walk)
        walk.steady &= {piece.id for piece in self._matching()}
        self.counts.update({"steps": 1, verb: 1})

    async def _edit_articles(self, verb: str, walk: Walk) -> None:
        if verb in {"publish", "backdate", "schedule"} or not self._pieces:
            made = [self._new(newest=verb == "publish") for _ in range(self._random.choice((1, 1, 2)))]
            made = [self._scheduled(piece) for piece in made] if verb == "schedule" else made
        else:
            made = [self._changed(self._random.choice([*self._pieces.values()]), verb)]
        for piece in made:
            before = self._pieces.get(piece.id)
            if before is not None and before.published_at != piece.published_at:
                walk.steady.discard(piece.id)
        await self._store(made)

    async def _delete_entry(self) -> str:
        """Take an entry from all articles, and delete it; return what was done."""
        kind = self._random.choice(sorted(KINDS))
        name = self._random.choice(self._catalogue.names[kind])
        entry = self._catalogue.entries([name])
        if not entry.isdisjoint(self._catalogue.entries(self._protected)):
            return "nothing"
        without = [
            replace(piece, names={**piece.names, kind: rest})
            for piece in self._pieces.values()
            if (rest := tuple(each for each in piece.names[kind] if entry.isdisjoint(self._catalogue.entries([each]))))
            != piece.names[kind]
        ]
        await self._store(without)
        return await self._database.write(self._catalogue.delete, kind, name, now=self._now)

    async def _apply_due(self) -> None:
        """Publish and withdraw what is due at the history's instant, as a server's schedule does."""
        most = 100
        while await self._database.write(apply_due_transitions, now=self._now, most=most) >= most:
            pass
        for name, piece in self._pieces.items():
            after = piece.at(self._now)
            self.counts.update({f"due {after.status}": 1} if after is not piece else ())
            self._pieces[name] = after

    def _scheduled(self, piece: StoryState) -> StoryState:
        """Return an article with its publication ahead, and perhaps under an embargo until then."""
        at = self._now + self._random.choice((HOUR_US, 5 * HOUR_US, DAY_US))
        is_embargoed = self._random.random() < 0.5
        return replace(piece, status=ArticleStatus.SCHEDULED, published_at=at, is_embargoed=is_embargoed)

    def _changed(self, piece: StoryState, verb: str) -> StoryState:
        random = self._random
        if piece.status is ArticleStatus.SCHEDULED and verb in {"withdraw", "bump"}:
            return self._scheduled(piece)
        members: dict[str, Any] = {"revision": piece.revision + 1}
        if verb == "expire":
            first = max(self._now, piece.published_at)
            members = {"expires_at": random.choice((None, first + HOUR_US, first + 2 * DAY_US))}
        elif verb == "withdraw" and piece.status is ArticleStatus.PUBLISHED:
            members = {"status": ArticleStatus.WITHDRAWN}
        elif verb == "withdraw":  # it is restored
            members = {"status": ArticleStatus.PUBLISHED, "expires_at": None}
        elif verb == "retag":
            members = {"names": self._names(), "traits": self._traits()}
        elif verb == "bump":
            members = {"published_at": self._instant(newest=random.random() < 0.5)}
        elif verb == "translate":
            members = {"translates": random.choice([*self._pieces, None])}
        return replace(piece, **members)

    def _new(self, *, newest: bool = False) -> StoryState:
        number = self._random.randrange(MAX_ID)
        return StoryState(number, self._instant(newest=newest), ArticleStatus.PUBLISHED, self._names(), self._traits())

    def _names(self) -> dict[str, tuple[str, ...]]:
        random = self._random
        return {
            kind: tuple(random.sample(names, random.choice(SHARES.get(kind, (1, 2)))))
            for kind, names in self._catalogue.names.items()
        }

    def _traits(self) -> dict[str, Any]:
        return {name: self._random.choice(values) for name, values in TRAITS.items()}

    def _instant(self, *, newest: bool = False) -> int:
        """Return an instant within two days of the difficult one: often a used one, often a quarter of an hour."""
        random = self._random
        taken = [piece.published_at for piece in self._pieces.values()]
        if newest and taken:
            return min(max(taken) + random.choice((0, 1, MINUTE_US, 400 * MINUTE_US)), self._now)
        if taken and random.random() < 0.3:
            return min(random.choice(taken) + random.choice((0, 0, 1, -1)), self._now)
        return self._centre + random.randrange(-192, 192) * 15 * MINUTE_US + random.choice((0, 0, 0, -1, 1))

    async def _store(self, made: list[StoryState]) -> None:
        records = [piece.record(self._edition) for piece in made]
        stored = await self._database.write(upsert_articles, records, now=self._now)
        for piece, outcome in zip(made, stored.outcomes, strict=True):
            if isinstance(outcome, Exception) and "one article for each edition and language" in str(outcome):
                self.counts["no translation"] += 1
            elif isinstance(outcome, Exception):
                raise outcome
            else:
                self._pieces[piece.id] = piece
