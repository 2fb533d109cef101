"""Articles in public responses: items of lists, and the page of one article."""

from typing import TYPE_CHECKING, Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.article_members import ArticleAccess, ArticleFormat
from app.domain.revision import NoteType
from app.domain.translation_graph import MAX_GROUP
from app.schemas.alternate import AlternateLink
from app.schemas.body import ImageAsset, Rights, Source
from app.schemas.catalogue import Author, Label, LabelSummary, Section, Tag
from app.schemas.pagination import NextPage
from app.schemas.rich_blocks import Body
from app.schemas.sparse import sparse
from app.schemas.types import (
    MAX_HREF,
    ArticleId,
    Code,
    Dateline,
    DateText,
    Headline,
    Href,
    InstantText,
    LanguageTag,
    Lead,
    OpenEnum,
    Slug,
    TimeText,
    Url,
    Version,
    count,
    line,
    text,
)

MAX_RELATED = 8
MAX_ENTRIES = 200
MAX_PAGE = 200

ArticleUrl = Annotated[
    Url, Field(description="The article on the front end.", examples=["https://news.example/night-trams"])
]
PublishedAt = Annotated[InstantText, Field(description="The public time, which lists sort by; only a bump moves it.")]
UpdatedAt = Annotated[
    InstantText | None, Field(description="When the content last changed, as the newsroom dates it; null before that.")
]


MainSection = Annotated[
    Section | None, Field(description="Its main section; null without one, and while that is hidden.")
]
Kicker = Annotated[str | None, line("The short line above the headline.", "City budget")]
Format = Annotated[ArticleFormat, OpenEnum(), Field(description="Its main medium.", examples=["article"])]
Access = Annotated[
    Annotated[ArticleAccess, OpenEnum()] | None,
    Field(description="Who may read it on the front end; null if not set.", examples=["free"]),
]

OwnLanguage = Annotated[
    LanguageTag | None,
    Field(
        description="The language of the text; null for that of the edition (`/v1/editions/{slug}`).",
        examples=["fr"],
    ),
]
Sections = Annotated[
    list[Section],
    Field(description="All its sections, the main one first; hidden ones are left out.", max_length=MAX_ENTRIES),
]
Authors = Annotated[list[Author], Field(description="Its authors, in the order they sign.", max_length=MAX_ENTRIES)]
IsFeatured = Annotated[bool, Field(description="Whether front ends show it prominently.", examples=[True])]


class TimelineItem(TypedDict):
    """An article as the timeline shows it."""

    id: ArticleId
    href: Href
    url: ArticleUrl
    slug: Slug
    time: TimeText
    published_at: PublishedAt
    updated_at: UpdatedAt
    label: LabelSummary | None
    headline: Headline
    section: MainSection
    version: Version


class LocalPublicationTime(TypedDict):
    """The public time in `tz` where the operation has it, else in the edition's zone; in its language and digits."""

    date: DateText
    time: TimeText
    weekday: Annotated[str, line("The name of the weekday.", "Friday", max_length=100)]
    day: Annotated[str, line("Day and month (CLDR skeleton MMMMd).", "20 November", max_length=100)]
    year: Annotated[str, line("The year (CLDR skeleton y).", "2026", max_length=100)]
    text: Annotated[str, line("Date and time in full.", "Friday, 20 November 2026 at 19:30", max_length=400)]


class DayHeading(TypedDict):
    """The heading of a day in the edition's language and digits (CLDR skeletons y, EEEE, MMMMd).

    With `edition=*` the language is `heading_language`, else the one that `language` names, else the default edition's.
    """

    year: Annotated[str, line("The year.", "2026", max_length=100)]
    weekday: Annotated[str, line("The name of the weekday.", "Friday", max_length=100)]
    day: Annotated[str, line("Day and month.", "20 November", max_length=100)]


Heading = Annotated[DayHeading, Field(description="The heading of its day; `local.date` is the date.")]


class LinkedItem(TimelineItem):
    """An article that the page of another one links: a neighbour, or one of “Read also”."""

    local: LocalPublicationTime


class ArticleItem(TypedDict):
    """An article in a list of articles."""

    id: ArticleId
    href: Href
    url: ArticleUrl
    slug: Slug
    edition: Annotated[Code, Field(description="The slug of its edition.", examples=["harbour"])]
    headline: Headline
    kicker: Kicker
    format: Format
    lead: Lead
    dateline: Dateline
    label: Label | None
    section: MainSection
    sections: Sections
    tags: Annotated[list[Tag], Field(description="Its tags, in the editors' order.", max_length=MAX_ENTRIES)]
    authors: Authors
    source: Source | None
    image: ImageAsset | None
    rights: Rights | None
    access: Access
    published_at: PublishedAt
    updated_at: UpdatedAt
    first_published_at: Annotated[InstantText, Field(description="The first public time; never changes.")]
    local: LocalPublicationTime
    version: Version
    body: NotRequired[Annotated[Body, Field(description="Present unless `body=none`, the default of lists.")]]


class CardMembers(TypedDict):
    """Members that items of the timeline, days, the change feed and the stream have if `fields` names them."""

    edition: Annotated[Code, Field(description="The slug of its edition.", examples=["harbour"])]
    kicker: Kicker
    lead: Lead
    image: ImageAsset | None
    sections: Sections
    authors: Authors
    access: Access
    featured: IsFeatured
    language: OwnLanguage
    local: LocalPublicationTime


class Seo(TypedDict):
    """Texts for search engines in place of headline and lead."""

    title: Annotated[str | None, line("The title of the page.", "Budget vote: who voted how")]
    description: Annotated[str | None, text("The description of the page.", "All 45 votes on the budget.")]
    noindex: Annotated[
        bool, Field(description="Whether search engines are asked not to index the page.", examples=[False])
    ]


