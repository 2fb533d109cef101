"""Articles as editors see them: in record form, drafts and all, with who saved them last."""

from typing import Annotated, Any, ClassVar, Required, Self

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator
from typing_extensions import TypedDict

from app.domain.article import ArticleStatus
from app.domain.diff import Difference
from app.domain.revision import MAX_REVISION, NoteType, RevisionAction
from app.schemas.article import ArticleNote
from app.schemas.body import Block, Image, Rights, Source
from app.schemas.interchange import Content, Note, Text
from app.schemas.pagination import NextPage
from app.schemas.params import MAX_NAMES, ArticleFilterParams, Cursor, Limit, StrictInt, check_ids
from app.schemas.types import ArticleId, Code, Href, Instant, InstantText, Slug, Url
from app.schemas.write_warning import Warnings

Actor = Annotated[
    str,
    Field(
        description="Who did it: `key:` and the prefix of a key, `import`, `schedule` or `command`.",
        examples=["key:k7q2m5xw3f"],
    ),
]


class WithdrawalNote(TypedDict):
    """Why an article was withdrawn; only `notice` is public."""

    reason: str | None
    notice: str | None
    at: InstantText


class EditorialItem(TypedDict, total=False):
    """An article in the newsroom's own list, drafts and all."""

    id: ArticleId
    href: Annotated[Href, Field(examples=["/v1/editorial/articles/0s9et2dg0bgsr"])]
    edition: Code
    source_id: Annotated[str | None, Field(description="What another system knows it by.", examples=["cms:41"])]
    slug: Slug
    url: Annotated[Url, Field(description="Where it is, or will be, on the front end.")]
    status: ArticleStatus
    version: Annotated[int, Field(description="Counts the public versions; 0 on what was never public.", ge=0)]
    revision: Annotated[int, Field(description="Counts every save; the `ETag`.", ge=1)]
    label: Code | None
    headline: str
    lead: str | None
    dateline: str | None
    section: Code | None
    tags: list[Code]
    authors: list[Code]
    published_at: InstantText | None
    updated_at: InstantText | None
    first_published_at: InstantText | None
    source: Source | None
    image: Image | None
    rights: Rights | None
    withdrawal: WithdrawalNote | None
    erased_at: InstantText | None
    created_at: InstantText
    modified_at: InstantText
    modified_by: Actor


class EditorialArticle(EditorialItem, total=False):
    """An article as editors see it; its members can be sent back, changed, in a PATCH."""

    related: Annotated[list[str], Field(description="“Read also”: references as they were given.")]
    body: list[Block]
    notes: Annotated[list[ArticleNote], Field(description="What the public was told of changes, oldest first.")]
    old_slugs: Annotated[list[Slug], Field(description="Slugs that redirect here.")]


class SavedArticle(EditorialArticle, total=False):
    """An article as editors see it after a write, with the warnings of the write."""

    warnings: Required[Warnings]


class EditorialList(TypedDict):
    """A page of the newsroom's articles, the latest saved first."""

    items: list[EditorialItem]
    next: NextPage | None


class RevisionNote(TypedDict):
    """What the public was told of a save."""

    type: NoteType
    text: str


class RevisionItem(TypedDict):
    """One save of an article."""

    revision: Annotated[int, Field(ge=1)]
    href: Annotated[Href, Field(examples=["/v1/editorial/articles/0s9et2dg0bgsr/revisions/2"])]
    version: Annotated[int, Field(description="The public version it made, or left as it was.", ge=0)]
    status: ArticleStatus
    published_at: InstantText | None
    action: RevisionAction
    at: InstantText
    actor: Actor
    note: Annotated[RevisionNote | None, Field(description="What the public was told of it.")]


class RevisionList(TypedDict):
    """A page of an article's saves, the latest first."""

    items: list[RevisionItem]
    next: NextPage | None


class Revision(RevisionItem, total=False):
    """One save of an article, whole, and what differs from another."""

    content: Required[Annotated[dict[str, Any], Field(description="What it said, in record form.")]]
    against: Required[Annotated[int | None, Field(description="The save that `differences` starts from.")]]
    differences: Required[list[Difference]]


class EditorialListParams(ArticleFilterParams):
    """The newsroom's list. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True
    members: ClassVar[frozenset[str]] = frozenset(EditorialItem.__annotations__)

    status: Annotated[
        list[ArticleStatus],
        Field(default_factory=list, max_length=MAX_NAMES, description="Any of these; all where absent."),
    ]
    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Articles on a page.")] = 50

    @model_validator(mode="after")
    def _ids_are_one_page(self) -> Self:
        check_ids(self)
        return self


class RevisionListParams(BaseModel):
    """A list of an article's saves."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Saves on a page.")] = 50


class RevisionParams(BaseModel):
    """One save of an article."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    against: Annotated[
        int | None,
        Field(ge=1, le=MAX_REVISION, description="The save to compare with; the one before where absent."),
        StrictInt,
    ] = None


class PublicationRequest(BaseModel):
    """When to publish."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    at: Annotated[Instant | None, Field(description="A future instant makes a schedule; now where absent.")] = None


class BumpRequest(BaseModel):
    """Where the public time moves to."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    at: Annotated[Instant | None, Field(description="An instant that has come; now where absent.")] = None
    note: Annotated[Note | None, Field(description="What the public is told of it.")] = None


class WithdrawalRequest(BaseModel):
    """Why an article is withdrawn."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    reason: Annotated[Text | None, Field(description="For the newsroom alone.")] = None
    notice: Annotated[Text | None, Field(description="What the public is told.")] = None


ArticleUpdate: type[BaseModel] = create_model(
    "ArticlePatch",
    __config__=ConfigDict(extra="forbid", defer_build=True),
    __doc__="A merge patch (RFC 7396) of what an article says; members left out stay, null empties.",
    **{name: (member.annotation | None, None) for name, member in Content.model_fields.items()},  # type: ignore[call-overload, operator]
    note=(Note | None, None),
)
"""What a PATCH may bring, for the document; the patch itself is checked once it is merged."""
