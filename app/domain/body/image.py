"""Images of articles and blocks, by reference."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from app.domain.body.values import (
    MAX_RENDITIONS,
    AssetId,
    ImageType,
    Line,
    Lines,
    Part,
    Pixels,
    WebUrl,
    null_as_empty,
    optional,
)
from app.domain.html.inline_html import validate_url

Fraction = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


class RenditionInput(Part):
    """File of an image; `width` and `height` in pixels."""

    url: WebUrl
    width: Annotated[Pixels, Field(description="Width in pixels.", examples=[1200])]
    height: Annotated[Pixels, Field(description="Height in pixels.", examples=[800])]
    type: Annotated[ImageType, Field(description="The media type of the file.", examples=["image/webp"])]


_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SCRIPT_SCHEMES: Final = frozenset({"data", "javascript", "vbscript"})


def _check_licence(value: str) -> str:
    """Return the licence unchanged; InvalidValueError for a URL that is none of http or https."""
    scheme = _SCHEME.match(value)
    if scheme is not None and (scheme[1].lower() in _SCRIPT_SCHEMES or " " not in value):
        validate_url(value)
    return value


Licence = Annotated[Line, AfterValidator(_check_licence)]


class FocalPointInput(Part):
    """The point of an image that a crop must show, as fractions of its width and height."""

    x: Annotated[Fraction, Field(description="From the left edge, 0, to the right, 1.", examples=[0.5])]
    y: Annotated[Fraction, Field(description="From the upper edge, 0, to the lower, 1.", examples=[0.25])]


class ImageInput(Part):
    """Image by reference; `alt` is empty for a decorative one, `width` and `height` are in pixels."""

    url: WebUrl
    alt: Annotated[
        Line,
        Field(description="The text alternative; empty for a decorative image.", examples=["Councillors at the vote"]),
    ]
    caption: Annotated[Lines | None, Field(description="The caption.", examples=["Jonas Merrit, standing."])] = None
    credit: Annotated[Line | None, Field(description="Whom to credit.", examples=["Luka Orme / The Meridian"])] = None
    width: Annotated[Pixels | None, Field(description="Width of the main file in pixels.", examples=[2400])] = None
    height: Annotated[Pixels | None, Field(description="Height of the main file in pixels.", examples=[1600])] = None
    renditions: Annotated[
        list[RenditionInput],
        BeforeValidator(null_as_empty),
        Field(max_length=MAX_RENDITIONS, description="Other files of the image."),
    ] = Field(default_factory=list)
    licence: Annotated[Licence | None, optional("The licence: its name or its http(s) URL.", "CC BY 4.0")] = None
    focal_point: Annotated[
        FocalPointInput | None, optional("The point that a crop must show.", {"x": 0.5, "y": 0.25})
    ] = None
    asset_id: Annotated[
        AssetId | None, optional("The identifier of the image in the system that it comes from.", "dam:88121")
    ] = None
