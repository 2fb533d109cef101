"""Documents of many origins: every loss is named, and readers see the text that browsers show."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.body import parse_body
from app.domain.html.conversion.conversion import Conversion, convert_html
from app.domain.html.conversion.element_roles import DROPPED
from app.domain.html.conversion.styles import is_hidden, parse_style
from app.domain.html.conversion.tree import Element, parse_html
from app.domain.html.tokens import TokenKind, iterate_tokens
from app.schemas.write_warning import find_body_warnings
from tests.api.ops.chromium import open_page
from tests.domain.html.conversion.documents import SourceDocument, fold, read_documents, shown_text

DOCUMENTS = read_documents()
MEANINGLESS = {
    "html",
    "head",
    "body",
    "div",
    "span",
    "p",
    "br",
    "figure",
    "picture",
    "source",
    "tr",
    "tbody",
    "col",
} | {
    *("thead", "tfoot", "colgroup", "o:p", "root"),
}
"""Elements without a meaning of their own, or whose meaning is that of the block around them."""
STANDARD = frozenset(
    """a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption cite code col
    colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure footer form h1 h2
    h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark math menu
    meta meter nav noscript object ol optgroup option output p picture pre progress q rp rt ruby s samp script search
    section select slot small source span strong style sub summary sup svg table tbody td template textarea tfoot th
    thead time title tr track u ul var video wbr""".split()  # noqa: SIM905 - a list of a hundred names is easier to read
)
"""Elements of the HTML Standard, section 4 (`selectedcontent` is made by browsers)."""
OBSOLETE = frozenset(
    """acronym applet basefont big blink center dir font frame frameset keygen listing marquee nobr noembed noframes
    param plaintext rb rtc strike tt xmp""".split()  # noqa: SIM905 - same
)
"""Elements of its section 16 that pages still have."""
COUNTED = {"img", "iframe", "table", "video", "audio", "pre", "blockquote", "svg", "script", "form"} | {
    f"h{level}" for level in range(1, 7)
}


@cache
def conversion_of(document: SourceDocument) -> Conversion:
    """Return the conversion of a document, which all tests of a process share."""
    return convert_html(document.html)


def test_documents_cover_every_element_of_the_standard() -> None:
    found = {name.lower() for document in DOCUMENTS for name in re.findall(r"<([a-zA-Z][a-zA-Z0-9]*)", document.html)}

    assert len(DOCUMENTS) >= 200
    assert (STANDARD | OBSOLETE) - found == set()


def test_documents_become_blocks_that_are_stored_unchanged() -> None:
    for document in DOCUMENTS:
        blocks = conversion_of(document).blocks
        given = json.loads(json.dumps(blocks))
        assert list(find_body_warnings("body", given, parse_body(given))) == [], document.name


def test_elements_of_documents_are_stored_or_named() -> None:
    missing = {document.name: lost for document in DOCUMENTS if (lost := _unnamed_elements(document))}

    assert missing == {}, missing


def test_tags_that_the_parser_ignores_are_named() -> None:
    missing: dict[str, set[str]] = {}
    for document in DOCUMENTS:
        html = re.sub(r"<template>.*?</template>", "", document.html)
        written = {token.name for token in iterate_tokens(html) if token.kind is TokenKind.START}
        parsed = {element.name for element in parse_html(html).root.descendants()}
        named = " ".join(loss.detail for loss in convert_html(html).losses)
        ignored = {name for name in written - parsed - MEANINGLESS - {"image"} if f"<{name}>" not in named}
        missing |= {document.name: ignored} if ignored else {}

    assert missing == {}, missing


def test_links_and_files_of_documents_are_stored_or_named() -> None:
    missing = {}
    for document in DOCUMENTS:
        conversion = conversion_of(document)
        written = json.dumps(conversion.blocks, ensure_ascii=False).replace("&amp;", "&")
        named = " ".join(loss.detail for loss in conversion.losses)
        for element in _visible(parse_html(document.html).root):
            url = element.get("href") if element.name == "a" else ""
            if url.startswith("http") and url not in written and "ink" not in named and "<svg>" not in named:
                missing[document.name] = url

    assert missing == {}, missing


def test_text_of_blocks_equals_inner_text_of_a_browser(tmp_path: Path) -> None:
    with open_page(tmp_path) as page:
        script = """JSON.stringify(%s.map(html => {
            document.body.innerHTML = '<div></div>';
            document.body.firstChild.innerHTML = html;
            return document.body.firstChild.innerText;
        }))"""
        shown = json.loads(page.evaluate(script % json.dumps([document.html for document in DOCUMENTS])))

    differing = {}
    for document, inner in zip(DOCUMENTS, shown, strict=True):
        text = fold(shown_text(conversion_of(document).blocks))
        expected = fold(inner) if document.golden is None else document.golden
        if text != expected:
            differing[document.name] = (text, expected)
        assert document.golden != fold(inner), f"{document.name}: the golden text is that of a browser"
    assert differing == {}


def _visible(element: Element) -> list[Element]:
    """Return the elements that a reader may see, without those inside of dropped and hidden ones."""
    found = []
    for child in element.children:
        if isinstance(child, Element):
            found.append(child)
            is_closed = child.name == "dialog" and "open" not in child.attributes
            hidden = "hidden" in child.attributes or is_hidden(parse_style(child.get("style"))) or is_closed
            if child.name not in DROPPED | {"audio", "video", "object", "iframe"} and not hidden:
                found += _visible(child)
    return found


def _unnamed_elements(document: SourceDocument) -> dict[str, int]:
    """Return the elements that are neither in the blocks nor named by a loss, with their number."""
    conversion = conversion_of(document)
    titles = {block.get("title") for block in conversion.blocks}
    elements = [
        each
        for each in _visible(parse_html(document.html).root)
        if _has_content(each) and not _is_equivalent(each) and each.words() not in titles
    ]
    given = Counter(each.name for each in elements if each.name not in MEANINGLESS)
    stored = _stored_elements(conversion)
    lost = {}
    for name, count in given.items():
        named = sum(_times(loss.detail) for loss in conversion.losses if f"<{name}>" in loss.detail)
        expected = count if name in COUNTED else 1
        if stored[name] + named < expected:
            lost[name] = count
    return lost


def _is_equivalent(element: Element) -> bool:
    """Return whether an element says what the text already is: verse, an emoji, bold that its style takes away."""
    is_plain = element.name == "b" and "normal" in element.get("style")
    return is_plain or not {"wp-block-verse", "wp-smiley"}.isdisjoint(element.classes)


def _has_content(element: Element) -> bool:
    """Return whether an element shows anything; an empty mark, list or heading does not."""
    media = (
        "img",
        "iframe",
        "embed",
        "object",
        "video",
        "audio",
        "input",
        "hr",
        "meter",
        "area",
        "link",
        "meta",
        "svg",
    )
    is_media = element.name in {*media, "script", "style", "template", "canvas", "base", "basefont", "track", "frame"}
    return is_media or bool(element.text().strip()) or element.find(*media) is not None


def _times(detail: str) -> int:
    match = re.search(r"\((\d+) times\)", detail)
    return int(match[1]) if match else 1


def _stored_elements(conversion: Conversion) -> Counter[str]:
    """Return how many elements of each name the blocks hold."""
    stored: Counter[str] = Counter()
    _count_blocks(conversion.blocks, stored)
    written = json.dumps(conversion.blocks)
    stored.update(re.findall(r"<([a-z]+[1-6]?)[ >]", written))
    synonyms = {"strike": "s", "tt": "code", "acronym": "abbr", "listing": "pre", "xmp": "pre", "plaintext": "pre"}
    if any("<table>" in loss.detail for loss in conversion.losses):
        stored["td"] += 1  # a table for layout
    stored.update({name: stored[other] for name, other in synonyms.items()})
    return stored


def _count_blocks(blocks: list[dict[str, Any]], stored: Counter[str]) -> None:
    for block in blocks:
        kind = block["type"]
        names = {
            "heading": [f"h{block.get('level')}"],
            "quote": ["blockquote"],
            "pull_quote": ["blockquote", "aside"],
            "list": ["ol" if block.get("ordered") else "ul", "li"],
            "table": ["table", "td", "th"],
            "code": ["pre", "code", "samp", "kbd"],
            "divider": ["hr"],
            "video": ["video"],
            "audio": ["audio"],
            "embed": ["iframe", "embed", "object", "blockquote", "script", "a"],
            "image": ["img"],
            "gallery": ["ul", "li", "dl", "dt", "dd"],
        }.get(kind, [])
        stored.update(names)
        stored["img"] += len(block.get("images", [])) + bool(block.get("thumbnail"))
        for part in (block, block.get("image") or {}, *block.get("images", [])):
            stored.update(["figcaption", "a"] if part.get("caption") else [])
            stored.update(["caption"] if kind == "table" and part.get("caption") else [])
            stored.update(["cite"] if part.get("credit") else [])
        if block.get("attribution"):
            stored.update(["cite", "footer", "figcaption"])
        _count_blocks(block.get("blocks", []), stored)
        nested = [item["list"] for item in block.get("items", []) if isinstance(item, dict)]
        _count_blocks([{"type": "list", **each} for each in nested], stored)
