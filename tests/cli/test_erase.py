"""`dayline erase`: no text remains, and the tombstone blocks a new import."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Connection, select, text

from app.db import secure_delete
from app.db.base import metadata
from app.domain.tsid import format_id
from app.models.revision import revision_blocks
from tests.cli.commands import is_one_sentence
from tests.cli.conftest import Dayline
from tests.conftest import run_once
from tests.importers.lines import edition_line
from tests.pg_cleanup import empty_tables

WORD = "Zubrowka-7731"
EDITION = edition_line()


def story(words: str, **members: object) -> dict[str, object]:
    return {
        "kind": "article",
        "edition": "global",
        "source_id": "named",
        "headline": f"{words} in the headline",
        "lead": f"{words} in the lead",
        "published_at": "2026-11-02T10:00:00Z",
        "source": {"name": f"{words} in the source"},
        "body": [{"type": "paragraph", "text": f"{words} in the body " * 500}],
        **members,
    }


def write(path: Path, *records: dict[str, object]) -> str:
    path.write_bytes(b"\n".join(map(orjson.dumps, records)))
    return str(path)


@pytest.fixture
def postgresql(database_address: str) -> str:
    """Create an empty, migrated PostgreSQL database, whose files contain nothing of other tests either."""
    if not database_address.startswith("postgresql"):
        pytest.skip("of a server")
    empty_tables(database_address, new_files=True)
    return database_address


def erased_id(dayline: Dayline, address: str) -> str:
    lines = dayline("export", address=address).output.splitlines()
    found = [orjson.loads(line) for line in lines]
    return next(str(each["id"]) for each in found if each.get("source_id") == "named")


def every_text(connection: Connection) -> str:
    rows = (row for table in metadata.sorted_tables for row in connection.execute(select(table)))
    return "\n".join(str(tuple(row)) for row in rows)


def test_erase_leaves_a_tombstone_without_text(dayline: Dayline, database_address: str, tmp_path: Path) -> None:
    address = database_address
    first = write(tmp_path / "first.jsonl", EDITION, story(WORD))
    second = write(tmp_path / "second.jsonl", story(WORD.lower(), slug="zubrowka-7731-again"))
    assert dayline("import", first, address=address).status == 0
    assert dayline("import", second, address=address).status == 0
    article_id = erased_id(dayline, address)
    assert WORD.lower() in run_once(address, every_text).lower()
    assert dayline("erase", article_id, address=address).output == f"Article {article_id} erased.\n"
    assert WORD.lower() not in run_once(address, every_text).lower()
    tombstone = orjson.loads(dayline("export", address=address).output.splitlines()[-1])
    assert (tombstone["id"], tombstone["source_id"], tombstone["status"]) == (article_id, "named", "withdrawn")
    assert tombstone["erased_at"] is not None
    again = dayline("erase", article_id, address=address)
    assert (again.status, again.output) == (0, f"Article {article_id} was already erased.\n")
    logged = run_once(address, lambda c: c.execute(text("SELECT type FROM changes ORDER BY seq")).scalars().all())
    assert logged[-1] == "article.withdrawn"


def stored_blocks(connection: Connection) -> list[bytes]:
    """Return the blocks of revisions as they are stored, and their hashes."""
    return [bytes(each) for row in connection.execute(select(revision_blocks)) for each in row]


def test_erased_text_is_absent_from_the_sqlite_file(dayline: Dayline, sqlite_address: str, tmp_path: Path) -> None:
    path = write(tmp_path / "one.jsonl", EDITION, story(WORD))
    assert dayline("import", path).status == 0
    assert dayline("import", write(tmp_path / "two.jsonl", story(f"{WORD} again"))).status == 0
    files = [tmp_path / "own.db", tmp_path / "own.db-wal"]

    def held() -> bytes:
        return b"".join(each.read_bytes() for each in files if each.exists()).lower()

    traces = [WORD.encode(), *run_once(sqlite_address, stored_blocks)]
    assert [each.lower() in held() for each in traces] == [True] * 5
    assert dayline("erase", erased_id(dayline, sqlite_address)).status == 0
    assert [each.lower() in held() for each in traces] == [False] * 5


@contextmanager
def reading_on(address: str, seconds: float) -> Iterator[None]:
    """Hold a snapshot of the articles for some seconds, as a long export does; wait for its end."""
    has_begun = threading.Event()

    def hold() -> None:
        def read(connection: Connection) -> None:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            connection.execute(text("SELECT count(*) FROM articles"))
            has_begun.set()
            connection.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})

        run_once(address, read)

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        assert has_begun.wait(10)
        yield
    finally:
        holding.join()


def pages_of(
    connection: Connection, tables: Sequence[str] = ("articles", "article_bodies", "revisions", "pg_statistic")
) -> bytes:
    """Return what the server's files of these tables contain."""
    connection.execute(text("CHECKPOINT"))
    files = (f"pg_read_binary_file(pg_relation_filepath('{table}'))" for table in tables)
    return b"".join(connection.execute(text(f"SELECT {each}")).scalar_one() for each in files)


