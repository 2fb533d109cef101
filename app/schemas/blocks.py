"""Body blocks in responses; `domain/body/` has the models of requests."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

from app.domain.body.values import (
    CODE_LANGUAGE,
    MAX_BLOCK_CHARACTERS,
    MAX_BLOCKS,
    MAX_CODE_LANGUAGE_CHARACTERS,
    MAX_FALLBACK_CHARACTERS,
    MAX_GALLERY_IMAGES,
    MAX_LIST_ITEMS,
    MAX_MEDIA_TYPE_CHARACTERS,
    MAX_PIXELS,
    MAX_QUOTED_BLOCKS,
    MAX_SECONDS,
    MAX_TABLE_COLUMNS,
    MAX_TABLE_ROWS,
)
from app.schemas.body import ImageAsset, short_line
from app.schemas.types import Url, count, line

InlineHtml = Annotated[
    str,
    Field(
        description="Inline HTML of the elements that the introduction lists, safe to insert into a page.",
        examples=["The council adopted the budget by <strong>23 votes to 22</strong>."],
        max_length=MAX_BLOCK_CHARACTERS,
    ),
]
FallbackHtml = Annotated[
    str,
    Field(
        description="The block as an HTML fragment, as `body=html` has it; safe to insert into a page.",
        examples=["<figure><p>Should night trams run on Sundays?</p></figure>"],
        max_length=MAX_FALLBACK_CHARACTERS,
    ),
]
FallbackText = Annotated[
    str,
    Field(
        description="The block as plain text, as `body=text` has it.",
        examples=["Should night trams run on Sundays?"],
        max_length=MAX_FALLBACK_CHARACTERS,
    ),
]


def block_type() -> Any:
    """Return the field of a block's type."""
    return Field(description="The type of the block.")


class Paragraph(TypedDict):
    """A paragraph."""

    type: Annotated[Literal["paragraph"], block_type()]
    html: InlineHtml


class Heading(TypedDict):
    """A heading inside the body."""

    type: Annotated[Literal["heading"], block_type()]
    level: Annotated[int, count("The level of the heading: the headline of the article has level 1.", 2, ge=1, le=6)]
    html: InlineHtml


class PullQuote(TypedDict):
    """A quotation from the text, displayed prominently."""

    type: Annotated[Literal["pull_quote"], block_type()]
    text: Annotated[
        str, line("The quotation, plain text.", "I finish at a quarter past twelve.", max_length=MAX_BLOCK_CHARACTERS)
    ]
    attribution: Annotated[str | None, short_line("Who said it.", "Jonas Merrit, councillor")]


class NestedList(TypedDict):
    """A list inside an item of another list."""

    ordered: Annotated[bool, Field(description="Whether the items are numbered.", examples=[False])]
    items: "ListItems"


class ListItem(TypedDict):
    """An item of a list with a list below its text."""

    html: InlineHtml
    list: NestedList


class OtherListItem(TypedDict):
    """An item of a form that this version of the document does not know: show its text.

    Items that are objects always have `html`.
    """

    html: InlineHtml


class ListBlock(TypedDict):
    """A list."""

    type: Annotated[Literal["list"], block_type()]
    ordered: Annotated[bool, Field(description="Whether the items are numbered.", examples=[False])]
    items: "ListItems"


class ImageBlock(TypedDict):
    """An image in the body."""

    type: Annotated[Literal["image"], block_type()]
    image: ImageAsset


class EmbedMembers(TypedDict):
    """The members of an embed besides its text."""

    type: Annotated[Literal["embed"], block_type()]
    url: Annotated[Url, Field(description="The URL of the content.", examples=["https://video.example/w/41"])]
    provider: Annotated[str, short_line("The name of the provider.", "PeerTube")]
    title: Annotated[str | None, short_line("The title of the content.", "The vote, in full")]
    caption: Annotated[str | None, short_line("The caption.", "Councillors vote on the budget.")]
    width: Annotated[int | None, count("Width of its frame in pixels.", 1280, ge=1, le=MAX_PIXELS)]
    height: Annotated[int | None, count("Height of its frame in pixels.", 720, ge=1, le=MAX_PIXELS)]
    thumbnail: Annotated[
        Url | None,
        Field(description="The URL of an image that stands for it.", examples=["https://video.example/w/41.jpg"]),
    ]


class Embed(EmbedMembers):
    """Content of a provider elsewhere, such as a video or a post."""

    html: Annotated[InlineHtml | None, Field(description="What to show instead where it cannot be embedded.")]


class FallbackMembers(TypedDict):
    """The members that every block of a later type has."""

    fallback_html: FallbackHtml
    fallback_text: FallbackText


class Quote(FallbackMembers):
    """A quotation of other blocks."""

    type: Annotated[Literal["quote"], block_type()]
    blocks: Annotated[list["Block"], Field(description="The blocks that are quoted.", max_length=MAX_QUOTED_BLOCKS)]
    attribution: Annotated[str | None, short_line("Who said it.", "Jonas Merrit, councillor")]


