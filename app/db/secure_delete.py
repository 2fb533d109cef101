"""Making deleted text unreadable in the files of the database, not only in its answers."""

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
    "article_slugs",
    "revisions",
    "idempotent_answers",
    "sections",
    "tags",
    "labels",
    "authors",
)
"""Where the text of articles and the names that only they used have stood."""

WAIT_S = 15.0  # a replica that reports what its readers hold does so every ten seconds
LOOK_S = 0.1

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
"""Whatever keeps VACUUM from removing rows that were deleted before a transaction number; itself a VACUUM does not."""


async def secure_delete(url: URL) -> None:
    """Rewrite what deleted text may still stand in; ConfigurationError where that fails.

    SQLite: the file is written anew and its log cut to nothing, for which writers wait. PostgreSQL: dead rows are
    removed, once no older transaction sees them, and statistics made anew; what archives of its own log and backups
    hold is beyond it.
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
            await free.execute(text("VACUUM FULL pg_catalog.pg_statistic"))  # small, and quotes what stood in tables
    finally:
        await engine.dispose()


async def _wait_for_old_snapshots(connection: "AsyncConnection") -> None:
    """Return when no transaction of before can see what was deleted: VACUUM would leave that and say nothing."""
    number = (await connection.execute(_NEXT)).scalar_one()
    deadline = time.monotonic() + WAIT_S
    while (await connection.execute(_HOLDERS, {"next": number})).scalar_one():
        if time.monotonic() > deadline:
            raise ConfigurationError(
                "The article is erased, but an older transaction may still hold it; run the command again."
            )
        await asyncio.sleep(LOOK_S)