def rewrite_table(address: str, table: str) -> None:
    """Rewrite a table of a PostgreSQL database without the free parts of its pages, as the documentation advises."""

    def run(connection: Connection) -> None:
        connection.execute(text("COMMIT"))  # VACUUM runs outside of transactions
        connection.execute(text(f"VACUUM FULL {table}"))

    run_once(address, run)


def test_erased_text_is_absent_from_postgresql_pages_and_statistics(
    dayline: Dayline, postgresql: str, tmp_path: Path
) -> None:
    others = [story(f"Story {n}", source_id=f"s{n}") for n in range(5)]
    path = write(tmp_path / "one.jsonl", EDITION, others[0], story(WORD), *others[1:])
    assert dayline("import", path, address=postgresql).status == 0
    run_once(postgresql, lambda connection: connection.execute(text("ANALYZE articles")))
    assert run_once(postgresql, pages_of).count(WORD.encode()) > 2
    with reading_on(postgresql, 1.0):
        assert dayline("erase", erased_id(dayline, postgresql), address=postgresql).status == 0
    assert WORD.encode() not in run_once(postgresql, pages_of)


def test_erased_blocks_are_absent_from_postgresql_pages_and_statistics(
    dayline: Dayline, postgresql: str, tmp_path: Path
) -> None:
    tables = ("revision_blocks", "revision_block_uses", "pg_statistic")
    first, *others = [story(f"Story {n}", source_id=f"s{n}") for n in range(5)]
    edited = [{**each, "headline": "Edited"} for each in (first, story(WORD), *others)]
    path = write(tmp_path / "one.jsonl", EDITION, first, story(WORD), *others, *edited)
    assert dayline("import", path, address=postgresql).status == 0
    run_once(postgresql, lambda connection: connection.execute(text("ANALYZE revision_blocks")))
    assert WORD.encode() in run_once(postgresql, partial(pages_of, tables=tables))
    assert dayline("erase", erased_id(dayline, postgresql), address=postgresql).status == 0
    rewrite_table(postgresql, "revision_blocks")  # free parts of its pages may hold the text until they are overwritten
    assert WORD.encode() not in run_once(postgresql, partial(pages_of, tables=tables))


def test_erase_reports_a_transaction_that_still_reads_the_text(
    dayline: Dayline, postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secure_delete, "WAIT_S", 0.3)
    path = write(tmp_path / "one.jsonl", EDITION, story(WORD))
    assert dayline("import", path, address=postgresql).status == 0
    article_id = erased_id(dayline, postgresql)
    with reading_on(postgresql, 3.0):
        first = dayline("erase", article_id, address=postgresql)
    assert is_one_sentence(first)
    assert "an older transaction may still hold it; run the command again" in first.errors
    assert dayline("erase", article_id, address=postgresql).status == 0


def test_import_does_not_restore_an_erased_article(dayline: Dayline, database_address: str, tmp_path: Path) -> None:
    address = database_address
    path = write(tmp_path / "one.jsonl", EDITION, story(WORD))
    dayline("import", path, address=address)
    article_id = erased_id(dayline, address)
    dayline("erase", article_id, address=address)
    again = dayline("import", path, address=address)
    assert again.status == 1
    assert f"Article {article_id} was erased and cannot come back." in again.errors
    exported = tmp_path / "exported.jsonl"
    exported.write_text(dayline("export", address=address).output)
    assert dayline("import", exported, address=address).status == 0


def test_erased_draft_leaves_no_trace(dayline: Dayline, database_address: str, tmp_path: Path) -> None:
    address = database_address
    path = write(tmp_path / "one.jsonl", EDITION, story(WORD, published_at=None))
    dayline("import", path, address=address)
    assert dayline("erase", erased_id(dayline, address), address=address).status == 0
    assert WORD not in run_once(address, every_text)
    assert '"kind":"article"' not in dayline("export", address=address).output


def test_erase_reports_an_unknown_article_in_one_sentence(dayline: Dayline) -> None:
    assert is_one_sentence(dayline("erase", "night-trams"))
    assert is_one_sentence(dayline("erase", format_id(42)))
    assert is_one_sentence(dayline("erase"))
