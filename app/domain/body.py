"""The body of an article: blocks as they come in, as they are stored, and as HTML or plain text."""

import html as entities
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from app.domain.markup import escape, plain_text, sanitise, to_text, web_url
from app.errors import InvalidValue

MAX_BLOCKS: Final = 2_000
MAX_BLOCK_CHARACTERS: Final = 100_000
MAX_LINE_CHARACTERS: Final = 5_000
MAX_LIST_ITEMS: Final = 2_000
MAX_RENDITIONS: Final = 100
MAX_PIXELS: Final = 1_000_000


def render_html(blocks_json: Iterable[Mapping[str, Any]]) -> str:
    """The canonical blocks as one HTML fragment, a line each; a type that is not known here is left out."""
    return _render(blocks_json, _HTML, "\n")


def render_text(blocks_json: Iterable[Mapping[str, Any]]) -> str:
    """The canonical blocks as plain text with a blank line between them; empty ones are left out."""
    return _render(blocks_json, _TEXT, "\n\n")


def _bounded(html: str) -> str:
    if len(html) > MAX_BLOCK_CHARACTERS:
        raise InvalidValue(f"A block holds at most {MAX_BLOCK_CHARACTERS:,} characters of HTML.")
    return html


def _inline(html: str) -> str:
    return _bounded(sanitise(_bounded(html)))


def _media_type(value: str) -> str:
    if _IMAGE_TYPE.fullmatch(value) is None:
        raise InvalidValue("Expected the media type of an image, such as 'image/jpeg'.")
    return value


def _flaw(member: str, message: str, value: object) -> ValidationError:
    """An error that pydantic reports at the member itself; a plain ValueError would be put on the block."""
    error = PydanticCustomError("invalid_value", "{reason}", {"reason": message})
    return ValidationError.from_exception_data("block", [InitErrorDetails(type=error, loc=(member,), input=value)])


def _render(
    blocks: Iterable[Mapping[str, Any]], renderers: Mapping[str, Callable[[Mapping[str, Any]], str]], gap: str
) -> str:
    rendered = (renderers[block["type"]](block) for block in blocks if block["type"] in renderers)
    return gap.join(piece for piece in rendered if piece)


def _lines(text: str) -> str:
    return entities.escape(text).replace("\n", "<br>")


def _heading_html(block: Mapping[str, Any]) -> str:
    return f"<h{block['level']}>{block['html']}</h{block['level']}>"


def _pull_quote_html(block: Mapping[str, Any]) -> str:
    # The HTML standard keeps the attribution out of the blockquote, whose content is the quotation alone.
    quotation = f"<blockquote><p>{_lines(block['text'])}</p></blockquote>"
    attribution = _caption_html(_lines(block["attribution"] or ""))
    return f'<figure class="pull-quote">{quotation}{attribution}</figure>'


def _list_html(block: Mapping[str, Any]) -> str:
    tag = "ol" if block["ordered"] else "ul"
    return f"<{tag}>{''.join(f'<li>{item}</li>' for item in block['items'])}</{tag}>"


def _image_html(block: Mapping[str, Any]) -> str:
    image = block["image"]
    attributes = {
        "src": image["url"],
        "alt": image["alt"],
        "width": image["width"],
        "height": image["height"],
    }
    if candidates := _candidates(image):
        attributes |= {"srcset": candidates, "sizes": "100vw"}
    pairs = (f' {name}="{entities.escape(str(v))}"' for name, v in attributes.items() if v is not None)
    credit = f"<small>{_lines(image['credit'])}</small>" if image["credit"] else ""
    caption = " ".join(filter(None, (_lines(image["caption"] or ""), credit)))
    return f'<figure class="image"><img{"".join(pairs)}>{_caption_html(caption)}</figure>'


def _candidates(image: Mapping[str, Any]) -> str:
    """The value of `srcset`, narrowest first and one a width; empty when there is nothing to choose from."""
    by_width = {rendition["width"]: rendition["url"] for rendition in reversed(image["renditions"])}
    if by_width and image["width"] is not None:
        by_width[image["width"]] = image["url"]
    # A comma at its end would be read as the end of the candidate.
    safe = {width: re.sub(",+$", lambda commas: "%2C" * len(commas[0]), url) for width, url in by_width.items()}
    return ", ".join(f"{url} {width}w" for width, url in sorted(safe.items()))


def _embed_html(block: Mapping[str, Any]) -> str:
    fallback = f"<p>{block['html']}</p>" if block["html"] else ""
    name = _lines(block["provider"] or block["url"])
    link = f'<a href="{entities.escape(block["url"])}">{name}</a>'
    return f'<figure class="embed">{fallback}{_caption_html(link)}</figure>'


def _caption_html(html: str) -> str:
    return f"<figcaption>{html}</figcaption>" if html else ""


def _pull_quote_text(block: Mapping[str, Any]) -> str:
    return f"{block['text']}\n— {block['attribution']}" if block["attribution"] else str(block["text"])


def _list_text(block: Mapping[str, Any]) -> str:
    marks = (f"{n}." if block["ordered"] else "•" for n in count(1))
    return "\n".join(f"{mark} {to_text(item)}" for mark, item in zip(marks, block["items"], strict=False))


def _image_text(block: Mapping[str, Any]) -> str:
    image = block["image"]
    return "\n".join(filter(None, (image["caption"] or image["alt"], image["credit"])))


