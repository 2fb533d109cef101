"""Types of path parameters of the editorial API, each with an example of the shipped sample."""

from typing import Annotated

from fastapi import Path
from pydantic.config import JsonDict

from app.api.http.path_params import code_parameter
from app.domain.api_key import PREFIX_LENGTH, PREFIX_PATTERN
from app.domain.revision import MAX_REVISION
from app.domain.tsid import ID_PATTERN
from app.schemas.examples import editorial as examples
from app.schemas.param_types import MAX_TOKEN
from app.schemas.record_types import MAX_SOURCE_ID
from app.schemas.types import MAX_ID

_ID = "The article's id."
_ID_FORM: JsonDict = {"pattern": f"^{ID_PATTERN}$", "maxLength": MAX_ID}
ArticleId = Annotated[
    str, Path(alias="article_id", description=_ID, examples=[examples.ITEM["id"]], json_schema_extra=_ID_FORM)
]
DraftId = Annotated[
    str, Path(alias="article_id", description=_ID, examples=[examples.DRAFT_ID], json_schema_extra=_ID_FORM)
]
ScheduledId = Annotated[
    str, Path(alias="article_id", description=_ID, examples=[examples.SCHEDULED_ID], json_schema_extra=_ID_FORM)
]
WithdrawnId = Annotated[
    str, Path(alias="article_id", description=_ID, examples=[examples.WITHDRAWN_ID], json_schema_extra=_ID_FORM)
]
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
SourceEdition = Annotated[str, code_parameter("The edition's slug.", "harbour", alias="edition")]
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
        json_schema_extra={"pattern": f"^{PREFIX_PATTERN}$", "maxLength": PREFIX_LENGTH},
    ),
]
WebhookId = Annotated[
    str,
    Path(
        description="The id of the webhook endpoint.",
        examples=["0677y7hzc3m2e"],
        json_schema_extra=_ID_FORM,
    ),
]
PreviewToken = Annotated[
    str,
    Path(description="The token of the preview link.", examples=["AZk2…"], json_schema_extra={"maxLength": MAX_TOKEN}),
]
