"""Errors: one class for each kind of problem that a program may handle."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import httpx

POSITIONS = frozenset({"since", "Last-Event-ID"})
"""Parameters and header fields that an error names when their position is of another log."""


class DaylineError(Exception):
    """Base class of the errors of this package."""

    is_temporary: bool = False  # the same request may succeed later
    was_refused: bool = False  # it has certainly not been executed
    retry_after_s: float | None = None


class NetworkError(DaylineError):
    """No complete response: the server is unreachable, timed out, or the connection was closed.

    A write may have taken effect nevertheless, unless `was_refused`.
    """

    is_temporary = True

    def __init__(self, error: httpx.RequestError) -> None:
        super().__init__(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        self.was_refused = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
        self.is_temporary = not isinstance(error, httpx.UnsupportedProtocol)


class InvalidResponseError(DaylineError):
    """A response that is not of the API: `base_url` leads to something else, or redirects to another address.

    So is an export whose framing cannot show that it is complete.
    """


class InvalidSignatureError(DaylineError):
    """A webhook message that was not signed with the secret, or not recently."""


class ProblemError(DaylineError):
    """An error response: problem details (RFC 9457), or any other content of a proxy, whose `code` is empty."""

    retried_codes: ClassVar[frozenset[str]] = frozenset({"request-in-progress", "request-timeout"})
    refused_codes: ClassVar[frozenset[str]] = frozenset(
        {"rate-limited", "busy", "not-ready", "too-many-connections", "too-many-streams", "request-timeout"}
    )

    def __init__(self, response: httpx.Response, problem: Mapping[str, Any]) -> None:
        self.status = response.status_code
        self.code = _code_of(problem)
        self.title = str(problem.get("title") or response.reason_phrase)
        self.detail = str(problem.get("detail") or "")
        self.errors = _errors_of(problem)
        self.problem = dict(problem)
        self.retry_after_s = parse_retry_after(response.headers)
        self.is_temporary = self.status in {429, 502, 503, 504} or self.code in self.retried_codes
        self.was_refused = self.status == 429 or self.code in self.refused_codes  # noqa: PLR2004 - as HTTP names it
        super().__init__(f"{self.status} {self.title}: {self.detail}" if self.detail else f"{self.status} {self.title}")


class InvalidInputError(ProblemError):
    """Parameters or members are invalid; `errors` locates each."""


class UnknownPositionError(InvalidInputError):
    """The position belongs to another log, as after a restored backup: begin again at 0, with an empty copy."""


class IdempotencyKeyReusedError(InvalidInputError):
    """The Idempotency-Key was used with another request."""


class InvalidCursorError(ProblemError):
    """The cursor is damaged, or belongs to other filters."""


class UnauthenticatedError(ProblemError):
    """A key is required, or the key is unknown, expired or revoked."""


class ForbiddenError(ProblemError):
    """The key lacks a scope, or is bound to other editions."""


class NotFoundError(ProblemError):
    """There is no public resource at this address."""


class NoSuchDayError(NotFoundError):
    """The time zone skipped this date."""


class GoneError(ProblemError):
    """The resource existed."""


class ArticleWithdrawnError(GoneError):
    """The newsroom has withdrawn the article: remove every copy. `notice` is its public explanation."""

    def __init__(self, response: httpx.Response, problem: Mapping[str, Any]) -> None:
        super().__init__(response, problem)
        self.id: str | None = problem.get("id")
        self.notice: str | None = problem.get("notice")


class ConflictError(ProblemError):
    """The name is taken, or the state of the resource does not allow the operation."""


class EmbargoedError(ConflictError):
    """The article must not be published before `embargoed_until`."""

    def __init__(self, response: httpx.Response, problem: Mapping[str, Any]) -> None:
        super().__init__(response, problem)
        self.embargoed_until: str | None = problem.get("embargoed_until")


class RequestInProgressError(ConflictError):
    """A request with the same Idempotency-Key is in progress."""


class PreconditionFailedError(ProblemError):
    """The resource has another revision: read it again, and apply the edit to that."""


class RateLimitedError(ProblemError):
    """Too many requests; `retry_after_s` is the time until the next one is possible."""


class ServerError(ProblemError):
    """The server failed to process a valid request."""


class UnavailableError(ServerError):
    """The server is overloaded, starting, or without its database."""


class TooManyStreamsError(UnavailableError):
    """The process serves its maximum of streams."""


BY_CODE: dict[str, type[ProblemError]] = {
    "article-withdrawn": ArticleWithdrawnError,
    "cursor-invalid": InvalidCursorError,
    "cursor-mismatch": InvalidCursorError,
    "embargoed": EmbargoedError,
    "idempotency-key-reused": IdempotencyKeyReusedError,
    "no-such-day": NoSuchDayError,
    "request-in-progress": RequestInProgressError,
    "too-many-streams": TooManyStreamsError,
}
BY_STATUS: dict[int, type[ProblemError]] = {
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    410: GoneError,
    412: PreconditionFailedError,
    422: InvalidInputError,
    429: RateLimitedError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}


def problem_of(response: httpx.Response) -> ProblemError:
    """Return the error of a response whose body has been read."""
    try:
        found = response.json()
    except (ValueError, RecursionError):
        found = None
    problem: Mapping[str, Any] = found if isinstance(found, dict) else {}
    kind = BY_CODE.get(_code_of(problem)) or BY_STATUS.get(response.status_code)
    if kind is None:
        kind = ServerError if response.is_server_error else ProblemError
    if kind is InvalidInputError and any(str(each.get("where")) in POSITIONS for each in _errors_of(problem)):
        kind = UnknownPositionError
    return kind(response, problem)


def _code_of(problem: Mapping[str, Any]) -> str:
    """Return the code at the end of `type`, which a base path may precede; nothing where it is not one of Dayline's."""
    _, is_known, code = str(problem.get("type")).rpartition("/problems/")
    return code if is_known else ""


def _errors_of(problem: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return `errors` of problem details; another server may have anything there."""
    errors = problem.get("errors")
    return [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []


def parse_retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds in Retry-After; a date counts from the response's own Date, not from this clock."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        then, now = (parsedate_to_datetime(each) for each in (text, headers.get("date", "")))
    except (ValueError, OverflowError):
        return None
    then, now = (each if each.tzinfo else each.replace(tzinfo=UTC) for each in (then, now))
    return max(0.0, (then - now).total_seconds())
