"""Lists of Microsoft Word, which are paragraphs whose style names a list and a level."""

import re
from typing import Final

from app.domain.html.conversion.tree import Comment, Element

_LIST: Final = re.compile(r"mso-list:\s{0,9}(?!ignore|none)\S{1,40}\s{1,9}level(\d)", re.IGNORECASE)
_MARKER: Final = re.compile(r"mso-list:\s{0,9}ignore", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\s*\(?(\d+|[a-z]|[ivxl]+)[.)]", re.IGNORECASE)


def nest_word_lists(root: Element) -> None:
    """Replace runs of list paragraphs inside of an element, and those inside its descendants, by lists."""
    if not any(_LIST.search(each.get("style")) for each in root.descendants() if "style" in each.attributes):
        return
    for parent in (root, *root.descendants()):
        if any(_level(child) for child in parent.children):
            parent.children = _with_lists(parent.children)


def _level(node: Element | Comment | str) -> int:
    """Return the level of a list paragraph, 0 for anything else."""
    if not isinstance(node, Element) or node.name not in {"p", "h1", "h2", "h3", "h4", "h5", "h6"}:
        return 0
    match = _LIST.search(node.get("style"))
    return max(int(match[1]), 1) if match else 0


def _with_lists(children: list[Element | Comment | str]) -> list[Element | Comment | str]:
    result: list[Element | Comment | str] = []
    open_lists: list[Element] = []
    for child in children:
        level = _level(child)
        if isinstance(child, Element) and level:
            name, item = _item(child)
            del open_lists[level:]
            if len(open_lists) == level and open_lists[-1].name != name:
                open_lists.pop()
            while len(open_lists) < level:
                made = Element(name)
                if open_lists:
                    _last_item(open_lists[-1]).children.append(made)
                else:
                    result.append(made)
                open_lists.append(made)
            open_lists[-1].children.append(item)
        elif isinstance(child, Element) or (isinstance(child, str) and child.strip()):
            open_lists = []
            result.append(child)
        else:
            result.append(child)
    return result


def _last_item(parent: Element) -> Element:
    last = parent.children[-1] if parent.children else None
    if isinstance(last, Element):
        return last
    made = Element("li")
    parent.children.append(made)
    return made


def _item(paragraph: Element) -> tuple[str, Element]:
    """Return the kind of list, by the paragraph's marker, and the item without it."""
    marker = ""

    def without(node: Element) -> Element:
        nonlocal marker
        children: list[Element | Comment | str] = []
        for child in node.children:
            if isinstance(child, Element) and _MARKER.search(child.get("style")):
                marker += child.text()
            else:
                children.append(without(child) if isinstance(child, Element) else child)
        return Element(node.name, node.attributes, children)

    content = without(paragraph)
    attributes = {name: value for name, value in content.attributes.items() if name != "style"}
    return "ol" if _NUMBER.match(marker) else "ul", Element("li", attributes, content.children)
