"""Request bodies: JSON of limited size, validated by a model, with errors that name the member."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel

from app.domain.control_characters import TextRepair, repair_texts
from app.domain.json_text import load_json
from app.errors import ContentTooLargeError, FieldError, InvalidInputError, InvalidValueError, UnsupportedMediaTypeError
from app.schemas.errors import WHOLE_BODY, validated

MAX_BODY_BYTES = 8 * 1024 * 1024
"""Size of a request body: four times that of an article's body, which responses show with fallbacks and escapes."""

MAX_INLINE_BYTES = 64 * 1024  # larger bodies take so long to validate that other requests would wait
JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R")


async def parse_body(request: Request, model: type[M]) -> M:
    """Parse the JSON object into this model; UnsupportedMediaTypeError, ContentTooLargeError, InvalidInputError."""
    brought, _ = await parse_json_object(request)
    return await run_check(request, lambda: validated(model, brought))


async def parse_json_object(request: Request, *, repairs_c1: bool = False) -> tuple[dict[str, Any], list[TextRepair]]:
    """Return the request's JSON object without validation, and the repairs of its texts.

    An absent body is an empty object. Without `repairs_c1` C1 characters are refused like other control characters.
    """
    raw = await read_body_bytes(request)
    if not raw:
        return {}, []
    _check_type(request)
    return await run_check(request, lambda: _parsed(raw, repairs_c1=repairs_c1))


async def read_body_bytes(request: Request) -> bytes:
    """Return the body, read from the connection once; ContentTooLargeError."""
    known: bytes | None = getattr(request.state, "body", None)
    if known is not None:
        return known
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > MAX_BODY_BYTES:
        raise _too_large()
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise _too_large()
        parts.append(part)
    request.state.body = b"".join(parts)
    body: bytes = request.state.body
    return body


async def run_check(request: Request, check: Callable[[], R]) -> R:
    """Return the result of validating the body: of a large one in a thread, so that other requests proceed."""
    if len(await read_body_bytes(request)) <= MAX_INLINE_BYTES:
        return check()
    return await asyncio.to_thread(check)


def _parsed(raw: bytes, *, repairs_c1: bool) -> tuple[dict[str, Any], list[TextRepair]]:
    try:
        value = load_json(raw)
    except InvalidValueError as error:
        raise InvalidInputError(
            FieldError(WHOLE_BODY, f"Must be valid JSON: {error.detail.removeprefix('not JSON: ')}.")
        ) from None
    if not isinstance(value, dict):
        raise InvalidInputError(FieldError(WHOLE_BODY, "Must be a JSON object."))
    return value, repair_texts(value, raw, repairs_c1=repairs_c1)


def _check_type(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if kind.strip().lower() not in JSON_TYPES or charset not in {"", "charset=utf-8"}:
        raise UnsupportedMediaTypeError("Send JSON in UTF-8, with Content-Type: application/json.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaTypeError("Send the body without a Content-Encoding.")


def _too_large() -> ContentTooLargeError:
    return ContentTooLargeError(f"A body may have at most {MAX_BODY_BYTES // 1024**2} MiB.")
