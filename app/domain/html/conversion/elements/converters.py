"""Table of the converters of elements, and the converters that need no module of their own."""

import re
from typing import Final

from app.domain.html.conversion.element_roles import FLOW, HEADINGS
from app.domain.html.conversion.elements.embeds import add_card, add_widget, convert_frame, convert_gist
from app.domain.html.conversion.elements.figures import (
    convert_caption_shortcode,
    convert_figure,
    convert_gallery,
    is_gallery,
    note_image_link,
)
from app.domain.html.conversion.elements.images import convert_image, convert_picture
from app.domain.html.conversion.elements.lists import convert_definitions, convert_item, convert_list, convert_term
from app.domain.html.conversion.elements.quotations import add_quotation, convert_quotation, is_pull_quote
from app.domain.html.conversion.elements.recordings import convert_recording
from app.domain.html.conversion.elements.tables import convert_cell, convert_table
from app.domain.html.conversion.inline_runs import Atom, Mark
from app.domain.html.conversion.shortcodes import PREFIX, get_shortcode_converters
from app.domain.html.conversion.styles import parse_style
from app.domain.html.conversion.tree import Element
from app.domain.html.conversion.walker import LANGUAGE, Converter, Walker, language_of
from app.domain.html.losses import LossCode

MAX_CODE_CHARACTERS: Final = 100_000

_LANGUAGE: Final = re.compile(r"(?:language|lang|brush|highlight|source)-?[:-]?\s*([A-Za-z0-9][A-Za-z0-9+#._-]{0,49})")
_LANGUAGE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9+#._-]{0,49}")
_CARDS: Final = frozenset({"kg-bookmark-card", "kg-bookmark-container", "graf--mixtapeEmbed", "embedded-post-wrap"})
_CONTROLS: Final = re.compile(
    r"kg-(audio|video)-(player(?!-container).*|overlay|thumbnail|hide|large.*)|subscription-widget.*|image-link-expand"
)
"""Classes of forms and of controls of players."""
_LINES: Final = FLOW | HEADINGS | {"blockquote", "dl", "hr", "ol", "pre", "table", "ul"}
_WEB_ADDRESS: Final = re.compile("https?://")


def build_converters() -> dict[str, Converter]:
    """Return the converters by the names of elements."""
    converters: dict[str, Converter] = {
        "a": _convert_link,
        "aside": _convert_box,
        "audio": convert_recording,
        "blockquote": convert_quotation,
        "br": lambda walker, _: walker.add_break(),
        "button": _convert_button,
        "caption": convert_cell,
        "details": _convert_details,
        "dialog": _convert_dialog,
        "div": _convert_box,
        "dl": _convert_definitions_or_gallery,
        "dt": convert_term,
        "embed": convert_frame,
        "figure": _convert_figure,
        "hr": _add_divider,
        "iframe": convert_frame,
        "img": convert_image,
        "li": convert_item,
        "listing": _convert_preformatted,
        "object": convert_frame,
        "picture": convert_picture,
        "plaintext": _convert_preformatted,
        "pre": _convert_preformatted,
        "script": convert_gist,
        "section": _convert_box,
        "table": convert_table,
        "td": convert_cell,
        "th": convert_cell,
        "video": convert_recording,
        "wbr": lambda walker, _: walker.add_break(Atom.WORD_BREAK),
        "xmp": _convert_preformatted,
        f"{PREFIX}caption": convert_caption_shortcode,
        f"{PREFIX}wp_caption": convert_caption_shortcode,
    }
    converters |= get_shortcode_converters()
    converters |= dict.fromkeys(HEADINGS, _convert_heading)
    converters |= dict.fromkeys(("ul", "ol", "menu", "dir"), convert_list)
    return converters


def _convert_heading(walker: Walker, element: Element) -> None:
    walker.note_attributes(element, *LANGUAGE)
    level = int(element.name[1])
    walker.end_paragraph()
    for block in walker.blocks_of(Element("p", element.attributes, element.children), style=_quiet_style(element)):
        is_text = block["type"] == "paragraph"
        walker.blocks.append({"type": "heading", "level": level, "html": block["html"]} if is_text else block)


