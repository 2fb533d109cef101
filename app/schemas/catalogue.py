"""Labels, sections, tags and authors in public responses."""

from typing import Annotated

from typing_extensions import TypedDict

from app.schemas.types import MAX_CODE, MAX_HREF, Code, Href, line, text

EntryName = Annotated[str, line("The name that readers see.", "World")]


class LabelSummary(TypedDict):
    """The label of an article in lists."""

    code: Code
    text: Annotated[str, line("The label in the edition's language.", "Exclusive")]


class Label(LabelSummary):
    """A label in full, in the edition's language."""

    disclaimer: Annotated[
        str | None,
        text("The editors' notice about all articles with the label.", "Columns are their authors' opinions."),
    ]
    genre: Annotated[
        str | None,
        line("The kind of journalism: opinion, review, analysis…", "opinion", max_length=MAX_CODE),
    ]


class Section(TypedDict):
    """A section of an edition."""

    slug: Code
    name: EntryName
    href: Annotated[Href, line("The section's URL in this API.", "/v1/sections/world", max_length=MAX_HREF)]


class Tag(TypedDict):
    """A subject."""

    slug: Code
    name: Annotated[str, line("The name that readers see.", "Night trams")]
    href: Annotated[Href, line("The tag's URL in this API.", "/v1/tags/night-trams", max_length=MAX_HREF)]


class Author(TypedDict):
    """An author of articles."""

    slug: Code
    name: Annotated[str, line("The name that signs articles.", "Iryna Dovhan")]
    role: Annotated[str | None, line("The author's role.", "columnist")]
    bio: Annotated[str | None, line("A biography of one line.", "Iryna Dovhan writes about cities.")]
    href: Annotated[Href, line("The author's URL in this API.", "/v1/authors/iryna-dovhan", max_length=MAX_HREF)]


class ArticlesLink(TypedDict):
    """Link to the articles of an entry."""

    href: Annotated[Href, line("The URL of the list.", "/v1/tags/night-trams/articles", max_length=MAX_HREF)]


class SectionPage(Section):
    """A section with a link to its articles."""

    articles: ArticlesLink


class TagPage(Tag):
    """A tag with a link to its articles."""

    articles: ArticlesLink


class AuthorPage(Author):
    """An author with a link to the articles."""

    articles: ArticlesLink
