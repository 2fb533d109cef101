"""Body blocks, images and rights in responses; `domain/body.py` has the models of requests."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

from app.domain.body import (
    MAX_BLOCK_CHARACTERS,
    MAX_BLOCKS,
    MAX_LINE_CHARACTERS,
    MAX_LIST_ITEMS,
    MAX_PIXELS,
    MAX_RENDITIONS,
)
from app.schemas.types import Url, count, line

InlineHtml = Annotated[
    str,
    Field(
        description="Inline HTML from a short allow-list, safe to insert into a page.",
        examples=["The council adopted the budget by <strong>23 votes to 22</strong>."],
        max_length=MAX_BLOCK_CHARACTERS,
    ),
]


def _short(description: str, example: str) -> Any:
    return line(description, example, max_length=MAX_LINE_CHARACTERS)


class Rendition(TypedDict):
    """One file of an image."""

    url: Annotated[Url, Field(description="The URL of the file.", examples=["https://media.example/vote-1200.webp"])]
    width: Annotated[int, count("Width in pixels.", 1200, ge=1, le=MAX_PIXELS)]
    height: Annotated[int, count("Height in pixels.", 800, ge=1, le=MAX_PIXELS)]
    type: Annotated[str, line("The media type of the file.", "image/webp", max_length=106, pattern="^image/")]


class Image(TypedDict):
    """An image by reference."""

    url: Annotated[Url, Field(description="The URL of the main file.", examples=["https://media.example/vote.jpg"])]
    alt: Annotated[str, _short("The text alternative; empty for a decorative image.", "Councillors at the vote")]
    caption: Annotated[str | None, _short("The caption.", "Jonas Merrit, standing.")]
    credit: Annotated[str | None, _short("Whom to credit.", "Luka Orme / The Meridian")]
    width: Annotated[int | None, count("Width of the main file in pixels.", 2400, ge=1, le=MAX_PIXELS)]
    height: Annotated[int | None, count("Height of the main file in pixels.", 1600, ge=1, le=MAX_PIXELS)]
    renditions: Annotated[list[Rendition], Field(description="Other files of the image.", max_length=MAX_RENDITIONS)]


class Rights(TypedDict):
    """The owner of the text and the terms of its use."""

    holder: Annotated[str | None, _short("The holder of the rights.", "The Kestrava Meridian")]
    notice: Annotated[str | None, _short("The copyright notice.", "© 2026 The Kestrava Meridian")]
    usage: Annotated[str | None, _short("The terms of use.", "Not for use after 31 December 2026.")]
    licence_url: Annotated[
        Url | None,
        Field(description="The URL of the licence.", examples=["https://creativecommons.org/licenses/by/4.0/"]),
    ]


class Source(TypedDict):
    """Where the story comes from."""

    name: Annotated[str, _short("The name of the source.", "Kestrava City Council")]
    url: Annotated[Url | None, Field(description="Its page.", examples=["https://council.example/sittings/41"])]


class Paragraph(TypedDict):
    """A paragraph."""

    type: Annotated[Literal["paragraph"], Field(description="The type of the block.")]
    html: InlineHtml


class Heading(TypedDict):
    """A heading inside the body."""

    type: Annotated[Literal["heading"], Field(description="The type of the block.")]
    level: Annotated[int, count("The level of the heading: the headline of the article has level 1.", 2, ge=2, le=4)]
    html: InlineHtml


class PullQuote(TypedDict):
    """A quotation set apart."""

    type: Annotated[Literal["pull_quote"], Field(description="The type of the block.")]
    text: Annotated[
        str, line("The quotation, plain text.", "I finish at a quarter past twelve.", max_length=MAX_BLOCK_CHARACTERS)
    ]
    attribution: Annotated[str | None, _short("Who said it.", "Jonas Merrit, councillor")]


class ListBlock(TypedDict):
    """A list."""

    type: Annotated[Literal["list"], Field(description="The type of the block.")]
    ordered: Annotated[bool, Field(description="Whether the items are numbered.", examples=[False])]
    items: Annotated[list[InlineHtml], Field(description="The items.", max_length=MAX_LIST_ITEMS)]


class ImageBlock(TypedDict):
    """An image in the body."""

    type: Annotated[Literal["image"], Field(description="The type of the block.")]
    image: Image


class Embed(TypedDict):
    """Content of a provider elsewhere, such as a video or a post."""

    type: Annotated[Literal["embed"], Field(description="The type of the block.")]
    url: Annotated[Url, Field(description="The URL of the content.", examples=["https://video.example/w/41"])]
    provider: Annotated[str, _short("The name of the provider.", "PeerTube")]
    html: Annotated[InlineHtml | None, Field(description="What to show instead where it cannot be embedded.")]


class OtherBlock(TypedDict):
    """A block of a type that was added after the first six: show `fallback_html` or `fallback_text` instead.

    Blocks of later types always have both members, whatever else they have.
    """

    type: Annotated[str, line("The type of the block, none of those above.", "poll", max_length=100)]
    fallback_html: Annotated[
        str,
        Field(
            description="The block as an HTML fragment, as `body=html` has it; safe to insert into a page.",
            examples=["<figure><p>Should night trams run on Sundays?</p></figure>"],
            max_length=10 * MAX_BLOCK_CHARACTERS,
        ),
    ]
    fallback_text: Annotated[
        str,
        Field(
            description="The block as plain text, as `body=text` has it.",
            examples=["Should night trams run on Sundays?"],
            max_length=10 * MAX_BLOCK_CHARACTERS,
        ),
    ]


KnownBlock = TypeAliasType(
    "KnownBlock",
    Annotated[
        Paragraph | Heading | PullQuote | ListBlock | ImageBlock | Embed,
        Field(discriminator="type", description="A block of one of the types of the first version of /v1."),
    ],
)
Block = TypeAliasType(
    "Block",
    Annotated[KnownBlock | OtherBlock, Field(description="A block of the body; types may be added.")],
)
Blocks = Annotated[list[Block], Field(description="The body, block by block.", max_length=MAX_BLOCKS)]
Body = Annotated[
    Blocks | str,
    Field(description="Blocks with `body=blocks`; one string with `body=html` and `body=text`."),
]
