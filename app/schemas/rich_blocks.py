"""Body blocks of `body=rich`: runs of text in place of inline HTML, for applications that render no HTML."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

from app.domain.body.rich_text import MARKS
from app.domain.body.values import (
    MAX_BLOCK_CHARACTERS,
    MAX_BLOCKS,
    MAX_LIST_ITEMS,
    MAX_QUOTED_BLOCKS,
    MAX_TABLE_COLUMNS,
    MAX_TABLE_ROWS,
)
from app.schemas.blocks import (
    AudioMembers,
    Blocks,
    CodeMembers,
    DividerMembers,
    EmbedMembers,
    FallbackText,
    GalleryMembers,
    ImageBlock,
    PullQuote,
    VideoMembers,
    block_type,
)
from app.schemas.body import short_line
from app.schemas.types import MAX_URL, OpenEnum, count, line


class TextRun(TypedDict):
    """A stretch of text with the same marks, link and language."""

    text: Annotated[
        str, line("The text; a line feed is a line break.", "23 votes to 22", max_length=MAX_BLOCK_CHARACTERS)
    ]
    marks: Annotated[
        list[Annotated[str, OpenEnum(*MARKS), Field(examples=["strong"])]],
        Field(
            description="HTML elements that mark the text, from the outermost to the innermost.",
            examples=[["strong"]],
            max_length=100,
        ),
    ]
    href: Annotated[
        str | None,
        line(
            "The address of the link: `http`, `https`, `mailto` or `tel`, or relative to the article's page.",
            "https://council.example/sittings/41",
            max_length=MAX_URL,
        ),
    ]
    lang: Annotated[str | None, line("The language, where it differs from that of the article.", "fr", max_length=64)]


TextRuns = Annotated[
    list[TextRun],
    Field(
        description="The text, run by run.",
        examples=[
            [
                {"text": "The council adopted the budget by ", "marks": [], "href": None, "lang": None},
                {"text": "23 votes to 22", "marks": ["strong"], "href": None, "lang": None},
            ]
        ],
        max_length=MAX_BLOCK_CHARACTERS,
    ),
]


class RichParagraph(TypedDict):
    """A paragraph."""

    type: Annotated[Literal["paragraph"], block_type()]
    runs: TextRuns


class RichHeading(TypedDict):
    """A heading inside the body."""

    type: Annotated[Literal["heading"], block_type()]
    level: Annotated[int, count("The level of the heading: the headline of the article has level 1.", 2, ge=1, le=6)]
    runs: TextRuns


class RichListMembers(TypedDict):
    """A list inside an item of another list."""

    ordered: Annotated[bool, Field(description="Whether the items are numbered.", examples=[False])]
    items: Annotated[list["RichListItem"], Field(description="The items.", max_length=MAX_LIST_ITEMS)]


class RichListItem(TypedDict):
    """An item of a list."""

    runs: TextRuns
    list: Annotated[RichListMembers | None, Field(description="The list below its text.")]


class RichList(RichListMembers):
    """A list."""

    type: Annotated[Literal["list"], block_type()]


class RichEmbed(EmbedMembers):
    """Content of a provider elsewhere, such as a video or a post; `runs` are what to show instead."""

    runs: TextRuns


class RichQuote(TypedDict):
    """A quotation of other blocks."""

    type: Annotated[Literal["quote"], block_type()]
    blocks: Annotated[list["RichBlock"], Field(description="The blocks that are quoted.", max_length=MAX_QUOTED_BLOCKS)]
    attribution: Annotated[str | None, short_line("Who said it.", "Jonas Merrit, councillor")]
    fallback_text: FallbackText


class RichTable(TypedDict):
    """A table. Rows may have different lengths."""

    type: Annotated[Literal["table"], block_type()]
    caption: Annotated[str | None, short_line("The caption.", "Seats after the vote")]
    head: Annotated[
        list[TextRuns],
        Field(description="The headings of the columns; `[]` where it has none.", max_length=MAX_TABLE_COLUMNS),
    ]
    rows: Annotated[
        list[Annotated[list[TextRuns], Field(max_length=MAX_TABLE_COLUMNS)]],
        Field(description="The rows, each a list of cells.", max_length=MAX_TABLE_ROWS),
    ]
    fallback_text: FallbackText


class RichCode(CodeMembers):
    """Program code or other text whose white space counts."""

    fallback_text: FallbackText


class RichDivider(DividerMembers):
    """A break between two parts of the text, such as a line or three stars."""

    fallback_text: FallbackText


class RichGallery(GalleryMembers):
    """Images that belong together, in their order."""

    fallback_text: FallbackText


class RichVideo(VideoMembers):
    """A video: the URL of its file on another host."""

    fallback_text: FallbackText


class RichAudio(AudioMembers):
    """An audio recording: the URL of its file on another host."""

    fallback_text: FallbackText


class OtherRichBlock(TypedDict):
    """A block of a type that this version of the document does not know: show `fallback_text`."""

    type: Annotated[str, line("The type of the block, none of those above.", "poll", max_length=100)]
    fallback_text: FallbackText


KnownRichBlock = TypeAliasType(
    "KnownRichBlock",
    Annotated[
        RichParagraph
        | RichHeading
        | PullQuote
        | RichList
        | ImageBlock
        | RichEmbed
        | RichQuote
        | RichTable
        | RichCode
        | RichDivider
        | RichGallery
        | RichVideo
        | RichAudio,
        Field(discriminator="type", description="A block of one of the types that this document describes."),
    ],
)
RichBlock = TypeAliasType(
    "RichBlock",
    Annotated[
        KnownRichBlock | OtherRichBlock,
        Field(description="A block of the body with runs of text in place of HTML; types may be added."),
    ],
)
RichBlocks = Annotated[
    list[RichBlock], Field(description="The body, block by block, with runs of text.", max_length=MAX_BLOCKS)
]
Body = Annotated[
    Blocks | RichBlocks | str,
    Field(
        description=(
            "Blocks with `body=blocks`; blocks with runs of text with `body=rich`; one string with `body=html` and "
            "`body=text`."
        )
    ),
]
