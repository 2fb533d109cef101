"""Parts of benches: generated archives, contestants by hand, paths, load, and the report."""

import asyncio
import importlib
import io
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
import uvloop
from fastapi import FastAPI
from sqlalchemy import Connection, select

from app.actions.articles.links import read_placements
from app.actions.articles.recommendations import store_recommendations
from app.cli.runner import check_schema
from app.db.database import Database, open_database
from app.domain.tsid import parse_id
from app.importers.runner import Importer
from app.models.article import articles
from app.models.article_links import article_recommendations
from bench import machine
from bench.archive import Size
from bench.create_archive import fill
from bench.generate import generate_records
from bench.hot import NO_NGINX
from bench.load import NO_WRK, Run
from bench.load_generator import send_requests
from bench.plan import Plan
from bench.process import Process
from bench.report import BY_HAND, FOLDER, write_report
from bench.rounds import Chapter, Spread, compete
from bench.serving import Memory
from bench.thresholds import HOT, evaluate
from bench.url_sampling import by_hand_dialect, dayline_dialect, draw_places, draw_slugs, walk
from tests.conftest import NOW, opened, running
from tests.invariants import check_invariants
from tests.pg_cleanup import empty_tables

ARTICLES = 150
SMALL = Size(300)
PLACES = 5


def lines(articles: int, seed: int) -> bytes:
    return b"".join(orjson.dumps(record) + b"\n" for record in generate_records(articles, seed))


def test_archive_is_determined_by_its_seed() -> None:
    assert lines(60, 7) == lines(60, 7)
    assert lines(60, 7) != lines(60, 8)


@pytest.mark.parametrize("articles", [0, 1, 7])
def test_archive_may_be_tiny(articles: int) -> None:
    records = list(generate_records(articles, 1))
    assert sum(record["kind"] == "article" for record in records) == articles


