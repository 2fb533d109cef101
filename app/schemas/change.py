"""The change feed, what is asked of it and what it answers: what happened, in order, each article as it is now."""

from typing import Annotated, ClassVar, Literal, NotRequired, Self

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.errors import FieldError, InvalidInputError
from app.schemas.article import TimelineItem
from app.schemas.pagination import NextPage
from app.schemas.params import ArticleFilterParams, Cursor, Limit, StrictInt, TimeZoneParam
from app.schemas.types import Code, Href, InstantText, Seq

MAX_WAIT_SECONDS = 30


class ChangeListParams(ArticleFilterParams):
    """What came after a change. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True

    since: Annotated[
        int,
        Field(ge=0, description="The `as_of` that is known already; 0 for everything there is."),
        StrictInt,
    ] = 0
    wait: Annotated[
        int,
        Field(ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait for something while there is nothing to tell."),
        StrictInt,
    ] = 0
    tz: TimeZoneParam = None
    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Changes on a page; a page may hold fewer and still go on.")] = 100

    @model_validator(mode="after")
    def _one_beginning(self) -> Self:
        if self.cursor is not None and "since" in self.model_fields_set:
            raise InvalidInputError(FieldError("since", "The cursor already says where to begin."))
        return self

    def since_seq(self, seq: int) -> Self:
        """The same question from this change on."""
        return self.model_copy(update={"since": seq, "cursor": None})


class ChangedEntry(TypedDict):
    """The edition, section, tag, label or author that was edited; read it anew at `href`."""

    kind: Literal["edition", "section", "tag", "label", "author"]
    slug: Annotated[Code, Field(description="Its slug; of a label, its code.")]
    href: Href


class ChangeItem(TypedDict):
    """One change. `article` is null, and `entry` is there, where something other than an article was edited."""

    seq: Annotated[Seq, Field(description="Its number: later changes have higher ones.")]
    type: Annotated[
        str,
        Field(
            description="Of `article.withdrawn` and `article.removed` let go; all others bring the article as it is.",
            examples=["article.updated"],
            json_schema_extra={"enum": [*ChangeType, ARTICLE_REMOVED]},
        ),
    ]
    at: Annotated[InstantText, Field(description="When it happened.")]
    article: Annotated[
        TimelineItem | None,
        Field(description="The article now; `id` and `href` alone where it was withdrawn or left the filters."),
    ]
    entry: NotRequired[ChangedEntry]


class ChangeList(TypedDict):
    """A page of the change feed, oldest first; where `next` is not null, more is there already."""

    items: list[ChangeItem]
    as_of: Annotated[Seq, Field(description="Everything up to this change has been told: ask with `since` from here.")]
    next: NextPage | None
