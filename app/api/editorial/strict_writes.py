"""Strict writes: a loss of content is an error instead of a warning."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Query

from app.errors import FieldError, InvalidInputError
from app.schemas.article_requests import ArticleWriteParams
from app.schemas.write_warning import WriteWarning, find_losses_among

MAX_ERRORS = 20


WriteParams = Annotated[ArticleWriteParams, Query()]


def refuse_losses(warnings: Iterable[WriteWarning], params: ArticleWriteParams) -> None:
    """Raise InvalidInputError for a strict write with a loss; its errors are the first of the warnings."""
    losses = find_losses_among(warnings) if params.strict else []
    if losses:
        first = losses[:MAX_ERRORS]
        raise InvalidInputError(*(FieldError(each["where"], each["detail"], each["code"]) for each in first))
