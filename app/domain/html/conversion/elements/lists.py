"""Lists of a document, nested ones included, and definition lists."""

from typing import Any, Final

from app.domain.html.conversion.elements.figures import convert_gallery, is_gallery
from app.domain.html.conversion.elements.flat_html import UNFLATTENED, flatten
from app.domain.html.conversion.inline_runs import Mark
from app.domain.html.conversion.styles import parse_style
from app.domain.html.conversion.tree import Comment, Element
from app.domain.html.conversion.walker import LANGUAGE, Block, Walker, language_of

MAX_DEPTH: Final = 8
MAX_ITEMS: Final = 2_000
MAX_CHARACTERS: Final = 90_000


def convert_list(walker: Walker, element: Element) -> None:
    """Add the blocks of a list. A media block inside of an item interrupts it."""
    if is_gallery(element) and element.find("img") is not None:
        convert_gallery(walker, element)
        return
    if element.name in {"ul", "ol"}:
        walker.note_attributes(element, *LANGUAGE)
    else:
        walker.note_element(element, *LANGUAGE)
    items: list[Any] = []
    made: list[Block] = []
    is_ordered = element.name == "ol"
    for child in _items_of(element):
        for entry in _entries(walker, child):
            if isinstance(entry, dict) and entry.get("type") in UNFLATTENED:
                if items:
                    made.append({"type": "list", "ordered": is_ordered, "items": items})
                    items = []
                made.append(entry)
                walker.note_change(
                    f"interrupted list {entry['type']}", f"A list was split: an item cannot hold {_a(entry)}"
                )
            else:
                items.append(entry)
    if items:
        made.append({"type": "list", "ordered": is_ordered, "items": items})
    walker.end_paragraph()
    for block in made:
        walker.blocks += _bounded(walker, block) if block["type"] == "list" else [block]


def convert_item(walker: Walker, element: Element) -> None:
    """Add a list for an item without one, as Google Docs and Word paste it."""
    convert_list(walker, Element("ul", {}, [element]))


def convert_definitions(walker: Walker, element: Element) -> None:
    """Add the terms of a `dl` as paragraphs in bold and its definitions as paragraphs; or its gallery."""
    walker.note_element(element, *LANGUAGE)
    walker.walk_flow(element)


def convert_term(walker: Walker, element: Element) -> None:
    """Add a term as a paragraph in bold."""
    walker.note_element(element, *LANGUAGE)
    walker.end_paragraph()
    walker.walk_marked(element, *walker.language_marks(element), Mark("strong"))
    walker.end_paragraph()


def _a(block: Block) -> str:
    return {"image": "an image", "gallery": "a gallery", "audio": "a recording", "video": "a film"}.get(
        block["type"], "an embed"
    )


def _items_of(element: Element) -> list[Element]:
    """Return the items of a list; content beside them is an item, and a list beside them belongs to the one before."""
    items: list[Element] = []
    language = language_of(element)
    for child in element.children:
        if isinstance(child, Comment):
            continue
        if isinstance(child, Element) and child.name == "li":
            items.append(Element("li", {**language, **child.attributes}, child.children) if language else child)
        elif isinstance(child, Element) and child.name in {"ul", "ol"} and items:
            last = items[-1]
            items[-1] = Element(last.name, last.attributes, [*last.children, child])
        elif isinstance(child, Element) or child.strip():
            if items and items[-1].name == "#beside":
                items[-1].children.append(child)
            else:
                items.append(Element("#beside", language, [child]))
    return items


def _entries(walker: Walker, item: Element) -> list[Any]:
    """Return the items that an `li` becomes, and the media blocks between them."""
    walker.note_attributes(item, *LANGUAGE)
    content = Element("li", item.attributes, item.children)
    entries: list[Any] = []
    texts: list[Block] = []
    for block in walker.blocks_of(content, style=parse_style(item.get("style"))):
        if block["type"] in UNFLATTENED:
            entries += _text_entries(walker, texts)
            texts = []
            entries.append(block)
        elif block["type"] == "list":
            html, _ = flatten(walker, texts, "a list item")
            texts = []
            if not html and entries and isinstance(entries[-1], dict) and "list" in entries[-1]:
                entries[-1]["list"]["items"] += block["items"]
                walker.note_change("joined lists", "Two lists in one list item were joined")
            else:
                entries.append({"html": html, "list": {"ordered": block["ordered"], "items": block["items"]}})
        else:
            texts.append(block)
    if texts and entries:
        walker.note_change(
            "text after list", "The text of a list item after its list or image became an item of its own"
        )
    return entries + _text_entries(walker, texts)


def _text_entries(walker: Walker, texts: list[Block]) -> list[Any]:
    html, _ = flatten(walker, texts, "a list item")
    return [html] if html else []


def _bounded(walker: Walker, block: Block) -> list[Block]:
    """Return the list within the bounds of a block: less deep, and in several parts where it is too long."""
    items = _limited(walker, block["items"], 1)
    parts: list[list[Any]] = [[]]
    count = characters = 0
    for item in items:
        texts = _texts(item)
        if parts[-1] and (count + len(texts) > MAX_ITEMS or characters + sum(map(len, texts)) > MAX_CHARACTERS):
            parts.append([])
            count = characters = 0
        parts[-1].append(item)
        count, characters = count + len(texts), characters + sum(map(len, texts))
    if len(parts) > 1:
        walker.note_change("long list", "A list was split: it is longer than a block may be")
    return [{**block, "items": part} for part in parts]


def _limited(walker: Walker, items: list[Any], depth: int) -> list[Any]:
    limited: list[Any] = []
    for item in items:
        if isinstance(item, str):
            limited.append(item)
        elif depth < MAX_DEPTH:
            limited.append(
                {
                    "html": item["html"],
                    "list": {**item["list"], "items": _limited(walker, item["list"]["items"], depth + 1)},
                }
            )
        else:
            walker.note_change(
                "deep list", f"A list more than {MAX_DEPTH} levels deep was joined with the one around it"
            )
            limited += [item["html"]] if item["html"] else []
            limited += _limited(walker, item["list"]["items"], depth)
    return limited


def _texts(item: Any) -> list[str]:
    if isinstance(item, str):
        return [item]
    return [item["html"], *(text for each in item["list"]["items"] for text in _texts(each))]
