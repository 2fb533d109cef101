"""Rendering of a stored body as blocks, HTML or plain text; its URLs are written by RFC 3986."""

import html as entities
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, Final

from app.domain.html.inline_html import html_to_text
from app.domain.url import ascii_url

FIRST_BLOCK_TYPES: Final = frozenset({"paragraph", "heading", "pull_quote", "list", "image", "embed"})
"""The block types of the first version of /v1. No type is ever added here."""


def render_html(blocks_json: Iterable[Mapping[str, Any]]) -> str:
    """Render canonical blocks as one HTML fragment, one line each; an unknown type is omitted."""
    return _render(blocks_json, _HTML, "\n")


def render_text(blocks_json: Iterable[Mapping[str, Any]]) -> str:
    """Render canonical blocks as plain text with a blank line between them; empty ones are omitted."""
    return _render(blocks_json, _TEXT, "\n\n")


def ascii_blocks(blocks: Any) -> Any:
    """Return the canonical blocks with the URLs of images and embeds by RFC 3986; the blocks are changed in place."""
    for block in blocks:
        if block["type"] == "image":
            ascii_image(block["image"])
        elif block["type"] == "embed":
            block["url"] = ascii_url(block["url"])
    return blocks


def add_fallbacks(blocks: Any) -> Any:
    """Return the blocks with `fallback_html` and `fallback_text` in those of later types; they are changed in place.

    A client that was made before a type existed shows the fallback. The first types have none: every client knows
    them.
    """
    for block in blocks:
        if block["type"] not in FIRST_BLOCK_TYPES:
            block["fallback_html"], block["fallback_text"] = render_html([block]), render_text([block])
    return blocks


def ascii_image(image: Any) -> Any:
    """Return the image with its URLs by RFC 3986; it is changed in place."""
    for file in (image, *image["renditions"]):
        file["url"] = ascii_url(file["url"])
    return image


def ascii_rights(rights: Any) -> Any:
    """Return the rights with their URL by RFC 3986; they are changed in place."""
    if rights["licence_url"]:
        rights["licence_url"] = ascii_url(rights["licence_url"])
    return rights


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
    # The HTML Standard excludes the attribution from the blockquote, which contains the quotation alone.
    quotation = f"<blockquote><p>{_lines(block['text'])}</p></blockquote>"
    attribution = _caption_html(_lines(block["attribution"] or ""))
    return f'<figure class="pull-quote">{quotation}{attribution}</figure>'


def _list_html(block: Mapping[str, Any]) -> str:
    tag = "ol" if block["ordered"] else "ul"
    return f"<{tag}>{''.join(f'<li>{item}</li>' for item in block['items'])}</{tag}>"


def _image_html(block: Mapping[str, Any]) -> str:
    image = block["image"]
    attributes = {
        "src": ascii_url(image["url"]),
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
    """Return the value of `srcset`, narrowest first, one file for each width; empty for fewer than two files."""
    by_width = {rendition["width"]: ascii_url(rendition["url"]) for rendition in reversed(image["renditions"])}
    if by_width and image["width"] is not None:
        by_width[image["width"]] = ascii_url(image["url"])
    # A comma at its end would be parsed as the end of the candidate.
    safe = {width: re.sub(",+$", lambda commas: "%2C" * len(commas[0]), url) for width, url in by_width.items()}
    return ", ".join(f"{url} {width}w" for width, url in sorted(safe.items()))


def _embed_html(block: Mapping[str, Any]) -> str:
    fallback = f"<p>{block['html']}</p>" if block["html"] else ""
    name = _lines(block["provider"] or block["url"])
    link = f'<a href="{entities.escape(ascii_url(block["url"]))}">{name}</a>'
    return f'<figure class="embed">{fallback}{_caption_html(link)}</figure>'


def _caption_html(html: str) -> str:
    return f"<figcaption>{html}</figcaption>" if html else ""


def _pull_quote_text(block: Mapping[str, Any]) -> str:
    return f"{block['text']}\n— {block['attribution']}" if block["attribution"] else str(block["text"])


def _list_text(block: Mapping[str, Any]) -> str:
    marks = (f"{n}." if block["ordered"] else "•" for n in count(1))
    return "\n".join(f"{mark} {html_to_text(item)}" for mark, item in zip(marks, block["items"], strict=False))


def _image_text(block: Mapping[str, Any]) -> str:
    image = block["image"]
    return "\n".join(filter(None, (image["caption"] or image["alt"], image["credit"])))


def _embed_text(block: Mapping[str, Any]) -> str:
    return "\n".join(
        filter(None, (html_to_text(block["html"] or ""), f"{block['provider']}: {ascii_url(block['url'])}"))
    )


_HTML: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "paragraph": lambda block: f"<p>{block['html']}</p>",
    "heading": _heading_html,
    "pull_quote": _pull_quote_html,
    "list": _list_html,
    "image": _image_html,
    "embed": _embed_html,
}
_TEXT: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "paragraph": lambda block: html_to_text(block["html"]),
    "heading": lambda block: html_to_text(block["html"]),
    "pull_quote": _pull_quote_text,
    "list": _list_text,
    "image": _image_text,
    "embed": _embed_text,
}
