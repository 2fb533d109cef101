"""The mirror of docs/mirror.md ends equal to the source, whatever happens to either."""

import asyncio
import os
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from app.actions.articles.due_transitions import apply_due_transitions
from app.actions.articles.publication import withdraw_article
from app.actions.catalogue import section_moves
from app.actions.catalogue.deletion import delete_entry
from app.actions.catalogue.editing import edit_entry
from app.actions.catalogue.entries import upsert_entry
from app.actions.catalogue.merging import merge_entries, rewrite_merged_links
from app.actions.catalogue.section_moves import relist_articles
from app.db.database import Database
from app.domain.actor import COMMAND_ACTOR
from app.domain.calendar import UTC
from app.domain.instant import SECOND_US, format_instant
from app.domain.list_filter import Facet
from app.domain.tsid import parse_id
from app.queries.articles import public_export
from app.queries.changes import change_list
from app.queries.changes.change_list import latest_seq
from tests.api.public.docs_mirror import listed_articles, load_mirror, read_program, stored_articles
from tests.api.public.mirror_history import CopyHistory
from tests.conftest import NOW, Store
from tests.random_histories import run_each
from tests.records import article, author, edition, label, section
from tests.server_process import free_port, start_server

HISTORIES = 2
HISTORIES_SOAK = 500
BATCHES = (public_export.BATCH, 2)
WINDOWS = (change_list.MAX_SCANNED, 3, 20)
EVERYTHING = {"edition": "*"}
MAX_SECONDS = 30.0


async def live_through(
    database: Database, numbers: range, address: str, folder: Path, patch: pytest.MonkeyPatch
) -> Counter[str]:
    """Run these histories, and check that every kind of event occurred."""

    async def live(number: int) -> Counter[str]:
        patch.setattr(public_export, "BATCH", BATCHES[number % len(BATCHES)])
        patch.setattr(change_list, "MAX_SCANNED", WINDOWS[number % len(WINDOWS)])
        return await CopyHistory(database, number, address=address, folder=folder).run()

    counts = await run_each(numbers, live)
    assert counts["compared"] == len(numbers)
    assert min(counts["lost"], counts["mirrors"], counts["articles"], counts["compacted"]) > len(numbers)
    return counts


