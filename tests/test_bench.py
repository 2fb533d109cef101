"""What benches measure with: the generated archive."""

import io

import orjson
import pytest

from app.db.session import Database
from app.importers.runner import Importer
from bench.generate import generate_records
from tests.conftest import NOW

ARTICLES = 150


def lines(articles: int, seed: int) -> bytes:
    return b"".join(orjson.dumps(record) + b"\n" for record in generate_records(articles, seed))


def test_the_same_seed_makes_the_same_archive_and_another_seed_another() -> None:
    assert lines(60, 7) == lines(60, 7)
    assert lines(60, 7) != lines(60, 8)


@pytest.mark.parametrize("articles", [0, 1, 7])
def test_an_archive_may_be_tiny(articles: int) -> None:
    records = list(generate_records(articles, 1))
    assert sum(record["kind"] == "article" for record in records) == articles


def test_articles_come_oldest_first_and_some_share_an_instant_and_all_have_microseconds() -> None:
    times = [record["published_at"] for record in generate_records(ARTICLES, 3) if record["kind"] == "article"]
    assert times == sorted(times)
    assert len(set(times)) < len(times)
    assert all(len(time) == len("2020-01-01T00:00:00.000001+00:00") for time in times)


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)  # one will do: each entry is a transaction
async def test_a_generated_archive_is_imported_without_a_refused_line(database: Database) -> None:
    flaws: list[tuple[int, str]] = []
    importer = Importer(database, now=lambda: NOW, tell_flaw=lambda line, reason: flaws.append((line, reason)))
    report = await importer.run(io.BufferedReader(io.BytesIO(lines(ARTICLES, 5))))
    assert not flaws
    assert report.refused == 0
    assert not report.made, "every name an article gives is in the catalogue"
    assert sum(count for (kind, _), count in report.records.items() if kind == "article") == ARTICLES