class Social(TypedDict):
    """Texts and image for social networks in place of headline, lead and image."""

    title: Annotated[str | None, line("The title of a shared link.", "23 to 22")]
    description: Annotated[str | None, text("The description of a shared link.", "One vote made the difference.")]
    image: ImageAsset | None


class EditedDetails(TypedDict):
    """Members that editors write beside the text."""

    subheadline: Annotated[str | None, line("The line below the headline.", "Night trams decide the vote")]
    short_headline: Annotated[str | None, line("A headline for narrow places.", "Budget passes")]
    byline: Annotated[str | None, line("The byline as printed, beside `authors`.", "By Ines Kovary and agencies")]
    canonical_url: Annotated[
        Url | None,
        Field(
            description="The page that the text was first published on, if not this one.",
            examples=["https://agency.example/budget-vote"],
        ),
    ]
    seo: Seo | None
    social: Social | None
    featured: IsFeatured
    alert: Annotated[
        bool, Field(description="Whether it was announced by an `article.alert`, or will be.", examples=[False])
    ]
    urgency: Annotated[int | None, count("The editorial urgency, 1 (highest) to 9 (lowest).", 4, ge=1, le=9)]
    sensitive: Annotated[bool, Field(description="Whether front ends show a content warning first.", examples=[False])]
    language: OwnLanguage


class TextLength(TypedDict):
    """Length of the text, derived when it is saved."""

    word_count: Annotated[int, count("The number of words of the body; in Chinese and Japanese, of characters.", 412)]
    reading_minutes: Annotated[int, count("The reading time of the body in minutes; 0 for an empty one.", 2)]


Extra = Annotated[
    dict[str, Any] | None,
    Field(
        description="The newsroom's own JSON object, in the order and with the numbers that it was written with.",
        examples=[{"match": {"home": 2, "away": 1}}],
    ),
]


class Translation(TypedDict):
    """Article that is the same story in another edition or language."""

    id: ArticleId
    href: Href
    url: ArticleUrl
    edition: Annotated[Code, Field(description="The slug of its edition.", examples=["havan"])]
    language: Annotated[
        LanguageTag,
        Field(
            description="The language of its text, as in `hreflang`: without extensions of the tag.", examples=["uk"]
        ),
    ]
    headline: Headline


Translations = Annotated[
    list[Translation],
    Field(description="The same story in other editions or languages, by language and edition.", max_length=MAX_GROUP),
]


class ArticleDetails(EditedDetails, TextLength):
    """Members of an article's page that items of lists have only if `fields` names them."""

    expires_at: Annotated[
        InstantText | None, Field(description="When it will be withdrawn; null if that is not planned.")
    ]
    extra: Extra
    translations: Translations


class FeedItem(ArticleItem, EditedDetails):
    """An article in a feed."""

    translations: Translations


class _SelectableItem(ArticleItem, ArticleDetails):
    """An article in a list of articles."""


class _SelectableTimelineItem(TimelineItem, CardMembers):
    """An article as the timeline shows it."""

    heading: Heading


if TYPE_CHECKING:
    from collections.abc import Mapping

    SparseTimelineItem = Mapping[str, Any]
    SparseArticleItem = ArticleItem
else:
    SparseTimelineItem = sparse(
        _SelectableTimelineItem,
        "SparseTimelineItem",
        f"{', '.join(CardMembers.__annotations__)}, heading are present only if `fields` names them.",
    )
    SparseArticleItem = sparse(
        _SelectableItem, "SparseArticleItem", "Members of an article's page are present only if `fields` names them."
    )


class ArticleList(TypedDict):
    """A page of articles, newest first (or in the order of `id`)."""

    items: Annotated[list[SparseArticleItem], Field(description="The articles of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class Neighbours(TypedDict):
    """The articles before and after this one in its edition's timeline."""

    previous: Annotated[LinkedItem | None, Field(description="The next older article; null for the oldest.")]
    next: Annotated[LinkedItem | None, Field(description="The next newer article; null for the newest.")]


class ArticleNote(TypedDict):
    """The newsroom's public note about a change: an update, a correction, a clarification, a retraction."""

    type: Annotated[NoteType, OpenEnum(), Field(description="The kind of note.", examples=["correction"])]
    text: Annotated[str, text("The note, plain text.", "The tram leaves at 00:35, not at 00:20.")]
    at: Annotated[InstantText, Field(description="When the note was published.")]
    version: Annotated[Version, Field(description="The public version that came with it.")]


class HistoryLink(TypedDict):
    """Link to the public history of an article."""

    href: Annotated[Href, line("The URL of the history.", "/v1/articles/0s9et2dg0bgsr/history", max_length=MAX_HREF)]


class Article(ArticleItem, ArticleDetails):
    """An article with everything that its page shows."""

    related: Annotated[
        list[LinkedItem],
        Field(description="“Read also”: the editors' choice first, then recommendations.", max_length=MAX_RELATED),
    ]
    neighbours: Neighbours
    notes: Annotated[list[ArticleNote], Field(description="Corrections and other public notes, oldest first.")]
    history: HistoryLink
    alternates: Annotated[
        list[AlternateLink], Field(description="Other representations of the article and its feeds.", max_length=20)
    ]


class RelatedList(TypedDict):
    """The related articles of an article."""

    items: Annotated[list[LinkedItem], Field(description="The related articles.", max_length=MAX_RELATED)]
    next: Annotated[NextPage | None, Field(description="Always null: the list is complete.")]
