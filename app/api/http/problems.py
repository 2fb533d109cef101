"""Exception handlers: errors become problem details (RFC 9457) with stable codes, each documented on a page."""

import logging
import re
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from app import errors
from app.api.dependencies import services_of
from app.api.http.path_params import UNKNOWN_URL
from app.api.http.private_responses import CROSS_ORIGIN_PRIVATE, PRIVATE, is_editorial_path, mark_private
from app.api.http.problem_types import (
    ARTICLE_GONE,
    ARTICLE_WITHDRAWN,
    BAD_REQUEST,
    BUSY,
    CONFLICT,
    CONTENT_TOO_LARGE,
    CURSOR_INVALID,
    CURSOR_MISMATCH,
    EMBARGOED,
    FORBIDDEN,
    IDEMPOTENCY_KEY_REUSED,
    INTERNAL_ERROR,
    INVALID_INPUT,
    METHOD_NOT_ALLOWED,
    NO_SUCH_DAY,
    NOT_FOUND,
    NOT_READY,
    PRECONDITION_FAILED,
    PRECONDITION_REQUIRED,
    PREVIEW_EXPIRED,
    RATE_LIMITED,
    REQUEST_IN_PROGRESS,
    TOO_MANY_STREAMS,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNSUPPORTED_MEDIA_TYPE,
    ProblemType,
)
from app.api.http.responses import CROSS_ORIGIN, NO_CACHE, NO_STORE
from app.api.http.validation import to_invalid_input
from app.db.database import TRANSIENT_ERRORS, is_transient
from app.net.base_path import href_of
from app.net.cross_origin import ANY_ORIGIN
from app.server.refusals import PATH_SAFE, PROBLEM_TYPE
from app.server.request_record import READING_METHODS, get_record, route_path
from app.server.response_fields import PROBLEM_CORS, SECURITY_FIELDS

log = logging.getLogger(__name__)

UNKNOWN_ROUTE = "no route"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PREFLIGHT_SECONDS = 86_400
RETRY_ADVICE = "a read is safe to repeat, and so is a write with an Idempotency-Key or If-Match."
ALLOWED_HEADERS = "*, Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key"
"""Request header fields for scripts of other origins: any, but `*` alone would not include Authorization (Fetch)."""

_FIELD_NAMES = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*")

HANDLED_ERRORS = (errors.DaylineError, *TRANSIENT_ERRORS)
"""Errors of Dayline, and possible outages of the database."""

_OF_ERROR: dict[type[errors.DaylineError], ProblemType] = {
    errors.InvalidInputError: INVALID_INPUT,
    errors.InvalidValueError: INVALID_INPUT,
    errors.InvalidCursorError: CURSOR_INVALID,
    errors.CursorMismatchError: CURSOR_MISMATCH,
    errors.NoSuchDayError: NO_SUCH_DAY,
    errors.NotFoundError: NOT_FOUND,
    errors.ArticleWithdrawnError: ARTICLE_WITHDRAWN,
    errors.UnauthenticatedError: UNAUTHENTICATED,
    errors.ForbiddenError: FORBIDDEN,
    errors.ConflictError: CONFLICT,
    errors.EmbargoedError: EMBARGOED,
    errors.RequestInProgressError: REQUEST_IN_PROGRESS,
    errors.ArticleGone: ARTICLE_GONE,
    errors.IdempotencyKeyReusedError: IDEMPOTENCY_KEY_REUSED,
    errors.PreviewExpiredError: PREVIEW_EXPIRED,
    errors.PreconditionFailedError: PRECONDITION_FAILED,
    errors.ContentTooLargeError: CONTENT_TOO_LARGE,
    errors.UnsupportedMediaTypeError: UNSUPPORTED_MEDIA_TYPE,
    errors.PreconditionRequiredError: PRECONDITION_REQUIRED,
    errors.RateLimitedError: RATE_LIMITED,
    errors.TooManyStreamsError: TOO_MANY_STREAMS,
    errors.BusyError: BUSY,
    errors.NotReadyError: NOT_READY,
}
_OF_STATUS = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 400: BAD_REQUEST, 422: INVALID_INPUT}


def problem_response(
    request: Request,
    kind: ProblemType,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    **members: Any,
) -> Response:
    """Return a problem details response with additional members."""
    content = {
        "type": href_of(f"/problems/{kind.code}"),
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": href_of(quote(request.scope["path"], safe=PATH_SAFE)),
        **members,
    }
    manners = {"cache-control": NO_CACHE, **PROBLEM_CORS, **SECURITY_FIELDS, **(headers or {})}
    response = Response(
        orjson.dumps(content),
        status_code=kind.status,
        headers={**manners, **_privacy(request)},
        media_type=PROBLEM_TYPE,
    )
    if _reads_require_key(request):
        mark_private(response.headers)  # here too, because unexpected errors are handled outside of every middleware
    return response


def _reads_require_key(request: Request) -> bool:
    """Return whether every response is private; False before the lifespan begins, when there is no content."""
    return hasattr(request.app.state, "services") and services_of(request).settings.reads_require_key


def _privacy(request: Request) -> dict[str, str]:
    """Return the fields that every response of the editorial API has."""
    return {"cache-control": PRIVATE, **CROSS_ORIGIN_PRIVATE} if is_editorial_path(request.scope["path"]) else {}


def install_exception_handlers(app: FastAPI) -> None:
    """Turn every error of the application into problem details."""
    for error in HANDLED_ERRORS:
        app.add_exception_handler(error, handle_expected)
    app.add_exception_handler(HTTPException, _handle_http_exception)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _handle_validation_error)  # type: ignore[arg-type]
    app.add_exception_handler(ClientDisconnect, _handle_client_disconnect)
    app.add_exception_handler(Exception, _handle_unexpected)