def _quiet_style(element: Element) -> dict[str, str]:
    """Return the style of a heading without its weight: headings are bold."""
    style = parse_style(element.get("style"))
    style.pop("font-weight", None)
    return style


def _convert_preformatted(walker: Walker, element: Element) -> None:
    """Add a block of code; verse is a paragraph with its line breaks, whose marks stay."""
    if "wp-block-verse" in element.classes:
        walker.walk_flow(_with_breaks(element))
        return
    inner = element.find("code", "samp", "kbd")
    for each in element.descendants():
        if each.name not in {"code", "span", "br"} and not (each.name in {"samp", "kbd"} and each is inner):
            sentence = f"<{each.name}> inside preformatted text was dropped; its text stays"
            walker.note_loss(LossCode.ELEMENT, f"pre {each.name}", sentence, each.words())
    text = _code_text(element).removeprefix("\n").rstrip("\n").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return
    if element.name != "pre":
        walker.note_element(element)
    walker.note_attributes(element, "class", "title")
    language = _language(element) or (_language(inner) if inner is not None else None)
    lines = [text[start : start + MAX_CODE_CHARACTERS] for start in range(0, len(text), MAX_CODE_CHARACTERS)]
    if len(lines) > 1:
        walker.note_change("long code", "Preformatted text was split: it is longer than a block may be")
    for part in lines:
        walker.add_block({"type": "code", "text": part, "language": language})


def _code_text(element: Element) -> str:
    """Return the text with the line ends of `br`, and those at the edges of blocks inside of it."""
    pieces: list[str] = []
    _add_code(element, pieces)
    return "".join(pieces)


def _add_code(element: Element, pieces: list[str]) -> None:
    for child in element.children:
        if isinstance(child, str):
            pieces.append(child)
        elif isinstance(child, Element):
            if child.name == "br" or (child.name in _LINES and _is_inside_line(pieces)):
                pieces.append("\n")
            _add_code(child, pieces)
            if child.name in _LINES and _is_inside_line(pieces):
                pieces.append("\n")


def _is_inside_line(pieces: list[str]) -> bool:
    return bool(pieces) and not pieces[-1].endswith("\n")


def _language(element: Element) -> str | None:
    match = _LANGUAGE.search(element.get("class"))
    name = (
        match[1]
        if match
        else element.get("data-language") or element.get("data-lang") or element.get("data-code-block-lang")
    )
    return name if name and _LANGUAGE_NAME.fullmatch(name) else None


def _with_breaks(element: Element) -> Element:
    children: list[Element | str] = []
    for child in element.children:
        if isinstance(child, str):
            for number, part in enumerate(child.split("\n")):
                children += [Element("br")] if number else []
                children.append(part)
        elif isinstance(child, Element):
            children.append(_with_breaks(child))
    return Element("p" if element.name == "pre" else element.name, element.attributes, [*children])


def _add_divider(walker: Walker, element: Element) -> None:
    walker.note_attributes(element)
    walker.add_block({"type": "divider"})


def _convert_link(walker: Walker, element: Element) -> None:
    """Convert a link: as a mark, as a card, or as the image that it surrounds."""
    href = element.get("href")
    if not _CARDS.isdisjoint(element.classes) and _WEB_ADDRESS.match(href):
        _add_card(walker, element, href)
        return
    if element.find("img", "picture", "figure") is not None and not element.words():
        note_image_link(walker, element)
        walker.note_attributes(element, "title")
        walker.walk_flow(element)
        return
    walker.convert_inline(element)


def _add_card(walker: Walker, element: Element, href: str) -> None:
    url = walker.web_url(href, "a card")
    if url is not None:
        add_card(walker, element, url)


