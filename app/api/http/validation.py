"""Conversion of FastAPI's validation errors into errors of the application."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError

from app.api.http.query_params import parameter_error
from app.api.http.route import OrdinaryRoute
from app.errors import FieldError, InvalidInputError
from app.schemas.error_messages import sentence_for
from app.schemas.errors import MAX_ERRORS, member_error

_ORDER = ("query", "header", "cookie", "body")
PATH = "path"

Details = Mapping[str, Any]


def to_invalid_input(request: Request, error: RequestValidationError) -> InvalidInputError:
    """Return the errors of the first part of the request that has any: path, query string, header, body."""
    errors: Sequence[Details] = error.errors()
    parts = {str(each["loc"][0]) for each in errors}
    part = next(each for each in (PATH, *_ORDER) if each in parts)
    own = [each for each in errors if each["loc"][0] == part]
    route = request.scope.get("route")
    if part == "body":
        model = route.types.body if isinstance(route, OrdinaryRoute) else None
        return InvalidInputError(*(member_error(each, tuple(each["loc"][1:]), model) for each in own[:MAX_ERRORS]))
    if part == PATH:
        return InvalidInputError(*(_path_error(each) for each in own))
    known = route.query_parameters if isinstance(route, OrdinaryRoute) else ()
    return InvalidInputError(*(parameter_error(each, tuple(each["loc"][1:]), known) for each in own))


def _path_error(details: Details) -> FieldError:
    return FieldError(str(details["loc"][-1]), sentence_for(details["type"], details["msg"], details.get("ctx", {})))
