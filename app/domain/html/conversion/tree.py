"""Tree of a parsed HTML document; the only module that uses the parser.

The parser is imported when the first document is converted: that takes some 40 ms.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.domain.html.allowed_elements import REMOVED_WITH_CONTENT

if TYPE_CHECKING:
    from turbohtml import Element as ParsedElement
    from turbohtml import Node as ParsedNode

MAX_DEPTH: Final = 40
"""Maximum nesting of the tree. Elements inside of deeper ones follow them as siblings, in the order of the text."""

# Characters that PostgreSQL (NUL, surrogates) or XML 1.0, and thus a feed, cannot carry, and controls without meaning.
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d\ud800-\udfff\ufffe\uffff]")
_WHOLE_DOCUMENT: Final = re.compile(r"<(?:!doctype|html|body)[\s>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; a processing instruction is one in HTML."""

    text: str


@dataclass(eq=False, slots=True)
class Element:
    """An element with its attributes, names in lower case, and its content in document order.

    Elements of SVG and MathML have their own names; only `svg` and `math` themselves matter to the conversion.
    """

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: "list[Element | Comment | str]" = field(default_factory=list)

    def get(self, name: str) -> str:
        """Return the value of an attribute, an empty string where it is absent."""
        return self.attributes.get(name, "")

    @property
    def classes(self) -> list[str]:
        """Return the tokens of `class`."""
        return self.attributes["class"].split() if "class" in self.attributes else []

    def descendants(self) -> "Iterator[Element]":
        """Return the elements inside of this one, in document order."""
        waiting = [child for child in reversed(self.children) if isinstance(child, Element)]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(child for child in reversed(element.children) if isinstance(child, Element))

    def find(self, *names: str) -> "Element | None":
        """Return the first descendant with one of these names."""
        return next((each for each in self.descendants() if each.name in names), None)

    def find_class(self, *names: str) -> "Element | None":
        """Return the first descendant with one of these classes."""
        return next((each for each in self.descendants() if not set(names).isdisjoint(each.classes)), None)

    def text(self) -> str:
        """Return the text of the element, unfolded."""
        pieces: list[str] = []
        waiting: list[Element | Comment | str] = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                pieces.append(node)
            elif isinstance(node, Element):
                waiting.extend(reversed(node.children))
        return "".join(pieces)

    def words(self) -> str:
        """Return the text of the element with its white space folded."""
        return " ".join(self.text().split())


Node = Element | Comment | str


@dataclass(frozen=True, slots=True)
class Document:
    """The root of a parsed tree, and whether characters were replaced that cannot be stored."""

    root: Element
    has_replaced: bool


def parse_html(html: str) -> Document:
    """Parse a document or a fragment by the HTML Standard, with scripting: the content of `noscript` is text.

    The parser limits the depth of its tree to 512 as browsers do, so that the time is linear in the input. Here it is
    limited to MAX_DEPTH. The content of templates is left out, and characters that cannot be stored become U+FFFD.
    """
    import turbohtml  # noqa: PLC0415 - see the module's docstring

    html, given = _UNSTORABLE.sub("\ufffd", html.replace("\f", " ")), html
    if _WHOLE_DOCUMENT.search(html):
        parsed: ParsedNode = turbohtml.parse(
            html, positions=False, scripting=True, allow_declarative_shadow_roots=False
        )
    else:
        parsed = turbohtml.parse_fragment(html, positions=False, scripting=True)
    has_replaced = html.count("\ufffd") > given.count("\ufffd")
    root = Element("root")
    waiting: list[tuple[Iterator[ParsedNode], list[Element], Element]] = [(iter(parsed.children), [root], root)]
    while waiting:
        nodes, path, owner = waiting[-1]
        node = next(nodes, None)
        if node is None:
            waiting.pop()
        elif isinstance(node, turbohtml.Text | turbohtml.CData):
            text = _UNSTORABLE.sub("\ufffd", node.data)
            has_replaced = has_replaced or text != node.data
            _append_text(path[-1], owner, text)
        elif isinstance(node, turbohtml.Comment | turbohtml.ProcessingInstruction):
            path[-1].children.append(Comment(node.data))
        elif isinstance(node, turbohtml.Element):
            element = _element(node)
            path[-1].children.append(element)
            if len(path) < MAX_DEPTH:
                waiting.append((iter(node.children), [*path, element], element))
            elif element.name not in REMOVED_WITH_CONTENT:
                waiting.append((iter(node.children), path, element))
    return Document(root, has_replaced)


def _append_text(parent: Element, owner: Element, text: str) -> None:
    """Append text to its element; where that is nested too deeply, to it or a copy of it after `parent`'s last."""
    if owner is not parent:
        last = parent.children[-1] if parent.children else None
        if not isinstance(last, Element) or last.name != owner.name or last.attributes is not owner.attributes:
            last = Element(owner.name, owner.attributes)
            parent.children.append(last)
        parent = last
    if parent.children and isinstance(parent.children[-1], str):
        parent.children[-1] += text
    else:
        parent.children.append(text)


def _element(node: "ParsedElement") -> Element:
    name, attributes = node.tag.lower(), node.attrs
    if not attributes:
        return Element(name)
    return Element(
        name,
        {
            key.lower(): _UNSTORABLE.sub("\ufffd", " ".join(value) if isinstance(value, list) else (value or ""))
            for key, value in attributes.items()
        },
    )
