"""Editions and the service document."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.alternate import AlternateLink
from app.schemas.types import Code, Href, LanguageTag, Url, ZoneName


class EditionLink(TypedDict):
    """An edition as the service document names it."""

    slug: Code
    name: Annotated[str, Field(examples=["The Meridian"])]
    language: LanguageTag
    timezone: ZoneName
    default: Annotated[bool, Field(description="Whether a request that names no edition means this one.")]
    href: Href


class Edition(EditionLink):
    """A publication with its own name, language, zone and site."""

    site_url: Url
    article_url: Annotated[
        str,
        Field(
            description="The template of an article's address on the front end.",
            examples=["{site_url}/{slug}"],
        ),
    ]
    alternates: Annotated[list[AlternateLink], Field(description="The edition's feeds.")]
    strings: Annotated[
        dict[str, str],
        Field(description="Every interface string of a front end, complete, in the edition's language."),
    ]


class ServiceLinks(TypedDict):
    """Where things are."""

    timeline: Href
    calendar: Href
    articles: Href
    changes: Href
    stream: Href
    export: Href
    authors: Href
    sections: Href
    tags: Href
    labels: Href
    editions: Href
    documentation: Href
    openapi: Href


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
    "editions": "/v1/editions",
    "documentation": "/docs",
    "openapi": "/openapi.json",
}


class ServiceDocument(TypedDict):
    """What this installation is and where to go from here."""

    name: Annotated[str, Field(examples=["Dayline"])]
    version: Annotated[str, Field(examples=["0.2.0"])]
    editions: list[EditionLink]
    links: ServiceLinks
