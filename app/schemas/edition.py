"""Editions and the service document."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.language import Direction
from app.schemas.alternate import AlternateLink
from app.schemas.body import ImageAsset
from app.schemas.types import (
    MAX_ALL_STRINGS,
    MAX_HREF,
    MAX_TEXT,
    Code,
    DateText,
    Href,
    LanguageTag,
    OpenEnum,
    Url,
    ZoneName,
    line,
)

PLURAL_CATEGORIES = 6
"""Categories of CLDR: zero, one, two, few, many and other."""


Plural = Annotated[dict[str, Annotated[str, Field(max_length=MAX_TEXT)]], Field(max_length=PLURAL_CATEGORIES)]


def _link(description: str, path: str) -> Any:
    return line(description, path, max_length=MAX_HREF)


SectionUrlTemplate = Annotated[
    str | None,
    line("The template of the URLs of sections, or null.", "{site_url}/section/{slug}", max_length=MAX_TEXT),
]
TagUrlTemplate = Annotated[
    str | None, line("The template of the URLs of tags, or null.", "{site_url}/tag/{slug}", max_length=MAX_TEXT)
]
AuthorUrlTemplate = Annotated[
    str | None, line("The template of the URLs of authors, or null.", "{site_url}/author/{slug}", max_length=MAX_TEXT)
]


class EditionLink(TypedDict):
    """An edition in the service document."""

    slug: Annotated[Code, Field(description="The slug of the edition.", examples=["harbour"])]
    name: Annotated[str, line("The name of the publication.", "The Meridian")]
    language: LanguageTag
    direction: Annotated[
        Direction,
        OpenEnum(),
        Field(description="The direction of text in its language: what `dir` is in HTML.", examples=["ltr"]),
    ]
    timezone: Annotated[ZoneName, Field(description="The IANA zone of its days and times.")]
    default: Annotated[bool, Field(description="Whether a request without `edition` means this one.", examples=[True])]
    href: Annotated[Href, _link("The edition's URL in this API.", "/v1/editions/harbour")]


class Edition(EditionLink):
    """A publication with its own name, language, zone and site."""

    site_url: Annotated[Url, Field(description="The front end.", examples=["https://meridian.example"])]
    base_url: Annotated[
        Url,
        Field(
            description="Scheme and host of its article pages, to which links that begin with `/` are relative.",
            examples=["https://meridian.example"],
        ),
    ]
    today: Annotated[
        DateText,
        Field(
            description="The date now in its zone; the response expires when that day ends.", examples=["2026-11-20"]
        ),
    ]
    article_url: Annotated[
        str,
        line(
            "The template of the URLs of articles on the front end, with `{site_url}`, `{slug}`, `{id}`, `{section}`, "
            "and `{year}`, `{month}`, `{day}` of the first publication.",
            "{site_url}/{slug}",
            max_length=MAX_TEXT,
        ),
    ]
    section_url: SectionUrlTemplate
    tag_url: TagUrlTemplate
    author_url: AuthorUrlTemplate
    logo: Annotated[ImageAsset | None, Field(description="The logo of the publication.")]
    icon: Annotated[ImageAsset | None, Field(description="The square icon of the publication.")]
    section_fallback: Annotated[
        Code, Field(description="What `{section}` is in the URL of an article without section.", examples=["news"])
    ]
    alternates: Annotated[list[AlternateLink], Field(description="The feeds of the edition.", max_length=20)]
    strings: Annotated[
        dict[str, Annotated[str, Field(max_length=MAX_TEXT)]],
        Field(
            max_length=MAX_ALL_STRINGS,
            description="Every interface string of a front end, complete, in the edition's language.",
            examples=[{"more_news": "More news", "news": "News"}],
        ),
    ]
    plurals: Annotated[
        dict[
            str, Annotated[dict[str, Annotated[str, Field(max_length=MAX_TEXT)]], Field(max_length=PLURAL_CATEGORIES)]
        ],
        Field(
            max_length=MAX_ALL_STRINGS,
            description=(
                "Interface strings with a number, `{count}`, by plural category: all those of CLDR for the edition's "
                "language, which `Intl.PluralRules` selects."
            ),
            examples=[{"new_stories": {"one": "{count} new story", "other": "{count} new stories"}}],
        ),
    ]
    strings_proofread: Annotated[
        bool,
        Field(description="Whether a native speaker has proof-read the shipped strings.", examples=[False]),
    ]
    date_language: Annotated[
        LanguageTag | None,
        Field(description="The language of headings and `local`, if it is not the edition's.", examples=["en"]),
    ]
    string_languages: Annotated[
        dict[str, LanguageTag],
        Field(
            max_length=MAX_ALL_STRINGS,
            description="The languages of `strings` and `plurals` that are not in the edition's, by name.",
            examples=[{"offline": "en"}],
        ),
    ]


class ServiceLinks(TypedDict):
    """The URLs of the API."""

    timeline: Annotated[Href, _link("The timeline.", "/v1/timeline")]
    calendar: Annotated[Href, _link("The days that have news.", "/v1/timeline/calendar")]
    articles: Annotated[Href, _link("The list of articles.", "/v1/articles")]
    changes: Annotated[Href, _link("The change feed.", "/v1/changes")]
    stream: Annotated[Href, _link("The change feed as Server-Sent Events.", "/v1/stream")]
    export: Annotated[Href, _link("All articles as JSON Lines.", "/v1/export")]
    authors: Annotated[Href, _link("The authors.", "/v1/authors")]
    sections: Annotated[Href, _link("The sections.", "/v1/sections")]
    tags: Annotated[Href, _link("The tags.", "/v1/tags")]
    labels: Annotated[Href, _link("The labels.", "/v1/labels")]
    lists: Annotated[Href, _link("The curated lists.", "/v1/lists")]
    editions: Annotated[Href, _link("The editions.", "/v1/editions")]
    documentation: Annotated[Href, _link("The API reference for people.", "/docs")]
    openapi: Annotated[Href, _link("The OpenAPI document.", "/openapi.json")]


LINKS: ServiceLinks = {
    "timeline": "/v1/timeline",
    "calendar": "/v1/timeline/calendar",
    "articles": "/v1/articles",
    "changes": "/v1/changes",
    "stream": "/v1/stream",
    "export": "/v1/export",
    "authors": "/v1/authors",
    "sections": "/v1/sections",
    "tags": "/v1/tags",
    "labels": "/v1/labels",
    "lists": "/v1/lists",
    "editions": "/v1/editions",
    "documentation": "/docs",
    "openapi": "/openapi.json",
}


class ServiceDocument(TypedDict):
    """The installation and the URLs to start from."""

    name: Annotated[str, line("The name of the software.", "Dayline")]
    version: Annotated[str, line("Its version.", "0.2.0", max_length=100)]
    editions: Annotated[list[EditionLink], Field(description="Every edition, the default one first.")]
    links: ServiceLinks
