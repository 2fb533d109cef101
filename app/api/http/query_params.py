"""Parsing of query strings: repeated parameters, blanks for plus signs, and errors that name the parameter."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, cast, get_origin
from urllib.parse import unquote_plus

from fastapi import Request
from pydantic import BaseModel, ValidationError

from app.api.http.path_params import check_path
from app.errors import FieldError, InvalidInputError
from app.invalidation.canonical_query import FEED_PARAMETERS
from app.schemas.error_messages import sentence_for
from app.schemas.errors import UNKNOWN
from app.schemas.known_members import suggest
from app.schemas.params import QueryParams

MAX_QUERY_BYTES = 16_384
MAX_PARAMETERS = 500
MAX_NAME_CHARACTERS = 80
"""Length to which the name of an unknown parameter is repeated."""

Q = TypeVar("Q", bound=BaseModel)
F = TypeVar("F", bound=QueryParams)


def parse_query(request: Request, model: type[Q]) -> Q:
    """Parse the query string; InvalidInputError names each parameter that cannot be used, NotFoundError an edition."""
    check_path(request.scope)
    raw: bytes = request.scope["query_string"]
    return parse_query_string(raw.decode("latin-1"), model)


@cache
def feed_parameter_names(model: type[QueryParams]) -> frozenset[str]:
    """Return the parameters of this feed; those of other feeds are ignored as well."""
    return FEED_PARAMETERS & model.model_fields.keys()


def parse_query_string(query: str, model: type[Q]) -> Q:
    """Parse a query string; InvalidInputError, also for parameters that the model does not have."""
    repeatable = _repeatable(model)
    if not query and not repeatable:
        return cast("Q", _defaults(model))
    return _validate(collect_parameters(query, repeatable), model)


def collect_parameters(query: str, repeatable: Collection[str]) -> dict[str, Any]:
    """Return the values by their parameters, of repeatable ones a list; InvalidInputError for what no model may get."""
    if len(query) > MAX_QUERY_BYTES:
        raise InvalidInputError(FieldError("query", f"Must not be longer than {MAX_QUERY_BYTES:,} bytes."))
    segments = query.split("&")
    if len(segments) > MAX_PARAMETERS:
        raise InvalidInputError(FieldError("query", f"Must not have more than {MAX_PARAMETERS} parameters."))
    try:
        pairs = [_decode_pair(each) for each in segments if each]
    except UnicodeDecodeError:
        raise InvalidInputError(FieldError("query", "Must be percent-encoded UTF-8.")) from None
    return _collect(pairs, repeatable)


def _decode_pair(segment: str) -> tuple[str, str]:
    """Return the name and value of a segment, as `urllib.parse.parse_qsl` does in several times the time."""
    name, _, value = segment.partition("=")
    return _decode(name), _decode(value)


def _decode(text: str) -> str:
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text


def _collect(pairs: list[tuple[str, str]], repeatable: Collection[str]) -> dict[str, Any]:
    collected: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in pairs:
        if not value.isprintable():
            errors.append(FieldError(name, "Contains a control character."))
        elif name in repeatable:
            collected.setdefault(name, []).append(value)
        elif name in collected:
            errors.append(FieldError(name, "The parameter may be given only once."))
        else:
            collected[name] = value
    if errors:
        raise InvalidInputError(*errors)
    return collected


@cache
def _defaults(model: type[Q]) -> Q:
    """Return the parameters of requests without any, which share one object: it is frozen and has no lists."""
    return _validate({}, model)


@cache
def _repeatable(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(
        field.alias or name for name, field in model.model_fields.items() if get_origin(field.annotation) is list
    )


def _validate(collected: dict[str, Any], model: type[Q]) -> Q:
    try:
        return model.model_validate(collected)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        known = [field.alias or name for name, field in model.model_fields.items()]
        raise InvalidInputError(*(parameter_error(each, each["loc"], known) for each in details)) from None


def parameter_error(details: Mapping[str, Any], location: tuple[int | str, ...], known: Iterable[str]) -> FieldError:
    """Convert an error of pydantic to that of a parameter; for an unknown one, suggest the nearest known name."""
    where = str(location[0])[:MAX_NAME_CHARACTERS] if location else "query"
    if details["type"] == UNKNOWN:
        return unknown_parameter(where, known)
    return FieldError(where, sentence_for(details["type"], details["msg"], details.get("ctx", {})))


def unknown_parameter(name: str, known: Iterable[str]) -> FieldError:
    """Return the error of a parameter that an operation does not have."""
    return FieldError(name[:MAX_NAME_CHARACTERS], f"Unknown query parameter.{suggest(name, known)}")
