"""From pydantic's errors to flaws that name the place in a record: `body.2.html`."""

from itertools import pairwise
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.errors import FieldError, InvalidInputError

FLAWS_TOLD = 20
BLOCK_TYPES = {"paragraph", "heading", "pull_quote", "list", "image", "embed"}

M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], value: object) -> M:
    """The value as this model; InvalidInputError tells its first flaws."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid_input(error) from None


def invalid_input(error: ValidationError, *, most: int = FLAWS_TOLD, depth: int = 0) -> InvalidInputError:
    """The same error in the newsroom's words, with at most so many flaws; places begin at `depth`."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return InvalidInputError(*(_flaw(each["type"], each["loc"][depth:], each["msg"]) for each in found[:most]))


def _flaw(kind: str, place: tuple[int | str, ...], message: str) -> FieldError:
    """The flaw at `body.2.html`: pydantic's path without the types of blocks."""
    steps = [part for before, part in pairwise(("", *place)) if not (isinstance(before, int) and part in BLOCK_TYPES)]
    where = ".".join(map(str, steps)) or "record"
    if kind == "extra_forbidden":
        return FieldError(where, "There is no such member.")
    return FieldError(where, message.removeprefix("Value error, "))
