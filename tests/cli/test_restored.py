"""`dayline db post-restore`: after a backup replaced the database, no number of the lost log is used again."""

import json
import re
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest

from app.db.engine import libpq_url, parse_database_url
from app.errors import InvalidInputError
from app.queries.changes.change_list import latest_seq, validate_position
from tests.cli.commands import is_one_sentence
from tests.cli.conftest import Dayline
from tests.cli.test_backups import GOLDEN, PROGRAMS
from tests.conftest import create_database, run_once

SAYS = re.compile(r"The backup ends at change ([0-9]+); the log continues at ([0-9]+)\.\n")


def check_restored(dayline: Dayline, address: str, *, backed_up: int, lost: int) -> None:
    """Run the command on a restored database, twice, and check positions of the lost log."""
    ends = [backed_up]
    for _ in range(2):
        ended = dayline("db", "post-restore", address=address)
        assert (ended.status, ended.errors) == (0, "")
        found = SAYS.fullmatch(ended.output)
        assert found is not None, ended.output
        last, first = map(int, found.groups())
        assert (last, first > lost) == (ends[-1], True)
        ends.append(run_once(address, latest_seq))
    for place in (lost, ends[1] + 1):
        with pytest.raises(InvalidInputError, match="begin at 0"):
            run_once(address, partial(validate_position, since=place))
    for place in ends:
        assert run_once(address, partial(validate_position, since=place)) == place


def grow(dayline: Dayline, address: str, folder: Path) -> tuple[int, int]:
    """Import two differing files, with a backup between; return the end of the log then and now."""
    renamed = [json.dumps({"kind": "tag", "slug": f"lost-{number}", "name": "Lost"}) for number in range(5)]
    (folder / "lost.jsonl").write_text("\n".join(renamed))
    assert dayline("import", GOLDEN, address=address).status == 0
    backed_up = run_once(address, latest_seq)
    assert dayline("db", "backup", "news.backup", address=address).status == 0
    assert dayline("import", "lost.jsonl", address=address).status == 0
    return backed_up, run_once(address, latest_seq)


def test_restored_sqlite_file_continues_after_the_lost_log(
    dayline: Dayline, sqlite_address: str, tmp_path: Path
) -> None:
    backed_up, lost = grow(dayline, sqlite_address, tmp_path)
    assert lost > backed_up + 1
    for left in tmp_path.glob("own.db*"):
        left.unlink()
    shutil.move(tmp_path / "news.backup", tmp_path / "own.db")
    check_restored(dayline, sqlite_address, backed_up=backed_up, lost=lost)
    assert dayline("export").output == GOLDEN.read_text()


def test_restored_postgresql_database_continues_after_the_lost_log(
    dayline: Dayline, postgresql_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(PROGRAMS))
    run_once(postgresql_server.format("postgres"), create_database("dayline_goes_on"))
    address = postgresql_server.format("dayline_goes_on")
    assert dayline("db", "upgrade", address=address).status == 0
    backed_up, lost = grow(dayline, address, tmp_path)
    target = libpq_url(parse_database_url(address))
    restoring = [str(PROGRAMS / "pg_restore"), "--clean", f"--dbname={target}", "news.backup"]
    subprocess.run(restoring, check=True)  # noqa: S603 - PostgreSQL's own tool, as in docs/operations.md
    check_restored(dayline, address, backed_up=backed_up, lost=lost)
    assert dayline("export", address=address).output == GOLDEN.read_text()


def test_backup_of_an_older_release_requires_an_upgrade(dayline: Dayline, tmp_path: Path) -> None:
    ended = dayline("db", "post-restore", address=f"sqlite:///{tmp_path}/nothing.db")
    assert is_one_sentence(ended)
    assert "dayline db upgrade" in ended.errors


def test_new_installation_can_continue_after_the_numbers_of_another(dayline: Dayline, sqlite_address: str) -> None:
    assert dayline("db", "post-restore").output.startswith("The backup ends at change 0;")
    assert dayline("import", GOLDEN).status == 0
    assert dayline("export").output == GOLDEN.read_text()
    with pytest.raises(InvalidInputError, match="begin at 0"):
        run_once(sqlite_address, partial(validate_position, since=1))


def test_post_restore_runs_under_its_former_name_and_reports_it(dayline: Dayline) -> None:
    ended = dayline("db", "restored")
    assert ended.status == 0
    assert SAYS.fullmatch(ended.output)
    assert ended.errors == "dayline: 'db restored' is deprecated and works until 1.0: use 'db post-restore'.\n"
    assert "restored" not in dayline("db", "--help").output
