"""HTML writer: the only module that escapes texts and attributes of pages."""

import re
from collections.abc import Iterable
from html import escape
from typing import Final

_CODE: Final = re.compile("`([^`]*)`")
_VOID: Final = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Markup(str):
    """Well-formed HTML; every other string is a text, which is escaped where it becomes content."""

    __slots__ = ()


def element(name: str, /, *content: str, **attributes: str | bool | None) -> Markup:
    """Return an element with this content.

    An underscore in the name of an attribute is a hyphen, except at its end (`class_`). An attribute that is None or
    False is omitted, and one that is True has no value.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Markup(start if name in _VOID else f"{start}{join(content)}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """Return these parts one after the other, with texts escaped."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in parts))


def render_code_spans(text: str) -> Markup:
    """Return a text in which what is between backticks becomes code, as in Markdown."""
    return join(element("code", part) if number % 2 else part for number, part in enumerate(_CODE.split(text)))


def _attribute(key: str, value: str | bool | None) -> str:  # noqa: FBT001 - the value of an attribute
    if value is None or value is False:
        return ""
    name = key.removesuffix("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
