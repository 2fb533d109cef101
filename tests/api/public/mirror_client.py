"""Mirror that follows the stream, as a partner would write one; its file has its position with the articles."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.api.public.docs_mirror import listed_articles
from tests.api.public.stream_following import Followed
from tests.queries.mirror_history import GONE, MEMBERS, timeline_item
from tests.stream_client import Block

MEMBERS_ALIKE = ["url", "slug", "published_at", "updated_at", "headline", "version"]
TABLES = (
    "PRAGMA synchronous = OFF",  # the machine does not crash, only processes are killed
    "CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, article TEXT)",
    "CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY, as_of INTEGER)",
)


def open_copy(file: Path, *, is_over: Callable[[], bool] = bool) -> "KillableConnection":
    """Open the file of a mirror; `is_over` returns whether its process ends now."""
    copy = sqlite3.connect(file, factory=KillableConnection)
    for statement in TABLES:
        copy.execute(statement)
    copy.is_over = is_over
    return copy


def position_of(copy: sqlite3.Connection) -> int | None:
    """Return its position; None before its first articles."""
    found = copy.execute("SELECT as_of FROM place").fetchall()
    return int(found[0][0]) if found else None


async def read_timeline(client: httpx.AsyncClient, filters: dict[str, Any]) -> tuple[list[Any], int]:
    """Return all items of the timeline, page by page, and the `as_of` of the first; httpx.HTTPError."""
    items: list[Any] = []
    response = await client.get("/v1/timeline", params={**filters, "limit": 20})
    as_of = int(response.raise_for_status().json()["as_of"])
    while True:
        page: Any = response.raise_for_status().json()
        items += [item for day in page["days"] for item in day["items"]]
        if page["next"] is None:
            return items, as_of
        response = await client.get(page["next"]["href"])


class Killed(Exception):  # noqa: N818 - it is no error
    """Death of the mirror's process."""


class KillableConnection(sqlite3.Connection):
    """Connection of a process that may be killed before any of its statements."""

    is_over: Callable[[], bool] = bool

    def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
        """Run a statement, or raise Killed."""
        if self.is_over():
            raise Killed
        return super().execute(statement, values)


@dataclass(slots=True)
class MirrorEnvironment:
    """Environment of a mirror: what it needs at its start, and the records that the history checks."""

    client: httpx.AsyncClient
    filters: dict[str, Any]
    random: Random
    counts: Counter[str]
    followed: list[Followed]
    on_step: Callable[[], None]  # called after each step


class StreamMirror:
    """Mirror that copies, then follows the stream from the position in its file; it reads named articles again."""

    def __init__(self, copy: sqlite3.Connection, given: MirrorEnvironment) -> None:
        self._copy = copy
        self._given = given
        self._client, self._counts = given.client, given.counts

    @staticmethod
    def parameters(chance: Random, tz: str | None) -> dict[str, Any]:
        """Return the parameters of its requests besides its filters."""
        del chance, tz
        return {}

    @staticmethod
    async def shown(client: httpx.AsyncClient, filters: dict[str, Any]) -> list[Any]:
        """Return what the copy must contain, by id."""
        return await listed_articles(client, filters)

    async def follow(self) -> None:
        """Follow one connection, until it closes or everything has to be copied again; httpx.HTTPError."""
        place = position_of(self._copy)
        if place is None:
            await self._copy_all()
            return
        rest, known = b"", 0
        async with self._client.stream("GET", "/v1/stream", **self._from(place)) as response:
            if response.status_code == 422:
                self._counts["refused"] += 1
            else:
                response.raise_for_status()
                followed = Followed(place)
                self._given.followed.append(followed)
                async for chunk in response.aiter_raw():
                    *blocks, rest = (rest + chunk).split(b"\n\n")
                    changes = followed.take([Block.of(block.decode()) for block in blocks])
                    if any(each["article"] is None for each in changes):
                        self._counts["entries"] += 1
                        known = changes[-1]["seq"]
                        break
                    if followed.position is not None:
                        await self._take(changes, followed.position)
                        self._given.on_step()
                else:
                    assert rest == b""
                    return
        await self._copy_all(known)

    def _from(self, place: int) -> dict[str, Any]:
        """Return the position for the next connection: as Last-Event-ID, which takes precedence, or as a parameter."""
        filters = dict(self._given.filters)
        how = self._given.random.choice(("header", "address", "both"))
        if how != "header":
            filters["since"] = place if how == "address" else 0
        return {"params": filters, "headers": {} if how == "address" else {"last-event-id": str(place)}}

    async def _copy_all(self, known: int = 0) -> None:
        """Copy everything, or nothing where the connection fails; changes up to `known` are in the copy."""
        filters = {**self._given.filters, **self._members()}
        async with self._client.stream("GET", "/v1/export", params=filters) as response:
            with self._copy:
                self._copy.execute("DELETE FROM articles")
                async for line in response.raise_for_status().aiter_lines():
                    self._put(json.loads(line))
                as_of = int(response.headers["dayline-as-of"])
                assert as_of >= known
                self._move(max(as_of, known))  # a page that is equal to the earlier one has its `as_of`
        self._counts["copied"] += 1
        self._given.on_step()

    def _members(self) -> dict[str, Any]:
        return {"body": "blocks"}

    async def _take(self, changes: Sequence[Any], place: int) -> None:
        names, lines = {each["article"]["id"] for each in changes}, []
        if names:
            filters = {**self._given.filters, "body": "blocks", "id": sorted(names)}
            response = await self._client.get("/v1/export", params=filters)
            lines = response.raise_for_status().text.splitlines()
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


class StoringMirror(StreamMirror):
    """Mirror that stores articles as the stream sends them, in the members that an export has, too."""

    @staticmethod
    def parameters(chance: Random, tz: str | None) -> dict[str, Any]:
        """Return the parameters of its requests besides its filters."""
        del chance, tz
        return {"fields": MEMBERS_ALIKE}

    @staticmethod
    async def shown(client: httpx.AsyncClient, filters: dict[str, Any]) -> list[Any]:
        """Return the items of the timeline."""
        items, _ = await read_timeline(client, filters)
        return sorted(items, key=lambda item: str(item["id"]))

    def _members(self) -> dict[str, Any]:
        return {}

    async def _take(self, changes: Sequence[Any], place: int) -> None:
        with self._copy:
            for each in changes:
                if each["type"] in GONE:
                    assert each["article"].keys() == {"id", "href"}
                    self._drop(each["article"]["id"])
                else:
                    self._put(timeline_item(each["article"]))
            self._move(place)


class TimelineMirror(StoringMirror):
    """Mirror that begins with the timeline: with any members of its items, in any zone."""

    @staticmethod
    def parameters(chance: Random, tz: str | None) -> dict[str, Any]:
        """Return the parameters of its requests besides its filters."""
        zone = {"tz": tz or "Asia/Kathmandu"} if chance.random() < 0.5 else {}
        return zone | ({"fields": MEMBERS} if chance.random() < 0.3 else {})

    async def _copy_all(self, known: int = 0) -> None:
        items, as_of = await read_timeline(self._client, self._given.filters)
        with self._copy:
            self._copy.execute("DELETE FROM articles")
            for item in items:
                self._put(item)
            self._move(max(as_of, known))  # a page that is equal to the earlier one has its `as_of`
        self._counts["copied"] += 1
        self._given.on_step()


MIRRORS = (StreamMirror, StoringMirror, TimelineMirror)
