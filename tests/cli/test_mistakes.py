"""Addresses, settings and files that cannot be used: one sentence on standard error, exit status 2, no traceback."""

import socket
import tempfile
from pathlib import Path

import pytest

from app.db import migrations
from tests.cli.commands import is_one_sentence, run_process
from tests.cli.conftest import Dayline
from tests.conftest import create_database, run_once

NOTHING_LISTENS = "postgresql://127.0.0.1:1/news"


@pytest.mark.parametrize(
    "words",
    [
        ("db", "polish"),
        ("db", "upgrade", "extra"),
        ("import", "."),
        ("db", "backup"),
        ("serve", "--port", "eighty"),
        ("serve", "--workers", "0"),
    ],
)
def test_invalid_command_is_reported_in_one_sentence(dayline: Dayline, words: tuple[str, ...]) -> None:
    ended = dayline(*words, address=NOTHING_LISTENS)
    assert is_one_sentence(ended), ended
    assert ended.output == ""


@pytest.mark.parametrize("words", [(), ("db",)])
def test_no_command_prints_the_help(dayline: Dayline, words: tuple[str, ...]) -> None:
    ended = dayline(*words, address=NOTHING_LISTENS)
    assert (ended.status, ended.errors) == (2, "")
    assert ended.output.startswith("Usage: dayline")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:///news.db?mode=ro", "has a path only"),
        ("postgresql://127.0.0.1:port/news", "DAYLINE_DATABASE_URL is not a URL"),
        ("postgresql://127.0.0.1:99999/news", "DAYLINE_DATABASE_URL is not a URL"),
        ("postgresql://127.0.0.1:1/news?colour=red", "unknown parameter 'colour'"),
        (NOTHING_LISTENS, "The database failed"),
    ],
)
def test_unreachable_database_is_reported_in_one_sentence(dayline: Dayline, address: str, says: str) -> None:
    ended = dayline("db", "check", address=address)
    assert is_one_sentence(ended), ended
    assert says in ended.errors


def test_file_that_is_no_database_is_reported_and_unchanged(dayline: Dayline, tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear editors, " * 100)
    for words in (("db", "check"), ("db", "upgrade"), ("export",), ("db", "backup", tmp_path / "copy.db")):
        ended = dayline(*words, address=f"sqlite:///{file}")
        assert is_one_sentence(ended), ended
        assert "is not a database" in ended.errors
    assert file.read_text() == "Dear editors, " * 100
    assert not (tmp_path / "copy.db").exists()


def test_missing_postgresql_database_or_user_is_reported(dayline: Dayline, postgresql_server: str) -> None:
    missing = dayline("db", "check", address=postgresql_server.format("missing"))
    stranger = dayline("db", "check", address=postgresql_server.format("postgres").replace("postgres:", "stranger:", 1))
    for ended in (missing, stranger):
        assert is_one_sentence(ended), ended
        assert "does not exist" in ended.errors


def test_empty_postgresql_database_is_reported_and_can_be_upgraded(dayline: Dayline, postgresql_server: str) -> None:
    run_once(postgresql_server.format("postgres"), create_database("dayline_new"))
    address = postgresql_server.format("dayline_new")
    assert is_one_sentence(dayline("export", address=address))
    upgraded = dayline("db", "upgrade", address=address)
    assert (upgraded.status, upgraded.output) == (0, f"The database is at {migrations.HEAD_REVISION}.\n")
    assert dayline("db", "upgrade", address=address) == upgraded
    assert dayline("db", "check", address=address).status == 0


@pytest.mark.parametrize(
    ("name", "value"), [("DAYLINE_ACCESS_LOG", "perhaps"), ("DAYLINE_DATABASE_URL", ""), ("DAYLINE_METRICS", "9100")]
)
def test_invalid_setting_is_named(dayline: Dayline, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    address = value if name == "DAYLINE_DATABASE_URL" else NOTHING_LISTENS
    monkeypatch.setenv(name, value)
    ended = dayline("db", "check", address=address or " ")
    assert is_one_sentence(ended), ended
    assert name in ended.errors


def test_program_exits_with_the_status(tmp_path: Path) -> None:
    ended = run_process("mysql://x/y", "export", folder=tmp_path)
    assert is_one_sentence(ended), ended
    assert "Traceback" not in ended.errors


def test_port_in_use_is_reported_before_the_start(dayline: Dayline, sqlite_address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = dayline("serve", "--port", taken.getsockname()[1], address=sqlite_address)
    assert is_one_sentence(ended), ended
    assert "Address already in use" in ended.errors


@pytest.mark.parametrize("workers", [1, 2])
def test_metrics_address_that_is_taken_is_reported_before_a_server_begins(
    dayline: Dayline, sqlite_address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, workers: int
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("DAYLINE_METRICS", f"127.0.0.1:{taken.getsockname()[1]}")
        ended = dayline("serve", "--port", 0, "--workers", workers, address=sqlite_address)
    assert is_one_sentence(ended), ended
    assert ended.errors.startswith("dayline: DAYLINE_METRICS: metrics cannot be served on 127.0.0.1, port ")
    assert ended.errors.endswith(": Address already in use.\n")
    assert list(tmp_path.glob("dayline-metrics-*")) == []


def test_foreign_host_address_is_reported(dayline: Dayline, sqlite_address: str) -> None:
    ended = dayline("serve", "--host", "203.0.113.7", "--port", 0, address=sqlite_address)
    assert is_one_sentence(ended), ended
