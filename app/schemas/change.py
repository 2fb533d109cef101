"""Parameters and responses of the change feed: changes in order, each with the current state of its article."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, NotRequired, Self

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.errors import FieldError, InvalidInputError
from app.schemas.article import CardMembers, Heading, LinkedItem, TimelineItem
from app.schemas.pagination import NextPage
from app.schemas.param_types import (
    EMPTY,
    MAX_IDS,
    MAX_LIMIT,
    ArticleIds,
    Cursor,
    Formats,
    HeadingLanguage,
    Limit,
    SpanningEdition,
    StrictInt,
    described,
)
from app.schemas.params import ArticleFilterParams
from app.schemas.sparse import sparse
from app.schemas.types import MAX_HREF, MAX_SEQ, MAX_ZONE, Code, Href, InstantText, OpenEnum, Seq, line

MAX_WAIT_SECONDS = 30


CHANGE_MEANINGS: Final[Mapping[str, str]] = {
    ChangeType.ARTICLE_PUBLISHED: "The article became public: insert it.",
    ChangeType.ARTICLE_ALERT: "The newsroom announces the article, for instance by push notifications. It precedes the "
    "`article.published` or `article.updated` of the same write.",
    ChangeType.ARTICLE_UPDATED: "Its content, slug or links to translations changed, not its public time: replace it.",
    ChangeType.ARTICLE_BUMPED: "Its public time changed: move it to its new place in timelines.",
    ChangeType.ARTICLE_WITHDRAWN: "It was withdrawn or erased, expired, or its public notice changed: delete it.",
    ChangeType.ARTICLE_RESTORED: "A withdrawn article is public again: insert it.",
    ARTICLE_REMOVED: "It is public, but left the filters, for instance because a tag was removed: delete it.",
    ChangeType.EDITION_UPDATED: "An edition was created or edited, or (with a jump of `seq`) a backup was restored.",
    ChangeType.SECTION_UPDATED: "A section was created, edited or moved.",
    ChangeType.TAG_UPDATED: "A tag was created or edited.",
    ChangeType.LABEL_UPDATED: "A label was created or edited.",
    ChangeType.AUTHOR_UPDATED: "An author was created or edited.",
    ChangeType.LIST_UPDATED: "A curated list was created or replaced.",
    ChangeType.TAG_MERGED: "A tag was merged into another: read again what selects articles by either.",
    ChangeType.AUTHOR_MERGED: "An author was merged into another: read again what selects articles by either.",
    ChangeType.EDITION_DELETED: "An edition was deleted.",
    ChangeType.SECTION_DELETED: "A section was deleted.",
    ChangeType.TAG_DELETED: "A tag was deleted.",
    ChangeType.LABEL_DELETED: "A label was deleted.",
    ChangeType.AUTHOR_DELETED: "An author was deleted.",
    ChangeType.LIST_DELETED: "A curated list was deleted.",
}
"""Meaning of each type of change, for a client that has a copy."""


def describe_change_types() -> str:
    """Return the meanings of all types for the document, as a list in Markdown."""
    lines = (f"- `{name}`: {meaning}" for name, meaning in CHANGE_MEANINGS.items())
    introduction = "The type of change; more may be added. If it has no article, read again what `entry` names."
    return "\n".join([introduction, "", *lines])


class ChangedItem(LinkedItem):
    """An article in the change feed, with the day under which a timeline shows it."""

    heading: Heading


class _SelectableChangedItem(TimelineItem, CardMembers):
    """An article in the change feed, with the day under which a timeline shows it."""

    heading: Heading


if TYPE_CHECKING:
    SparseChangedItem = Mapping[str, Any]
else:
    SparseChangedItem = sparse(
        _SelectableChangedItem,
        "SparseChangedItem",
        f"{', '.join(name for name in CardMembers.__annotations__ if name != 'local')} are present only if `fields` "
        "names them.",
    )

ChangedIds = Annotated[
    ArticleIds,
    Field(
        max_length=MAX_IDS,
        description=(
            "Only changes of these articles, up to 100, and of entries. An article that is "
            "withdrawn or leaves the other filters is not left out: it comes as `article.withdrawn` or "
            "`article.removed`."
        ),
        examples=[["0s9et2dg0bgsr"]],
    ),
]
SpanningTimeZone = Annotated[
    str | None,
    described(
        "The IANA zone of times and of local dates; where absent the edition's own, with `edition=*` each article's "
        "own, and UTC for local dates.",
        "Europe/Kyiv",
        max_length=MAX_ZONE,
    ),
]


class ChangeListParams(ArticleFilterParams):
    """Query parameters of the change feed. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True
    edition: SpanningEdition = None
    format: Formats = EMPTY
    id: ChangedIds = EMPTY
    since: Annotated[
        int,
        Field(
            ge=0,
            description=(
                "The `as_of` that the client has, however old; 0 for everything that exists. Of changes older than "
                "seven days the last one of each article and entry remains, which is all that a copy needs. A first "
                "copy is faster by `/v1/export`, whose `Dayline-As-Of` is its position. A position beyond the end of "
                "the log is of another log, and 422: begin again with 0. So is `since` together with `cursor`."
            ),
            examples=[0],
            json_schema_extra={"maximum": MAX_SEQ},
        ),
        StrictInt,
    ] = 0
    wait: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_WAIT_SECONDS,
            description=(
                "Seconds to wait while there is neither a change for the filters nor a next page, also with `cursor`. "
                "Without a change the response then has no items; with any `wait` above 0 it has no `ETag`."
            ),
            examples=[0],
        ),
        StrictInt,
    ] = 0
    tz: SpanningTimeZone = None
    heading_language: HeadingLanguage = None
    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Changes on a page; a page may have fewer although more follow.")] = 100

    @model_validator(mode="after")
    def _one_beginning(self) -> Self:
        if self.cursor is not None and "since" in self.model_fields_set:
            raise InvalidInputError(
                FieldError("since", "Cannot be combined with a cursor, which contains the position.")
            )
        return self

    def since_seq(self, seq: int) -> Self:
        """Return the same parameters from this change on."""
        return self.model_copy(update={"since": seq, "cursor": None})


