"""The two forms of log lines, and batches."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from app.logging.configuration import make_configuration
from app.logging.context import REQUEST_ID
from app.logging.rendering import make_formatter

NOON = 1_795_176_000.123  # 2026-11-20T12:00:00.123Z
LOG = logging.getLogger("app.test")


def record_of(message: str = "An event", *, exc_info: Any = None, extra: dict[str, Any] | None = None) -> Any:
    record = LOG.makeRecord(LOG.name, logging.WARNING, "", 0, message, (), exc_info, extra=extra)
    record.created, record.process = NOON, 7
    return record


@pytest.fixture
def in_request() -> Iterator[None]:
    token = REQUEST_ID.set("r-1")
    yield
    REQUEST_ID.reset(token)


def failure(error: BaseException) -> Any:
    try:
        raise error
    except type(error):
        return sys.exc_info()


@pytest.mark.usefixtures("in_request")
def test_a_text_line_has_process_and_request_id() -> None:
    assert make_formatter().format(record_of()) == "2026-11-20T12:00:00.123Z WARNING 7 r-1 app.test: An event"


@pytest.mark.usefixtures("in_request")
def test_a_json_line_has_the_same_members() -> None:
    assert orjson.loads(make_formatter(json=True).format(record_of("a\nb"))) == {
        "time": "2026-11-20T12:00:00.123Z",
        "level": "WARNING",
        "process": 7,
        "request_id": "r-1",
        "logger": "app.test",
        "message": r"a\nb",
    }


def test_a_terminal_has_the_level_in_colour() -> None:
    assert " \x1b[33mWARNING\x1b[0m 7 - app.test: An event" in make_formatter(color=True).format(record_of())
    assert "\x1b" not in make_formatter(color=True).format(record_of("\x1b[2J")).replace("\x1b[33m", "").replace(
        "\x1b[0m", ""
    )


def test_request_fields_are_members_of_json_and_part_of_a_text_line() -> None:
    fields = {"method": "GET", "path": "/v1", "status": 200, "ms": 1.5, "bytes": 9, "cache": "hit", "key": None}
    record = record_of("GET /v1", extra={**fields, "password": "sesame"})
    assert make_formatter().format(record).endswith(": GET /v1 status=200 ms=1.5 bytes=9 cache=hit key=-")
    found = orjson.loads(make_formatter(json=True).format(record))
    assert {name: found[name] for name in fields} == fields
    assert "password" not in found


def test_a_traceback_is_one_member_of_json() -> None:
    record = record_of(exc_info=failure(RuntimeError("a\nb")))
    written = make_formatter(json=True).format(record)
    assert "\n" not in written
    lines = orjson.loads(written)["traceback"].split("\n")
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1] == r"RuntimeError: a\nb"


@pytest.mark.parametrize("error", [ValueError("Fog"), KeyError("Fog"), UnicodeError("Fog"), Exception("Fog")])
def test_messages_that_may_quote_content_are_withheld(error: Exception) -> None:
    error.add_note("Fog")
    written = make_formatter().format(record_of(exc_info=failure(error)))
    assert "Fog" not in written.replace('"Fog"', "")
    assert f"{type(error).__name__}: …" in written


def test_causes_and_groups_are_in_a_traceback() -> None:
    cause = RuntimeError("the cause")
    group = ExceptionGroup("of two", [OSError("the first"), ValueError("Fog")])
    group.__cause__ = cause
    cause.__context__ = group  # a cycle ends
    lines = make_formatter().format(record_of(exc_info=failure(group))).split("\n")
    endings = [line.partition(" | ")[2] for line in lines]
    assert "RuntimeError: the cause" in endings
    assert "The exception above was the direct cause of the following one:" in endings
    assert endings[-2:] == ["  OSError: the first", "  ValueError: …"]


def test_libraries_never_log_below_warnings() -> None:
    configuration = make_configuration(level="DEBUG")
    assert configuration["root"]["level"] == "WARNING"
    assert configuration["loggers"]["app"]["level"] == "DEBUG"
    assert make_configuration(level="ERROR")["root"]["level"] == "ERROR"


def test_only_a_server_imports_structlog() -> None:
    program = "import sys, app.main, app.cli.main, app.cli.keys, app.cli.db; sys.exit('structlog' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)  # noqa: S603 - our own program
    assert done.returncode == 0
