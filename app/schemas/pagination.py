"""Pagination, and the lists of catalogue entries."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.catalogue import Author, Label, SectionInFull, TagInFull
from app.schemas.edition import Edition
from app.schemas.types import MAX_HREF, Href, line

MAX_CURSOR = 2_000
MAX_PAGE = 200


class NextPage(TypedDict):
    """The next page of the list; null at its end."""

    cursor: Annotated[
        str, line("Opaque; never expires. Send it with the same filters.", "AZk2…", max_length=MAX_CURSOR)
    ]
    href: Annotated[
        Href, line("The URL of the next page, with the filters.", "/v1/timeline?cursor=AZk2…", max_length=MAX_HREF)
    ]


class AuthorList(TypedDict):
    """A page of authors, by slug."""

    items: Annotated[list[Author], Field(description="The authors of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class SectionList(TypedDict):
    """A page of sections, by slug."""

    items: Annotated[list[SectionInFull], Field(description="The sections of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class TagList(TypedDict):
    """A page of tags, by slug."""

    items: Annotated[list[TagInFull], Field(description="The tags of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class LabelList(TypedDict):
    """A page of labels, by code."""

    items: Annotated[list[Label], Field(description="The labels of the page.", max_length=MAX_PAGE)]
    next: NextPage | None


class EditionList(TypedDict):
    """A page of editions, by slug."""

    items: Annotated[list[Edition], Field(description="The editions of the page.", max_length=MAX_PAGE)]
    next: NextPage | None
