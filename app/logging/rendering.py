"""Formatting of log records by structlog: text for people, JSON for programs; requests from the cache in batches.

    2026-11-29T20:01:02.345Z ERROR 4711 3f2a91c07be44d10 app.api.http.problems: GET /v1/tags: database unavailable: …
    2026-11-29T20:01:02.402Z INFO 4711 - app.access: GET /v1/timeline status=200 ms=0.0 bytes=8048 cache=hit key=-

Records of all loggers, those of libraries included, pass through the same processors.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, WrappedLogger

from app.logging.context import BATCH, MAKE_RECORD, REQUEST_ID
from app.logging.redaction import printable
from app.logging.tracebacks import traceback_lines

REQUEST_FIELDS = ("method", "path", "status", "ms", "bytes", "cache", "key")
"""Members of the access log's records, in the order in which they are printed."""

_IN_MESSAGE = frozenset({"method", "path"})
_COLORS = {"DEBUG": "2", "INFO": "32", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}

MakeRecord = Callable[..., logging.LogRecord]


def make_formatter(*, json: bool = False, color: bool = False) -> "LineFormatter":
    """Return the formatter of all log lines."""
    return LineFormatter(
        foreign_pre_chain=[add_log_level, add_logger_name, ExtraAdder(allow=REQUEST_FIELDS), _add_context],
        processors=[_clean, _render_json if json else _TextRenderer(color=color)],
    )


class LineFormatter(ProcessorFormatter):
    """Formats a record as one line (JSON), or as one line and one more for each line of a traceback (text).

    A record with a batch becomes the lines of its requests. Each distinct request is formatted once; the others differ
    in their time alone, so that a line of a batch costs little more than its bytes.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record, without a line break at the end."""
        batch: Iterable[tuple[int, tuple[Any, ...]]] | None = getattr(record, BATCH, None)
        if batch is None:
            return super().format(record)
        make_record: MakeRecord = getattr(record, MAKE_RECORD)
        parts: dict[tuple[Any, ...], tuple[str, str]] = {}
        lines: list[str] = []
        shown_ms, time = -1, ""
        for at_us, request in batch:
            if at_us // 1000 != shown_ms:
                shown_ms = at_us // 1000
                time = format_time(shown_ms / 1000)
            known = parts.get(request)
            if known is None:
                fields = make_record(*request)
                fields.created = shown_ms / 1000
                before, _, after = super().format(fields).partition(time)
                known = parts[request] = before, after
            lines.append(f"{known[0]}{time}{known[1]}")
        return "\n".join(lines)


def format_time(seconds: float) -> str:
    """Return an instant (seconds since 1970) in UTC with milliseconds."""
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def _add_context(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Add the time at which the record was made, the process and the request."""
    record: logging.LogRecord = event["_record"]
    event["time"] = format_time(record.created)
    event["process"] = record.process
    event["request_id"] = REQUEST_ID.get()
    return event


def _clean(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Make every text printable and list the lines of the traceback."""
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    error = event.pop("exc_info", None)
    stack = event.pop("stack_info", None)
    lines = list(traceback_lines(error[1])) if isinstance(error, tuple) and error[1] is not None else []
    if stack:
        lines += str(stack).split("\n")
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = printable(value)
    event["level"] = event["level"].upper()
    event["traceback"] = [printable(line) for line in lines if line]
    return event


def _render_json(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    fields = {name: event.pop(name) for name in ("time", "level", "process", "request_id", "logger")}
    fields["message"] = event.pop("event")
    lines = event.pop("traceback")
    fields |= event
    if lines:
        fields["traceback"] = "\n".join(lines)
    return orjson.dumps(fields, default=str).decode()


class _TextRenderer:
    """Renders a record as text, in colour where the output is a terminal."""

    def __init__(self, *, color: bool) -> None:
        self._color = color

    def __call__(self, _logger: WrappedLogger, _name: str, event: EventDict) -> str:
        level = event["level"]
        time, shown = event["time"], level
        request = event["request_id"] or "-"
        if self._color:
            shown = f"\x1b[{_COLORS.get(level, '0')}m{level}\x1b[0m"
        start = f"{time} {shown} {event['process']} {request} {event['logger']}"
        fields = "".join(
            f" {name}={'-' if event[name] is None else event[name]}"
            for name in REQUEST_FIELDS
            if name in event and name not in _IN_MESSAGE
        )
        lines = [f"{start}: {event['event']}{fields}", *(f"{start} | {line}" for line in event["traceback"])]
        return "\n".join(lines)
