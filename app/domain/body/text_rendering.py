"""Rendering of stored blocks as plain text; its URLs are written by RFC 3986."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, Final

from app.domain.html.inline_html import html_to_text
from app.domain.url import ascii_url

Stored = Mapping[str, Any]
DIVIDER: Final = "* * *"


def render_text(blocks_json: Iterable[Stored]) -> str:
    """Render canonical blocks as plain text with a blank line between them; empty ones are omitted."""
    rendered = (_RENDERERS[block["type"]](block) for block in blocks_json if block["type"] in _RENDERERS)
    return "\n\n".join(piece for piece in rendered if piece)


def _joined(*lines: str | None) -> str:
    return "\n".join(line for line in lines if line)


def _pull_quote(block: Stored) -> str:
    return f"{block['text']}\n— {block['attribution']}" if block["attribution"] else str(block["text"])


def _quote(block: Stored) -> str:
    return _joined(render_text(block["blocks"]), f"— {block['attribution']}" if block["attribution"] else None)


def _list(block: Stored) -> str:
    return "\n".join(_item_lines(block, ""))


def _item_lines(block: Stored, indent: str) -> Iterator[str]:
    """Return the lines of a list; a nested list is indented by two spaces."""
    marks = (f"{n}." if block["ordered"] else "•" for n in count(1))
    for mark, item in zip(marks, block["items"], strict=False):
        is_flat = isinstance(item, str)
        yield f"{indent}{mark} {html_to_text(item if is_flat else item['html'])}"
        if not is_flat:
            yield from _item_lines(item["list"], f"{indent}  ")


def _table(block: Stored) -> str:
    """Return one line for each row, its cells separated by tabs, as spreadsheets paste them."""
    rows = [block["head"], *block["rows"]] if block["head"] else block["rows"]
    return _joined(block["caption"], *("\t".join(map(_cell, row)) for row in rows))


def _cell(html: str) -> str:
    return " ".join(html_to_text(html).split())


def _image(image: Stored) -> str:
    return _joined(image["caption"] or image["alt"], image["credit"])


def _gallery(block: Stored) -> str:
    return "\n\n".join(filter(None, map(_image, block["images"])))


def _recording(block: Stored) -> str:
    urls = (block["url"], block["transcript_url"])
    return _joined(block["caption"], block["credit"], *(ascii_url(url) for url in urls if url))


def _embed(block: Stored) -> str:
    url = ascii_url(block["url"])
    link = f"{block['provider']}: {url}" if block["provider"] else url
    return _joined(block.get("title"), html_to_text(block["html"] or ""), block.get("caption"), link)


_RENDERERS: Final[Mapping[str, Callable[[Stored], str]]] = {
    "paragraph": lambda block: html_to_text(block["html"]),
    "heading": lambda block: html_to_text(block["html"]),
    "pull_quote": _pull_quote,
    "list": _list,
    "image": lambda block: _image(block["image"]),
    "embed": _embed,
    "quote": _quote,
    "table": _table,
    "code": lambda block: str(block["text"]),
    "divider": lambda _: DIVIDER,
    "gallery": _gallery,
    "video": _recording,
    "audio": _recording,
}
