"""Blocks as one inline text, for places that cannot hold blocks: list items, cells, captions."""

from typing import Final

from app.domain.html.conversion.inline_runs import MAX_PARAGRAPH_CHARACTERS, MAX_PARAGRAPH_TAGS
from app.domain.html.conversion.walker import Block, Walker
from app.domain.html.inline_html import html_to_text, text_to_html
from app.domain.html.losses import LossCode

UNFLATTENED: Final = frozenset({"image", "gallery", "video", "audio", "embed"})
_NAMES: Final = {
    "heading": "A heading (<h1> … <h6>)",
    "list": "A list (<ul>, <ol>, <li>)",
    "quote": "A quotation (<blockquote>)",
    "pull_quote": "A quotation (<blockquote>)",
    "code": "Preformatted text (<pre>)",
    "table": "A <table>",
    "divider": "An <hr>",
}


def flatten(walker: Walker, blocks: list[Block], place: str | None = None) -> tuple[str, list[Block]]:
    """Return the text of blocks as inline HTML, and the blocks without text.

    Paragraphs are joined by line breaks. Each block that becomes text, and each that moves, is a loss, in which
    `place` names where it was; without one, the text only stands for content elsewhere, and nothing is lost.
    """
    others = [block for block in blocks if block["type"] in UNFLATTENED]
    texts = [block for block in blocks if block["type"] not in UNFLATTENED]
    if place is None:
        return _bounded(walker, "<br>".join(filter(None, map(_html, texts))), "a post"), others
    if len(texts) > 1:
        walker.note_change(f"joined {place}", f"Paragraphs in {place} were joined by line breaks")
    for block in others:
        kind = block["type"]
        walker.note_change(f"moved {place} {kind}", f"A block ({kind}) in {place} was moved behind it")
    for block in texts:
        if block["type"] in _NAMES:
            walker.note_change(f"flat {place} {block['type']}", f"{_NAMES[block['type']]} in {place} became text")
    html = "<br>".join(filter(None, map(_html, texts)))
    return _bounded(walker, html, place), others


def _bounded(walker: Walker, html: str, place: str) -> str:
    """Return the HTML without its marks where it has more tags than a text may have."""
    if html.count("<") <= MAX_PARAGRAPH_TAGS and len(html) <= MAX_PARAGRAPH_CHARACTERS:
        return html
    walker.note_change(f"long {place}", f"The marks of the text of {place} were dropped: it is too long")
    text = " ".join(html_to_text(html).split())
    if len(text) > MAX_PARAGRAPH_CHARACTERS // 5:  # each character may become an entity
        walker.note_loss(LossCode.TEXT, f"cut {place}", f"The text of {place} was cut: it is too long", text)
    return text_to_html(text[: MAX_PARAGRAPH_CHARACTERS // 5])


def _html(block: Block) -> str:
    if block["type"] == "heading":
        return f"<strong>{block['html']}</strong>"
    return "<br>".join(filter(None, _lines(block)))


def _lines(block: Block) -> list[str]:
    """Return the lines of a block as inline HTML."""
    kind = block["type"]
    caption, attribution = (_escaped(block.get(name) or "") for name in ("caption", "attribution"))
    if kind == "list":
        return _items(block)
    if kind == "quote":
        return [*map(_html, block["blocks"]), attribution]
    if kind == "table":
        return [caption, *(" ".join(filter(None, row)) for row in (block["head"], *block["rows"]))]
    if "html" in block:
        return [str(block["html"])]
    return [_escaped(block.get("text", "")), attribution]


def _items(block: Block) -> list[str]:
    lines: list[str] = []
    for item in block["items"]:
        lines += [item] if isinstance(item, str) else [item["html"], *_items(item["list"])]
    return [line for line in lines if line]


def _escaped(text: str) -> str:
    return text_to_html(text).replace("\n", "<br>")
