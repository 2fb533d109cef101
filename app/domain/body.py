"""Body of an article: blocks as received and as stored."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from app.domain.html.fragments import match_fragments
from app.domain.html.inline_html import MAX_URL_CHARACTERS, clean_text, sanitize_html, text_to_html, validate_url
from app.domain.one_line import one_line, visible_line
from app.errors import InvalidValueError

MAX_BLOCKS: Final = 2_000
MAX_BLOCK_CHARACTERS: Final = 100_000
MAX_LINE_CHARACTERS: Final = 5_000
MAX_LIST_ITEMS: Final = 2_000
MAX_RENDITIONS: Final = 100
MAX_PIXELS: Final = 1_000_000


def _bounded(html: str) -> str:
    if len(html) > MAX_BLOCK_CHARACTERS:
        raise InvalidValueError(f"A block must have at most {MAX_BLOCK_CHARACTERS:,} characters of HTML.")
    return html


def _inline(html: str) -> str:
    return _bounded(sanitize_html(_bounded(html)))


def _media_type(value: str) -> str:
    if _IMAGE_TYPE.fullmatch(value) is None:
        raise InvalidValueError("Expected the media type of an image, such as 'image/jpeg'.")
    return value


def whole_number(value: object) -> object:
    """Return the integer that a JSON number such as 640.0 is; other values unchanged."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def null_as_empty(value: object) -> object:
    """Return an empty list for null, which some encoders write for one; other values unchanged."""
    return [] if value is None else value


def _flaw(member: str, message: str, value: object) -> ValidationError:
    """Return an error that pydantic reports at the member itself; it would report a ValueError at the block."""
    error = PydanticCustomError("invalid_value", "{reason}", {"reason": message})
    return ValidationError.from_exception_data("block", [InitErrorDetails(type=error, loc=(member,), input=value)])


_IMAGE_TYPE: Final = re.compile(r"image/[A-Za-z0-9][A-Za-z0-9.+-]{0,99}")

# Bounds that validators check are written for the document alone: their messages are the validators' own.
Inline = Annotated[
    str,
    AfterValidator(_inline),
    Field(
        description="Inline HTML; elements outside the allow-list are dropped.",
        examples=["The council adopted the budget by <strong>23 votes to 22</strong>."],
        json_schema_extra={"maxLength": MAX_BLOCK_CHARACTERS},
    ),
]
Text = Annotated[str, Field(max_length=MAX_BLOCK_CHARACTERS), AfterValidator(clean_text)]
Lines = Annotated[str, Field(max_length=MAX_LINE_CHARACTERS), AfterValidator(clean_text)]
Line = Annotated[str, Field(max_length=MAX_LINE_CHARACTERS), AfterValidator(one_line)]
Name = Annotated[str, Field(max_length=MAX_LINE_CHARACTERS), AfterValidator(visible_line)]
WebUrl = Annotated[
    str,
    AfterValidator(validate_url),
    Field(
        description="An absolute http or https URL.",
        examples=["https://media.example/vote.jpg"],
        json_schema_extra={"maxLength": MAX_URL_CHARACTERS},
    ),
]
MediaType = Annotated[
    str, AfterValidator(_media_type), Field(json_schema_extra={"maxLength": 106, "pattern": "^image/"})
]
Pixels = Annotated[int, Field(strict=True, gt=0, le=MAX_PIXELS), BeforeValidator(whole_number)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True, defer_build=True)


class RenditionInput(_Part):
    """File of an image; `width` and `height` in pixels."""

    url: WebUrl
    width: Annotated[Pixels, Field(description="Width in pixels.", examples=[1200])]
    height: Annotated[Pixels, Field(description="Height in pixels.", examples=[800])]
    type: Annotated[MediaType, Field(description="The media type of the file.", examples=["image/webp"])]


class ImageInput(_Part):
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


class RightsInput(_Part):
    """Rights holder of an article and its terms of use."""

    holder: Annotated[
        Line | None, Field(description="The holder of the rights.", examples=["The Kestrava Meridian"])
    ] = None
    notice: Annotated[
        Lines | None, Field(description="The copyright notice.", examples=["© 2026 The Kestrava Meridian"])
    ] = None
    usage: Annotated[
        Lines | None, Field(description="The terms of use.", examples=["Not for use after 31 December 2026."])
    ] = None
    licence_url: Annotated[
        WebUrl | None,
        Field(description="The URL of the licence.", examples=["https://creativecommons.org/licenses/by/4.0/"]),
    ] = None


class SourceInput(_Part):
    """Source of an article."""

    name: Annotated[Name, Field(description="The name of the source.", examples=["Kestrava City Council"])]
    url: Annotated[WebUrl | None, Field(description="Its page.", examples=["https://council.example/sittings/41"])] = (
        None
    )


