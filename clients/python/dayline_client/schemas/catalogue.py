"""Schemas of the catalogue: editions, sections, tags, labels, authors, images."""

from typing import NotRequired, TypedDict


class NextPage(TypedDict):
    """Link to the next page."""

    cursor: str
    href: str


class EditionLink(TypedDict):
    """Edition in the service document."""

    slug: str
    name: str
    language: str
    direction: str
    timezone: str
    default: bool
    href: str


class ServiceDocument(TypedDict):
    """Version, editions and links of an installation."""

    name: str
    version: str
    editions: list[EditionLink]
    links: dict[str, str]


class FocalPoint(TypedDict):
    """Point of an image that crops must show."""

    x: float
    y: float


class Rendition(TypedDict):
    """Size of an image."""

    url: str
    width: int
    height: int
    type: str


class Image(TypedDict):
    """Image of an article, an author, a section or an edition."""

    url: str
    alt: str
    caption: str | None
    credit: str | None
    width: int | None
    height: int | None
    renditions: list[Rendition]
    licence: str | None
    focal_point: FocalPoint | None
    asset_id: str | None


class AlternateLink(TypedDict):
    """Another representation, or a feed."""

    rel: str
    type: str
    href: str
    title: NotRequired[str]


class Edition(TypedDict):
    """Publication with its own language, time zone and site."""

    slug: str
    name: str
    language: str
    direction: str
    timezone: str
    default: bool
    href: str
    site_url: str
    base_url: str
    today: str
    article_url: str
    section_url: str | None
    tag_url: str | None
    author_url: str | None
    logo: Image | None
    icon: Image | None
    section_fallback: str
    alternates: list[AlternateLink]
    strings: dict[str, str]
    plurals: dict[str, dict[str, str]]
    strings_proofread: bool
    date_language: str | None
    string_languages: dict[str, str]


class LabelSummary(TypedDict):
    """Badge of an article."""

    code: str
    text: str
    language: str | None


class Label(LabelSummary):
    """Badge with its disclaimer."""

    disclaimer: str | None
    disclaimer_language: str | None
    genre: str | None


class Section(TypedDict):
    """Section of an article."""

    slug: str
    name: str
    href: str


class SectionInFull(Section):
    """Section with its place in the tree."""

    parent: Section | None
    position: int | None
    description: str | None
    image: Image | None
    page_url: str | None


class TagCode(TypedDict):
    """Code of a tag in a vocabulary."""

    scheme: str
    code: str


class Tag(TypedDict):
    """Tag of an article."""

    slug: str
    name: str
    tag_type: str
    codes: list[TagCode]
    href: str


class TagInFull(Tag):
    """Tag with its description and other names."""

    description: str | None
    aliases: list[str]
    page_url: str | None


class AuthorLink(TypedDict):
    """Profile of an author elsewhere."""

    url: str
    name: str | None


class Author(TypedDict):
    """Author with a biography in the language of the edition."""

    slug: str
    name: str
    author_type: str
    role: str | None
    bio: str | None
    bio_language: str | None
    image: Image | None
    url: str | None
    email: str | None
    links: list[AuthorLink]
    page_url: str | None
    href: str


class Source(TypedDict):
    """Source of the text or of its facts."""

    name: str
    url: str | None


class Rights(TypedDict):
    """Holder and terms."""

    holder: str | None
    notice: str | None
    usage: str | None
    licence_url: str | None


class LocalPublicationTime(TypedDict):
    """Public time in words, in the zone and language of the response."""

    date: str
    time: str
    weekday: str
    day: str
    year: str
    text: str
