"""Strict writes: a loss of content is an error instead of a warning."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Query

from app.errors import FieldError, InvalidInputError
from app.schemas.write_warning import WriteWarning, find_losses_among

MAX_ERRORS = 20

Strict = Annotated[
    bool,
    Query(
        description="Whether a loss of content makes the request invalid; else it is a warning.",
        examples=[False],
    ),
]


def refuse_losses(warnings: Iterable[WriteWarning], *, strict: bool) -> None:
    """InvalidInputError for a strict write with a loss; its errors are the warnings."""
    losses = find_losses_among(warnings) if strict else []
    if losses:
        raise InvalidInputError(*(FieldError(each["where"], each["detail"]) for each in losses[:MAX_ERRORS]))
