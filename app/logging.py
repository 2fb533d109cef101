"""Log lines of a server: time, level, logger and message, which no request can forge.

    2026-11-29T20:01:02.345Z ERROR app.api.http.problems: GET /v1/timeline: database unavailable: the disk is full (…)

Control characters are escaped, secrets are left out, and each line of a traceback has time, level and logger too.
"""

import logging
import re
import sys
import threading
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

MAX_LINE_CHARACTERS = 16_384
LEVEL = "INFO"
LIBRARIES_LEVEL = "WARNING"

_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1, U+0085 (next line) among them
    "\u2028\u2029"  # line and paragraph separator
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides and isolates of writing direction
    "\ud800-\udfff]"  # halves of surrogate pairs, which no output takes
)
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_SECRETS = (
    (re.compile(r"(/previews/)[^\s/?#\"']+"), r"\1[token]"),
    (re.compile(r"\b(dl_[A-Za-z0-9]{10})[A-Za-z0-9]+"), r"\1[secret]"),
    (re.compile(r"\b(whsec_)[A-Za-z0-9+/=_-]+"), r"\1[secret]"),
    (re.compile(r"(?i)\b(bearer )\S+"), r"\1[token]"),
    (re.compile(r"(?i)\b((?:[a-z_]*token|password|passwd|secret|api_?key|signature)=)[^&\s\"']+"), r"\1[secret]"),
    (re.compile(r"([a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s@]*@"), r"\1[password]@"),
)
"""Patterns that are never logged: preview tokens, API keys but for their prefix, webhook secrets, passwords."""

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being handled, for its log lines."""

log = logging.getLogger(__name__)


def escape_controls(text: str) -> str:
    """Return the text in one line: each control character is replaced by its escape sequence."""
    return _CONTROLS.sub(_escape, text)


def redact_secrets(text: str) -> str:
    """Return the text without the secrets that addresses and messages of libraries may hold."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")  # noqa: PLR2004 - a byte


def _printable(text: str) -> str:
    if len(text) > MAX_LINE_CHARACTERS:
        text = f"{text[:MAX_LINE_CHARACTERS]}… ({len(text) - MAX_LINE_CHARACTERS} more characters)"
    return redact_secrets(escape_controls(text))


class LineFormatter(logging.Formatter):
    """Formats a record as one line, and its traceback as one line for each of its lines."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record, without a line break at the end."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        start = f"{time} {record.levelname} {_printable(record.name)}"
        lines = [f"{start}: {_printable(record.getMessage())}"]
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        for more in (record.exc_text, record.stack_info):
            lines += [f"{start} | {_printable(line)}" for line in more.split("\n") if line] if more else []
        return "\n".join(lines)


CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "app.logging.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["stderr"], "level": LIBRARIES_LEVEL},
    "loggers": {
        "app": {"level": LEVEL},
        "uvicorn": {"level": LEVEL},
        "uvicorn.error": {"level": LEVEL},
        "uvicorn.access": {"handlers": ["stderr"], "level": LEVEL, "propagate": False},
    },
}
"""The configuration for `logging.config.dictConfig`, which uvicorn calls in each process that serves."""


def configure_logging() -> None:
    """Configure the log lines of this process, as uvicorn does in each process that serves."""
    from logging.config import dictConfig  # noqa: PLC0415 - only servers log

    dictConfig(CONFIGURATION)
    log_uncaught()


def log_uncaught() -> None:
    """Log warnings and uncaught exceptions of this process, and no error about the log itself.

    A line that cannot be written, on a full disk for instance, is lost: a traceback could not be written either.
    """
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False
    sys.excepthook = _log_uncaught
    sys.unraisablehook = _log_unraisable
    threading.excepthook = _log_of_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("The process ends with an uncaught exception", exc_info=(kind, error, traceback))


def _log_unraisable(unraisable: Any) -> None:
    log.error("An exception was ignored in %r", unraisable.object, exc_info=unraisable.exc_value)


def _log_of_thread(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread is not None else "unknown"
    log.error("The thread %s ended with an uncaught exception", name, exc_info=ended.exc_value)
