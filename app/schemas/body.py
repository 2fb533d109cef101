"""Images, rights and sources in responses; `domain/body/` has the models of requests."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from app.domain.body.values import (
    MAX_ASSET_ID_CHARACTERS,
    MAX_LINE_CHARACTERS,
    MAX_MEDIA_TYPE_CHARACTERS,
    MAX_PIXELS,
    MAX_RENDITIONS,
)
from app.schemas.types import Url, count, line


def short_line(description: str, example: str) -> Any:
    """Return the field of a text beside an image, a recording or a quotation."""
    return line(description, example, max_length=MAX_LINE_CHARACTERS)


class Rendition(TypedDict):
    """One file of an image."""

    url: Annotated[Url, Field(description="The URL of the file.", examples=["https://media.example/vote-1200.webp"])]
    width: Annotated[int, count("Width in pixels.", 1200, ge=1, le=MAX_PIXELS)]
    height: Annotated[int, count("Height in pixels.", 800, ge=1, le=MAX_PIXELS)]
    type: Annotated[
        str, line("The media type of the file.", "image/webp", max_length=MAX_MEDIA_TYPE_CHARACTERS, pattern="^image/")
    ]


class FocalPoint(TypedDict):
    """The point of an image that a crop must show, as fractions of its width and height."""

    x: Annotated[float, Field(description="From the left edge, 0, to the right, 1.", examples=[0.5], ge=0, le=1)]
    y: Annotated[float, Field(description="From the upper edge, 0, to the lower, 1.", examples=[0.25], ge=0, le=1)]


class ImageAsset(TypedDict):
    """An image: the URL of its file on another host, since this API stores no media, and its texts."""

    url: Annotated[Url, Field(description="The URL of the main file.", examples=["https://media.example/vote.jpg"])]
    alt: Annotated[str, short_line("The text alternative; empty for a decorative image.", "Councillors at the vote")]
    caption: Annotated[str | None, short_line("The caption.", "Jonas Merrit, standing.")]
    credit: Annotated[str | None, short_line("Whom to credit.", "Luka Orme / The Meridian")]
    width: Annotated[int | None, count("Width of the main file in pixels.", 2400, ge=1, le=MAX_PIXELS)]
    height: Annotated[int | None, count("Height of the main file in pixels.", 1600, ge=1, le=MAX_PIXELS)]
    renditions: Annotated[list[Rendition], Field(description="Other files of the image.", max_length=MAX_RENDITIONS)]
    licence: Annotated[str | None, short_line("The licence: its name or its URL.", "CC BY 4.0")]
    focal_point: Annotated[FocalPoint | None, Field(description="The point that a crop must show.")]
    asset_id: Annotated[
        str | None,
        line(
            "The identifier of the image in the system that it comes from.",
            "dam:88121",
            max_length=MAX_ASSET_ID_CHARACTERS,
        ),
    ]


class Rights(TypedDict):
    """The owner of the text and the terms of its use."""

    holder: Annotated[str | None, short_line("The holder of the rights.", "The Kestrava Meridian")]
    notice: Annotated[str | None, short_line("The copyright notice.", "© 2026 The Kestrava Meridian")]
    usage: Annotated[str | None, short_line("The terms of use.", "Not for use after 31 December 2026.")]
    licence_url: Annotated[
        Url | None,
        Field(description="The URL of the licence.", examples=["https://creativecommons.org/licenses/by/4.0/"]),
    ]


class Source(TypedDict):
    """The source of the story."""

    name: Annotated[str, short_line("The name of the source.", "Kestrava City Council")]
    url: Annotated[Url | None, Field(description="Its page.", examples=["https://council.example/sittings/41"])]
