"""Body blocks, images and rights as answers show them; `domain/body.py` says what may go in."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from app.schemas.types import Url

InlineHtml = Annotated[str, Field(description="Inline HTML from a short allow-list, safe to show.")]


class Rendition(TypedDict):
    """One size of an image."""

    url: Url
    width: int
    height: int
    type: Annotated[str, Field(examples=["image/webp"])]


class Image(TypedDict):
    """A picture by reference."""

    url: Url
    alt: Annotated[str, Field(description="What a reader who cannot see it should be told.")]
    caption: str | None
    credit: str | None
    width: int | None
    height: int | None
    renditions: list[Rendition]


class Rights(TypedDict):
    """Who owns the text and what may be done with it."""

    holder: str | None
    notice: str | None
    usage: str | None
    licence_url: Url | None


class Source(TypedDict):
    """Where the story comes from."""

    name: str
    url: Url | None


class Paragraph(TypedDict):
    """A paragraph."""

    type: Literal["paragraph"]
    html: InlineHtml


class Heading(TypedDict):
    """A heading inside the body."""

    type: Literal["heading"]
    level: Annotated[int, Field(ge=2, le=4)]
    html: InlineHtml


class PullQuote(TypedDict):
    """A sentence set apart."""

    type: Literal["pull_quote"]
    text: str
    attribution: str | None


class ListBlock(TypedDict):
    """A list."""

    type: Literal["list"]
    ordered: bool
    items: list[InlineHtml]


class ImageBlock(TypedDict):
    """A picture in the body."""

    type: Literal["image"]
    image: Image


class Embed(TypedDict):
    """Something that lives elsewhere."""

    type: Literal["embed"]
    url: Url
    provider: str
    html: InlineHtml | None


Block = Annotated[Paragraph | Heading | PullQuote | ListBlock | ImageBlock | Embed, Field(discriminator="type")]
Body = Annotated[
    list[Block] | str,
    Field(description="Blocks, or one string when `body=html` or `body=text` was asked for."),
]