@pytest.mark.usefixtures("frozen_clock")
async def test_documented_mirror_equals_the_source(
    database: Database, database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live_through(database, range(HISTORIES), database_address, tmp_path, monkeypatch)


@pytest.mark.soak
@pytest.mark.usefixtures("frozen_clock")
async def test_long_documented_mirror_equals_the_source(
    database: Database, database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = range(HISTORIES, HISTORIES + HISTORIES_SOAK)
    counts = await live_through(database, numbers, database_address, tmp_path, monkeypatch)
    assert counts["broken_exports"] > 0


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Open an empty copy; Python 3.13 warns of connections that are not closed."""
    with closing(load_mirror().open_copy(tmp_path / "copy.db")) as made:
        yield made


async def arrive(mirror: Any, client: httpx.AsyncClient, copy: sqlite3.Connection, database: Database) -> None:
    """Let the mirror run until it is equal to the source."""
    latest = await database.read(latest_seq)
    while copy.execute("SELECT as_of FROM position").fetchone() != (latest,):
        await mirror.follow(client, copy)


@pytest.mark.usefixtures("newsroom")
async def test_documented_mirror_follows_catalogue_edits(
    client: httpx.AsyncClient, database: Database, copy: sqlite3.Connection
) -> None:
    mirror = load_mirror()
    await arrive(mirror, client, copy, database)
    await database.write(upsert_entry, label("opinion", "VIEW", disclaimer="Somebody's own."), now=NOW)
    await arrive(mirror, client, copy, database)
    assert stored_articles(copy) == await listed_articles(client, EVERYTHING)
    assert "VIEW" in str(stored_articles(copy))


@pytest.mark.parametrize("name", ["lost", "left"])
async def test_documented_mirror_follows_a_merge(
    client: httpx.AsyncClient, database: Database, store: Store, copy: sqlite3.Connection, name: str
) -> None:
    filters = {"edition": "*", "author": name}
    mirror = load_mirror(FILTERS=filters)
    signed = {"m1": ["lost"], "m2": ["left"], "m3": ["left", "lost"], "m4": ["third"]}
    records = [article(source_id=each, authors=names) for each, names in signed.items()]
    await store(edition(), *(author(slug, slug.title()) for slug in ("lost", "left", "third")), *records)
    await arrive(mirror, client, copy, database)
    members: dict[str, Any] = {"expected": None, "now": NOW, "actor": "test", "at_once": 0}
    await database.write(partial(merge_entries, **members), Facet.AUTHOR, "lost", "left")
    for turn in range(3):
        await arrive(mirror, client, copy, database)
        assert stored_articles(copy) == await listed_articles(client, filters)
        assert len(stored_articles(copy)) == 3 + turn
        await database.write(rewrite_merged_links, most=2)
        await store(
            article(source_id=f"n{turn}", authors=["lost"]),
            article(source_id="m1", authors=["left"], headline=f"Edited {turn}"),
        )


async def test_documented_mirror_follows_the_tree_of_sections(
    client: httpx.AsyncClient,
    database: Database,
    store: Store,
    copy: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(section_moves, "RELISTED_IN_MOVE", 1)
    filters = {"edition": "*", "section": "sport", "subsections": "true"}
    mirror = load_mirror(FILTERS=filters)
    tree = (("sport", None), ("football", "sport"), ("cup", "football"), ("opera", None))
    await store(edition(), *(section(slug, slug.title(), parent=parent) for slug, parent in tree))
    at, later = format_instant(NOW + SECOND_US, UTC), format_instant(NOW + 2 * SECOND_US, UTC)
    embargoed = {"source_id": "embargoed", "section": "cup", "embargoed_until": at}
    await store(
        article(at, status="scheduled", **embargoed),
        article(source_id="expiring", section="cup", expires_at=later),
        article(source_id="lasting", section="football"),
        article(source_id="sung", section="opera"),
    )

    async def compare(*expected: str) -> None:
        await arrive(mirror, client, copy, database)
        found = stored_articles(copy)
        assert found == await listed_articles(client, filters)
        assert sorted(each["headline"] for each in found) == sorted(f"Story {name}" for name in expected)

    await compare("expiring", "lasting")
    await database.write(apply_due_transitions, now=NOW + SECOND_US, most=10)
    await compare("embargoed", "expiring", "lasting")
    await database.write(apply_due_transitions, now=NOW + 2 * SECOND_US, most=10)
    await compare("embargoed", "lasting")
    await database.write(upsert_entry, section("football", "Football", parent="opera"), now=NOW)
    await compare()
    await database.write(upsert_entry, section("opera", "Opera", parent="sport"), now=NOW)
    await database.write(relist_articles, most=1)
    await compare("embargoed", "lasting", "sung")
    await database.write(upsert_entry, section("opera", "Opera"), now=NOW)
    await compare()


async def test_documented_mirror_follows_the_editions_of_translations(
    client: httpx.AsyncClient, database: Database, store: Store, copy: sqlite3.Connection
) -> None:
    filters = {"edition": "global", "fields": ["published_at", "translations"]}
    mirror = load_mirror(FILTERS=filters)
    url = "{site_url}/{section}/{slug}"
    ua: dict[str, Any] = {"default": False, "language": "uk", "article_url": url}
    await store(
        edition(),
        edition("ua", **ua),
        edition("far", default=False),
        section("news", "News", edition="ua"),
        section("news", "News", edition="far"),
        article(source_id="fog", translations=[{"edition": "ua", "source_id": "fog"}]),
        article(source_id="fog", edition="ua", section="news"),
    )
    await arrive(mirror, client, copy, database)
    by_editor: dict[str, Any] = {"expected": None, "now": NOW, "actor": "test"}
    edits: tuple[tuple[Facet, str, dict[str, Any]], ...] = (
        (Facet.EDITION, "ua", {"site_url": "https://moved.example"}),
        (Facet.EDITION, "ua", {"language": "uk-UA"}),
        (Facet.SECTION, "news", {"slug": "latest"}),
    )
    for kind, name, patch in edits:
        await database.write(edit_entry, kind, name, patch, edition="ua", **by_editor)
        await arrive(mirror, client, copy, database)
        assert stored_articles(copy) == await listed_articles(client, filters)
    assert "https://moved.example/latest/" in str(stored_articles(copy))
    since = await database.read(latest_seq)
    await database.write(edit_entry, Facet.SECTION, "news", {"slug": "other"}, edition="far", **by_editor)
    page = (await client.get("/v1/changes", params={"edition": "global", "since": since})).json()
    assert page["items"] == []


async def test_documented_mirror_follows_a_rename_and_a_deletion(
    client: httpx.AsyncClient, database: Database, store: Store, copy: sqlite3.Connection
) -> None:
    filters = {"edition": "*", "tag": "fog"}
    mirror = load_mirror(FILTERS=filters)
    await store(edition(), article(source_id="m1", tags=["fog"]), article(source_id="m2", tags=["fog"]))
    await arrive(mirror, client, copy, database)
    by_editor: dict[str, Any] = {"expected": None, "now": NOW, "actor": "test"}
    await database.write(edit_entry, Facet.TAG, "fog", {"slug": "mist"}, **by_editor)
    await store(article(source_id="m2", tags=["fog", "other"]), article(source_id="m3", tags=["mist"]))
    await arrive(mirror, client, copy, database)
    assert stored_articles(copy) == await listed_articles(client, filters)
    assert [each["tags"][0]["slug"] for each in stored_articles(copy)] == ["mist"] * 3
    await store(*(article(source_id=name, tags=["other"]) for name in ("m1", "m2", "m3")))
    await database.write(delete_entry, Facet.TAG, "mist", **by_editor)
    await arrive(mirror, client, copy, database)
    assert stored_articles(copy) == await listed_articles(client, filters) == []


@pytest.mark.usefixtures("newsroom")
async def test_documented_mirror_copies_a_restored_source_again(
    client: httpx.AsyncClient, database: Database, copy: sqlite3.Connection
) -> None:
    mirror = load_mirror()
    await arrive(mirror, client, copy, database)
    with copy:
        copy.execute("UPDATE position SET as_of = 1000000")
        copy.execute("INSERT INTO articles VALUES ('gone', '{\"id\": \"gone\"}')")
    await arrive(mirror, client, copy, database)
    assert stored_articles(copy) == await listed_articles(client, EVERYTHING)


@pytest.mark.usefixtures("newsroom")
async def test_documented_mirror_removes_withdrawn_text(
    client: httpx.AsyncClient, database: Database, copy: sqlite3.Connection
) -> None:
    mirror = load_mirror()
    await arrive(mirror, client, copy, database)
    gone = stored_articles(copy)[0]
    by_hand: Any = {"expected": None, "now": NOW, "editor": COMMAND_ACTOR}
    await database.write(withdraw_article, parse_id(gone["id"]), reason="Wrong.", notice="It was wrong.", **by_hand)
    await arrive(mirror, client, copy, database)
    assert gone["id"] not in str(stored_articles(copy))
    assert stored_articles(copy) == await listed_articles(client, EVERYTHING)


async def test_killed_documented_mirror_continues_from_its_file(
    database_address: str, store: Store, tmp_path: Path
) -> None:
    program, file = tmp_path / "mirror.py", tmp_path / "copy.db"
    program.write_text(read_program())
    await store(edition(), *(article(source_id=f"old-{n}") for n in range(300)))
    random, port = Random(5), free_port()
    server = start_server(database_address, tmp_path, port)
    await server.wait_ready()
    words = (tmp_path / "mirror.txt").open("wb")
    try:
        for life in range(3):
            mirror = await asyncio.create_subprocess_exec(
                sys.executable, program, server.address, file, stdout=words, stderr=words, env=os.environ
            )
            try:
                await asyncio.sleep(random.uniform(0.2, 0.9))
                await store(*(article(source_id=f"life-{life}-{n}") for n in range(3)), article(source_id="old-7"))
                if life == 1:
                    server.end()
                    server = start_server(database_address, tmp_path, port)
                    await server.wait_ready()
                if life == 2:
                    await _wait_until_equal(server.address, file)
            finally:
                if mirror.returncode is None:  # without its server it ends by itself
                    mirror.send_signal(signal.SIGKILL)
                await mirror.wait()
    finally:
        server.end()
        words.close()


async def _wait_until_equal(address: str, file: Path) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        expected = await listed_articles(client, EVERYTHING)
    assert len(expected) == 309
    deadline = time.monotonic() + MAX_SECONDS
    with closing(sqlite3.connect(file)) as copy:
        while not _has_tables(copy) or stored_articles(copy) != expected:
            assert time.monotonic() < deadline, "the copy does not become equal"
            await asyncio.sleep(0.1)


def _has_tables(copy: sqlite3.Connection) -> bool:
    """Return whether the program has begun: it creates its tables when it starts."""
    found = copy.execute("SELECT name FROM sqlite_schema WHERE name IN ('articles', 'position')").fetchall()
    return len(found) == 2