def test_archive_articles_are_oldest_first_with_shared_instants() -> None:
    times = [record["published_at"] for record in generate_records(ARTICLES, 3) if record["kind"] == "article"]
    assert times == sorted(times)
    assert len(set(times)) < len(times)
    assert all(len(time) == len("2020-01-01T00:00:00.000001+00:00") for time in times)


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # one suffices: each entry is a transaction
async def test_archive_is_imported_without_rejected_lines(database: Database) -> None:
    errors: list[tuple[int, str]] = []
    importer = Importer(database, now=lambda: NOW, on_error=lambda line, reason: errors.append((line, reason)))
    report = await importer.run(io.BufferedReader(io.BytesIO(lines(ARTICLES, 5))))
    assert not errors
    assert report.rejected == 0
    assert not report.created_entries, "every name that an article has is in the catalogue"
    assert sum(count for (kind, _), count in report.records.items() if kind == "article") == ARTICLES


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a SQLite file with a small archive, inserted directly into the tables."""
    path = tmp_path_factory.mktemp("bench") / "archive.db"
    fill(f"sqlite:///{path}", SMALL, report_progress=lambda _: None)
    return path


@pytest.fixture
async def written(archive: Path) -> Any:
    """Open that archive."""
    database = open_database(f"sqlite:///{archive}")
    yield database
    await database.close()


async def test_archive_written_to_tables_holds_the_invariants(written: Database) -> None:
    await check_schema(written)
    found = await written.read(check_invariants)
    assert found["articles"] == found["public"] == found["revisions"] == SMALL.articles


async def test_archive_has_the_recommendations_of_the_application(written: Database) -> None:
    def read(connection: Connection) -> list[Any]:
        return list(connection.execute(select(article_recommendations).order_by(*article_recommendations.primary_key)))

    def pick_again(connection: Connection) -> None:
        standings = read_placements(connection, connection.execute(select(articles)).all())
        store_recommendations(connection, [*standings.values()], known=frozenset(standings))

    chosen = await written.read(read)
    await written.write(pick_again)
    assert len(chosen) > SMALL.articles
    assert chosen == await written.read(read)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, archive: Path) -> str:
    """Create the same archive on either database."""
    if request.param == "sqlite":
        return f"sqlite:///{archive}"
    found: str = request.getfixturevalue("postgresql_address")
    empty_tables(found)
    fill(found, SMALL, report_progress=lambda _: None)
    return found


async def test_hand_written_servers_respond_as_dayline_does(
    address: str, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = address.partition(":")[0]
    monkeypatch.setenv("BENCH_DATABASE", str(archive) if kind == "sqlite" else address)
    theirs = by_hand_dialect()
    async with opened(address) as client, running(program(f"bench.by_hand_{kind}")) as other:
        cursor = (await client.get("/v1/timeline")).json()["next"]["cursor"]
        mine = dayline_dialect(cursor)
        for place in draw_places(archive, PLACES, seed=1):
            days = (await client.get(mine.page(place))).json()["days"]
            items = [item for day in days for item in day["items"]]
            shown = [(parse_id(item["id"]), item["headline"], item["section"]["slug"]) for item in items]
            respond = (await other.get(theirs.page(place))).json()
            assert len(shown) == 20
            assert [(item["id"], item["headline"], item["section"]) for item in respond["items"]] == shown
        for slug in draw_slugs(archive, PLACES, seed=1):
            article, same = (
                (await client.get(mine.article(slug))).json(),
                (await other.get(theirs.article(slug))).json(),
            )
            assert (same["headline"], same["lead"], same["body"]) == tuple(
                article[member] for member in ("headline", "lead", "body")
            )
            for member in ("tags", "authors"):
                assert [each["slug"] for each in same[member]] == [each["slug"] for each in article[member]]


def program(name: str) -> FastAPI:
    """Import a program by hand again, because it opens its database on import."""
    sys.modules.pop(name, None)
    app: FastAPI = importlib.import_module(name).app
    return app


def test_hand_written_servers_have_at_most_forty_lines() -> None:
    for name in BY_HAND:
        assert len((FOLDER / name).read_text().splitlines()) <= 40, name


def test_sampled_paths_are_unique(archive: Path, tmp_path: Path) -> None:
    places, slugs = draw_places(archive, 2_000, seed=1), draw_slugs(archive, 10_000, seed=1)
    assert len(set(places)) == 2_000
    assert len(set(slugs)) == len(slugs) == SMALL.articles * 19 // 20
    walked = walk(map(by_hand_dialect().page, places), tmp_path / "paths")
    assert [*walked.warm_up, *walked.measured.read_text().split()] == [*map(by_hand_dialect().page, places)]


def test_sampled_positions_are_in_the_requested_range(archive: Path) -> None:
    near = draw_places(archive, 50, seed=1, width=40)
    deep = draw_places(archive, 50, seed=1, depth=60, width=40)
    assert min(near) > max(deep)


def test_load_generator_requests_each_path_once() -> None:
    requested: list[bytes] = []

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                requested.append(head.split()[1])
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")
        writer.close()

    async def scene() -> dict[str, float]:
        async with await asyncio.start_server(respond, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await send_requests(port, (f"GET {path} HTTP/1.1\r\n\r\n".encode() for path in paths), 4, 5)

    paths = [f"/{number}" for number in range(40)]
    found = uvloop.run(scene())
    assert (found["requests"], found["refused"], found["failed"]) == (40, 0, 0)
    assert sorted(requested) == sorted(map(str.encode, paths))


def test_servers_alternate_and_ratios_are_computed_by_round() -> None:
    turns: list[str] = []
    rates = {"one": iter([100, 300, 200]), "other": iter([50, 100, 200])}

    def entrant(name: str) -> Any:
        def run() -> Run:
            turns.append(name)
            return Run(next(rates[name]), 1.0, 0.5)

        return run

    compete(chapter := Chapter("A contest"), {name: entrant(name) for name in rates}, 3, lambda _: None)
    assert turns == ["one", "other"] * 3
    assert chapter.ratio("one", "other") == Spread(2.0, 1.0, 3.0)
    assert chapter.ratio("one", "nobody") is None


def made_up() -> tuple[dict[str, Chapter], Process]:
    """Return a run without nginx in which one threshold is not met."""
    rates = {"Dayline": [90.0, 100.0], "bare uvicorn": [50.0, 40.0], "Dayline, 304": [80.0, 90.0]}
    chapter = Chapter("Hot", rates, {name: [1.0, 2.0] for name in rates}, [NO_NGINX], ["A note."])
    return {HOT: chapter}, Process([0.5, 0.6, 0.7], Memory(150.0, 120.0), 32.0, 1_000)


def test_threshold_is_met_missed_or_not_measured() -> None:
    results = {result.text: result for result in evaluate(*made_up())}
    words = {text: result.result for text, result in results.items()}
    assert len(words) == 16
    assert words["hot timeline page vs nginx static, same bytes, plain"] == "not measured"
    assert words["hot timeline page vs bare uvicorn"] == "yes"
    assert words["hot 304 vs hot 200"] == "**no**"
    assert words["a worker's memory beyond the cache's budget"] == "yes"
    assert results["from process start to the first response, warm files"].measured == "0.60 s (0.50 to 0.70)"


def test_report_has_figures_machine_versions_and_missing_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "find_wrk", lambda: None)
    chapters, process = made_up()
    plan = Plan(2, 1, tmp_path, print, SMALL)
    write_report(tmp_path / "page.md", machine.examine_machine("18.4", 3.0), plan, chapters, process)
    page = (tmp_path / "page.md").read_text()
    for text in (NO_NGINX, NO_WRK, "A note.", "PostgreSQL 18.4", "load average 3.0", "2 rounds of 1 s", "| **no** |"):
        assert text in page
    for name in BY_HAND:
        assert (FOLDER / name).read_text() in page
