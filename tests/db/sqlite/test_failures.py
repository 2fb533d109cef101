"""A SQLite database on a disk that is full, fails or is read-only: 503, the cause in the log, and recovery."""

import asyncio
import resource
import sqlite3
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection

from app.actions.catalogue.entries import upsert_entry
from app.actions.keys import create_key
from app.db.sqlite.database import SqliteDatabase
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.conftest import NOW, app_of, opened, run_once
from tests.records import edition

LONG = {
    "headline": "Fog over the harbour",
    "edition": "global",
    "body": [{"type": "paragraph", "text": "fog " * 20_000}],
}
MAX_PAGES = 0xFFFFFFFE

Setting = tuple[str, str]
IN_FULL: Setting = ("PRAGMA max_page_count = 1", f"PRAGMA max_page_count = {MAX_PAGES}")
READ_ONLY: Setting = ("PRAGMA query_only = ON", "PRAGMA query_only = OFF")


@pytest.fixture
def token(sqlite_template: Path, tmp_path: Path) -> str:
    """Create a key that may write drafts, in a database with an edition; return its token."""
    (tmp_path / "dayline.db").write_bytes(sqlite_template.read_bytes())

    def fill(connection: Connection) -> str:
        upsert_entry(connection, edition(), now=NOW)
        record = ApiKeyCreate(name="desk", scopes=[ApiKeyScope.ARTICLES_WRITE])
        return create_key(connection, record, now=NOW)[1]

    token: str = run_once(f"sqlite:///{tmp_path}/dayline.db", fill)
    return token


async def post(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/v1/editorial/articles", json=LONG, headers={"authorization": f"Bearer {token}"})


async def set_for_writer(statement: str) -> None:
    """Apply a setting to the writing connection that simulates a fault of its disk."""
    database = app_of(0)[0].state.services.database
    assert isinstance(database, SqliteDatabase)

    def run() -> None:
        with database._writer.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.execute(statement).close()

    await asyncio.get_running_loop().run_in_executor(database._writing, run)


def check_log(caplog: pytest.LogCaptureFixture, cause: str) -> None:
    log_records = [record for record in caplog.records if record.name == "app.api.http.problems"]
    assert len(log_records) == 1
    assert cause in log_records[0].getMessage()
    assert log_records[0].exc_info is None


@pytest.mark.parametrize(("setting", "cause"), [(IN_FULL, "the disk is full"), (READ_ONLY, "the file is read-only")])
async def test_a_failed_write_is_503_and_succeeds_after_the_fault(
    token: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, setting: Setting, cause: str
) -> None:
    begin, end = setting
    async with opened(f"sqlite:///{tmp_path}/dayline.db") as client:
        assert (await post(client, token)).status_code == 201
        await set_for_writer(begin)
        failed = await post(client, token)
        assert (failed.status_code, failed.headers["retry-after"]) == (503, "1")
        assert (await client.get("/v1/timeline")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200
        await set_for_writer(end)
        assert (await post(client, token)).status_code == 201
    check_log(caplog, cause)


async def test_a_disk_that_fails_is_503_and_recovers(
    token: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(f"sqlite:///{tmp_path}/dayline.db") as client:
        assert (await post(client, token)).status_code == 201
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, before[1]))  # no file may be written beyond
        try:
            failed = await post(client, token)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert failed.status_code == 503
        assert (await post(client, token)).status_code == 201
    check_log(caplog, "the disk failed to read or write")


async def test_a_file_that_is_no_database_is_503(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "letter.db").write_bytes(b"Dear editors, " * 1_000)
    async with opened(f"sqlite:///{tmp_path}/letter.db") as client:
        assert (await client.get("/v1/timeline")).status_code == 503
        assert (await client.get("/health/ready")).status_code == 503
    check_log(caplog, "the file is not a database")
