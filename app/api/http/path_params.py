"""Types of path parameters, each with an example of the shipped sample."""

from typing import Annotated

from fastapi import Path

IdOrSlug = Annotated[
    str,
    Path(
        description="An id, whatever `edition` is, or a slug of `edition`; no slug has the form of an id.",
        examples=["budget-passes-by-one-vote"],
    ),
]

EditionSlug = Annotated[str, Path(description="The edition's slug.", examples=["harbour"])]
AuthorSlug = Annotated[str, Path(description="The author's slug.", examples=["ines-kovary"])]
SectionSlug = Annotated[str, Path(description="The section's slug.", examples=["politics"])]
CuratedListSlug = Annotated[str, Path(description="The slug of the list.", examples=["front-page"])]
TagSlug = Annotated[str, Path(description="The tag's slug.", examples=["trams"])]

LocalDay = Annotated[
    str,
    Path(
        description="A local date of `tz`, YYYY-MM-DD; one that no calendar has, such as 2026-02-30, is 422.",
        examples=["2026-11-19"],
        json_schema_extra={"format": "date"},
    ),
]
PastDay = Annotated[str, Path(description="A local date of the edition that is over.", examples=["2026-11-19"])]
IsoWeek = Annotated[str, Path(description="An ISO week (UTC).", examples=["2026-W47"])]
