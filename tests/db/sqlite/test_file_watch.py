"""A SQLite database whose files are deleted, replaced or truncated while a server has it open."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, text

from app.actions.catalogue.entries import upsert_entry
from app.actions.keys import create_key
from app.db.database import Database, is_transient, open_database
from app.db.sqlite import file_watch
from app.db.sqlite.file_watch import DatabaseFileError
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.conftest import NOW, opened, run_once
from tests.records import edition

NOTICED_S = 2 * file_watch.CHECK_INTERVAL_S
DRAFT = {"headline": "Fog over the harbour", "edition": "global"}
Harm = Callable[[Path], None]


def delete(path: Path) -> None:
    path.unlink()


def move_away(path: Path) -> None:
    path.rename(path.with_name(f"{path.name}.away"))


def replace(path: Path) -> None:
    other = path.with_name("other")
    if path.suffix == ".db":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("VACUUM INTO ?", (str(other),))
    else:
        shutil.copy(path, other)
    other.replace(path)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def put_back(path: Path) -> None:
    path.with_name(f"{path.name}.away").rename(path)


def is_there(path: Path) -> bool:
    return path.exists()


def contents(path: Path) -> bytes:
    return path.read_bytes()


def overwrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)


HARMS = [
    *((damage, "") for damage in (delete, move_away, replace, empty, halve)),
    *((damage, "-wal") for damage in (delete, replace, empty, halve)),
    *((damage, "-shm") for damage in (delete, replace)),
]


@pytest.fixture
def path(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "dayline.db"
    shutil.copy(sqlite_template, path)
    return path


@pytest.fixture
def token(path: Path) -> str:
    """Create a key that may write drafts, in a database with an edition and an empty log; return its token."""

    def fill(connection: Connection) -> str:
        upsert_entry(connection, edition(), now=NOW)
        record = ApiKeyCreate(name="desk", scopes=[ApiKeyScope.ARTICLES_WRITE])
        return create_key(connection, record, now=NOW)[1]

    token: str = run_once(f"sqlite:///{path}", fill)
    return token


async def post(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/v1/editorial/articles", json=DRAFT, headers={"authorization": f"Bearer {token}"})


@pytest.mark.parametrize(("damage", "suffix"), HARMS, ids=lambda value: getattr(value, "__name__", value) or "file")
async def test_a_server_detects_a_lost_file_and_acknowledges_no_write(
    path: Path, token: str, damage: Harm, suffix: str
) -> None:
    async with opened(f"sqlite:///{path}") as client:
        assert (await post(client, token)).status_code == 201  # so that the log has frames
        for _ in range(2):
            assert (await client.get("/v1/timeline")).status_code == 200  # cached from here on
        await asyncio.to_thread(damage, path.with_name(path.name + suffix))
        assert (await post(client, token)).status_code == 503  # at once, also right after a comparison
        await asyncio.sleep(NOTICED_S)
        for address in ("/v1/timeline", "/v1/editions", "/health/ready"):
            response = await client.get(address)
            assert response.status_code == 503, (address, response.text)
            assert str(path.parent) not in response.text
        assert (await post(client, token)).status_code == 503
        assert (await client.get("/health/live")).status_code == 200


async def test_a_file_that_comes_back_is_used_again(path: Path, token: str, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(f"sqlite:///{path}") as client:
        assert (await post(client, token)).status_code == 201
        move_away(path)
        await asyncio.sleep(NOTICED_S)
        assert (await client.get("/v1/timeline")).status_code == 503
        put_back(path)
        assert (await client.get("/health/ready")).status_code == 200
        assert (await post(client, token)).status_code == 201
        assert (await client.get("/v1/timeline")).status_code == 200
    logged = [record.getMessage() for record in caplog.records if record.name == "app.db.sqlite.file_watch"]
    assert len(logged) == 2, logged
    assert "the database file was deleted" in logged[0]
    assert "back in place" in logged[1]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (2,)


async def test_a_replacement_database_is_not_changed(path: Path, token: str) -> None:
    async with opened(f"sqlite:///{path}") as client:
        assert (await post(client, token)).status_code == 201
        replace(path)
        for suffix in ("-wal", "-shm"):
            delete(path.with_name(path.name + suffix))
        before = contents(path)
        assert (await post(client, token)).status_code == 503
        assert (await client.get("/health/ready")).status_code == 503
    assert contents(path) == before
    assert not is_there(path.with_name("dayline.db-wal"))


async def test_a_truncated_file_is_not_used_again(path: Path, token: str) -> None:
    good = contents(path)
    async with opened(f"sqlite:///{path}") as client:
        assert (await post(client, token)).status_code == 201
        os.truncate(path, 0)
        assert (await post(client, token)).status_code == 503
        await asyncio.sleep(file_watch.TRUNCATED_AFTER_S)
        assert (await client.get("/health/ready")).status_code == 503
        overwrite(path, good)
        assert (await client.get("/health/ready")).status_code == 503


async def test_a_loss_between_action_and_acknowledgement_fails_the_write(path: Path) -> None:
    database = open_database(f"sqlite:///{path}")
    try:
        await database.write(_count)

        def write_and_lose(connection: Connection) -> None:
            connection.execute(text("DELETE FROM changes"))
            path.unlink()

        with pytest.raises(DatabaseFileError) as raised:
            await database.write(write_and_lose)
        assert is_transient(raised.value)
    finally:
        await database.close()
    assert not is_there(path)


async def test_a_lost_file_is_not_replaced_by_an_empty_one(path: Path) -> None:
    database = open_database(f"sqlite:///{path}")
    try:
        await database.read(_count)
        delete(path)
        with pytest.raises(DatabaseFileError):
            await database.read_in_thread(_count)
        with pytest.raises(DatabaseFileError):
            async with database.stream(_count_each):
                pass
        with pytest.raises(DatabaseFileError):
            await database.write(_count)
    finally:
        await database.close()
    assert not is_there(path)


def _count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM changes")).scalar_one())


def _count_each(connection: Connection):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a generator of one number
    yield _count(connection)


async def vacuum(database: Database, path: Path) -> None:
    """Shrink the file with VACUUM, as erasing does, from a connection of another process."""

    def run() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    del database
    await asyncio.to_thread(run)


async def grow(database: Database, path: Path) -> None:
    """Add some pages, and checkpoint them into the file."""
    del path
    await database.write(lambda connection: connection.execute(text("CREATE TABLE grown AS SELECT zeroblob(400000)")))
    await database.write(lambda connection: connection.execute(text("DROP TABLE grown")))


@pytest.mark.parametrize("steps", [(vacuum,), (grow, vacuum), (grow, vacuum, grow), (vacuum, grow, vacuum)])
async def test_vacuum_and_checkpoints_are_no_loss(
    path: Path, steps: tuple[Callable[[Database, Path], Awaitable[None]], ...]
) -> None:
    database = open_database(f"sqlite:///{path}")
    try:
        await database.read(_count)
        for step in steps:
            await step(database, path)
            await database.write(_count)
            await asyncio.sleep(NOTICED_S)
            await database.read(_count)
    finally:
        await database.close()
