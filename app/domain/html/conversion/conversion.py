"""Conversion of HTML of any origin into the blocks of a body, with every loss named."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urljoin

from app.domain.html.conversion.elements.converters import build_converters
from app.domain.html.conversion.ignored_tags import find_ignored_tags, find_unfinished_tag
from app.domain.html.conversion.shortcodes import mark_shortcodes
from app.domain.html.conversion.tree import Document, Element, parse_html
from app.domain.html.conversion.walker import Block, Walker
from app.domain.html.conversion.word_lists import nest_word_lists
from app.domain.html.losses import Loss, LossCode, find_repairs, group_losses

MAX_HTML_CHARACTERS: Final = 5_000_000

_PARAGRAPH: Final = re.compile(r"<p[\s>]|<!-- wp:", re.IGNORECASE)
_WRITTEN_LINES: Final = re.compile(r"\n[ \t\r]*+\n|^[ \t]*+https?://\S++[ \t\r]*+$", re.MULTILINE)
_CONVERTERS: Final = build_converters()


@dataclass(frozen=True, slots=True)
class Conversion:
    """Blocks in the form of a request, and the losses of the HTML."""

    blocks: list[Block]
    losses: list[Loss]


def convert_html(html: str, *, base: str | None = None) -> Conversion:
    """Return the blocks of a document or fragment.

    `base` is the URL that relative ones resolve against, unless the document has a `base` of its own. Everything that
    is dropped or changed is among the losses. The time is linear in the length of the HTML.
    """
    document = parse_html(mark_shortcodes(html))
    root = document.root
    nest_word_lists(root)
    walker = Walker(_CONVERTERS, base=_base(root, base), targets=_targets(root), is_classic=_is_classic(html, root))
    _note_document(walker, html, document)
    _note_ignored_tags(walker, html, root)
    walker.walk_flow(root)
    walker.end_text()
    return Conversion(walker.blocks, group_losses(walker.losses))


def _base(root: Element, given: str | None) -> str | None:
    element = root.find("base")
    href = element.get("href") if element is not None else ""
    try:
        found = urljoin(given or "", href.strip()) if href else given
    except ValueError:
        return given
    return found if found and found.startswith(("http://", "https://")) else given


def _targets(root: Element) -> frozenset[str]:
    """Return the ids that links inside the document name."""
    fragments = (
        each.get("href")[1:] for each in root.descendants() if each.name == "a" and each.get("href").startswith("#")
    )
    return frozenset(name for each in fragments if each for name in (each, unquote(each)))


def _is_classic(html: str, root: Element) -> bool:
    """Return whether line ends are breaks, as in posts of the classic editor of WordPress.

    Their text outside of paragraphs has blank lines, or an address on a line of its own.
    """
    if _PARAGRAPH.search(html):
        return False
    return any(isinstance(child, str) and child.strip() and _WRITTEN_LINES.search(child) for child in root.children)


def _note_document(walker: Walker, html: str, document: Document) -> None:
    if document.has_replaced:
        sentence = "Characters that cannot be stored were replaced by U+FFFD"
        walker.note_loss(LossCode.TEXT, "characters", sentence)
    walker.losses += find_repairs(html)
    for element in document.root.descendants():
        if element.name in {"html", "body"}:
            language = element.get("lang")
            if language:
                sentence = f"The attribute lang of <{element.name}> was dropped: it belongs to the article"
                walker.note_loss(LossCode.ATTRIBUTE, f"{element.name} lang", sentence, f'lang="{language}"')


def _note_ignored_tags(walker: Walker, html: str, root: Element) -> None:
    for name, count in find_ignored_tags(html, root).items():
        for _ in range(count):
            sentence = f"<{name}> was dropped where it may not stand; its text stays"
            walker.note_loss(LossCode.ELEMENT, f"ignored {name}", sentence)
    unfinished = find_unfinished_tag(html)
    if unfinished:
        walker.note_loss(LossCode.CONTENT, "unfinished", "A tag that does not end was dropped", unfinished)
