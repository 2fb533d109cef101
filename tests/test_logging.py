"""The server's log: every line has time, level, process, request id and logger, none is forged or has a secret."""

import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import upsert_entry
from app.actions.keys import create_key, get_or_create_signing_secret
from app.db.database import Connection
from app.db.sqlite.file_watch import CHECK_INTERVAL_S
from app.domain.api_key import ApiKeyScope
from app.domain.instant import DAY_US
from app.domain.preview_token import Preview, make_token
from app.logging.redaction import MAX_LINE_CHARACTERS, REDACTED
from app.logging.rendering import make_formatter
from app.schemas.api_key import ApiKeyCreate
from tests.cli.commands import arguments_of, environment_of
from tests.conftest import NOW, run_once
from tests.records import article, edition
from tests.server_process import Server, free_port, start_server

LINE = re.compile(
    r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) "
    r"\d+ (-|[A-Za-z0-9._-]{1,64}) [a-z_.]+( \||:) .*"
)
FORGED = "2026-11-20T12:00:00.000Z INFO app.forged: everything is fine"
CONTROLS = ["\n", "\r\n", "\v", "\f", "\x1b[2J", "\x00", "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\u202e", "\u2066"]
KEY = "dl_k7q2m5xw3f" + "a" * 52
SECRETS = {
    "GET /v1/editorial/previews/QWxhZGRpbjpvcGVu_-x failed": "QWxhZGRpbjpvcGVu_-x",
    '127.0.0.1:5 - "GET /v1/editorial/previews/QWxhZGRpbjpvcGVu_-x?tz=UTC HTTP/1.1" 200': "QWxhZGRpbjpvcGVu_-x",
    "GET /preview?token=QWxhZGRpbjpvcGVu&tz=UTC": "QWxhZGRpbjpvcGVu",
    f"the key {KEY} is unknown": "a" * 52,
    "cannot connect to postgresql+asyncpg://ed:op:en-s/esame@db/news": "en-s/esame",
    "secret whsec_MDEyMzQ1Njc4OWFiY2RlZjAx= is bad": "MDEyMzQ1Njc4OWFiY2RlZjAx",
    "Authorization: Bearer open-sesame": "open-sesame",
}


def record_of(message: str, *arguments: object, exc_info: Any = None) -> logging.LogRecord:
    record = logging.LogRecord("app.api.http.problems", logging.ERROR, "", 0, message, arguments, exc_info)
    record.created = datetime(2026, 11, 20, 12, 0, 0, 123_000, UTC).timestamp()
    return record


def format_failure(message: str, *arguments: object, error: Exception) -> str:
    """Return the log lines of a message with the traceback of an error."""
    try:
        raise error
    except type(error):
        return format_record(message, *arguments, exc_info=sys.exc_info())


def format_record(message: str, *arguments: object, exc_info: Any = None) -> str:
    return make_formatter().format(record_of(message, *arguments, exc_info=exc_info))


def test_log_line_has_time_level_and_logger() -> None:
    expected = f"2026-11-20T12:00:00.123Z ERROR {os.getpid()} - app.api.http.problems: GET / failed"
    assert format_record("%s failed", "GET /") == expected


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_control_characters_are_escaped_in_messages_and_exceptions(control: str) -> None:
    error = ValueError(f"before{control}{FORGED}")
    written = format_failure("GET /a%s%s failed", control, FORGED, error=error)
    lines = written.split("\n")
    assert all(LINE.fullmatch(line) for line in lines), lines
    assert not any(line.startswith(FORGED[:24]) for line in lines)
    assert not [each for each in written.replace("\n", "") if not each.isprintable()]
    assert r"\x85" in format_record("a\x85b")
    assert r"\u202e" in format_record("a\u202eb")


def test_text_of_any_language_is_unchanged() -> None:
    assert format_record("Люмський кур'єр 🙂 حبر").endswith("Люмський кур'єр 🙂 حبر")
    assert format_record("half \ud83d of a pair").encode()


@pytest.mark.parametrize("message", SECRETS)
def test_log_lines_contain_no_secrets(message: str) -> None:
    written = format_failure(message, error=ValueError(message))
    assert SECRETS[message] not in written


def test_key_prefix_is_logged() -> None:
    assert "dl_k7q2m5xw3f…" in format_record(KEY)


def test_long_message_is_truncated() -> None:
    written = format_record("x" * 10 * MAX_LINE_CHARACTERS)
    assert len(written) < MAX_LINE_CHARACTERS + 200
    assert written.endswith(f"… ({9 * MAX_LINE_CHARACTERS} more characters)")


