"""Scalar values of a body's blocks, with their bounds."""

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from app.domain.html.inline_html import (
    MAX_URL_CHARACTERS,
    check_html_characters,
    clean_text,
    sanitize_html,
    validate_url,
)
from app.domain.one_line import one_line, visible_line
from app.errors import InvalidValueError

MAX_BLOCKS: Final = 2_000
MAX_BLOCK_CHARACTERS: Final = 100_000
MAX_FALLBACK_CHARACTERS: Final = 20_000_000  # of markup, captions and URLs of every image of a gallery
MAX_LINE_CHARACTERS: Final = 5_000
MAX_LIST_ITEMS: Final = 2_000
MAX_LIST_DEPTH: Final = 8
MAX_QUOTE_DEPTH: Final = 4
MAX_QUOTED_BLOCKS: Final = 200
MAX_TABLE_ROWS: Final = 2_000
MAX_TABLE_COLUMNS: Final = 100
MAX_GALLERY_IMAGES: Final = 200
MAX_RENDITIONS: Final = 100
MAX_PIXELS: Final = 1_000_000
MAX_SECONDS: Final = 10_000_000
MAX_MEDIA_TYPE_CHARACTERS: Final = 106
MAX_ASSET_ID_CHARACTERS: Final = 400
MAX_CODE_LANGUAGE_CHARACTERS: Final = 50
CODE_LANGUAGE: Final = "^[A-Za-z0-9][A-Za-z0-9+#._-]*$"

_MEDIA_TYPE: Final = re.compile(r"(image|audio|video|application)/[A-Za-z0-9][A-Za-z0-9.+-]{0,99}")
_CODE_LANGUAGE: Final = re.compile(CODE_LANGUAGE)


def _bounded(html: str) -> str:
    if len(html) > MAX_BLOCK_CHARACTERS:
        raise InvalidValueError(f"A block must have at most {MAX_BLOCK_CHARACTERS:,} characters of HTML.")
    return html


def _inline(html: str) -> str:
    check_html_characters(_bounded(html))
    return _bounded(sanitize_html(html))


def _image_type(value: str) -> str:
    if not value.startswith("image/") or _MEDIA_TYPE.fullmatch(value) is None:
        raise InvalidValueError("Expected the media type of an image, such as 'image/jpeg'.")
    return value


def _playable_type(value: str) -> str:
    # application: HLS and DASH playlists, Ogg
    if value.startswith("image/") or _MEDIA_TYPE.fullmatch(value) is None:
        raise InvalidValueError("Expected the media type of a recording, such as 'video/mp4' or 'audio/mpeg'.")
    return value


def _code_language(value: str) -> str:
    if len(value) > MAX_CODE_LANGUAGE_CHARACTERS or _CODE_LANGUAGE.fullmatch(value) is None:
        raise InvalidValueError(
            "Expected the name of a language, such as 'python' or 'c++', of at most "
            f"{MAX_CODE_LANGUAGE_CHARACTERS} letters, digits and '+#._-'."
        )
    return value


def whole_number(value: object) -> object:
    """Return a whole number such as 640.0 as an integer; other values unchanged."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def null_as_empty(value: object) -> object:
    """Return an empty list for null, which some encoders write for one; other values unchanged."""
    return [] if value is None else value


def is_null(value: object) -> bool:
    """Return whether a member is null, for members that are stored with a value only.

    Bodies that were stored before a member existed equal those that have null for it.
    """
    return value is None


def limit_depth(
    value: object, nested: Callable[[object], Iterable[object]], *, most: int, member: str, noun: str
) -> None:
    """Refuse nesting deeper than `most` levels before pydantic descends into it; `nested` yields the next level."""
    level = [value]
    for _ in range(most):
        level = [inner for each in level for inner in nested(each)]
        if not level:
            return
    raise member_error(member, f"{noun} must be nested at most {most} levels deep.", None)


def member_error(member: str, message: str, value: object) -> ValidationError:
    """Return an error that pydantic reports at the member itself; it would report a ValueError at the block."""
    error = PydanticCustomError("invalid_value", "{reason}", {"reason": message})
    return ValidationError.from_exception_data("block", [InitErrorDetails(type=error, loc=(member,), input=value)])


# Bounds that validators check are written for the document alone: their messages are the validators' own.
Inline = Annotated[
    str,
    AfterValidator(_inline),
    Field(
        description="Inline HTML; elements that the introduction does not list are dropped, with a warning.",
        examples=["The council adopted the budget by <strong>23 votes to 22</strong>."],
        json_schema_extra={"maxLength": MAX_BLOCK_CHARACTERS},
    ),
]
Text = Annotated[str, Field(max_length=MAX_BLOCK_CHARACTERS), AfterValidator(clean_text)]
Lines = Annotated[str, Field(max_length=MAX_LINE_CHARACTERS), AfterValidator(clean_text)]
Line = Annotated[str, Field(max_length=MAX_LINE_CHARACTERS), AfterValidator(one_line)]
Name = Annotated[str, Field(max_length=MAX_LINE_CHARACTERS), AfterValidator(visible_line)]
AssetId = Annotated[str, Field(max_length=MAX_ASSET_ID_CHARACTERS), AfterValidator(visible_line)]
WebUrl = Annotated[
    str,
    AfterValidator(validate_url),
    Field(
        description="An absolute http or https URL.",
        examples=["https://media.example/vote.jpg"],
        json_schema_extra={"maxLength": MAX_URL_CHARACTERS},
    ),
]
ImageType = Annotated[
    str,
    AfterValidator(_image_type),
    Field(json_schema_extra={"maxLength": MAX_MEDIA_TYPE_CHARACTERS, "pattern": "^image/"}),
]
PlayableType = Annotated[
    str,
    AfterValidator(_playable_type),
    Field(json_schema_extra={"maxLength": MAX_MEDIA_TYPE_CHARACTERS, "pattern": "^(audio|video|application)/"}),
]
CodeLanguage = Annotated[
    str,
    AfterValidator(_code_language),
    Field(json_schema_extra={"maxLength": MAX_CODE_LANGUAGE_CHARACTERS, "pattern": CODE_LANGUAGE}),
]
Pixels = Annotated[int, Field(strict=True, gt=0, le=MAX_PIXELS), BeforeValidator(whole_number)]


class Part(BaseModel):
    """Base of the models of a body: unknown members are errors."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True, defer_build=True)


def optional(description: str, example: Any) -> Any:
    """Return the field of a member of later versions, which is stored with a value only."""
    return Field(description=description, examples=[example], exclude_if=is_null)