def _embed_text(block: Mapping[str, Any]) -> str:
    return "\n".join(filter(None, (to_text(block["html"] or ""), f"{block['provider']}: {block['url']}")))


_HTML: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "paragraph": lambda block: f"<p>{block['html']}</p>",
    "heading": _heading_html,
    "pull_quote": _pull_quote_html,
    "list": _list_html,
    "image": _image_html,
    "embed": _embed_html,
}
_TEXT: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "paragraph": lambda block: to_text(block["html"]),
    "heading": lambda block: to_text(block["html"]),
    "pull_quote": _pull_quote_text,
    "list": _list_text,
    "image": _image_text,
    "embed": _embed_text,
}


_IMAGE_TYPE: Final = re.compile(r"image/[A-Za-z0-9][A-Za-z0-9.+-]{0,99}")

Inline = Annotated[str, AfterValidator(_inline), Field(description="Inline HTML, sanitised.")]
Text = Annotated[str, Field(max_length=MAX_BLOCK_CHARACTERS), AfterValidator(plain_text)]
Line = Annotated[str, Field(max_length=MAX_LINE_CHARACTERS), AfterValidator(plain_text)]
WebUrl = Annotated[str, AfterValidator(web_url)]
MediaType = Annotated[str, AfterValidator(_media_type)]
Pixels = Annotated[int, Field(strict=True, gt=0, le=MAX_PIXELS)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class Rendition(_Part):
    """One file of an image; `width` and `height` in pixels."""

    url: WebUrl
    width: Pixels
    height: Pixels
    type: MediaType


class Image(_Part):
    """A picture elsewhere; `alt` is empty where it only decorates, `width` and `height` are in pixels."""

    url: WebUrl
    alt: Line
    caption: Line | None = None
    credit: Line | None = None
    width: Pixels | None = None
    height: Pixels | None = None
    renditions: Annotated[list[Rendition], Field(max_length=MAX_RENDITIONS)] = Field(default_factory=list)


class Rights(_Part):
    """Who owns an article and what may be done with it."""

    holder: Line | None = None
    notice: Line | None = None
    usage: Line | None = None
    licence_url: WebUrl | None = None


class Source(_Part):
    """Where an article comes from."""

    name: Line
    url: WebUrl | None = None


class _Prose(_Part):
    """A block of one inline text, which comes in as `html`, or as plain `text` that is escaped into it."""

    @model_validator(mode="before")
    @classmethod
    def _escape_text(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "text" not in value:
            if "html" not in value:
                raise _flaw("html", "Give 'html' or 'text'.", None)
            return value
        text = value["text"]
        if "html" in value:
            raise _flaw("text", "Give 'html' or 'text', not both.", text)
        if not isinstance(text, str):
            raise _flaw("text", "Input should be a valid string.", text)
        if len(text) > MAX_BLOCK_CHARACTERS:
            raise _flaw("text", f"A block holds at most {MAX_BLOCK_CHARACTERS:,} characters.", text)
        try:
            html = escape(text)
        except InvalidValue as error:
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
            schema["properties"]["text"] = {"type": "string", "title": "Text", "description": description}
            others = [name for name in schema.get("required", []) if name != "html"]
            schema["required"] = others
            schema["oneOf"] = [{"required": ["html"]}, {"required": ["text"]}]
        return reference


class Paragraph(_Prose):
    """A paragraph of running text."""

    type: Literal["paragraph"] = "paragraph"
    html: Inline


class Heading(_Prose):
    """A heading inside the article, whose headline is level 1."""

    type: Literal["heading"] = "heading"
    level: Literal[2, 3, 4]
    html: Inline


class PullQuote(_Part):
    """Words taken out of the text and shown large."""

    type: Literal["pull_quote"] = "pull_quote"
    text: Text
    attribution: Line | None = None


class ItemList(_Part):
    """A list with numbers (`ordered`) or bullets; its items are inline HTML."""

    type: Literal["list"] = "list"
    ordered: Annotated[bool, Field(strict=True)] = False
    items: Annotated[list[Inline], Field(max_length=MAX_LIST_ITEMS)]

    @model_validator(mode="after")
    def _limit(self) -> "ItemList":
        if sum(map(len, self.items)) > MAX_BLOCK_CHARACTERS:
            raise InvalidValue(f"A list holds at most {MAX_BLOCK_CHARACTERS:,} characters of HTML.")
        return self


class ImageBlock(_Part):
    """A picture in the run of the text."""

    type: Literal["image"] = "image"
    image: Image


class Embed(_Part):
    """Something shown from elsewhere; `html` is what a reader sees without it."""

    type: Literal["embed"] = "embed"
    url: WebUrl
    provider: Line
    html: Inline | None = None


Block = Annotated[
    Paragraph | Heading | PullQuote | ItemList | ImageBlock | Embed,
    Field(discriminator="type"),
]
Body = Annotated[list[Block], Field(max_length=MAX_BLOCKS)]
_BODY: Final[TypeAdapter[list[Block]]] = TypeAdapter(Body)


def parse_body(value: object) -> list[Block]:
    """The blocks of a body that came in as JSON values; a ValidationError names the place of each flaw."""
    return _BODY.validate_python(value)


def dump_body(blocks: list[Block]) -> list[dict[str, object]]:
    """The canonical JSON form, as it is stored: every member present, in a fixed order, `type` first."""
    dumped: list[dict[str, object]] = _BODY.dump_python(blocks)
    return dumped
