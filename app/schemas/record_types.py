"""Types of the members of records: names, texts and references as they may come in."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.domain.article_address import MAX_ADDRESS, normalize_address
from app.domain.body.values import null_as_empty
from app.domain.html.inline_html import clean_text
from app.domain.language import validate_language
from app.domain.one_line import visible_line, visible_text
from app.domain.slug import validate_code, validate_slug
from app.domain.tsid import ID_PATTERN, is_id, parse_id
from app.errors import InvalidValueError
from app.schemas.types import MAX_ID, MAX_LANGUAGES

MAX_LINE = 1_000
MAX_TEXT = 20_000
MAX_NAMES = 200
MAX_FORMER_URLS = 2_000
MAX_TRANSLATIONS = 100
MAX_ENCODED_SLUG = 1_440
"""Characters of a percent-encoded slug of 120 characters, of up to four bytes each."""
MAX_SOURCE_ID = 400  # of up to four bytes each: PostgreSQL indexes no value beyond 2,704 bytes


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _filled(value: str) -> str:
    if not value.strip():
        raise InvalidValueError("Must not be empty.")
    return clean_text(value)


SHOWN_OF_TRANSLATIONS: Final = frozenset({"href", "url", "language", "headline", "status"})
"""Members of a translation in responses that may be sent back, and are ignored."""


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
Translations = Annotated[dict[Language, Line], Field(max_length=MAX_LANGUAGES), BeforeValidator(null_as_empty_object)]
LongTranslations = Annotated[
    dict[Language, Lines], Field(max_length=MAX_LANGUAGES), BeforeValidator(null_as_empty_object)
]


class RecordPart(BaseModel):
    """Part of a record: unknown members are errors."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


def _reference_members(value: object) -> object:
    """Return the members that identify an article, of a reference that may be a text or a member of a response."""
    if isinstance(value, str):
        return {"id": value} if is_id(value) else {"source_id": value}
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if name not in SHOWN_OF_TRANSLATIONS}
    return value


def _article_id(value: str) -> str:
    parse_id(value)
    return value


ArticleIdInput = Annotated[
    str, AfterValidator(_article_id), Field(json_schema_extra={"pattern": f"^{ID_PATTERN}$", "maxLength": MAX_ID})
]
"""The id of an article in a request."""


class TranslationReference(RecordPart):
    """Reference to an article that is the same story: its `edition` and `source_id`, or its id.

    Where both are given, the first decides if there is such an article. The other members of a translation in a
    response may be sent back; they are ignored.
    """

    model_config = ConfigDict(json_schema_extra={"additionalProperties": True})

    id: Annotated[
        ArticleIdInput | None,
        Field(description="The id of the article.", examples=["0s9et2dg0bgsr"]),
    ] = None
    edition: Annotated[
        Code | None, Field(description="The slug of its edition; the same edition where absent.", examples=["havan"])
    ] = None
    source_id: Annotated[
        SourceId | None, Field(description="Its identifier in the system of origin.", examples=["cms:41-uk"])
    ] = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if self.id is None and self.source_id is None:
            raise InvalidValueError("A translation needs an id, or a source_id with its edition.")
        return self


ReferenceText = Annotated[
    str, Field(max_length=MAX_SOURCE_ID, description="Its id, or its `source_id` in the same edition.")
]
TranslationReferences = Annotated[
    list[
        Annotated[
            TranslationReference,
            BeforeValidator(_reference_members, json_schema_input_type=ReferenceText | TranslationReference),
        ]
    ],
    Field(max_length=MAX_TRANSLATIONS),
]
