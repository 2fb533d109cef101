"""Validation errors of pydantic as field errors with the location in a record: `body.2.html`."""

from itertools import pairwise
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.errors import FieldError, InvalidInputError

MAX_ERRORS = 20
BLOCK_TYPES = {"paragraph", "heading", "pull_quote", "list", "image", "embed"}

M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], value: object) -> M:
    """Return the value as this model; InvalidInputError names its first errors."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid_input(error) from None


def invalid_input(error: ValidationError, *, most: int = MAX_ERRORS, depth: int = 0) -> InvalidInputError:
    """Return the first `most` errors as field errors, whose locations begin at `depth`."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return InvalidInputError(*(member_error(each["type"], each["loc"][depth:], each["msg"]) for each in details[:most]))


def member_error(kind: str, location: tuple[int | str, ...], message: str) -> FieldError:
    """Return the error at `body.2.html`: the location of pydantic without the types of blocks."""
    steps = [
        part for before, part in pairwise(("", *location)) if not (isinstance(before, int) and part in BLOCK_TYPES)
    ]
    where = ".".join(map(str, steps)) or "record"
    if kind == "extra_forbidden":
        return FieldError(where, "Unknown field.")
    return FieldError(where, message.removeprefix("Value error, "))
