"""Labels, sections, tags and authors as answers show them."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.types import Code, Href


class LabelSummary(TypedDict):
    """What a list shows of a label."""

    code: Code
    text: Annotated[str, Field(description="In the edition's language.", examples=["Exclusive"])]


class Label(LabelSummary):
    """A label in full: the vocabulary of the installation, in the edition's language."""

    disclaimer: Annotated[str | None, Field(description="What the editors say of everything so labelled.")]
    genre: Annotated[
        str | None,
        Field(description="The kind of journalism: opinion, review, analysis…", examples=["opinion"]),
    ]


class Section(TypedDict):
    """A department of an edition."""

    slug: Code
    name: Annotated[str, Field(examples=["World"])]
    href: Href


class Tag(TypedDict):
    """A subject."""

    slug: Code
    name: Annotated[str, Field(examples=["Night trams"])]
    href: Href


class Author(TypedDict):
    """Someone who signs."""

    slug: Code
    name: Annotated[str, Field(examples=["Iryna Dovhan"])]
    role: Annotated[str | None, Field(examples=["columnist"])]
    bio: Annotated[str | None, Field(description="One line.", examples=["Iryna Dovhan writes about cities."])]
    href: Href


class ArticlesLink(TypedDict):
    """Where the articles of an entry are."""

    href: Href


class SectionPage(Section):
    """One section and where its articles are."""

    articles: ArticlesLink


class TagPage(Tag):
    """One tag and where its articles are."""

    articles: ArticlesLink


class AuthorPage(Author):
    """One author and where the articles are."""

    articles: ArticlesLink
