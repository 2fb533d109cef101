"""HTML in place of the blocks of a body: conversion while an article is read, with every loss."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Final, Self

from pydantic import Field, PrivateAttr, ValidationError, ValidatorFunctionWrapHandler, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from app.domain.body.values import WebUrl
from app.domain.control_characters import check_references
from app.domain.html.conversion.conversion import MAX_HTML_CHARACTERS, Conversion, convert_html
from app.domain.html.inline_html import validate_url
from app.errors import FieldError, InvalidInputError, InvalidValueError
from app.schemas.errors import validated
from app.schemas.record_types import RecordPart

BODY_HTML: Final = "body_html"
BODY_BASE_URL: Final = "body_base_url"
INPUT_MEMBERS: Final = (BODY_HTML, BODY_BASE_URL)
"""Members that are never stored: they become the `body`."""
_BOTH: Final = "Must not be combined with 'body'."


class BodyHtmlInput(RecordPart):
    """HTML for a body, and where it comes from."""

    body_html: Annotated[
        str | None,
        Field(
            max_length=MAX_HTML_CHARACTERS,
            description=(
                "The body as HTML of any origin, instead of `body` (both are 422): it becomes blocks, and `warnings` "
                "has what is lost."
            ),
            examples=["<h2>The vote</h2><p>The council adopted the budget.</p><hr><blockquote>At last.</blockquote>"],
        ),
    ] = None
    body_base_url: Annotated[
        WebUrl | None,
        Field(
            description="The URL that relative URLs of `body_html` resolve against.",
            examples=["https://courier.example/2026/budget"],
        ),
    ] = None


class BodyHtmlPart(BodyHtmlInput):
    """Part of an article whose body may come in as HTML."""

    _conversion: Conversion | None = PrivateAttr(default=None)

    @property
    def conversion(self) -> Conversion | None:
        """Return the conversion that made the body, None where it was given as blocks."""
        private = self.__pydantic_private__  # the attribute of this name takes ten times as long to read
        return None if private is None else private["_conversion"]

    @model_validator(mode="wrap")
    @classmethod
    def _convert_html(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Self:
        if not isinstance(value, dict) or value.get(BODY_HTML) is None:
            unchanged: Self = handler(value)
            return unchanged
        if value.get("body") is not None:
            raise _flaw(_BOTH, value[BODY_HTML])
        # HTML of another type, or too long, is not converted: the field has the error.
        members, conversion = convert_body_html(value)
        try:
            article: Self = handler(members)
        except ValidationError as error:
            raise _relocated(error, value[BODY_HTML]) from error
        article._conversion = conversion
        return article


def convert_patch(patch: Mapping[str, Any]) -> tuple[dict[str, Any], Conversion | None]:
    """Return a merge patch with blocks in place of `body_html`, and the conversion; InvalidInputError."""
    validated(BodyHtmlInput, {name: patch[name] for name in INPUT_MEMBERS if name in patch})
    return convert_body_html(patch)


@contextmanager
def errors_at_body_html(conversion: Conversion | None) -> Iterator[None]:
    """Report errors of converted blocks at `body_html`, which the client sent."""
    try:
        yield
    except InvalidInputError as error:
        if conversion is None:
            raise
        errors = [
            FieldError(BODY_HTML, f"Cannot be stored as blocks ({each.location}): {each.message}")
            if each.location.partition(".")[0] == "body"
            else each
            for each in error.errors
        ]
        raise InvalidInputError(*errors) from None


def convert_body_html(members: Mapping[str, Any]) -> tuple[dict[str, Any], Conversion | None]:
    """Return the members of an article or patch with blocks in place of `body_html`, and the conversion.

    None where there is nothing to convert. InvalidInputError where `body` is given, too.
    """
    html, base = members.get(BODY_HTML), members.get(BODY_BASE_URL)
    if not isinstance(html, str) or len(html) > MAX_HTML_CHARACTERS:
        return dict(members), None
    if members.get("body") is not None:
        raise InvalidInputError(FieldError(BODY_HTML, _BOTH))
    try:
        check_references(html)
    except InvalidValueError as error:
        raise InvalidInputError(FieldError(BODY_HTML, error.detail)) from None
    conversion = convert_html(html, base=base if isinstance(base, str) and _is_web_url(base) else None)
    others = {name: value for name, value in members.items() if name != BODY_HTML}
    return {**others, "body": conversion.blocks}, conversion


def _is_web_url(value: str) -> bool:
    try:
        validate_url(value)
    except InvalidValueError:
        return False
    return True


def _flaw(message: str, value: object) -> ValidationError:
    error = PydanticCustomError("invalid_value", "{reason}", {"reason": message})
    return ValidationError.from_exception_data("article", [InitErrorDetails(type=error, loc=(BODY_HTML,), input=value)])


def _relocated(error: ValidationError, html: object) -> ValidationError:
    """Return the error with those of converted blocks at `body_html`, which the client sent."""
    found = error.errors(include_url=False)
    if all(each["loc"][:1] != ("body",) for each in found):
        return error
    details = []
    for each in found:
        place = ".".join(map(str, each["loc"]))
        is_block = each["loc"][:1] == ("body",)
        message = f"Cannot be stored as blocks ({place}): {each['msg']}" if is_block else each["msg"]
        problem = PydanticCustomError("invalid_value", "{reason}", {"reason": message})
        location = (BODY_HTML,) if is_block else each["loc"]
        details.append(InitErrorDetails(type=problem, loc=location, input=html if is_block else each["input"]))
    return ValidationError.from_exception_data("article", details)
