"""Scalar types of responses and requests, each with its description, an example and its bounds."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.domain.instant import parse_instant
from app.domain.tsid import ID_PATTERN
from app.errors import InvalidValueError

MAX_CODE = 80
MAX_ENUM_VALUE = 100
"""Characters of a value that a later version adds to an enumeration of responses."""
MAX_SLUG = 120
MAX_ZONE = 64
MAX_ID = 13
MAX_DATE = 10
MAX_INSTANT = 32
"""Characters of an instant with six fraction digits and an offset."""
MAX_LINE = 1_000
MAX_TEXT = 20_000
MAX_HREF = 65_536
MAX_URL = 30_000
"""Characters of a URL after percent-encoding: 2,000 before it, of up to four bytes."""
MAX_LANGUAGES = 200
"""Entries of a map of translations by language."""
MAX_STRINGS = 2_000
"""Interface strings of an edition that differ from the shipped ones."""
MAX_ALL_STRINGS = 3_000
"""These with the shipped ones."""
MAX_COUNT = 2**31 - 1
MAX_SEQ = 2**53 - 1
MAX_SEQ_DIGITS = 16


def _instant(value: object) -> int:
    if not isinstance(value, str):
        raise InvalidValueError("An instant must be a string as in RFC 3339, such as 2024-11-02T19:30:00+02:00.")
    return parse_instant(value)


class OpenEnum:
    """Mark an enumeration of responses that may grow: the document allows the known values and any other string.

    `anyOf` of the enumeration and a string is the form that generators decode without failing on an unknown value.
    """

    def __init__(self, *values: str) -> None:
        self._values = list(values)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema of the values (those of the type, if none are given), or any other string."""
        known = {"type": "string", "enum": self._values} if self._values else handler(core)
        if handler.mode == "validation":  # requests take the known values alone
            return known
        return {"anyOf": [known, {"type": "string", "maxLength": MAX_ENUM_VALUE}]}


def line(description: str, *examples: str, max_length: int = MAX_LINE, **extra: Any) -> Any:
    """Return the field of a text of one line."""
    return Field(description=description, examples=list(examples), max_length=max_length, **extra)


def text(description: str, *examples: str) -> Any:
    """Return the field of a text of several lines."""
    return Field(description=description, examples=list(examples), max_length=MAX_TEXT)


def count(description: str, example: int, *, ge: int = 0, le: int = MAX_COUNT) -> Any:
    """Return the field of an integer in these bounds."""
    return Field(description=description, examples=[example], ge=ge, le=le)


ArticleId = Annotated[
    str,
    Field(
        description="The article's id: 13 characters of Crockford base32; never changes, never reused.",
        examples=["0s9et2dg0bgsr"],
        pattern=f"^{ID_PATTERN}$",
        max_length=MAX_ID,
    ),
]
Urn = Annotated[
    str,
    Field(
        description="The article's identifier in feeds and other formats, which never changes.",
        examples=["urn:uuid:6b5cc74d-7c76-5026-ba95-fd2b853ab616"],
        pattern="^urn:uuid:[0-9a-f-]{36}$",
        max_length=45,
    ),
]
Slug = Annotated[
    str,
    Field(
        description="The readable name in URLs, in letters of any script; may change, and then redirects.",
        examples=["budget-passes-by-one-vote"],
        pattern="^[^\\s/?#%&A-Z]+$",
        max_length=MAX_SLUG,
    ),
]
Code = Annotated[
    str,
    Field(
        description="The stable name of a catalogue entry: a slug, or the code of a label.",
        examples=["opinion"],
        pattern="^[a-z0-9]+([-_.][a-z0-9]+)*$",
        max_length=MAX_CODE,
    ),
]
Href = Annotated[
    str,
    Field(
        description="A URL of this API, absolute from its root.",
        examples=["/v1/articles/0s9et2dg0bgsr"],
        pattern="^/",
        max_length=MAX_HREF,
    ),
]
Url = Annotated[
    str,
    Field(
        description="An absolute http or https URL.",
        examples=["https://news.example/night-trams"],
        pattern="^[Hh][Tt][Tt][Pp][Ss]?://",
        max_length=MAX_URL,
    ),
]
InstantText = Annotated[
    str,
    Field(
        description=(
            "RFC 3339 with exactly six fraction digits and the zone's offset; in UTC with `Z` where that offset has "
            "seconds."
        ),
        examples=["2026-11-20T19:30:00.000000+02:00"],
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}(Z|[+-][0-9]{2}:[0-9]{2})$",
        max_length=MAX_INSTANT,
        json_schema_extra={"format": "date-time"},
    ),
]
Instant = Annotated[
    int,
    BeforeValidator(_instant),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "maxLength": 100,
            "description": "An RFC 3339 instant with an offset and up to six fraction digits.",
            "examples": ["2026-11-20T19:30:00+02:00"],
        }
    ),
]
"""An instant of a request, as RFC 3339 writes it; parsed to microseconds."""
DateText = Annotated[
    str,
    Field(
        description="A calendar date in the response's zone.",
        examples=["2026-11-20"],
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        max_length=MAX_DATE,
        json_schema_extra={"format": "date"},
    ),
]
TimeText = Annotated[
    str,
    Field(
        description="The time of the wall clock, 24 hours.",
        examples=["19:30"],
        pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$",
        max_length=5,
    ),
]
Seq = Annotated[int, Field(description="A sequence number of the change log.", ge=0, le=MAX_SEQ, examples=[184213])]
LanguageTag = Annotated[
    str,
    Field(
        description="A BCP 47 language tag.",
        examples=["en-GB"],
        pattern="^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$",
        max_length=64,
    ),
]
ZoneName = Annotated[str, Field(description="An IANA time zone name.", examples=["Europe/Kyiv"], max_length=MAX_ZONE)]
Headline = Annotated[str, line("The headline, plain text.", "Budget passes by one vote")]
Lead = Annotated[str | None, text("The lead below the headline, plain text.", "The tram won by a single vote.")]
Dateline = Annotated[str | None, line("Place and date that open the text.", "PORT VELA, Nov 20")]
Version = Annotated[int, count("Counts the public versions of the article.", 1, ge=1)]
Revision = Annotated[int, count("Counts the revisions; the value of `ETag`.", 2, ge=1)]
