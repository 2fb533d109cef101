"""Labels, sections, tags and authors in public responses."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.catalogue_entry import MAX_EMAIL, AuthorType, TagType
from app.schemas.alternate import AlternateLink
from app.schemas.body import ImageAsset
from app.schemas.types import MAX_CODE, MAX_HREF, MAX_LINE, MAX_URL, Code, Href, LanguageTag, OpenEnum, Url, line, text

PageUrl = Annotated[
    str | None,
    Field(
        description="Its page on the front end; null unless the edition has a template of such URLs.",
        examples=["https://meridian.example/about/world"],
        pattern="^[Hh][Tt][Tt][Pp][Ss]?://",
        max_length=MAX_URL,
    ),
]
EntryName = Annotated[str, line("The name that readers see.", "World")]


class LabelSummary(TypedDict):
    """The label of an article in lists."""

    code: Code
    text: Annotated[str, line("The label in the edition's language.", "Exclusive")]
    language: Annotated[
        LanguageTag | None, Field(description="The language of `text`, if it is not the edition's.", examples=["en"])
    ]


class Label(LabelSummary):
    """A label in full, in the edition's language."""

    disclaimer: Annotated[
        str | None,
        text("The editors' notice about all articles with the label.", "Columns are their authors' opinions."),
    ]
    disclaimer_language: Annotated[
        LanguageTag | None,
        Field(description="The language of `disclaimer`, if it is not the edition's.", examples=["en"]),
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


class TagCode(TypedDict):
    """A code of a subject in a vocabulary."""

    scheme: Annotated[Code, Field(description="The vocabulary.", examples=["wikidata"])]
    code: Annotated[str, line("The code.", "Q870", max_length=200)]


class Tag(TypedDict):
    """A subject of articles."""

    slug: Code
    name: Annotated[str, line("The name that readers see.", "Night trams")]
    tag_type: Annotated[TagType, OpenEnum(), Field(description="The kind of subject.", examples=["topic"])]
    codes: Annotated[list[TagCode], Field(description="Its codes in vocabularies of subjects.", max_length=50)]
    href: Annotated[Href, line("The tag's URL in this API.", "/v1/tags/night-trams", max_length=MAX_HREF)]


class AuthorLink(TypedDict):
    """A page of an author elsewhere."""

    url: Url
    name: Annotated[str | None, line("The name of the site.", "Mastodon")]


class Author(TypedDict):
    """An author of articles."""

    slug: Code
    name: Annotated[str, line("The name that signs articles.", "Iryna Dovhan")]
    author_type: Annotated[AuthorType, OpenEnum(), Field(description="Person or organisation.", examples=["person"])]
    role: Annotated[str | None, line("The author's role.", "columnist")]
    bio: Annotated[
        str | None, line("A biography of one line, in the edition's language.", "Iryna Dovhan writes about cities.")
    ]
    bio_language: Annotated[
        LanguageTag | None, Field(description="The language of `bio`, if it is not the edition's.", examples=["en"])
    ]
    image: ImageAsset | None
    url: Annotated[Url | None, Field(description="The author's own site.", examples=["https://dovhan.example"])]
    email: Annotated[
        str | None, line("An address that readers may write to.", "iryna@courier.example", max_length=MAX_EMAIL)
    ]
    links: Annotated[list[AuthorLink], Field(description="Other pages of the author.", max_length=50)]
    page_url: PageUrl
    href: Annotated[Href, line("The author's URL in this API.", "/v1/authors/iryna-dovhan", max_length=MAX_HREF)]


class ArticlesLink(TypedDict):
    """Link to the articles of an entry."""

    href: Annotated[Href, line("The URL of the list.", "/v1/tags/night-trams/articles", max_length=MAX_HREF)]


class SectionInFull(Section):
    """A section with its texts, its image and its place in a menu."""

    parent: Annotated[
        Section | None, Field(description="The section above it; null at the top, or while it is hidden.")
    ]
    position: Annotated[
        int | None, Field(description="Its place in a menu of sections.", ge=0, le=10_000, examples=[3])
    ]
    description: Annotated[str | None, text("What it is about, plain text.", "News from abroad.")]
    image: ImageAsset | None
    page_url: PageUrl


class TagInFull(Tag):
    """A tag with its text and its other names."""

    description: Annotated[str | None, text("What it stands for, plain text.", "Trams after midnight.")]
    aliases: Annotated[
        list[Annotated[str, Field(max_length=MAX_LINE)]],
        Field(description="Other names by which articles may name it.", max_length=100, examples=[["Owl trams"]]),
    ]
    page_url: PageUrl


class EntryLinks(TypedDict):
    """Links from the page of an entry."""

    articles: ArticlesLink
    alternates: Annotated[
        list[AlternateLink], Field(description="The feeds of its articles in the edition.", max_length=20)
    ]


class SectionPage(SectionInFull, EntryLinks):
    """A section with links to its articles and feeds."""


class TagPage(TagInFull, EntryLinks):
    """A tag with links to its articles and feeds."""


class AuthorPage(Author, EntryLinks):
    """An author with links to the articles and feeds."""
