"""A mirror that follows the stream, as a partner would write one; its place stands in its file with what it took."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.api.public.docs_mirror import walked
from tests.api.public.stream_following import Followed
from tests.queries.mirror_history import GONE, MEMBERS
from tests.stream_client import Block

MEMBERS_ALIKE = ["url", "slug", "published_at", "updated_at", "headline", "version"]
TABLES = (
    "PRAGMA synchronous = OFF",  # the machine stays up, whoever is killed
    "CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, article TEXT)",
    "CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY, as_of INTEGER)",
)


def open_copy(file: Path, *, is_over: Callable[[], bool] = bool) -> "FrailCopy":
    """The file of a mirror; `is_over` says whether its process ends now."""
    copy = sqlite3.connect(file, factory=FrailCopy)
    for statement in TABLES:
        copy.execute(statement)
    copy.is_over = is_over
    return copy


def place_of(copy: sqlite3.Connection) -> int | None:
    """How far it is; None before its first articles."""
    found = copy.execute("SELECT as_of FROM place").fetchall()
    return int(found[0][0]) if found else None


async def read_timeline(client: httpx.AsyncClient, asked: dict[str, Any]) -> tuple[list[Any], int]:
    """All items of the timeline, page by page, and the `as_of` of the first; httpx.HTTPError."""
    items: list[Any] = []
    answer = await client.get("/v1/timeline", params={**asked, "limit": 20})
    as_of = int(answer.raise_for_status().json()["as_of"])
    while True:
        page: Any = answer.raise_for_status().json()
        items += [item for day in page["days"] for item in day["items"]]
        if page["next"] is None:
            return items, as_of
        answer = await client.get(page["next"]["href"])


class Killed(Exception):  # noqa: N818 - it is nobody's error
    """The mirror's process ends here."""


class FrailCopy(sqlite3.Connection):
    """A copy in the hands of a process that may end before any of its statements."""

    is_over: Callable[[], bool] = bool

    def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
        """Run a statement, or never come to it."""
        if self.is_over():
            raise Killed
        return super().execute(statement, values)


@dataclass(slots=True)
class Surroundings:
    """What a mirror is given when it begins, and where it leaves what its life is judged by."""

    client: httpx.AsyncClient
    asked: dict[str, Any]
    random: Random
    counts: Counter[str]
    followed: list[Followed]
    stir: Callable[[], None]  # called whenever it has gone on


