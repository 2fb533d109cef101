"""Public history of an article."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.revision import HistoryEventType
from app.schemas.pagination import NextPage
from app.schemas.types import InstantText, OpenEnum, Version, text


class HistoryEvent(TypedDict):
    """A change that the public saw."""

    type: Annotated[
        HistoryEventType,
        OpenEnum(),
        Field(description="The kind of the change: that of its note where it has one.", examples=["correction"]),
    ]
    at: Annotated[InstantText, Field(description="When it happened.")]
    version: Annotated[Version, Field(description="The public version from then on.")]
    published_at: Annotated[InstantText, Field(description="The public time from then on.")]
    note: Annotated[str | None, text("The newsroom's public note.", "The tram leaves at 00:35, not at 00:20.")]


class ArticleHistory(TypedDict):
    """A page of the changes that the public saw, the latest first, without texts of the article."""

    items: Annotated[list[HistoryEvent], Field(description="The changes of the page.", max_length=200)]
    next: NextPage | None
