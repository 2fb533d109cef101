"""Pages of lists: what comes next, and the lists of catalogue entries."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.catalogue import Author, Label, Section, Tag
from app.schemas.edition import Edition
from app.schemas.types import Href


class NextPage(TypedDict):
    """Where the list goes on; null at its end."""

    cursor: Annotated[str, Field(description="Opaque; never expires.", examples=["AZk2…"])]
    href: Annotated[Href, Field(examples=["/v1/timeline?cursor=AZk2…"])]


class AuthorList(TypedDict):
    """A page of authors, by slug."""

    items: list[Author]
    next: NextPage | None


class SectionList(TypedDict):
    """A page of sections, by slug."""

    items: list[Section]
    next: NextPage | None


class TagList(TypedDict):
    """A page of tags, by slug."""

    items: list[Tag]
    next: NextPage | None


class LabelList(TypedDict):
    """A page of labels, by code."""

    items: list[Label]
    next: NextPage | None


class EditionList(TypedDict):
    """A page of editions, by slug."""

    items: list[Edition]
    next: NextPage | None
