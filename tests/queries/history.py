"""Random history: a client pages through the timeline while articles are published, back-dated, edited and withdrawn.

Entries of the filters are renamed and merged meanwhile.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.editing import edit_entry
from app.actions.catalogue.entries import edition_ids, upsert_entry
from app.actions.catalogue.merging import merge_entries, rewrite_merged_links
from app.db.database import Connection, Database
from app.domain.article_status import ArticleStatus
from app.domain.calendar import day_at, find_zone
from app.domain.instant import DAY_US, MINUTE_US, format_instant, parse_instant
from app.domain.list_filter import Facet
from app.domain.tsid import MAX_ID, format_id
from app.interchange.catalogue import get_entry_row
from app.interchange.former_slugs import find_present_slugs
from app.queries.articles.article_list import list_articles
from app.queries.timeline.timeline import get_timeline
from app.schemas.interchange import ArticleRecord
from app.schemas.params import ArticleListParams, TimelineParams
from tests.conftest import NOW
from tests.records import article, edition

STEPS = 20
KINDS = {"section": ("s1", "s2"), "tag": ("t1", "t2", "t3"), "author": ("a1", "a2"), "label": ("l1", "l2")}
SHARES = {"section": (0, 1, 1, 2), "label": (0, 1, 1, 1)}
"""Numbers of names of a kind that an article may have."""
TRAITS: dict[str, tuple[Any, ...]] = {
    "format": ("article", "article", "article", "video", "audio", "page"),
    "language": (None, None, "de", "en-GB"),
    "featured": (False, False, True),
    "access": (None, "free", "paid"),
}
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

EDITS = ("publish", "backdate", "backdate", "backdate", "withdraw", "edit", "retag", "bump", "translate")

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class StoryState:
    """Article as the newsroom knows it."""

    number: int
    published_at: int
    status: ArticleStatus
    names: dict[str, tuple[str, ...]]
    traits: dict[str, Any]
    revision: int = 0
    renamed: int = 0
    translates: str | None = None

    @property
    def id(self) -> str:
        """Return its id; the texts of ids sort as their numbers do."""
        return format_id(self.number)

    @property
    def slug(self) -> str:
        """Its slug."""
        return f"piece-{self.id}-{self.renamed}" if self.renamed else f"piece-{self.id}"

    @property
    def key(self) -> Key:
        """Its sort key."""
        return self.published_at, self.id

    def record(self, edition_slug: str) -> ArticleRecord:
        """Return the record of its present state."""
        made = article(
            None,
            edition=edition_slug,
            id=self.id,
            slug=self.slug,
            headline=f"Piece {self.revision}",
            status=self.status,
            sections=list(self.names["section"]),
            label=next(iter(self.names["label"]), None),
            tags=list(self.names["tag"]),
            authors=list(self.names["author"]),
            **self.traits,
            translations=[] if self.translates is None else [self.translates],
        )
        return made.model_copy(update={"published_at": self.published_at})


@dataclass(slots=True)
class Walk:
    """Walk from the first page to the last: the items that it must show, those that it has shown, and its position."""

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
        self._kinds = {kind: tuple(f"{name}-{number}" for name in names) for kind, names in KINDS.items()}
        self._merged: dict[str, str] = {}
        self._renames = 0
        zone, centre = self._random.choice(PLACES)
        self._centre = parse_instant(centre)
        self._edition_zone = zone
        self._tz = self._random.choice((None, None, zone, "Asia/Kathmandu"))
        self._zone = find_zone(self._tz or zone)
        self._days = self._random.random() < 0.8  # else a plain list of articles
        self._pieces: dict[str, StoryState] = {}
        self._asked: dict[str, Any] = {}
        self._lower, self._upper = -(2**62), 2**62

    async def run(self) -> Counter[str]:
        """Run the history and check it at every page; return the counts of what happened."""
        await self._database.write(
            upsert_entry, edition(self._edition, timezone=self._edition_zone, default=False), now=NOW
        )
        await self._store([self._new() for _ in range(self._random.randrange(8, 25))])
        self._ask()
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
                requested[kind] = random.sample(self._kinds[kind], random.choice((1, len(KINDS[kind]))))
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
        self._asked = requested

    def _matching(self, below: Key | None = None) -> list[StoryState]:
        """Return the items of the list now (after a key), newest first, by brute force."""
        excluded = set(self._asked.get("exclude", ()))
        found = [
            piece
            for piece in self._pieces.values()
            if piece.status is ArticleStatus.PUBLISHED
            and self._lower <= piece.published_at < self._upper
            and not {piece.id, piece.slug} & excluded
            and all(
                self._entries(piece.names[kind]) & self._entries(self._asked[kind])
                for kind in KINDS
                if kind in self._asked
            )
            and self._has_traits(piece.traits)
            and (below is None or piece.key < below)
        ]
        return sorted(found, key=lambda piece: piece.key, reverse=True)

    def _has_traits(self, traits: dict[str, Any]) -> bool:
        """Return whether the filters by traits select these; pages are selected by their format alone."""
        requested = self._asked
        language = (traits["language"] or OWN_LANGUAGE).lower()
        return (
            traits["format"] in requested.get("format", ("article", "gallery", "video", "audio"))
            and ("language" not in requested or language in [each.lower() for each in requested["language"]])
            and requested.get("featured") in {None, traits["featured"]}
            and ("access" not in requested or traits["access"] in requested["access"])
        )

    def _entries(self, names: Iterable[str]) -> set[str]:
        """Return the entries of these names, each by the name of the one into which it was merged."""
        return {self._merged.get(name, name) for name in names}

    async def _read(self, walk: Walk) -> bool:
        """Read a page and compare it with the newsroom's own state; return whether there is more."""
        limit = self._random.choice((1, 1, 2, 3, 5))
        requested = {**self._asked, "limit": limit} | ({} if walk.cursor is None else {"cursor": walk.cursor})
        expected = self._matching(walk.shown[-1] if walk.shown else None)
        if self._days:
            if self._tz is not None:
                requested["tz"] = self._tz
            page: Any = await self._database.read(get_timeline, TimelineParams.model_validate(requested))
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
        """Perform one write of a newsroom, in one transaction."""
        random = self._random
        verb = random.choice((*EDITS, "rename", "merge", "move"))
        if verb not in EDITS:
            await self._database.write(self._edit_catalogue, verb)
            self.counts.update({"steps": 1, verb: 1})
            return
        if verb in {"publish", "backdate"} or not self._pieces:
            made = [self._new(newest=verb == "publish") for _ in range(random.choice((1, 1, 2)))]
        else:
            made = [self._changed(random.choice([*self._pieces.values()]), verb)]
        for piece in made:
            before = self._pieces.get(piece.id)
            if before is not None and before.published_at != piece.published_at:
                walk.steady.discard(piece.id)
        await self._store(made)
        walk.steady &= {piece.id for piece in self._matching()}
        self.counts.update({"steps": 1, verb: 1})

    def _edit_catalogue(self, connection: Connection, verb: str) -> None:
        """Rename an entry, merge two, or move a few articles of merged ones."""
        random = self._random
        if verb == "move":
            rewrite_merged_links(connection, most=random.choice((1, 2, 5)))
            return
        kind = random.choice(sorted(KINDS) if verb == "rename" else ["author", "tag"])
        facet = Facet[kind.upper()]
        edition_id = edition_ids(connection, [self._edition])[self._edition] if facet is Facet.SECTION else None
        names = random.sample(self._kinds[kind], 2)
        present = {name: name for name in names} | find_present_slugs(connection, facet, names, edition_id=edition_id)
        if any(get_entry_row(connection, facet, each, edition_id=edition_id) is None for each in present.values()):
            return
        one, other = (present[name] for name in names)
        members: dict[str, Any] = {"expected": None, "now": self._now, "actor": "history"}
        if verb == "rename":
            self._renames += 1
            patch = {"code" if kind == "label" else "slug": f"{names[0]}-{self._renames}"}
            edit_entry(connection, facet, one, patch, edition=self._edition, **members)
        elif one != other:
            merge_entries(connection, facet, one, other, at_once=random.choice((0, 0, 1, 100)), **members)
            [source], [target] = self._entries(names[:1]), self._entries(names[1:])
            self._merged |= {name: target for name in self._kinds[kind] if self._entries([name]) == {source}}

    def _changed(self, piece: StoryState, verb: str) -> StoryState:
        if verb == "withdraw":  # or restore
            away = piece.status is ArticleStatus.PUBLISHED
            return replace(piece, status=ArticleStatus.WITHDRAWN if away else ArticleStatus.PUBLISHED)
        if verb == "retag":
            return replace(piece, names=self._names(), traits=self._traits())
        if verb == "bump":
            return replace(piece, published_at=self._instant(newest=self._random.random() < 0.5))
        if verb == "translate":
            return replace(piece, translates=self._random.choice([*self._pieces, None]))
        return replace(piece, revision=piece.revision + 1)

    def _new(self, *, newest: bool = False) -> StoryState:
        number = self._random.randrange(MAX_ID)
        return StoryState(number, self._instant(newest=newest), ArticleStatus.PUBLISHED, self._names(), self._traits())

    def _names(self) -> dict[str, tuple[str, ...]]:
        random = self._random
        return {
            kind: tuple(random.sample(names, random.choice(SHARES.get(kind, (1, 2)))))
            for kind, names in self._kinds.items()
        }

    def _traits(self) -> dict[str, Any]:
        return {name: self._random.choice(values) for name, values in TRAITS.items()}

    def _instant(self, *, newest: bool = False) -> int:
        """Return an instant within two days of the difficult one: often a used one, often a quarter of an hour."""
        random = self._random
        taken = [piece.published_at for piece in self._pieces.values()]
        if newest and taken:
            return max(taken) + random.choice((0, 1, MINUTE_US, 400 * MINUTE_US))
        if taken and random.random() < 0.3:
            return random.choice(taken) + random.choice((0, 0, 1, -1))
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
