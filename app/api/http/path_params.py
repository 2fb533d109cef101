"""The check of paths, and types of path parameters, each with an example of the shipped sample.

Their bounds are those of names that exist, and only documented: a longer name is 404, as any other that names nothing.
"""

from typing import Annotated, Any, Final

from fastapi import Path
from starlette.types import Scope

from app.errors import NotFoundError
from app.schemas.param_types import DATE_RANGE
from app.schemas.types import MAX_CODE, MAX_DATE, MAX_SLUG

UNKNOWN_URL: Final = "No resource has this URL."


def check_path(scope: Scope) -> None:
    """Raise NotFoundError for a path with control characters, which no resource has.

    The patterns of routes ignore a line feed at the end of a path, and the response cache does not.
    """
    if not scope["path"].isprintable():
        raise NotFoundError(UNKNOWN_URL)


def code_parameter(description: str, example: str, **options: Any) -> Any:
    """Return the path parameter of a slug of the catalogue, or of the code of a label."""
    return Path(description=description, examples=[example], json_schema_extra={"maxLength": MAX_CODE}, **options)


def _date_parameter(description: str) -> Any:
    bounds = {"format": "date", "maxLength": MAX_DATE}
    return Path(description=description, examples=["2026-11-19"], json_schema_extra=bounds)


IdOrSlug = Annotated[
    str,
    Path(
        description="An id, whatever `edition` is, or a slug of `edition`; no slug has the form of an id.",
        examples=["budget-passes-by-one-vote"],
        json_schema_extra={"maxLength": MAX_SLUG},
    ),
]

EditionSlug = Annotated[str, code_parameter("The edition's slug.", "harbour")]
AuthorSlug = Annotated[str, code_parameter("The author's slug.", "ines-kovary")]
SectionSlug = Annotated[str, code_parameter("The section's slug.", "politics")]
CuratedListSlug = Annotated[str, code_parameter("The slug of the list.", "front-page")]
TagSlug = Annotated[str, code_parameter("The tag's slug.", "trams")]

LocalDay = Annotated[
    str, _date_parameter(f"A local date of `tz`, YYYY-MM-DD. {DATE_RANGE} So is a date such as 2026-02-30.")
]
PastDay = Annotated[str, _date_parameter("A local date of the edition that is over, YYYY-MM-DD; others are 404.")]
IsoWeek = Annotated[
    str,
    Path(
        description="An ISO week (UTC); one without articles has the front page alone.",
        examples=["2026-W47"],
        json_schema_extra={"pattern": "^[0-9]{4}-W[0-9]{2}$", "maxLength": 8},
    ),
]
