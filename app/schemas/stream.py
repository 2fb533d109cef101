"""The stream, what is asked of it and what one of its events is."""

from typing import Annotated, ClassVar

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.change import ChangeListParams
from app.schemas.params import SETS, ArticleFilterParams, StrictInt, TimeZoneParam

_OF_A_CHANGE = {"contentMediaType": "application/json", "contentSchema": {"$ref": "#/components/schemas/FeedItem"}}


class StreamParams(ArticleFilterParams):
    """What is to be told as it happens. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True

    since: Annotated[
        int | None,
        Field(ge=0, description="The last change that is known already, or 0 for everything; from now where absent."),
        StrictInt,
    ] = None
    tz: TimeZoneParam = None

    def changes(self) -> ChangeListParams:
        """The same question to the change feed, in one form however it was asked."""
        given = self.model_dump(by_alias=True, exclude_unset=True, exclude={"since"})
        sorted_sets = {name: sorted(set(given[name])) for name in (*SETS, "id") if name in given}
        return ChangeListParams.model_validate(given | sorted_sets)


class StreamedChange(TypedDict):
    """One event of the stream, by the names of its fields."""

    id: Annotated[
        str,
        Field(description="The change's `seq`: to resume, send the last one as `Last-Event-ID`.", examples=["184214"]),
    ]
    event: Annotated[str, Field(description="The change's `type`.", examples=["article.updated"])]
    data: Annotated[
        str,
        Field(description="The change as `/v1/changes` tells it, JSON in one line.", json_schema_extra=_OF_A_CHANGE),
    ]
