"""Exit status of commands: 0, 1 for invalid lines, 2 with one sentence for an error that the operator must correct."""

import gzip
import json
import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

from app.db.migrations import HEAD_REVISION
from tests.cli.commands import MAX_SECONDS, arguments_of, environment_of, is_one_sentence, run_process
from tests.cli.conftest import Dayline

COPIED, COPIED_SOAK = 2_000, 6_000
EDITION = {
    "kind": "edition",
    "slug": "global",
    "name": "The Lume Courier",
    "language": "en-GB",
    "timezone": "Europe/Kyiv",
    "site_url": "https://courier.example",
    "default": True,
}


def article(number: int) -> dict[str, object]:
    at = f"2026-11-20T10:{number // 60 % 60:02}:{number % 60:02}Z"
    return {
        "kind": "article",
        "edition": "global",
        "source_id": f"s{number}",
        "headline": f"Story {number}",
        "published_at": at,
    }


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",),
        ("serve", "--colour", "red"),
        ("serve", "--port", "99999"),
        ("import",),
        ("import", "absent.jsonl"),
        ("import", "--format", "xml", "a"),
        ("db", "backup", "nowhere/copy.db"),
        ("export", "--output", "nowhere/all.jsonl"),
    ],
)
def test_failed_command_reports_one_sentence(
    dayline: Dayline, sqlite_template: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "dayline.db").write_bytes(sqlite_template.read_bytes())
    ended = dayline(*words, address=f"sqlite:///{tmp_path / 'dayline.db'}")
    assert is_one_sentence(ended), ended


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "mysql://root@localhost/news",
        "sqlite://",
        "sqlite:////nowhere/at/all/news.db",
        "postgresql://nobody@127.0.0.1:9/news",
        "postgresql://127.0.0.1/news?sslmode=perhaps",
    ],
)
@pytest.mark.parametrize("command", ["serve", "export"])
def test_unusable_database_is_reported_in_one_sentence(dayline: Dayline, address: str, command: str) -> None:
    ended = dayline(command, address=address)
    assert is_one_sentence(ended), ended


@pytest.mark.parametrize("words", [("serve",), ("export",), ("sample",), ("db", "check"), ("import", "news.jsonl")])
def test_commands_refuse_a_database_without_schema(dayline: Dayline, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "news.jsonl").write_bytes(lines(EDITION))
    ended = dayline(*words, address=f"sqlite:///{tmp_path / 'empty.db'}")
    assert is_one_sentence(ended), ended
    assert "db upgrade" in ended.errors


def test_commands_refuse_a_schema_of_another_release(dayline: Dayline, sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "dayline.db").write_bytes(sqlite_template.read_bytes())
    with closing(sqlite3.connect(tmp_path / "dayline.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '209901010000_later'")
        connection.commit()
    ended = dayline("serve", address=f"sqlite:///{tmp_path / 'dayline.db'}")
    assert is_one_sentence(ended), ended
    assert "209901010000_later" in ended.errors


def test_file_that_is_no_database_is_reported(dayline: Dayline, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_bytes(b"Dear editor, " * 500)
    assert is_one_sentence(dayline("export", address=f"sqlite:///{tmp_path / 'letter.db'}"))


def test_import_of_several_files_reports_rejected_lines_with_status_1(
    dayline: Dayline, database_address: str, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(EDITION, article(1)) + b"{nonsense\n")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines(article(2), article(3))))
    ended = dayline("import", "a.jsonl", "b.jsonl.gz", address=database_address)
    assert ended.status == 1
    assert "a.jsonl: line 3: " in ended.errors
    assert "1 article created" in ended.output
    assert "2 articles created" in ended.output
    again = dayline("import", "b.jsonl.gz", address=database_address)
    assert (again.status, "2 articles unchanged" in again.output) == (0, True)


def test_export_writes_to_a_file_or_standard_output(dayline: Dayline, database_address: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(EDITION, article(1)))
    assert dayline("import", "a.jsonl", address=database_address).status == 0
    shown = dayline("export", address=database_address)
    assert dayline("export", "-o", "all.jsonl", address=database_address).status == 0
    assert (tmp_path / "all.jsonl").read_text() == shown.output
    assert [json.loads(line)["kind"] for line in shown.output.splitlines()] == ["edition", "article"]


def test_export_writes_to_a_pipe_or_device_without_replacing_it(
    dayline: Dayline, database_address: str, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(EDITION, article(1)))
    assert dayline("import", "a.jsonl", address=database_address).status == 0
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert dayline("export", "--output", "pipe", address=database_address).status == 0
        assert pipe.is_fifo()
        assert os.read(reader, 65_536).decode() == dayline("export", address=database_address).output
    finally:
        os.close(reader)


def test_sample_loads_once(dayline: Dayline, database_address: str) -> None:
    first = dayline("sample", "--if-empty", address=database_address)
    assert (first.status, first.errors) == (0, "")
    assert "65 articles created" in first.output
    assert dayline("sample", "--if-empty", address=database_address).output == ""
    assert "65 articles unchanged" in dayline("sample", address=database_address).output


def test_schema_check_is_printed_as_json(dayline: Dayline, sqlite_address: str) -> None:
    checked = json.loads(dayline("db", "check", "--json", address=sqlite_address).output)
    assert checked == {"revision": HEAD_REVISION, "expected": HEAD_REVISION, "current": True}


def test_openapi_document_is_printed_without_a_database(dayline: Dayline) -> None:
    ended = dayline("openapi", address="sqlite:////nowhere/at/all/news.db")
    assert json.loads(ended.output)["openapi"].startswith("3.1")


@pytest.mark.parametrize("count", [COPIED, pytest.param(COPIED_SOAK, marks=pytest.mark.soak)])
def test_backup_during_writes_is_one_snapshot(
    dayline: Dayline, sqlite_template: Path, tmp_path: Path, count: int
) -> None:
    (tmp_path / "dayline.db").write_bytes(sqlite_template.read_bytes())
    address = f"sqlite:///{tmp_path / 'dayline.db'}"
    (tmp_path / "news.jsonl").write_bytes(lines(EDITION, *map(article, range(count))))
    writer = threading.Thread(target=run_process, args=(address, "import", "news.jsonl"), kwargs={"folder": tmp_path})
    writer.start()
    try:
        copies: list[Path] = []
        while writer.is_alive():
            copies.append(tmp_path / f"copy-{len(copies)}.db")
            assert dayline("db", "backup", copies[-1], address=address).status == 0
    finally:
        writer.join(MAX_SECONDS)
    counts: list[int] = []
    for copy in copies:
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found = {
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
                for table in ("articles", "article_bodies", "listings WHERE kind = 0")
            }
            assert len(found) == 1, "an article in parts"
            counts += found
    assert counts == sorted(counts)
    assert is_one_sentence(dayline("db", "backup", copies[-1], address=address))


def test_server_responds_and_ends_on_a_signal(sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "dayline.db").write_bytes(sqlite_template.read_bytes())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(  # noqa: S603 - our own program
        arguments_of("serve", "--port", port),
        env=environment_of(f"sqlite:///{tmp_path / 'dayline.db'}"),
        stderr=subprocess.PIPE,
    ) as server:
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=MAX_SECONDS) as response:
                assert json.load(response) == {"status": "ready"}
            server.send_signal(signal.SIGTERM)
            _, stderr = server.communicate(timeout=MAX_SECONDS)
        finally:
            server.kill()
    assert b"Traceback" not in stderr
    assert server.returncode in {0, -signal.SIGTERM}
