"""Validation errors of pydantic as field errors with the location in a record (`body.2.html`), in our own words."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.domain.body.list_block import ITEM_TAGS
from app.errors import FieldError, InvalidInputError
from app.schemas.error_messages import sentence_for
from app.schemas.known_members import Location, members_at, suggest

MAX_ERRORS = 20
WHOLE_BODY = ""
"""Location of an error of a body as a whole: any word could also be the name of a member."""

BLOCK_TYPES = {
    *("paragraph", "heading", "pull_quote", "list", "image", "embed"),
    *("quote", "table", "code", "divider", "gallery", "video", "audio", *ITEM_TAGS),
}
"""Tags of unions, which pydantic adds to the locations of errors behind the number of a block or item."""
UNKNOWN = "extra_forbidden"
UNKNOWN_TYPE = "union_tag_invalid"
_TAG = re.compile(r"'([^']+)'")

M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], value: object) -> M:
    """Return the value as this model; InvalidInputError names its first errors."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid_input(error, model) from None


def invalid_input(error: ValidationError, model: Any, *, most: int = MAX_ERRORS, depth: int = 0) -> InvalidInputError:
    """Return the first `most` errors of this model (or type adapter), whose locations begin at `depth`."""
    details = error.errors(include_url=False, include_input=False)
    return InvalidInputError(*(member_error(each, each["loc"], model, depth=depth) for each in details[:most]))


def member_error(details: Mapping[str, Any], location: Location, model: Any, *, depth: int = 0) -> FieldError:
    """Return the error at `body.2.html`: the location of pydantic without the types of blocks.

    An unknown member, or type of block, is named with the nearest one that the model has there.
    """
    own = location[depth:]
    steps = [part for before, part in pairwise(("", *own)) if not (isinstance(before, int) and part in BLOCK_TYPES)]
    message = sentence_for(details["type"], details["msg"], details.get("ctx", {}))
    if details["type"] == UNKNOWN_TYPE:
        message += suggest(details["ctx"]["tag"], _TAG.findall(details["ctx"]["expected_tags"]))
    if details["type"] == UNKNOWN:
        message += suggest(str(location[-1]), members_at(model, location[:-1]))
    return FieldError(".".join(map(str, steps)) or WHOLE_BODY, message)
