"""Secure delete: erased text becomes unreadable in the files of the database."""

import asyncio
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.engine import URL

from app.db.engine import BUSY_TIMEOUT_MS, postgresql_writer, sqlite_path
from app.db.postgresql.limits import MIGRATIONS
from app.errors import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

SENSITIVE_TABLES = (
    "articles",
    "article_bodies",
    "article_related",
    "slug_redirects",
    "article_addresses",
    "revisions",
    "revision_blocks",
    "revision_block_uses",
    "idempotency_keys",
    "sections",
    "tags",
    "labels",
    "authors",
)
"""Tables that have held texts of articles, and names that only they used."""

WAIT_S = 15.0  # a replica reports the snapshots of its readers every ten seconds
POLL_INTERVAL_S = 0.1

_NEXT = text("SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)")
_HOLDERS = text(
    """
    SELECT count(*) FROM (
        SELECT unnest(ARRAY[backend_xid, backend_xmin]) AS held FROM pg_stat_activity
        WHERE (datname = current_database() OR backend_type = 'walsender') AND pid <> pg_backend_pid()
          AND pid NOT IN (SELECT pid FROM pg_stat_progress_vacuum)
        UNION ALL SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()
        UNION ALL SELECT xmin FROM pg_replication_slots
    ) AS holders
    WHERE age(held) > age(CAST(CAST(mod(CAST(:next AS numeric), 4294967296) AS text) AS xid))
    """
)
"""Holders of old snapshots, which keep VACUUM from removing deleted rows; VACUUM itself is none."""


async def secure_delete(url: URL) -> None:
    """Rewrite files that may contain deleted text; ConfigurationError if that fails.

    SQLite: the file is rewritten and its log truncated, while writers wait. PostgreSQL: dead rows are removed, once no
    older transaction sees them, and statistics are recomputed; archives of its log and backups are out of reach.
    """
    if url.get_backend_name() == "sqlite":
        _rewrite_sqlite(url)
    else:
        await _vacuum_postgresql(url)


def _rewrite_sqlite(url: URL) -> None:
    try:
        with closing(
            sqlite3.connect(sqlite_path(url), timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA secure_delete = ON").close()
            connection.execute("VACUUM").close()
            is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise ConfigurationError(f"The article is erased, but the file could not be rewritten: {error}.") from error
    if is_busy:
        raise ConfigurationError(
            "The article is erased, but the file's log is in use and may still hold it; run the command again."
        )


async def _vacuum_postgresql(url: URL) -> None:
    engine = postgresql_writer(url, MIGRATIONS)
    try:
        async with engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await _wait_for_old_snapshots(free)
            await free.execute(text(f"VACUUM (ANALYZE) {', '.join(SENSITIVE_TABLES)}"))
            await _wait_for_old_snapshots(free)
            await free.execute(text("VACUUM FULL pg_catalog.pg_statistic"))  # small, and contains values of columns
    finally:
        await engine.dispose()


async def _wait_for_old_snapshots(connection: "AsyncConnection") -> None:
    """Wait until no earlier transaction can see the deleted rows: VACUUM would silently leave them."""
    number = (await connection.execute(_NEXT)).scalar_one()
    deadline = time.monotonic() + WAIT_S
    while (await connection.execute(_HOLDERS, {"next": number})).scalar_one():
        if time.monotonic() > deadline:
            raise ConfigurationError(
                "The article is erased, but an older transaction may still hold it; run the command again."
            )
        await asyncio.sleep(POLL_INTERVAL_S)