class Table(FallbackMembers):
    """A table. Rows may have different lengths."""

    type: Annotated[Literal["table"], block_type()]
    caption: Annotated[str | None, short_line("The caption.", "Seats after the vote")]
    head: Annotated[
        list[InlineHtml],
        Field(
            description="The headings of the columns; `[]` where it has none.",
            max_length=MAX_TABLE_COLUMNS,
            examples=[["Party", "Seats"]],
        ),
    ]
    rows: Annotated[
        list[Annotated[list[InlineHtml], Field(max_length=MAX_TABLE_COLUMNS)]],
        Field(
            description="The rows, each a list of cells.",
            max_length=MAX_TABLE_ROWS,
            examples=[[["Harbour List", "<b>23</b>"], ["Hill Union", "22"]]],
        ),
    ]


class CodeMembers(TypedDict):
    """The members of code besides its fallbacks."""

    type: Annotated[Literal["code"], block_type()]
    text: Annotated[str, line("The code, plain text.", "SELECT count(*) FROM trams;", max_length=MAX_BLOCK_CHARACTERS)]
    language: Annotated[
        str | None,
        line("The language of the code.", "sql", max_length=MAX_CODE_LANGUAGE_CHARACTERS, pattern=CODE_LANGUAGE),
    ]


class Code(CodeMembers, FallbackMembers):
    """Program code or other text whose white space counts."""


class DividerMembers(TypedDict):
    """The members of a divider besides its fallbacks."""

    type: Annotated[Literal["divider"], block_type()]


class Divider(DividerMembers, FallbackMembers):
    """A break between two parts of the text, such as a line or three stars."""


class GalleryMembers(TypedDict):
    """The members of a gallery besides its fallbacks."""

    type: Annotated[Literal["gallery"], block_type()]
    images: Annotated[list[ImageAsset], Field(description="The images, in their order.", max_length=MAX_GALLERY_IMAGES)]


class Gallery(GalleryMembers, FallbackMembers):
    """Images that belong together, in their order."""


class Recording(TypedDict):
    """The members that video and audio have in common."""

    url: Annotated[
        Url, Field(description="The URL of the file or playlist.", examples=["https://media.example/vote.mp4"])
    ]
    media_type: Annotated[
        str | None,
        line(
            "Its media type.",
            "video/mp4",
            max_length=MAX_MEDIA_TYPE_CHARACTERS,
            pattern="^(audio|video|application)/",
        ),
    ]
    duration: Annotated[
        float | None, Field(description="Its length in seconds.", examples=[94.5], ge=0, le=MAX_SECONDS)
    ]
    caption: Annotated[str | None, short_line("The caption.", "The vote, in full.")]
    credit: Annotated[str | None, short_line("Whom to credit.", "Luka Orme / The Meridian")]
    transcript_url: Annotated[
        Url | None, Field(description="The URL of its transcript.", examples=["https://media.example/vote.txt"])
    ]


class VideoMembers(Recording):
    """The members of a video besides its fallbacks."""

    type: Annotated[Literal["video"], block_type()]
    poster: Annotated[
        Url | None,
        Field(description="The URL of the image to show before it plays.", examples=["https://media.example/vote.jpg"]),
    ]


class VideoBlock(VideoMembers, FallbackMembers):
    """A video: the URL of its file on another host."""


class AudioMembers(Recording):
    """The members of an audio recording besides its fallbacks."""

    type: Annotated[Literal["audio"], block_type()]


class AudioBlock(AudioMembers, FallbackMembers):
    """An audio recording: the URL of its file on another host."""


class OtherBlock(FallbackMembers):
    """A block of a type that this version of the document does not know: show one of its fallbacks.

    Blocks of all types that were added after the first six have both members, whatever else they have.
    """

    type: Annotated[str, line("The type of the block, none of those above.", "poll", max_length=100)]


ListItems = TypeAliasType(
    "ListItems",
    Annotated[
        list[InlineHtml | ListItem | OtherListItem],
        Field(
            description="The items: inline HTML, or an object where a list is nested; other objects may be added.",
            max_length=MAX_LIST_ITEMS,
            examples=[["Quay 4", {"html": "Quay 5", "list": {"ordered": False, "items": ["Gate A"]}}]],
        ),
    ],
)
KnownBlock = TypeAliasType(
    "KnownBlock",
    Annotated[
        Paragraph
        | Heading
        | PullQuote
        | ListBlock
        | ImageBlock
        | Embed
        | Quote
        | Table
        | Code
        | Divider
        | Gallery
        | VideoBlock
        | AudioBlock,
        Field(discriminator="type", description="A block of one of the types that this document describes."),
    ],
)
Block = TypeAliasType(
    "Block",
    Annotated[KnownBlock | OtherBlock, Field(description="A block of the body; types may be added.")],
)
Blocks = Annotated[list[Block], Field(description="The body, block by block.", max_length=MAX_BLOCKS)]
