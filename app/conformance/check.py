"""Checks: functions of a context that return, or raise what was expected and received."""

import enum
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from app.conformance.exchange import Exchange, Received

MAX_SHOWN = 300


class Verdict(enum.StrEnum):
    """Result of a check."""

    OK = "ok"
    FAIL = "fail"
    SKIPPED = "skipped"


class FailedError(Exception):
    """The installation does not do what the contract says."""

    def __init__(self, received: Received | None, expected: str, found: object) -> None:
        super().__init__(expected)
        self.curl = None if received is None else received.sent.curl
        self.expected = expected
        self.found = shorten(found)


class SkippedError(Exception):
    """The check cannot say anything here; its sentence is the reason."""


def shorten(found: object) -> str:
    """Return a value as a report shows it."""
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def expect(condition: object, received: Received | None, expected: str, found: object) -> None:
    """Raise FailedError unless the condition holds; the response is that of the request to repeat."""
    if not condition:
        raise FailedError(received, expected, found)


def expect_status(received: Received, status: int) -> None:
    """Raise FailedError unless the response has this status."""
    begin = received.raw[:MAX_SHOWN].decode(errors="replace") if received.encoding == "identity" else ""
    expect(received.status == status, received, f"status {status}", f"status {received.status} {begin}".strip())


@dataclass(slots=True)
class Context:
    """Context of all checks: the exchange, the edition that they read, and responses that several of them use."""

    exchange: Exchange
    edition: str | None = None
    may_write: bool = False
    is_quick: bool = False
    responses: dict[str, Received] = field(default_factory=dict)

    def url(self, path: str, **params: Any) -> str:
        """Return a URL of the edition that is read."""
        scoped = {"edition": self.edition, **params} if self.edition is not None else params
        return self.exchange.url(path, **scoped)

    def get(self, url: str) -> Received:
        """Return the response to a plain GET, which is sent once for all checks."""
        if url not in self.responses:
            self.responses[url] = self.exchange.request(url)
        return self.responses[url]

    def load(self, url: str) -> Any:
        """Return the JSON of a plain GET; SkippedError if there is none, which another check reports."""
        received = self.get(url)
        document = received.json() if received.status == HTTPStatus.OK else None
        if not isinstance(document, dict):
            raise SkippedError(f"it needs {url}, which returns status {received.status}")
        return document


@dataclass(frozen=True, slots=True)
class Check:
    """A promise of the contract and the function that checks it."""

    name: str
    promise: str
    run: Callable[[Context], None]