class _Prose(_Part):
    """Block of one inline text, received as `html` or as plain `text`, which is escaped."""

    @model_validator(mode="before")
    @classmethod
    def _escape_text(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "text" not in value:
            if "html" not in value:
                raise _flaw("html", "Either 'html' or 'text' is required.", None)
            return value
        text = value["text"]
        if "html" in value:
            raise _flaw("text", "Must not be combined with 'html'.", text)
        if not isinstance(text, str):
            raise _flaw("text", "Must be a string.", text)
        if len(text) > MAX_BLOCK_CHARACTERS:
            raise _flaw("text", f"A block must have at most {MAX_BLOCK_CHARACTERS:,} characters.", text)
        try:
            html = text_to_html(text)
        except InvalidValueError as error:
            raise _flaw("text", error.detail, text) from error
        members = {**value, "html": html}
        del members["text"]
        return members

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        reference = handler(core)
        if handler.mode == "validation":
            schema = handler.resolve_ref_schema(reference)
            description = "Plain text that is escaped into `html`; give one of the two."
            schema["properties"]["text"] = {
                "type": "string",
                "title": "Text",
                "description": description,
                "examples": ["The council adopted the budget by 23 votes to 22."],
                "maxLength": MAX_BLOCK_CHARACTERS,
            }
            others = [name for name in schema.get("required", []) if name != "html"]
            schema["required"] = others
            schema["oneOf"] = [{"required": ["html"]}, {"required": ["text"]}]
        return reference


class ParagraphInput(_Prose):
    """Paragraph of running text."""

    type: Annotated[Literal["paragraph"], Field(description="The type of the block.")] = "paragraph"
    html: Inline


class HeadingInput(_Prose):
    """Heading inside the article, whose headline has level 1."""

    type: Annotated[Literal["heading"], Field(description="The type of the block.")] = "heading"
    level: Annotated[
        Literal[2, 3, 4],
        BeforeValidator(whole_number),
        Field(description="The level: the headline of the article has level 1.", examples=[2]),
    ]
    html: Inline


class PullQuoteInput(_Part):
    """Quotation from the text, displayed prominently."""

    type: Annotated[Literal["pull_quote"], Field(description="The type of the block.")] = "pull_quote"
    text: Annotated[
        Text, Field(description="The quotation, plain text.", examples=["I finish at a quarter past twelve."])
    ]
    attribution: Annotated[Line | None, Field(description="Who said it.", examples=["Jonas Merrit, councillor"])] = None


class ListInput(_Part):
    """Ordered or unordered list; its items are inline HTML."""

    type: Annotated[Literal["list"], Field(description="The type of the block.")] = "list"
    ordered: Annotated[bool, Field(strict=True, description="Whether the items are numbered.", examples=[False])] = (
        False
    )
    items: Annotated[list[Inline], Field(max_length=MAX_LIST_ITEMS, description="The items.")]

    @model_validator(mode="after")
    def _limit(self) -> "ListInput":
        if sum(map(len, self.items)) > MAX_BLOCK_CHARACTERS:
            raise InvalidValueError(f"A list must have at most {MAX_BLOCK_CHARACTERS:,} characters of HTML.")
        return self


class ImageBlockInput(_Part):
    """Image between paragraphs."""

    type: Annotated[Literal["image"], Field(description="The type of the block.")] = "image"
    image: ImageInput


class EmbedInput(_Part):
    """Embedded content of a provider; `html` is the fallback for readers without it."""

    type: Annotated[Literal["embed"], Field(description="The type of the block.")] = "embed"
    url: Annotated[WebUrl, Field(description="The URL of the content.", examples=["https://video.example/w/41"])]
    provider: Annotated[Line, Field(description="The name of the provider.", examples=["PeerTube"])]
    html: Annotated[
        Inline | None, Field(description="What to show where it cannot be embedded.", examples=["A video of the vote."])
    ] = None


Block = Annotated[
    ParagraphInput | HeadingInput | PullQuoteInput | ListInput | ImageBlockInput | EmbedInput,
    Field(discriminator="type"),
]


def _match_links(blocks: list[Block]) -> list[Block]:
    """Return the blocks with links inside the article (`#f1`) rewritten to the stored ids."""
    texts = [text for block in blocks for text in _html_of(block)]
    matched = match_fragments(texts)
    if matched != texts:
        written = iter(matched)
        for block in blocks:
            _replace_html(block, written)
    return blocks


def _html_of(block: Block) -> list[str]:
    if isinstance(block, ListInput):
        return block.items
    html = getattr(block, "html", None)
    return [] if html is None else [html]


def _replace_html(block: Block, written: Iterator[str]) -> None:
    if isinstance(block, ListInput):
        block.items = [next(written) for _ in block.items]
    elif isinstance(block, ParagraphInput | HeadingInput | EmbedInput) and block.html is not None:
        block.html = next(written)


Body = Annotated[
    list[Block],
    BeforeValidator(null_as_empty),
    Field(max_length=MAX_BLOCKS, description="The body, block by block."),
    AfterValidator(_match_links),
]
_BODY: Final[TypeAdapter[list[Block]]] = TypeAdapter(Body, config=ConfigDict(defer_build=True))


def parse_body(value: object) -> list[Block]:
    """Validate JSON values as the blocks of a body; a ValidationError locates each error."""
    return _BODY.validate_python(value)


def dump_body(blocks: list[Block]) -> list[dict[str, object]]:
    """Return the canonical JSON that is stored: every member present, in a fixed order, `type` first."""
    dumped: list[dict[str, object]] = _BODY.dump_python(blocks)
    return dumped
