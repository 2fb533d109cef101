"""Types of path parameters of the editorial API, each with an example of the shipped sample."""

from typing import Annotated, Any

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

_ID_FORM: JsonDict = {"pattern": f"^{ID_PATTERN}$", "maxLength": MAX_ID}


def _article_id(example: str) -> Any:
    return Path(alias="article_id", description="The article's id.", examples=[example], json_schema_extra=_ID_FORM)


ArticleId = Annotated[str, _article_id(examples.ITEM["id"])]
DraftId = Annotated[str, _article_id(examples.DRAFT_ID)]
ScheduledId = Annotated[str, _article_id(examples.SCHEDULED_ID)]
WithdrawnId = Annotated[str, _article_id(examples.WITHDRAWN_ID)]
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


def _source_id(example: str) -> Any:
    bound: JsonDict = {"maxLength": MAX_SOURCE_ID}
    return Path(alias="source_id", description=_SOURCE, examples=[example], json_schema_extra=bound)


SourceEdition = Annotated[str, code_parameter("The edition's slug.", "harbour", alias="edition")]
SourceIdPath = Annotated[str, _source_id("harbour:2026-11-14:fog-watch")]
DraftSource = Annotated[str, _source_id(examples.DRAFT_SOURCE)]
ScheduledSource = Annotated[str, _source_id(examples.SCHEDULED_SOURCE)]
WithdrawnSource = Annotated[str, _source_id(examples.WITHDRAWN_SOURCE)]

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
