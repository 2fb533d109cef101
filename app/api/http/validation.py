"""Conversion of FastAPI's validation errors into errors of the application."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from app.api.http.query_params import parameter_error
from app.errors import FieldError, InvalidInputError
from app.schemas.errors import MAX_ERRORS, member_error

_ORDER = ("query", "header", "cookie", "body")
PATH = "path"


def to_invalid_input(error: RequestValidationError) -> InvalidInputError:
    """Return the errors of the first part of the request that has any: path, query string, header, body."""
    found: Sequence[Mapping[str, Any]] = error.errors()
    parts = {str(each["loc"][0]) for each in found}
    if PATH in parts:
        return InvalidInputError(*(FieldError(str(each["loc"][-1]), each["msg"]) for each in _of_part(found, PATH)))
    part = next(each for each in _ORDER if each in parts)
    describe = member_error if part == "body" else parameter_error
    return InvalidInputError(
        *(describe(each["type"], tuple(each["loc"][1:]), each["msg"]) for each in _of_part(found, part))
    )


def _of_part(found: Sequence[Mapping[str, Any]], part: str) -> list[Mapping[str, Any]]:
    own = [each for each in found if each["loc"][0] == part]
    return own[:MAX_ERRORS] if part == "body" else own
