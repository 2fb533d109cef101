"""Quotations of a document: block quotes, pull quotes, and quotes that stand for a post elsewhere."""

import re
from collections.abc import Sequence
from typing import Final

from app.domain.html.conversion.elements.embeds import add_quoted_post
from app.domain.html.conversion.elements.flat_html import flatten
from app.domain.html.conversion.elements.images import line
from app.domain.html.conversion.styles import parse_style
from app.domain.html.conversion.tree import Element
from app.domain.html.conversion.walker import LANGUAGE, Block, Walker, language_of
from app.domain.html.inline_html import html_to_text, text_to_html

MAX_DEPTH: Final = 4
MAX_BLOCKS: Final = 200
MAX_CHARACTERS: Final = 90_000

_PULL_QUOTE: Final = re.compile(r"(wp-block-)?pull-?quote|graf--pullquote|pullquote-.*|is-style-pullquote")
_DASHES: Final = "\u2014\u2013\u2015 "
_HELD_BY_QUOTES: Final = frozenset({"footer", "cite", "figcaption"})


def is_pull_quote(element: Element) -> bool:
    """Return whether the class of an element marks a pull quote."""
    return any(_PULL_QUOTE.fullmatch(name) for name in element.classes)


def convert_quotation(walker: Walker, element: Element) -> None:
    """Add the block of a `blockquote`; that of a post on a social network becomes an embed."""
    if add_quoted_post(walker, element):
        return
    add_quotation(walker, element, is_pulled=is_pull_quote(element))


def add_quotation(walker: Walker, element: Element, *, is_pulled: bool, source: Element | None = None) -> None:
    """Add the block of a quotation with its attribution, that of `source` where the quotation has none of its own."""
    walker.note_attributes(element, *LANGUAGE)
    attribution, content = _split_attribution(element)
    attribution = attribution or source
    blocks = walker.blocks_of(content, style=parse_style(element.get("style")))
    name = _attribution_text(walker, attribution) if attribution is not None else None
    walker.end_paragraph()
    if not blocks and not name:
        return
    if is_pulled:
        html, others = flatten(walker, blocks, "a pull quote")
        if "<" in html.replace("<br>", ""):
            walker.note_change(
                "pull quote marks", "Links and emphasis of a pull quote were dropped; its text stays", html
            )
        walker.blocks += [{"type": "pull_quote", "text": html_to_text(html), "attribution": name}, *others]
        return
    walker.blocks += _bounded(walker, {"type": "quote", "blocks": blocks, "attribution": name}, 1)


def _split_attribution(element: Element) -> tuple[Element | None, Element]:
    """Return the attribution at the end of a quotation, and the quotation without it."""
    children = list(element.children)
    for place in range(len(children) - 1, -1, -1):
        child = children[place]
        if isinstance(child, Element) and child.name == "p" and child.children:
            inner = [each for each in child.children if not (isinstance(each, str) and not each.strip())]
            if len(inner) == 1 and isinstance(inner[0], Element) and inner[0].name == "cite":
                child = inner[0]
        if isinstance(child, Element):
            if child.name not in _HELD_BY_QUOTES:
                return None, element
            is_alone = child.name != "cite" or _stands_alone(children[:place])
            if not is_alone:
                return None, element
            return child, Element(element.name, language_of(element), children[:place])
        if isinstance(child, str) and child.strip():
            return None, element
    return None, element


def _stands_alone(before: Sequence[object]) -> bool:
    """Return whether a `cite` after this content is not part of its sentence."""
    parts = (each for each in reversed(before) if isinstance(each, Element) or (isinstance(each, str) and each.strip()))
    last = next(parts, None)
    return isinstance(last, Element) and last.name in {"p", "br", "ul", "ol", "div", "h2", "h3", "h4"}


def _attribution_text(walker: Walker, element: Element) -> str | None:
    walker.note_attributes(element)
    html, others = flatten(walker, walker.blocks_of(Element("div", {}, element.children)), "an attribution")
    walker.blocks += others
    if "<a " in html:
        walker.note_change("attribution link", "The link of an attribution was dropped; its text stays", html)
    text = line(walker, html_to_text(html), "An attribution")
    return text.lstrip(_DASHES).strip() or None


def _bounded(walker: Walker, block: Block, depth: int) -> list[Block]:
    """Return the quotation within the bounds of a block: less deep, and in several parts where it is too long."""
    parts: list[list[Block]] = [[]]
    characters = 0
    for inner in _limited(walker, block["blocks"], depth):
        size = len(str(inner))
        if parts[-1] and (len(parts[-1]) >= MAX_BLOCKS or characters + size > MAX_CHARACTERS):
            parts.append([])
            characters = 0
        parts[-1].append(inner)
        characters += size
    if len(parts) > 1:
        walker.note_change("long quotation", "A quotation was split: it is longer than a block may be")
    last = len(parts) - 1
    return [
        {**block, "blocks": part, "attribution": block["attribution"] if number == last else None}
        for number, part in enumerate(parts)
    ]


def _limited(walker: Walker, blocks: list[Block], depth: int) -> list[Block]:
    limited: list[Block] = []
    for block in blocks:
        if block["type"] != "quote":
            limited.append(block)
        elif depth < MAX_DEPTH:
            limited += _bounded(walker, block, depth + 1)
        else:
            sentence = f"A quotation (<blockquote>) more than {MAX_DEPTH} levels deep was joined with the one around it"
            walker.note_change("deep quotation", sentence)
            limited += _limited(walker, block["blocks"], depth)
            name = block["attribution"]
            limited += [{"type": "paragraph", "html": text_to_html(name)}] if name else []
    return limited
