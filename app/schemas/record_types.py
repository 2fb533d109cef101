"""Types of the members of records: names, texts and references as they may come in."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from app.domain.article_address import MAX_ADDRESS, normalize_address
from app.domain.body.values import null_as_empty
from app.domain.html.inline_html import clean_text
from app.domain.language import validate_language
from app.domain.one_line import visible_line, visible_text
from app.domain.slug import validate_code, validate_slug
from app.errors import InvalidValueError

MAX_LINE = 1_000
MAX_TEXT = 20_000
MAX_NAMES = 200
MAX_FORMER_URLS = 2_000
MAX_ENCODED_SLUG = 1_440
"""Characters of a percent-encoded slug of 120 characters, of up to four bytes each."""
MAX_SOURCE_ID = 400  # of up to four bytes each: PostgreSQL indexes no value beyond 2,704 bytes


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _filled(value: str) -> str:
    if not value.strip():
        raise InvalidValueError("Must not be empty.")
    return clean_text(value)


def null_as_empty_object(value: object) -> object:
    """Return an empty object for null, which some encoders write for one; other values unchanged."""
    return {} if value is None else value


Line = Annotated[str, Field(max_length=MAX_LINE), AfterValidator(visible_line)]
Lines = Annotated[str, Field(max_length=MAX_LINE), AfterValidator(visible_text)]
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(clean_text)]
Code = Annotated[
    str,
    AfterValidator(validate_code),
    Field(json_schema_extra={"maxLength": 80, "pattern": "^[a-z0-9]+([-_.][a-z0-9]+)*$"}, examples=["trams"]),
]
ArticleSlug = Annotated[
    str,
    AfterValidator(validate_slug),
    Field(json_schema_extra={"maxLength": MAX_ENCODED_SLUG, "pattern": "^[^\\s/?#&]+$"}),
]
Alias = Annotated[
    str,
    AfterValidator(normalize_address),
    Field(json_schema_extra={"maxLength": MAX_ADDRESS, "pattern": "^(/|[Hh][Tt][Tt][Pp][Ss]?://)"}),
]
Link = Annotated[str, Field(json_schema_extra={"maxLength": 2_000})]
SourceId = Annotated[str, Field(max_length=MAX_SOURCE_ID), AfterValidator(_filled)]
NullAsEmpty = BeforeValidator(null_as_empty)
Codes = Annotated[list[Code], NullAsEmpty, Field(max_length=MAX_NAMES), AfterValidator(_once)]
TagReferences = Annotated[list[Line], NullAsEmpty, Field(max_length=MAX_NAMES), AfterValidator(_once)]
References = Annotated[list[SourceId], NullAsEmpty, Field(max_length=MAX_NAMES), AfterValidator(_once)]
Language = Annotated[
    str, AfterValidator(validate_language), Field(json_schema_extra={"maxLength": 64}, examples=["en-GB"])
]
Translations = Annotated[dict[Language, Line], BeforeValidator(null_as_empty_object)]
LongTranslations = Annotated[dict[Language, Lines], BeforeValidator(null_as_empty_object)]


class RecordPart(BaseModel):
    """Part of a record: unknown members are errors."""

    model_config = ConfigDict(extra="forbid", defer_build=True)
