"""The small values that answers and what is asked for are made of, with what they promise."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from app.domain.instant import parse_instant
from app.errors import InvalidValueError

_BASIC_OFFSET = re.compile(r"(?<=[0-9])([+-][0-9]{2})([0-9]{2})$")  # ISO 8601 allows it, and many systems write it


def _instant(value: object) -> int:
    if not isinstance(value, str):
        raise InvalidValueError("An instant is a string as in RFC 3339, such as 2024-11-02T19:30:00+02:00.")
    return parse_instant(_BASIC_OFFSET.sub(r"\1:\2", value))


ArticleId = Annotated[
    str,
    Field(
        description="13 characters of Crockford base32; never changes, never reused.",
        examples=["0s9et2dg0bgsr"],
        pattern="^[0-7][0-9a-hjkmnp-tv-z]{12}$",
    ),
]
Slug = Annotated[
    str,
    Field(description="The readable name in addresses; may change.", examples=["budget-passes-by-one-vote"]),
]
Code = Annotated[str, Field(description="The stable name of a catalogue entry.", examples=["opinion"])]
Href = Annotated[
    str,
    Field(description="An address of this API, absolute from its root.", examples=["/v1/articles/0s9et2dg0bgsr"]),
]
Url = Annotated[str, Field(description="An absolute http or https URL.", examples=["https://news.example/night-trams"])]
InstantText = Annotated[
    str,
    Field(
        description=(
            "RFC 3339 with exactly six fraction digits and the zone's offset; in UTC with `Z` where that offset has "
            "seconds."
        ),
        examples=["2026-11-20T19:30:00.000000+02:00"],
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}(Z|[+-][0-9]{2}:[0-9]{2})$",
        json_schema_extra={"format": "date-time"},
    ),
]
Instant = Annotated[int, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant that is given, as RFC 3339 writes it; read as microseconds."""
DateText = Annotated[
    str,
    Field(
        description="A calendar date in the answer's zone.",
        examples=["2026-11-20"],
        json_schema_extra={"format": "date"},
    ),
]
TimeText = Annotated[
    str,
    Field(
        description="The wall clock, 24 hours.",
        examples=["19:30"],
        pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$",
    ),
]
Seq = Annotated[int, Field(description="A sequence number of the change log.", ge=0, examples=[184213])]
LanguageTag = Annotated[str, Field(description="A BCP 47 language tag.", examples=["en-GB"])]
ZoneName = Annotated[str, Field(description="An IANA time zone name.", examples=["Europe/Kyiv"])]
