"""Types of path parameters, each with an example of the shipped sample."""

from typing import Annotated

from fastapi import Path

from app.domain.api_key import PREFIX_PATTERN
from app.domain.revision import MAX_REVISION
from app.domain.tsid import ID_PATTERN
from app.schemas.examples import editorial as examples

IdOrSlug = Annotated[str, Path(description="An id or a slug.", examples=["budget-passes-by-one-vote"])]

_ID = "The article's id."
ArticleId = Annotated[str, Path(alias="article_id", description=_ID, examples=[examples.ITEM["id"]])]
DraftId = Annotated[str, Path(alias="article_id", description=_ID, examples=[examples.DRAFT_ID])]
ScheduledId = Annotated[str, Path(alias="article_id", description=_ID, examples=[examples.SCHEDULED_ID])]
WithdrawnId = Annotated[str, Path(alias="article_id", description=_ID, examples=[examples.WITHDRAWN_ID])]
RevisionNumber = Annotated[
    int,
    Path(
        ge=1,
        description="The number of the revision.",
        examples=[1],
        json_schema_extra={"maximum": MAX_REVISION},
    ),
]
SourceIdPath = Annotated[
    str, Path(description="The article's id in the other system.", examples=["harbour:2026-11-14:fog-watch"])
]

EditionSlug = Annotated[str, Path(description="The edition's slug.", examples=["harbour"])]
AuthorSlug = Annotated[str, Path(description="The author's slug.", examples=["ines-kovary"])]
SectionSlug = Annotated[str, Path(description="The section's slug.", examples=["politics"])]
TagSlug = Annotated[str, Path(description="The tag's slug.", examples=["trams"])]
EntryName = Annotated[str, Path(description="The entry's slug or code.", examples=["trams"])]

LocalDay = Annotated[
    str, Path(description="A local date.", examples=["2026-11-20"], json_schema_extra={"format": "date"})
]
PastDay = Annotated[str, Path(description="A local date that is over.", examples=["2026-11-19"])]
IsoWeek = Annotated[str, Path(description="An ISO week.", examples=["2026-W47"])]

KeyPrefix = Annotated[
    str,
    Path(
        description="The prefix of the key: the ten characters after `dl_` in its token.",
        examples=["k7q2m5xw3f"],
        json_schema_extra={"pattern": f"^{PREFIX_PATTERN}$"},
    ),
]
WebhookId = Annotated[
    str,
    Path(
        description="The id of the webhook endpoint.",
        examples=["0677y7hzc3m2e"],
        json_schema_extra={"pattern": f"^{ID_PATTERN}$"},
    ),
]
PreviewToken = Annotated[str, Path(description="The token of the preview link.", examples=["AZk2…"])]
