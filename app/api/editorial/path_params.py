"""Types of path parameters of the editorial API, each with an example of the shipped sample."""

from typing import Annotated

from fastapi import Path
from pydantic.config import JsonDict

from app.domain.api_key import PREFIX_PATTERN
from app.domain.revision import MAX_REVISION
from app.domain.tsid import ID_PATTERN
from app.schemas.examples import editorial as examples
from app.schemas.record_types import MAX_SOURCE_ID

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
_SOURCE = (
    "The article's id in the other system; `/` may stand as it is, other reserved characters are percent-encoded. An "
    "ending in `/publication`, `/bump` or `/withdrawal` names that resource of an article, also percent-encoded."
)
_BOUND: JsonDict = {"maxLength": MAX_SOURCE_ID}
SourceEdition = Annotated[str, Path(alias="edition", description="The edition's slug.", examples=["harbour"])]
SourceIdPath = Annotated[
    str,
    Path(alias="source_id", description=_SOURCE, examples=["harbour:2026-11-14:fog-watch"], json_schema_extra=_BOUND),
]
DraftSource = Annotated[
    str, Path(alias="source_id", description=_SOURCE, examples=[examples.DRAFT_SOURCE], json_schema_extra=_BOUND)
]
ScheduledSource = Annotated[
    str, Path(alias="source_id", description=_SOURCE, examples=[examples.SCHEDULED_SOURCE], json_schema_extra=_BOUND)
]
WithdrawnSource = Annotated[
    str, Path(alias="source_id", description=_SOURCE, examples=[examples.WITHDRAWN_SOURCE], json_schema_extra=_BOUND)
]

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