class StreamMirror:
    """Copies, then follows the stream from the place in its file on; reads anew what is named there."""

    def __init__(self, copy: sqlite3.Connection, given: Surroundings) -> None:
        self._copy = copy
        self._given = given
        self._client, self._counts = given.client, given.counts

    @staticmethod
    def choose(chance: Random, tz: str | None) -> dict[str, Any]:
        """What it asks for besides its filters."""
        del chance, tz
        return {}

    @staticmethod
    async def shown(client: httpx.AsyncClient, asked: dict[str, Any]) -> list[Any]:
        """What the copy must hold, by id."""
        return await walked(client, asked)

    async def follow(self) -> None:
        """One connection, until it breaks off or everything is to be copied anew; httpx.HTTPError."""
        place = place_of(self._copy)
        if place is None:
            await self._copy_all()
            return
        rest, known = b"", 0
        async with self._client.stream("GET", "/v1/stream", **self._from(place)) as answer:
            if answer.status_code == 422:
                self._counts["refused"] += 1
            else:
                answer.raise_for_status()
                followed = Followed(place)
                self._given.followed.append(followed)
                async for chunk in answer.aiter_raw():
                    *blocks, rest = (rest + chunk).split(b"\n\n")
                    told = followed.take([Block.of(block.decode()) for block in blocks])
                    if any(each["article"] is None for each in told):
                        self._counts["entries"] += 1
                        known = told[-1]["seq"]
                        break
                    if followed.place is not None:
                        await self._take(told, followed.place)
                        self._given.stir()
                else:
                    assert rest == b""
                    return
        await self._copy_all(known)

    def _from(self, place: int) -> dict[str, Any]:
        """How to say where to go on: as browsers do, or in the address; the former goes before the latter."""
        asked = dict(self._given.asked)
        how = self._given.random.choice(("header", "address", "both"))
        if how != "header":
            asked["since"] = place if how == "address" else 0
        return {"params": asked, "headers": {} if how == "address" else {"last-event-id": str(place)}}

    async def _copy_all(self, known: int = 0) -> None:
        """Begin anew: all of it, or nothing where it breaks off; up to `known` it was told what changed."""
        asked = {**self._given.asked, **self._members()}
        async with self._client.stream("GET", "/v1/export", params=asked) as answer:
            with self._copy:
                self._copy.execute("DELETE FROM articles")
                async for line in answer.raise_for_status().aiter_lines():
                    self._put(json.loads(line))
                as_of = int(answer.headers["dayline-as-of"])
                assert as_of >= known
                self._move(max(as_of, known))  # a page that shows what it showed before keeps its `as_of`
        self._counts["copied"] += 1
        self._given.stir()

    def _members(self) -> dict[str, Any]:
        return {"body": "blocks"}

    async def _take(self, told: Sequence[Any], place: int) -> None:
        names, lines = {each["article"]["id"] for each in told}, []
        if names:
            asked = {**self._given.asked, "body": "blocks", "id": sorted(names)}
            answer = await self._client.get("/v1/export", params=asked)
            lines = answer.raise_for_status().text.splitlines()
        with self._copy:
            for name in names:
                self._drop(name)
            for line in lines:
                self._put(json.loads(line))
            self._move(place)

    def _put(self, article: Any) -> None:
        self._copy.execute("REPLACE INTO articles VALUES (?, ?)", (article["id"], json.dumps(article)))

    def _drop(self, name: str) -> None:
        self._copy.execute("DELETE FROM articles WHERE id = ?", (name,))

    def _move(self, place: int) -> None:
        self._copy.execute("REPLACE INTO place VALUES (1, ?)", (place,))


class TellingMirror(StreamMirror):
    """The same, but keeps what the stream tells as it is told, in the members that an export shows alike."""

    @staticmethod
    def choose(chance: Random, tz: str | None) -> dict[str, Any]:
        """What it asks for besides its filters."""
        del chance, tz
        return {"fields": MEMBERS_ALIKE}

    @staticmethod
    async def shown(client: httpx.AsyncClient, asked: dict[str, Any]) -> list[Any]:
        """What the timeline shows."""
        items, _ = await read_timeline(client, asked)
        return sorted(items, key=lambda item: str(item["id"]))

    def _members(self) -> dict[str, Any]:
        return {}

    async def _take(self, told: Sequence[Any], place: int) -> None:
        with self._copy:
            for each in told:
                if each["type"] in GONE:
                    assert each["article"].keys() == {"id", "href"}
                    self._drop(each["article"]["id"])
                else:
                    self._put(each["article"])
            self._move(place)


class TimelineMirror(TellingMirror):
    """The same again, but begins with the timeline: with any members of its items, in any zone."""

    @staticmethod
    def choose(chance: Random, tz: str | None) -> dict[str, Any]:
        """What it asks for besides its filters."""
        zone = {"tz": tz or "Asia/Kathmandu"} if chance.random() < 0.5 else {}
        return zone | ({"fields": MEMBERS} if chance.random() < 0.3 else {})

    async def _copy_all(self, known: int = 0) -> None:
        items, as_of = await read_timeline(self._client, self._given.asked)
        with self._copy:
            self._copy.execute("DELETE FROM articles")
            for item in items:
                self._put(item)
            self._move(max(as_of, known))  # a page that shows what it showed before keeps its `as_of`
        self._counts["copied"] += 1
        self._given.stir()


MIRRORS = (StreamMirror, TellingMirror, TimelineMirror)
