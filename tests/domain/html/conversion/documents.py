"""HTML documents of many origins, and the text that readers see of blocks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "documents"


@dataclass(frozen=True)
class SourceDocument:
    """A document with its name, and the text of its blocks with the reason where a browser shows another one."""

    name: str
    html: str
    golden: str | None = None
    reason: str | None = None


def read_documents() -> list[SourceDocument]:
    """Return the documents of all files; each begins with `# name`, golden text with `= `, its reason with `~ `."""
    return [document for path in sorted(FOLDER.glob("*.txt")) for document in _read(path)]


def _read(path: Path) -> Iterator[SourceDocument]:
    for part in re.split(r"^# ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        name, _, rest = part.partition("\n")
        lines = rest.removesuffix("\n").split("\n")
        reason = lines.pop()[2:] if lines[-1].startswith("~ ") else None
        golden = lines.pop()[2:] if lines[-1].startswith("= ") else None
        yield SourceDocument(f"{path.stem}: {name}", "\n".join(lines), golden, reason)


def fold(text: str) -> str:
    """Return the text with its white space folded."""
    return " ".join(text.split())


def shown_text(blocks: Iterable[dict[str, Any]]) -> str:
    """Return the text of blocks in their order, one piece a line."""
    return "\n".join(piece for block in blocks for piece in _pieces(block) if piece)


def _pieces(block: dict[str, Any]) -> Iterator[str]:
    is_table = block.get("type") == "table"
    if is_table:
        yield block["caption"] or ""
    if block.get("html"):  # a card; the title of a frame is not shown
        yield block.get("title") or ""
    for member in ("html", "text", "head", "rows", "items", "blocks", "images", "image"):
        value = block.get(member)
        if isinstance(value, str):
            yield value if member == "text" else _plain(value)
        elif isinstance(value, dict):
            yield from _pieces(value)
        elif isinstance(value, list):
            yield from _listed(value)
    if isinstance(block.get("list"), dict):
        yield from _pieces(block["list"])
    yield from (block.get(member) or "" for member in ("caption", "credit", "attribution")[is_table:])


def _listed(values: list[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield _plain(value)
        elif isinstance(value, list):
            yield from _listed(value)
        else:
            yield from _pieces(value)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data


def _plain(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    return parser.text