MergedNames = TypedDict(
    "MergedNames",
    {
        "from": Annotated[Code, Field(description="The slug that redirects now.", examples=["trams-old"])],
        "into": Annotated[Code, Field(description="The slug of the entry that remains.", examples=["night-trams"])],
    },
)
MergedNames.__doc__ = "Slugs of two entries that were merged."


class ChangedEntry(TypedDict):
    """The edition, section, tag, label, author or curated list that was edited; read it again at `href`."""

    kind: Annotated[
        Literal["edition", "section", "tag", "label", "author", "list"],
        OpenEnum(),
        Field(description="The kind of entry.", examples=["tag"]),
    ]
    slug: Annotated[Code, Field(description="Its slug; of a label, its code.", examples=["night-trams"])]
    href: Annotated[Href, line("Its URL; of a label, that of the list.", "/v1/tags/night-trams", max_length=MAX_HREF)]
    merged: NotRequired[
        Annotated[MergedNames, Field(description="Present with `….merged`: articles of both are of this entry now.")]
    ]


class ChangeItem(TypedDict):
    """One change. `article` is null, and `entry` present, where something other than an article was edited."""

    seq: Annotated[Seq, Field(description="Its sequence number: later changes have higher ones.")]
    type: Annotated[
        str,
        OpenEnum(*ChangeType, ARTICLE_REMOVED),
        Field(
            description=describe_change_types(),
            examples=["article.updated"],
        ),
    ]
    at: Annotated[InstantText, Field(description="When it happened.")]
    article: Annotated[
        SparseChangedItem | None,
        Field(description="The article now; `id` and `href` alone where it was withdrawn or left the filters."),
    ]
    entry: NotRequired[Annotated[ChangedEntry, Field(description="The entry; present where `article` is null.")]]


class ChangeList(TypedDict):
    """A page of the change feed, oldest first."""

    items: Annotated[list[ChangeItem], Field(description="The changes of the page.", max_length=MAX_LIMIT)]
    as_of: Annotated[Seq, Field(description="The position up to which the feed was read: the next `since`.")]
    next: Annotated[NextPage | None, Field(description="The next page, where more changes exist already.")]
