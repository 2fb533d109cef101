"""Blocks of images, recordings, and content of other providers."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from app.domain.body.image import ImageInput
from app.domain.body.later_block import LaterBlock
from app.domain.body.values import (
    MAX_GALLERY_IMAGES,
    MAX_SECONDS,
    Inline,
    Line,
    Lines,
    Part,
    Pixels,
    PlayableType,
    WebUrl,
    null_as_empty,
    optional,
    whole_number,
)
from app.domain.embed_providers import provider_name

Seconds = Annotated[float, Field(strict=True, ge=0, le=MAX_SECONDS, allow_inf_nan=False), AfterValidator(whole_number)]


class ImageBlockInput(Part):
    """Image between paragraphs."""

    type: Annotated[Literal["image"], Field(description="The type of the block.")] = "image"
    image: ImageInput


class GalleryInput(LaterBlock):
    """Images that belong together, in their order."""

    type: Annotated[Literal["gallery"], Field(description="The type of the block.")] = "gallery"
    images: Annotated[
        list[ImageInput],
        BeforeValidator(null_as_empty),
        Field(max_length=MAX_GALLERY_IMAGES, description="The images, in their order."),
    ]


class _Recording(LaterBlock):
    """Sound or film by reference."""

    type: str
    url: Annotated[
        WebUrl, Field(description="The URL of the file or playlist.", examples=["https://media.example/vote.mp4"])
    ]
    media_type: Annotated[PlayableType | None, Field(description="Its media type.", examples=["video/mp4"])] = None
    duration: Annotated[Seconds | None, Field(description="Its length in seconds.", examples=[94.5])] = None
    caption: Annotated[Lines | None, Field(description="The caption.", examples=["The vote, in full."])] = None
    credit: Annotated[Line | None, Field(description="Whom to credit.", examples=["Luka Orme / The Meridian"])] = None
    transcript_url: Annotated[
        WebUrl | None, Field(description="The URL of its transcript.", examples=["https://media.example/vote.txt"])
    ] = None


class VideoInput(_Recording):
    """Film by reference."""

    type: Annotated[Literal["video"], Field(description="The type of the block.")] = "video"
    poster: Annotated[
        WebUrl | None,
        Field(description="The URL of the image to show before it plays.", examples=["https://media.example/vote.jpg"]),
    ] = None


class AudioInput(_Recording):
    """Sound recording by reference."""

    type: Annotated[Literal["audio"], Field(description="The type of the block.")] = "audio"


class EmbedInput(Part):
    """Embedded content of a provider; `html` is the fallback for readers without it."""

    type: Annotated[Literal["embed"], Field(description="The type of the block.")] = "embed"
    url: Annotated[WebUrl, Field(description="The URL of the content.", examples=["https://video.example/w/41"])]
    provider: Annotated[
        Line | None,
        Field(description="The name of the provider; derived from the URL where absent.", examples=["PeerTube"]),
    ] = None
    html: Annotated[
        Inline | None, Field(description="What to show where it cannot be embedded.", examples=["A video of the vote."])
    ] = None
    title: Annotated[Line | None, optional("The title of the content.", "The vote, in full")] = None
    caption: Annotated[Lines | None, optional("The caption.", "Councillors vote on the budget.")] = None
    width: Annotated[Pixels | None, optional("Width of its frame in pixels.", 1280)] = None
    height: Annotated[Pixels | None, optional("Height of its frame in pixels.", 720)] = None
    thumbnail: Annotated[
        WebUrl | None, optional("The URL of an image that stands for it.", "https://video.example/w/41.jpg")
    ] = None

    @model_validator(mode="after")
    def _derive_provider(self) -> Self:
        if self.provider is None:
            self.provider = provider_name(self.url)
        return self
