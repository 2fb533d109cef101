"""Backup of a database to a file while it is in use."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from app.db.engine import BUSY_TIMEOUT_MS, create_private, libpq_environment, libpq_url, sqlite_path
from app.environment import environment_with
from app.errors import ConfigurationError


def backup(url: URL, target: Path) -> None:
    """Write one snapshot of the whole database to a new file, without blocking readers and writers.

    SQLite: a compact database file. PostgreSQL: pg_dump's custom format, for pg_restore. The file contains secrets, so
    only its owner may read it. Raise ConfigurationError if it exists or cannot be created; no partial file remains.
    """
    if target.exists():
        raise ConfigurationError(f"{target} exists already; a backup never overwrites.")
    if not target.parent.is_dir():
        raise ConfigurationError(f"There is no folder {target.parent}.")
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        create_private(partial)
    except OSError as error:
        raise ConfigurationError(f"'{partial}' cannot be created: {error.strerror}.") from error
    try:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(sqlite_path(url), partial)
        else:
            _dump_postgresql(url, partial)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise ConfigurationError(f"There is no database at {source}.")
    try:
        with closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise ConfigurationError(f"The backup failed: {error}.") from error


def _dump_postgresql(url: URL, target: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise ConfigurationError("pg_dump, which comes with PostgreSQL, is needed to back up a PostgreSQL database.")
    done = subprocess.run(  # noqa: S603 - the operator's PATH has the program, the settings have the URL
        [program, "--format=custom", f"--file={target}", libpq_url(url)],
        env=environment_with(libpq_environment(url)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no error message"]
        raise ConfigurationError(f"pg_dump failed: {lines[-1].rstrip('.')}.")
