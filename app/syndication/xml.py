"""XML 1.0 writer: the only module that escapes texts and attributes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NewType

Markup = NewType("Markup", str)
"""Well-formed XML; only this module creates it."""
Attributes = Mapping[str, str | None]
"""Attributes by name, in the order in which they are written; those that are None are omitted."""

# XML 1.0, production 2 (Char): a document must not contain any other, not even as a reference.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A parser reads a carriage return as a line feed, and line ends in an attribute as blanks, unless they are references.
_IN_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
# Plain text where readers may expect HTML: the RSS Profile writes what could be read as markup as references.
_IN_PLAIN_TEXT: Final = {**_IN_TEXT, **str.maketrans({"&": "&#x26;", "<": "&#x3C;"})}
_IN_ATTRIBUTE: Final = {**_IN_TEXT, **str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})}


def text_element(name: str, text: str = "", attributes: Attributes | None = None) -> Markup:
    """Return an element that contains a text, without characters that XML cannot carry."""
    return _written(name, text, _IN_TEXT, attributes)


def plain_element(name: str, text: str) -> Markup:
    """Return an element that contains a plain text, in a form that no reader takes for HTML."""
    return _written(name, text, _IN_PLAIN_TEXT)


def optional_element(name: str, text: str | None) -> Iterator[Markup]:
    """Yield the element if it has a text."""
    if text:
        yield text_element(name, text)


def element(name: str, children: Iterable[Markup], attributes: Attributes | None = None) -> Markup:
    """Return an element that contains others, one on each line."""
    return Markup("\n".join((f"{_start(name, attributes)}>", *children, f"</{name}>")))


def xml_document(root: Markup) -> bytes:
    """Return the document of this root element in UTF-8."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n{root}\n'.encode()


def _written(name: str, text: str, escapes: Mapping[int, str], attributes: Attributes | None = None) -> Markup:
    written = _FORBIDDEN.sub("", text).translate(escapes)
    start = _start(name, attributes)
    return Markup(f"{start}>{written}</{name}>" if written else f"{start}/>")


def _start(name: str, attributes: Attributes | None) -> str:
    pairs = (attributes or {}).items()
    written = (
        f' {key}="{_FORBIDDEN.sub("", value).translate(_IN_ATTRIBUTE)}"' for key, value in pairs if value is not None
    )
    return f"<{name}{''.join(written)}"
