"""The public history of an article."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.revision import HistoryEventType
from app.schemas.pagination import NextPage
from app.schemas.types import InstantText


class HistoryEvent(TypedDict):
    """Something the public saw change."""

    type: HistoryEventType
    at: InstantText
    version: Annotated[int, Field(description="The public version from then on.", ge=1)]
    published_at: Annotated[InstantText, Field(description="The public time from then on.")]
    note: Annotated[str | None, Field(description="What the newsroom says of it.")]


class History(TypedDict):
    """What the public saw change, the latest first; never what an article said."""

    items: list[HistoryEvent]
    next: NextPage | None