def _convert_figure(walker: Walker, element: Element) -> None:
    if is_pull_quote(element) and (quotation := element.find("blockquote")) is not None:
        add_quotation(walker, quotation, is_pulled=True, source=element.find("figcaption"))
        return
    cards = not _CARDS.isdisjoint(element.classes)
    link = next(
        (each for each in element.descendants() if each.name == "a" and _WEB_ADDRESS.match(each.get("href"))), None
    )
    if cards and link is not None:
        walker.walk_flow(element)
        return
    quotation = element.find("blockquote")
    caption = element.find("figcaption")
    if quotation is not None and quotation in element.children and caption is not None and not element.find("img"):
        add_quotation(walker, quotation, is_pulled=False, source=caption)
        return
    if "wp-block-embed" in element.classes and (wrapper := element.find_class("wp-block-embed__wrapper")) is not None:
        _unwrap_address(wrapper)
    convert_figure(walker, element)


def _first_link(element: Element) -> Element | None:
    links = (each for each in element.descendants() if each.name == "a" and _WEB_ADDRESS.match(each.get("href")))
    return next(links, None)


def _unwrap_address(wrapper: Element) -> None:
    """Replace the text of a wrapper by an embed where it is nothing but an address."""
    address = wrapper.words()
    if _WEB_ADDRESS.match(address) and " " not in address and wrapper.find("iframe", "blockquote", "a", "img") is None:
        wrapper.children = [Element(f"{PREFIX}embed", {"src": address})]


def _convert_box(walker: Walker, element: Element) -> None:
    """Convert a `div`, `section` or `aside`: a gallery, a pull quote, a card, controls of a player, or its content."""
    classes = element.classes
    if classes:
        if any(_CONTROLS.fullmatch(name) for name in classes):
            _drop_controls(walker, element)
            return
        if is_pull_quote(element) and element.find("img", "iframe", "table") is None:
            add_quotation(walker, element, is_pulled=True)
            return
        link = _first_link(element)
        if not _CARDS.isdisjoint(classes) and link is not None and _CARDS.isdisjoint(link.classes):
            _add_card(walker, element, link.get("href"))
            return
        if add_widget(walker, element):
            return
        if is_gallery(element) and element.find("figure", "img") is not None:
            convert_gallery(walker, element)
            return
        if "wp-caption" in classes or "captioned-image-container" in classes:
            convert_figure(walker, element)
            return
    walker.note_element(element, *LANGUAGE)
    walker.walk_flow(element, style=parse_style(element.get("style")))


def _drop_controls(walker: Walker, element: Element) -> None:
    """Drop a form or the controls of a player; front ends have their own."""
    if element.words():
        walker.drop(element)
    for each in element.descendants():
        if each.name in {"form", "input", "button", "svg", "img"}:
            walker.drop(each)


def _convert_definitions_or_gallery(walker: Walker, element: Element) -> None:
    is_item = any(name.startswith("gallery-") for name in element.classes)
    (convert_gallery if is_item else convert_definitions)(walker, element)


def _convert_details(walker: Walker, element: Element) -> None:
    """Add the summary in bold and the content as paragraphs."""
    walker.note_element(element, *LANGUAGE)
    walker.end_paragraph()
    for child in element.children:
        if isinstance(child, Element) and child.name == "summary":
            walker.note_element(child, *LANGUAGE)
            walker.walk_marked(child, *walker.language_marks(child), Mark("strong"))
            walker.end_paragraph()
    rest = [child for child in element.children if not (isinstance(child, Element) and child.name == "summary")]
    walker.walk_flow(Element("div", language_of(element), rest))


def _convert_dialog(walker: Walker, element: Element) -> None:
    if "open" in element.attributes:
        walker.note_element(element, *LANGUAGE)
        walker.walk_flow(element)
    elif element.words():
        walker.note_loss(LossCode.HIDDEN, "dialog", "A closed <dialog> was dropped with its content", element.words())


def _convert_button(walker: Walker, element: Element) -> None:
    walker.note_element(element, *LANGUAGE)
    walker.walk_marked(element, *walker.language_marks(element))