def fill(connection: Connection) -> tuple[str, str]:
    """Store an edition and a draft; return the tokens of the draft's preview and of a key."""
    upsert_entry(connection, edition(), now=NOW)
    draft = upsert_articles(connection, [article(None, edition="global", headline="Fog")], now=NOW)
    token = make_token(get_or_create_signing_secret(connection), Preview(draft.ids[0], NOW + 3_650 * DAY_US))
    record = ApiKeyCreate(name="desk", scopes=[ApiKeyScope.ARTICLES_WRITE])
    return token, create_key(connection, record, now=NOW)[1]


@pytest.fixture
def server(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Server, Path, str, str]]:
    """Start a server with an access log; return it with its database and the tokens of a preview and of a key."""
    path = tmp_path / "dayline.db"
    shutil.copy(sqlite_template, path)
    token, key = run_once(f"sqlite:///{path}", fill)
    path.chmod(0o644)
    server = start_server(f"sqlite:///{path}", tmp_path, free_port(), DAYLINE_ACCESS_LOG="true")
    try:
        yield server, path, token, key
    finally:
        server.end()


def request(port: int, target: str, *fields: str) -> int:
    """Return the status of the response to a request with an unescaped target, once the server has started."""
    for _ in range(400):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                head = [f"GET {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *fields]
                client.sendall("\r\n".join([*head, "", ""]).encode())
                return int(client.makefile("rb").readline().split()[1])
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise TimeoutError("the server never listened")


def wait_for_line(path: Path, text: str) -> str:
    """Return the log once it has this text: a request is logged after its response."""
    for _ in range(400):
        written = path.read_text()
        if text in written:
            return written
        time.sleep(0.025)
    raise TimeoutError(written)


def test_server_log_lines_are_complete_and_without_secrets(server: tuple[Server, Path, str, str]) -> None:
    process, path, token, key = server
    preview = f"/v1/editorial/previews/{token}"
    forged = "%0A" + FORGED.replace(" ", "%20")
    assert request(process.port, preview) == 200
    assert request(process.port, f"{preview}?a{forged}=1") == 422
    assert request(process.port, "/v1/editorial/articles", f"Authorization: Bearer {key}") == 200
    assert request(process.port, f"/v1/articles/a{forged}%1B%5B2J%C2%85%E2%80%A8%E2%80%AE") == 404
    path.unlink()
    time.sleep(2 * CHECK_INTERVAL_S)
    broken = f"/v1/editorial/articles/b{forged}%1B%5B2J%C2%85%E2%80%A8%E2%80%AE"
    assert request(process.port, broken, f"Authorization: Bearer {key}") == 503
    assert request(process.port, preview) == 503
    written = wait_for_line(process.output, f"/v1/editorial/previews/{REDACTED} status=503")
    lines = written.split("\n")[:-1]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert not any(line.startswith(FORGED) for line in lines)
    assert token not in written
    assert key not in written
    assert sum("/v1/editorial/previews/…" in line for line in lines) >= 3
    assert any(r"articles/b\n2026" in line and "database unavailable" in line for line in lines), lines
    assert sum("(mode 0644)" in line and " WARNING " in line and " app.cli.serve: " in line for line in lines) == 1
    assert any(" app.access: GET /v1/articles/a" in line and " status=404 " in line for line in lines)


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_requests_are_logged_only_with_the_setting(sqlite_template: Path, tmp_path: Path, workers: int) -> None:
    shutil.copy(sqlite_template, tmp_path / "dayline.db")
    run_once(f"sqlite:///{tmp_path}/dayline.db", fill)
    port, written = free_port(), tmp_path / "log.txt"
    with (
        written.open("wb") as log,
        subprocess.Popen(  # noqa: S603 - our own program
            arguments_of("serve", "--port", port, "--workers", workers),
            env=environment_of(f"sqlite:///{tmp_path}/dayline.db"),
            stderr=log,
        ) as process,
    ):
        try:
            assert [request(port, "/v1/timeline") for _ in range(3)] == [200] * 3
            assert request(port, "/v1/absent") == 404
            process.terminate()
            process.wait(30)
        finally:
            process.kill()
    lines = written.read_text().split("\n")[:-1]
    assert len(lines) > 3
    assert [line for line in lines if ".access:" in line or not LINE.fullmatch(line)] == []
