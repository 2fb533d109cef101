"""Articles as editors see them: in record form, whatever their status."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from typing_extensions import TypedDict

from app.domain.article_status import ArticleStatus
from app.domain.diff import Difference
from app.domain.headline_key import MAX_KEY_CHARACTERS
from app.domain.revision import MAX_REVISION, NoteType, RevisionAction
from app.domain.translation_graph import MAX_GROUP
from app.schemas.article import (
    MAX_ENTRIES,
    MAX_PAGE,
    Access,
    ArticleNote,
    EditedDetails,
    Extra,
    Format,
    Kicker,
    TextLength,
)
from app.schemas.blocks import Blocks
from app.schemas.body import ImageAsset, Rights, Source
from app.schemas.pagination import NextPage
from app.schemas.param_types import (
    EMPTY,
    MAX_IDS,
    MAX_NAMES,
    Cursor,
    Formats,
    Limit,
    PagedIds,
    SpanningEdition,
    StrictInt,
    described,
)
from app.schemas.params import ArticleFilterParams, check_ids
from app.schemas.record_types import MAX_SOURCE_ID
from app.schemas.sparse import sparse
from app.schemas.types import (
    MAX_HREF,
    MAX_INSTANT,
    MAX_SEQ,
    MAX_URL,
    ArticleId,
    Code,
    Dateline,
    Headline,
    Href,
    InstantText,
    LanguageTag,
    Lead,
    OpenEnum,
    Slug,
    Url,
    count,
    line,
    text,
)
from app.schemas.types import Revision as RevisionNumber
from app.schemas.write_warning import Warnings

Actor = Annotated[
    str,
    line(
        "Who did it: `key:` and the prefix of a key, `import`, `schedule` or `command`.",
        "key:k7q2m5xw3f",
    ),
]
KeyName = Annotated[str | None, line("The name of the key; null for other actors.", "Newsroom CMS", max_length=200)]
Person = Annotated[
    str | None, line("The person for whom the key acted (`Dayline-Actor`).", "Ines Kovary", max_length=200)
]
Status = Annotated[ArticleStatus, OpenEnum(), Field(description="The status of the article.", examples=["published"])]
References = Annotated[
    list[Annotated[str, line("A reference: the `source_id` or id of an article.", "cms:40", max_length=MAX_SOURCE_ID)]],
    Field(description="“Read also”: references as they were given.", max_length=MAX_ENTRIES),
]
EditorialHref = Annotated[
    Href, line("The article in the editorial API.", "/v1/editorial/articles/0s9et2dg0bgsr", max_length=MAX_HREF)
]


class WithdrawalNote(TypedDict):
    """Withdrawal of an article; only `notice` is public."""

    reason: Annotated[str | None, text("The reason, for editors only.", "The names were wrong.")]
    notice: Annotated[str | None, text("The public notice.", "This article was withdrawn.")]
    at: Annotated[InstantText, Field(description="When it was withdrawn.")]


class EditorialItem(EditedDetails, TextLength):
    """An article in the editorial list, whatever its status."""

    id: ArticleId
    href: EditorialHref
    edition: Annotated[Code, Field(description="The slug of its edition.", examples=["harbour"])]
    source_id: Annotated[str | None, line("The identifier of another system.", "cms:41", max_length=MAX_SOURCE_ID)]
    slug: Slug
    url: Annotated[Url | None, Field(description="The article on the front end, once it is public; null on a draft.")]
    status: Status
    version: Annotated[int, count("Counts the public versions; 0 if it was never public.", 1)]
    revision: RevisionNumber
    label: Annotated[Code | None, Field(description="The code of its label.")]
    headline: Headline
    lead: Lead
    dateline: Dateline
    section: Annotated[Code | None, Field(description="The slug of its main section.", examples=["politics"])]
    sections: Annotated[list[Code], Field(description="The slugs of all its sections.", max_length=MAX_ENTRIES)]
    tags: Annotated[list[Code], Field(description="The slugs of its tags.", max_length=MAX_ENTRIES)]
    authors: Annotated[list[Code], Field(description="The slugs of its authors.", max_length=MAX_ENTRIES)]
    published_at: Annotated[
        InstantText | None, Field(description="The public time, past or scheduled; null on a draft without a date.")
    ]
    updated_at: Annotated[InstantText | None, Field(description="When the content last changed.")]
    expires_at: Annotated[InstantText | None, Field(description="When it is withdrawn with the reason `expired`.")]
    first_published_at: Annotated[InstantText | None, Field(description="The first public time.")]
    source: Source | None
    image: ImageAsset | None
    rights: Rights | None
    kicker: Kicker
    format: Format
    access: Access
    editor_note: Annotated[str | None, text("A note for editors, never public.", "Lawyers have read it.")]
    embargoed_until: Annotated[InstantText | None, Field(description="No publication takes effect before this.")]
    source_version: Annotated[int | None, count("The version in the system of origin.", 7, le=MAX_SEQ)]
    source_updated_at: Annotated[InstantText | None, Field(description="The update in the system of origin.")]
    withdrawal: Annotated[WithdrawalNote | None, Field(description="Present on withdrawn articles, else null.")]
    erased_at: Annotated[InstantText | None, Field(description="When the article was erased by law.")]
    created_at: Annotated[InstantText, Field(description="When its first revision was stored.")]
    modified_at: Annotated[InstantText, Field(description="When its last revision was stored.")]
    modified_by: Actor
    modified_by_name: KeyName
    modified_by_person: Person


if TYPE_CHECKING:
    SparseEditorialItem = EditorialItem
else:
    SparseEditorialItem = sparse(EditorialItem, "SparseEditorialItem")


class FormerUrl(TypedDict):
    """A former URL of an article; those of former templates of the edition are not stored one by one."""

    url: Annotated[Url, Field(description="The URL.", examples=["https://meridian.example/culture/night-trams"])]
    until: Annotated[InstantText, Field(description="When it ceased to be the article's URL.")]


class EditorialTranslation(TypedDict):
    """An article that is the same story, or a reference to one that does not exist yet: `status` is then null."""

    id: Annotated[ArticleId | None, Field(description="Its id.")]
    edition: Annotated[Code | None, Field(description="The slug of its edition.", examples=["havan"])]
    source_id: Annotated[str | None, line("The identifier of another system.", "cms:41-uk", max_length=MAX_SOURCE_ID)]
    href: EditorialHref | None
    language: Annotated[LanguageTag | None, Field(description="The language of its text.", examples=["uk"])]
    headline: Annotated[str | None, line("Its headline.", "Нічні трамваї повертаються")]
    status: Annotated[
        Annotated[ArticleStatus, OpenEnum()] | None, Field(description="Its status.", examples=["published"])
    ]


class EditorialArticle(EditorialItem):
    """An article as editors see it; its members can be sent back, changed, in a PATCH."""

    related: References
    extra: Extra
    body: Blocks
    notes: Annotated[list[ArticleNote], Field(description="Public notes about changes, oldest first.")]
    old_slugs: Annotated[list[Slug], Field(description="Slugs that redirect to this article.")]
    aliases: Annotated[
        list[Annotated[str, line("A path or a URL.", "/2019/05/night-trams.html", max_length=MAX_URL)]],
        Field(
            description="Addresses in other systems, as paths or URLs, which `/v1/resolve` finds.",
            examples=[["/2019/05/night-trams.html"]],
            max_length=MAX_ENTRIES,
        ),
    ]
    former_urls: Annotated[
        list[FormerUrl],
        Field(
            description="Former URLs, which `/v1/resolve` finds, in the order in which they ended.",
            examples=[[{"url": "https://meridian.example/city/silo", "until": "2026-11-20T20:05:00.000000+02:00"}]],
        ),
    ]
    translations: Annotated[
        list[EditorialTranslation],
        Field(description="The same story in other editions or languages, by language.", max_length=2 * MAX_GROUP),
    ]


class SavedArticle(EditorialArticle):
    """An article as editors see it after a write, with the warnings of the write."""

    warnings: Warnings


class EditorialList(TypedDict):
    """A page of articles, the latest modified first."""

    items: Annotated[list[SparseEditorialItem], Field(description="The articles of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class RevisionNote(TypedDict):
    """The public note of a revision."""

    type: Annotated[NoteType, OpenEnum(), Field(description="The kind of note.", examples=["correction"])]
    text: Annotated[str, text("The note, plain text.", "The tram leaves at 00:35, not at 00:20.")]


class RevisionItem(TypedDict):
    """One revision of an article."""

    revision: Annotated[int, count("The number of the revision.", 2, ge=1)]
    href: Annotated[
        Href, line("The revision.", "/v1/editorial/articles/0s9et2dg0bgsr/revisions/2", max_length=MAX_HREF)
    ]
    version: Annotated[int, count("The public version after the revision; 0 before the first.", 2)]
    status: Status
    published_at: Annotated[InstantText | None, Field(description="The public time after the revision.")]
    action: Annotated[RevisionAction, OpenEnum(), Field(description="What the revision did.", examples=["edited"])]
    at: Annotated[InstantText, Field(description="When it was stored.")]
    actor: Actor
    actor_name: KeyName
    person: Person
    note: Annotated[RevisionNote | None, Field(description="Its public note.")]


class RevisionList(TypedDict):
    """A page of an article's revisions, the latest first."""

    items: Annotated[list[RevisionItem], Field(description="The revisions of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class Revision(RevisionItem):
    """One revision of an article with its content, and the differences from another."""

    content: Annotated[
        dict[str, Any],
        Field(
            description="The content in record form, as in the interchange format.",
            examples=[{"headline": "Budget passes by one vote", "tags": ["trams"]}],
        ),
    ]
    against: Annotated[int | None, count("The revision that `differences` compares with; null for the first.", 1, ge=1)]
    differences: Annotated[
        list[Difference], Field(description="One entry for each member that differs.", max_length=50)
    ]


class ListOrder(StrEnum):
    """Instant that the editorial list is ordered by."""

    MODIFIED = "modified_at"
    PUBLISHED = "published_at"


class EditorialListParams(ArticleFilterParams):
    """Query parameters of the editorial list. `edition=*` spans all editions."""

    spans_editions: ClassVar[bool] = True
    members: ClassVar[frozenset[str]] = frozenset(EditorialItem.__annotations__)

    edition: SpanningEdition = None
    format: Formats = EMPTY
    id: PagedIds = EMPTY
    status: Annotated[
        list[ArticleStatus],
        Field(
            default_factory=list,
            max_length=MAX_NAMES,
            description="Any of these; all where absent.",
            examples=[["published"]],
        ),
    ]
    source_id: Annotated[
        list[Annotated[str, Field(json_schema_extra={"maxLength": MAX_SOURCE_ID})]],
        Field(
            default_factory=list,
            max_length=MAX_IDS,
            description="Any of these identifiers of another system.",
            examples=[["harbour:2026-11-14:fog-watch"]],
        ),
    ]
    modified_since: Annotated[
        str | None,
        described(
            "`modified_at` at or after this: an RFC 3339 instant, or a local date, for its first instant.",
            "2026-11-01",
            max_length=MAX_INSTANT,
        ),
    ] = None
    q: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=MAX_KEY_CHARACTERS,
            description="The beginning of the headline; case and compatibility forms of characters do not matter.",
            examples=["budget"],
        ),
    ] = None
    order: Annotated[
        ListOrder,
        Field(
            description=(
                "The instant that articles are ordered by, the latest first; `published_at` leaves out drafts without "
                "a date."
            ),
            examples=["published_at"],
        ),
    ] = ListOrder.MODIFIED
    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Articles on a page.")] = 50

    @model_validator(mode="after")
    def _ids_are_one_page(self) -> Self:
        check_ids(self)
        return self


class RevisionListParams(BaseModel):
    """Query parameters of the list of revisions."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    cursor: Cursor = None
    limit: Annotated[Limit, Field(description="Revisions on a page.")] = 50


class RevisionParams(BaseModel):
    """Query parameters of a revision."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    against: Annotated[
        int | None,
        Field(
            ge=1,
            le=MAX_REVISION,
            description="The revision to compare with; the one before where absent.",
            examples=[1],
        ),
        StrictInt,
    ] = None
