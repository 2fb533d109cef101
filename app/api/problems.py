"""Errors as HTTP says them: problem details (RFC 9457) with stable codes, each with a page of its own."""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app import errors
from app.api.responses import CROSS_ORIGIN, NO_CACHE

log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PREFLIGHT_SECONDS = 86_400
IN_PATHS = "/:@!$&'()*+,;="
"""What stands for itself in the path of an address (RFC 3986, section 3.3)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its stable code, status and title, and what its page tells."""

    code: str
    status: int
    title: str
    explanation: str


INVALID_INPUT = Kind(
    "invalid-input",
    422,
    "The request cannot be understood",
    "One or more parameters or members cannot be used. `errors` names each of them and says what is expected; "
    "correct them and ask again. A parameter that an address does not know is refused too, so that a slip of "
    "the keyboard is never mistaken for a filter.",
)
CURSOR_INVALID = Kind(
    "cursor-invalid",
    400,
    "The cursor is damaged",
    "Cursors are opaque: pass them on exactly as `next.cursor` gave them. Begin again without one.",
)
CURSOR_MISMATCH = Kind(
    "cursor-mismatch",
    400,
    "The cursor belongs to another list",
    "A cursor goes with the edition, filters, range and time zone it was given out for (not with `limit`, "
    "`fields` or `total`). Follow `next.href`, which repeats them, or begin again without a cursor.",
)
NOT_FOUND = Kind(
    "not-found",
    404,
    "There is nothing here",
    "Nothing public has this address now. Drafts and scheduled articles are not found either, until they are "
    "published.",
)
NO_SUCH_DAY = Kind(
    "no-such-day",
    404,
    "The calendar has no such day",
    "The time zone skipped this date: Pacific/Apia, for instance, went from 29 to 31 December 2011.",
)
ARTICLE_WITHDRAWN = Kind(
    "article-withdrawn",
    410,
    "The article has been withdrawn",
    "The newsroom took this article back. `notice` is what it tells the public. Remove copies of it.",
)
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed",
    405,
    "The address does not take this method",
    "`Allow` lists the methods that the address takes.",
)
BAD_REQUEST = Kind(
    "bad-request",
    400,
    "The request is malformed",
    "The request does not follow HTTP; `detail` says where.",
)
NOT_READY = Kind(
    "not-ready",
    503,
    "The service is not ready",
    "The database cannot be reached or is not at the schema this release expects.",
)
INTERNAL_ERROR = Kind(
    "internal-error",
    500,
    "Something went wrong on our side",
    "The request was understood, but answering it failed. It is safe to ask again.",
)
KINDS = {
    kind.code: kind
    for kind in (
        INVALID_INPUT,
        CURSOR_INVALID,
        CURSOR_MISMATCH,
        NOT_FOUND,
        NO_SUCH_DAY,
        ARTICLE_WITHDRAWN,
        METHOD_NOT_ALLOWED,
        BAD_REQUEST,
        NOT_READY,
        INTERNAL_ERROR,
    )
}
_OF_ERROR: dict[type[errors.DaylineError], Kind] = {
    errors.InvalidInput: INVALID_INPUT,
    errors.InvalidValue: INVALID_INPUT,
    errors.CursorInvalid: CURSOR_INVALID,
    errors.CursorMismatch: CURSOR_MISMATCH,
    errors.NoSuchDay: NO_SUCH_DAY,
    errors.NotFound: NOT_FOUND,
    errors.ArticleWithdrawn: ARTICLE_WITHDRAWN,
}
_OF_STATUS = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 400: BAD_REQUEST, 422: INVALID_INPUT}


def problem(
    request: Request,
    kind: Kind,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    **members: Any,
) -> Response:
    """A problem details answer; `members` are added to the standard ones."""
    content = {
        "type": f"/problems/{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": quote(request.scope["path"], safe=IN_PATHS),
        **members,
    }
    return Response(
        orjson.dumps(content),
        status_code=kind.status,
        headers={"cache-control": NO_CACHE, **CROSS_ORIGIN, **(headers or {})},
        media_type=PROBLEM_TYPE,
    )


def install_problems(app: FastAPI) -> None:
    """Make every error of the app a problem details answer."""
    app.add_exception_handler(errors.DaylineError, _answer_dayline)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _answer_http)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _answer_validation)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, _answer_unexpected)


async def _answer_dayline(request: Request, error: errors.DaylineError) -> Response:
    kind = next((_OF_ERROR[each] for each in type(error).__mro__ if each in _OF_ERROR), INTERNAL_ERROR)
    members: dict[str, Any] = {}
    if isinstance(error, errors.InvalidInput):
        members["errors"] = [{"where": flaw.where, "message": flaw.message} for flaw in error.flaws]
    if isinstance(error, errors.ArticleWithdrawn):
        members |= {"id": error.article_id, "notice": error.notice}
    return problem(request, kind, error.detail, **members)


async def _answer_http(request: Request, error: HTTPException) -> Response:
    if error.status_code != METHOD_NOT_ALLOWED.status:
        kind = _OF_STATUS.get(error.status_code, BAD_REQUEST)
        detail = "There is no such address." if kind is NOT_FOUND else str(error.detail)
        return problem(request, kind, detail)
    allowed = ", ".join(allowed_methods(request))
    if request.method == "OPTIONS":
        preflight = {
            "allow": allowed,
            "access-control-allow-methods": allowed,
            "access-control-allow-headers": "*",
            "access-control-max-age": str(PREFLIGHT_SECONDS),
        }
        return Response(status_code=204, headers={**CROSS_ORIGIN, **preflight})
    detail = f"{request.method} is not among the methods of this address: {allowed}."
    return problem(request, METHOD_NOT_ALLOWED, detail, headers={"allow": allowed})


def allowed_methods(request: Request) -> list[str]:
    """Every method that the address takes, over all the routes that share it."""
    taken = []
    for method in METHODS:
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes):
            taken += [method, "HEAD"] if method == "GET" else [method]
    return [*taken, "OPTIONS"]


async def _answer_validation(request: Request, error: RequestValidationError) -> Response:
    flaws = [{"where": str(each["loc"][-1]), "message": each["msg"]} for each in error.errors()]
    return problem(request, INVALID_INPUT, "The request cannot be understood.", errors=flaws)


async def _answer_unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return problem(request, INTERNAL_ERROR, "The answer could not be made; it is safe to ask again.")
