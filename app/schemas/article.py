"""Articles: an item of a list, and the whole page in one answer."""

from typing import Annotated, NotRequired, Required

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.revision import NoteType
from app.schemas.alternate import AlternateLink
from app.schemas.body import Body, Image, Rights, Source
from app.schemas.catalogue import Author, Label, LabelSummary, Section, Tag
from app.schemas.pagination import NextPage
from app.schemas.types import ArticleId, Code, DateText, Href, InstantText, Slug, TimeText, Url


class TimelineItem(TypedDict, total=False):
    """An article as the timeline shows it; `fields` may leave out all but `id` and `href`."""

    id: Required[ArticleId]
    href: Required[Href]
    url: Annotated[Url, Field(description="The article on the front end.")]
    slug: Slug
    time: TimeText
    published_at: InstantText
    updated_at: InstantText | None
    label: LabelSummary | None
    headline: str
    section: Section | None
    version: Annotated[int, Field(description="Counts the public versions.", ge=1)]


class LocalPublicationTime(TypedDict):
    """The public time as a reader of the edition says it."""

    date: DateText
    time: TimeText
    weekday: Annotated[str, Field(examples=["Friday"])]
    day: Annotated[str, Field(examples=["20 November"])]
    year: Annotated[str, Field(examples=["2026"])]
    text: Annotated[str, Field(examples=["Friday, 20 November 2026 at 19:30"])]


class ArticleItem(TypedDict, total=False):
    """An article in a list of articles; `fields` may leave out all but `id` and `href`."""

    id: Required[ArticleId]
    href: Required[Href]
    url: Annotated[Url, Field(description="The article on the front end.")]
    slug: Slug
    edition: Code
    headline: str
    lead: str | None
    dateline: Annotated[str | None, Field(examples=["PORT VELA, Nov 20"])]
    label: Label | None
    section: Section | None
    tags: list[Tag]
    authors: Annotated[list[Author], Field(description="In the order they sign.")]
    source: Source | None
    image: Image | None
    rights: Rights | None
    published_at: Annotated[InstantText, Field(description="The public time; only a bump moves it.")]
    updated_at: InstantText | None
    first_published_at: InstantText
    local: LocalPublicationTime
    version: Annotated[int, Field(description="Counts the public versions.", ge=1)]
    body: NotRequired[Annotated[Body, Field(description="Only when `body` was asked for.")]]


class ArticleList(TypedDict):
    """A page of articles, newest first (or in the order of `id`)."""

    items: list[ArticleItem]
    next: NextPage | None


class Neighbours(TypedDict):
    """The articles beside this one in its edition's timeline."""

    previous: Annotated[TimelineItem | None, Field(description="The next older one.")]
    next: Annotated[TimelineItem | None, Field(description="The next newer one.")]


class ArticleNote(TypedDict):
    """What the newsroom says of a change: an update, a correction, a clarification, a retraction."""

    type: NoteType
    text: str
    at: InstantText
    version: Annotated[int, Field(description="The public version that it came with.", ge=1)]


class HistoryLink(TypedDict):
    """Where an article's public history is."""

    href: Href


class Article(ArticleItem, total=False):
    """Everything an article page shows, in one answer."""

    related: Required[
        Annotated[
            list[TimelineItem], Field(description="“Read also”: the editors' own choice first, then picks by likeness.")
        ]
    ]
    neighbours: Required[Neighbours]
    notes: Required[Annotated[list[ArticleNote], Field(description="Corrections and the like, oldest first.")]]
    history: Required[HistoryLink]
    alternates: Required[list[AlternateLink]]


class RelatedList(TypedDict):
    """“Read also” by itself."""

    items: list[TimelineItem]
    next: NextPage | None
