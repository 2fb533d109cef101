"""Schemas of articles and lists of articles."""

from typing import Any, NotRequired, TypeAlias, TypedDict

from dayline_client.schemas.catalogue import (
    AlternateLink,
    Author,
    Image,
    Label,
    LocalPublicationTime,
    Rights,
    Section,
    Source,
    Tag,
)
from dayline_client.schemas.timeline import LinkedItem

Block: TypeAlias = dict[str, Any]


class Seo(TypedDict):
    """Texts for search engines."""

    title: str | None
    description: str | None
    noindex: bool


class Social(TypedDict):
    """Texts and image for social networks."""

    title: str | None
    description: str | None
    image: Image | None


class Translation(TypedDict):
    """Article that is the same story in another edition or language."""

    id: str
    href: str
    url: str
    edition: str
    language: str
    headline: str


class _ArticleMembers(TypedDict):
    """Members of every article."""

    id: str
    href: str
    url: str
    slug: str
    edition: str
    headline: str
    kicker: str | None
    format: str
    lead: str | None
    dateline: str | None
    label: Label | None
    section: Section | None
    sections: list[Section]
    tags: list[Tag]
    authors: list[Author]
    source: Source | None
    image: Image | None
    rights: Rights | None
    access: str | None
    published_at: str
    updated_at: str | None
    first_published_at: str
    local: LocalPublicationTime
    version: int
    body: NotRequired[list[Block] | str]


class ArticleItem(_ArticleMembers):
    """Article in a list; `fields` may name the members that are not required, and leave out the others."""

    subheadline: NotRequired[str | None]
    short_headline: NotRequired[str | None]
    byline: NotRequired[str | None]
    canonical_url: NotRequired[str | None]
    seo: NotRequired[Seo | None]
    social: NotRequired[Social | None]
    featured: NotRequired[bool]
    alert: NotRequired[bool]
    urgency: NotRequired[int | None]
    sensitive: NotRequired[bool]
    language: NotRequired[str | None]
    word_count: NotRequired[int]
    reading_minutes: NotRequired[int]
    expires_at: NotRequired[str | None]
    extra: NotRequired[dict[str, Any] | None]
    translations: NotRequired[list[Translation]]


class _ArticleDetails(TypedDict):
    """Members of the page of an article."""

    subheadline: str | None
    short_headline: str | None
    byline: str | None
    canonical_url: str | None
    seo: Seo | None
    social: Social | None
    featured: bool
    alert: bool
    urgency: int | None
    sensitive: bool
    language: str | None
    word_count: int
    reading_minutes: int
    expires_at: str | None
    extra: dict[str, Any] | None
    translations: list[Translation]


class Neighbours(TypedDict):
    """Articles before and after one in the timeline of its edition."""

    previous: LinkedItem | None
    next: LinkedItem | None


class ArticleNote(TypedDict):
    """Public note about a change, such as a correction."""

    type: str
    text: str
    at: str
    version: int


class HistoryLink(TypedDict):
    """Link to the public history of an article."""

    href: str


class Article(_ArticleMembers, _ArticleDetails):
    """Article with everything that its page shows."""

    related: list[LinkedItem]
    neighbours: Neighbours
    notes: list[ArticleNote]
    history: HistoryLink
    alternates: list[AlternateLink]


class ResolvedAddress(TypedDict):
    """Article that has or had a URL of the front end."""

    type: str
    id: str
    href: str
    url: str
    slug: str
    edition: str
    current: bool


class CuratedList(TypedDict):
    """List that editors compose, such as a front page."""

    slug: str
    name: str
    href: str
    edition: str
    expires_at: str | None
    pinned: int
    items: list[ArticleItem]