async def handle_expected(request: Request, error: Exception) -> Response:
    """Return the response to an error in HANDLED_ERRORS; raise it again if it is a fault."""
    if isinstance(error, errors.DaylineError):
        return await handle_error(request, error)
    return await _handle_database_error(request, error)


async def handle_error(request: Request, error: errors.DaylineError) -> Response:
    """Return the response to an error of Dayline."""
    kind = next((_OF_ERROR[each] for each in type(error).__mro__ if each in _OF_ERROR), INTERNAL_ERROR)
    members: dict[str, Any] = {}
    if isinstance(error, errors.InvalidInputError):
        members["errors"] = [_error_member(each) for each in error.errors]
    if isinstance(error, errors.ArticleWithdrawnError):
        members |= {"id": error.article_id, "notice": error.notice}
    if isinstance(error, errors.EmbargoedError):
        members["embargoed_until"] = error.until
    return problem_response(request, kind, error.detail, headers=_headers_of(error), **members)


def _error_member(error: errors.FieldError) -> dict[str, str]:
    code = {} if error.code is None else {"code": error.code}
    return {"where": error.location, "message": error.message, **code}


def _headers_of(error: errors.DaylineError) -> dict[str, str]:
    """Return header fields of an error: how to authenticate (RFC 6750, section 3), when to retry."""
    match error:
        case errors.UnauthenticatedError():
            return {"www-authenticate": 'Bearer error="invalid_token"' if error.is_refused else "Bearer"}
        case errors.ForbiddenError():
            scopes = f', scope="{" ".join(error.scopes)}"' if error.scopes else ""
            return {"www-authenticate": f'Bearer error="insufficient_scope"{scopes}'}
        case errors.RequestInProgressError() | errors.BusyError() | errors.NotReadyError():
            return {"retry-after": str(error.retry_after)}
        case errors.RateLimitedError() | errors.TooManyStreamsError():
            return {"retry-after": str(error.retry_after), "cache-control": NO_STORE}
        case errors.ContentTooLargeError():
            return {"connection": "close"}  # the rest of the body is not read
    return {}


async def _handle_http_exception(request: Request, error: HTTPException) -> Response:
    if error.status_code != METHOD_NOT_ALLOWED.status:
        kind = _OF_STATUS.get(error.status_code, BAD_REQUEST)
        detail = UNKNOWN_URL if kind is NOT_FOUND else str(error.detail)
        return problem_response(request, kind, detail)
    allowed = ", ".join(allowed_methods(request))
    if request.method == "OPTIONS":
        preflight = {
            "allow": allowed,
            "access-control-allow-methods": allowed,
            "access-control-allow-headers": _allowed_headers(request),
            "access-control-max-age": str(PREFLIGHT_SECONDS),
        }
        return Response(status_code=204, headers={**CROSS_ORIGIN, **preflight, **_privacy(request)})
    detail = f"{request.method} is not among the methods of this address: {allowed}.{_suggest_put(request)}"
    return problem_response(request, METHOD_NOT_ALLOWED, detail, headers={"allow": allowed})


def _suggest_put(request: Request) -> str:
    """Return the sentence that names the PUT of an entry, for a POST to a collection whose entries clients name."""
    entry = f"{request.scope['path']}/{{slug}}"
    scope = {**request.scope, "method": "PUT", "path": entry}
    if request.method != "POST" or all(
        route.matches(scope)[0] is not Match.FULL for route in request.app.router.routes
    ):
        return ""
    return f" An entry is created and replaced by PUT {entry}."


def _allowed_headers(request: Request) -> str:
    """Return the request header fields for scripts; with credentials `*` is no wildcard, so also those requested."""
    requested = request.headers.get("access-control-request-headers", "")
    if services_of(request).settings.cors_origins == (ANY_ORIGIN,) or not _FIELD_NAMES.fullmatch(requested):
        return ALLOWED_HEADERS
    return f"{ALLOWED_HEADERS}, {requested}"


def allowed_methods(request: Request) -> list[str]:
    """Return every method of the path, over all routes that share it."""
    taken = []
    for method in METHODS:
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes):
            taken += [method, "HEAD"] if method == "GET" else [method]
    return [*taken, "OPTIONS"]


async def _handle_validation_error(request: Request, error: RequestValidationError) -> Response:
    return await handle_error(request, to_invalid_input(request, error))


async def _handle_client_disconnect(_request: Request, _error: Exception) -> Response:
    """Return a response to a client that disconnected within its body; it is logged but not read."""
    return Response(status_code=BAD_REQUEST.status)


async def _handle_database_error(request: Request, error: Exception) -> Response:
    if not is_transient(error):
        raise error
    is_write = request.method not in READING_METHODS
    services_of(request).request_outages.database_failure(log, _describe(request), error, is_write=is_write)
    detail = f"The database is busy or out of reach; {RETRY_ADVICE}"
    return problem_response(request, UNAVAILABLE, detail, headers={"retry-after": "1"})


async def _handle_unexpected(request: Request, error: Exception) -> Response:
    if is_transient(error):  # in the access middleware, outside of the other handlers
        return await _handle_database_error(request, error)
    route = route_path(request.scope) or UNKNOWN_ROUTE
    services_of(request).request_outages.fault(log, _describe(request), error, route=route)
    record = get_record(request.scope)
    if record is not None:
        record.is_error_logged = True
    return problem_response(request, INTERNAL_ERROR, f"The response could not be created; {RETRY_ADVICE}")


def _describe(request: Request) -> str:
    """Return method and path of a request, for its log line."""
    return f"{request.method} {request.scope['path']}"
