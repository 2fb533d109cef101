"""Types of query parameters: their checks, bounds and descriptions, which the models of endpoints share."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from app.domain.article_members import ArticleAccess, ArticleFormat
from app.domain.article_status import LinkForm
from app.domain.calendar import FIRST_DAY, LAST_DAY
from app.domain.language import validate_language
from app.domain.traits import LISTED_FORMATS
from app.domain.tsid import ID_PATTERN, parse_id
from app.errors import InvalidValueError
from app.schemas.types import MAX_CODE, MAX_DATE, MAX_ID, MAX_SLUG, MAX_ZONE, OpenEnum

MAX_LIMIT = 200
MAX_IDS = 100
MAX_NAMES = 50
MAX_FIELDS = 100
MAX_LANGUAGE = 64


def _whole(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.lstrip("-").isdigit()):
        raise InvalidValueError("Must be an integer.")
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value not in {"true", "false"}:
        raise InvalidValueError("Must be true or false.")
    return value


def _split(values: Any) -> Any:
    if isinstance(values, list):
        return [part for value in values for part in str(value).split(",")]
    return values


def _in_timeline(value: ArticleFormat) -> ArticleFormat:
    if value is ArticleFormat.PAGE:
        raise InvalidValueError(f"Must be one of {', '.join(LISTED_FORMATS)}: pages are never in this list.")
    return value


def _drop_empty(values: list[str]) -> list[str]:
    return [value for value in values if value]


def _known_id(value: str) -> str:
    parse_id(value)
    return value


MAX_CURSOR = 124
"""Characters of the longest cursor, which has the slug of an entry (`domain/cursor.py`)."""
MAX_TOKEN = 66
DATE_RANGE = f"From {FIRST_DAY} to {LAST_DAY}; others are 422."


def described(description: str, example: Any, *, max_length: int, **extra: Any) -> Any:
    """Return the field of a text parameter with the length of its longest meaningful value.

    Only the document has it: what a longer value does depends on the parameter, as with any other value that names
    nothing.
    """
    return Field(description=description, examples=[example], json_schema_extra={"maxLength": max_length, **extra})


def described_date(description: str, example: str) -> Any:
    """Return the field of a date parameter."""
    return described(f"{description} {DATE_RANGE}", example, max_length=MAX_DATE, format="date")


Names = Annotated[list[Annotated[str, Field(json_schema_extra={"maxLength": MAX_CODE})]], Field(max_length=MAX_NAMES)]
_LISTED = [*LISTED_FORMATS]
_WITHOUT_PAGES = "Any of these formats; all where absent. Pages, such as an imprint, are never in this list."
TimelineFormats = Annotated[
    list[Annotated[ArticleFormat, AfterValidator(_in_timeline), WithJsonSchema({"type": "string", "enum": _LISTED})]],
    Field(max_length=MAX_NAMES, description=_WITHOUT_PAGES, examples=[["video"]]),
]
Formats = Annotated[
    list[Annotated[ArticleFormat, OpenEnum()]],
    Field(
        max_length=MAX_NAMES,
        description="Any of these formats; all but `page` where absent: pages are listed on request only.",
        examples=[["video"]],
    ),
]
Languages = Annotated[
    list[Annotated[str, AfterValidator(validate_language), Field(json_schema_extra={"maxLength": MAX_LANGUAGE})]],
    Field(
        max_length=MAX_NAMES,
        description=(
            "BCP 47 tags, any of them, in any letter case: the article's own language, else its edition's. Tags match "
            "as a whole, so `en` does not select `en-GB`."
        ),
        examples=[["uk"]],
    ),
]
HeadingLanguage = Annotated[
    Annotated[str, AfterValidator(validate_language), Field(json_schema_extra={"maxLength": MAX_LANGUAGE})] | None,
    Field(
        description=(
            "The language of headings with `edition=*`, a BCP 47 tag; where absent the one that `language` names, if "
            "it names one, else the default edition's. It selects no articles."
        ),
        examples=["uk"],
    ),
]
AccessLevels = Annotated[
    list[Annotated[ArticleAccess, OpenEnum()]],
    Field(
        max_length=MAX_NAMES,
        description="Any of these values of `access`; articles without one match none of them.",
        examples=[["free"]],
    ),
]
Cursor = Annotated[
    str | None,
    described(
        "The `next.cursor` (of the timeline also `newer_page.cursor`) of another page, unchanged, with the same "
        "edition, filters, range and zone; `limit`, `fields` and `total` may differ. It never expires.",
        "AVd14Knyz5zgAAZgo3_HzAAMpY0r4AW8GMMFLB8",
        max_length=MAX_CURSOR,
    ),
]
StrictInt = BeforeValidator(_whole)
"""Rejects anything but an integer in plain digits."""
StrictBool = BeforeValidator(_flag)
"""Rejects anything but `true` and `false`."""
Featured = Annotated[
    bool | None,
    StrictBool,
    Field(description="Only featured articles, or (`false`) only the others; both where absent.", examples=[True]),
]
CommaSeparated = BeforeValidator(_split)
"""Split values at commas; an empty value counts towards the bound of the list."""
DROP_EMPTY = AfterValidator(_drop_empty)
"""Remove empty values after the list was counted."""
ArticleIdCheck = AfterValidator(_known_id)
"""Rejects anything without the format of an article id."""
_BY_NAME = "`name`, by the rules of the edition's language"
NamedOrder = Annotated[
    Literal["slug", "name"],
    Field(description=f"The order of the entries: by `slug`, or by {_BY_NAME}.", examples=["name"]),
]
SectionOrder = Annotated[
    Literal["position", "slug", "name"],
    Field(
        description="The order of the sections: by `position` and then by slug, sections without a position last; by "
        f"`slug`; or by {_BY_NAME}.",
        examples=["name"],
    ),
]
Links = Annotated[
    LinkForm,
    Field(
        description=(
            "The form of links inside bodies: as they are written, or absolute, resolved against the URL of the "
            "article on the front end. Links within a body (`#…`) stay."
        ),
        examples=["absolute"],
    ),
]
EMPTY: Any = Field(default_factory=list, json_schema_extra={"default": []})
"""A new empty list for each request: pydantic copies a plain `[]` with `deepcopy`, half of the time of a parse."""
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, examples=[10]), StrictInt]
TimeZoneParam = Annotated[
    str | None,
    described(
        "The IANA zone of days and times, also of local dates in other parameters; the edition's own where absent.",
        "Europe/Kyiv",
        max_length=MAX_ZONE,
    ),
]
DateOrInstant = Annotated[str | None, Field()]
Fields = Annotated[
    list[str],
    CommaSeparated,
    Field(
        max_length=MAX_FIELDS,
        description=(
            "Only these members of each item, and always `id` and `href`; an unknown one is 422. Repeat the parameter; "
            "members separated by commas are accepted too."
        ),
        examples=[["headline", "published_at"]],
    ),
    DROP_EMPTY,
]
ArticleIds = Annotated[
    list[Annotated[str, ArticleIdCheck, Field(json_schema_extra={"pattern": f"^{ID_PATTERN}$", "maxLength": MAX_ID})]],
    CommaSeparated,  # an empty id is rejected: if it were dropped, `id=` would select all articles
]


def _ids(description: str) -> Any:
    return Field(max_length=MAX_IDS, description=description, examples=[["0s9et2dg0bgsr"]])


Ids = Annotated[
    ArticleIds,
    _ids("Only these articles, up to 100; those that are not public or do not match the other filters are left out."),
]
PagedIds = Annotated[
    ArticleIds,
    _ids(
        "Only these articles, up to 100; those that the list does not have without it, or that do not match the other "
        "filters, are left out. All are on one page, also beyond the default of `limit`; with `cursor`, or a `limit` "
        "below the number of ids, it is 422."
    ),
]
SpanningEdition = Annotated[
    str | None,
    described(
        "The edition's slug, `*` for all editions; the default edition where absent.", "harbour", max_length=MAX_CODE
    ),
]
EditionInZone = Annotated[
    str | None,
    described(
        "The edition's slug, or `*` for all, which requires `tz`; the default edition where absent.",
        "harbour",
        max_length=MAX_CODE,
    ),
]
Exclude = Annotated[
    list[Annotated[str, Field(json_schema_extra={"maxLength": MAX_SLUG})]],
    CommaSeparated,
    Field(
        max_length=MAX_IDS,
        description="Ids or slugs to leave out, such as the article being read.",
        examples=[["budget-passes-by-one-vote"]],
    ),
    DROP_EMPTY,
]
