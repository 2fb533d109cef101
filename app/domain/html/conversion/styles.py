"""Inline CSS of elements: the marks that it draws, what it hides, and the declarations that carry meaning."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

_COMMENT: Final = re.compile(r"/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)")
_BOLD: Final = re.compile(r"bold(er)?|[6-9]00")
_REGULAR: Final = re.compile(r"normal|lighter|[1-4]00")
_INVISIBLE: Final = re.compile(r"transparent|inherit|initial|unset|none|currentcolor|auto|windowtext")
_BLACK: Final = re.compile(
    r"#(0{3,8}|[0-3][0-9a-f][0-3][0-9a-f][0-3][0-9a-f]|[0-3]{3})|black|rgba?\(\s*([0-5]?\d\s*[, ]\s*){3}.*"
)
_WHITE: Final = re.compile(r"#f{3,8}|white|rgba?\(\s*(255\s*[, ]\s*){2}255.*|rgba\(.*[, ]0\)")
_PLAIN_LIST: Final = re.compile(r"(?:decimal|disc|circle|square|none|inherit|initial|unset|inside|outside|\s)*")
_PLAIN_VALUES: Final = {
    "color": (_INVISIBLE, _BLACK),
    "background": (_INVISIBLE, _WHITE),
    "background-color": (_INVISIBLE, _WHITE),
    "background-image": (_INVISIBLE,),
    "list-style": (_PLAIN_LIST,),
    "list-style-type": (_PLAIN_LIST,),
    "text-align": (re.compile("left|start|justify|inherit|initial|unset|-webkit-auto"),),
    "text-transform": (re.compile("none|inherit|initial|unset"),),
    "font-variant": (re.compile("normal|inherit|initial|unset"),),
}
"""Declarations that may carry meaning, with the values that do not."""


def parse_style(style: str) -> dict[str, str]:
    """Return the declarations of a `style` attribute, in lower case, without `!important`."""
    found = {}
    for declaration in (_COMMENT.sub("", style) if "/*" in style else style).split(";"):
        name, colon, value = declaration.partition(":")
        if colon and value.strip():
            found[name.strip().lower()] = " ".join(value.lower().replace("!important", "").split())
    return found


def is_hidden(style: dict[str, str]) -> bool:
    """Return whether browsers do not show an element of this style."""
    return style.get("display") == "none" or style.get("visibility") in {"hidden", "collapse"}


def drawn_marks(style: dict[str, str]) -> tuple[Sequence[str], AbstractSet[str]]:
    """Return the inline elements that a style stands for, and those whose look it takes away."""
    marks: list[str] = []
    removed: set[str] = set()
    weight = style.get("font-weight", "")
    if _BOLD.fullmatch(weight):
        marks.append("strong")
    elif _REGULAR.fullmatch(weight):
        removed |= {"b", "strong"}
    slant = style.get("font-style", "")
    if slant.startswith(("italic", "oblique")):
        marks.append("em")
    elif slant == "normal":
        removed |= {"i", "em"}
    lines = style.get("text-decoration", style.get("text-decoration-line", "")).split()
    marks += [mark for word, mark in (("underline", "u"), ("line-through", "s")) if word in lines]
    if lines == ["none"]:
        removed |= {"u"}
    marks += [mark for value, mark in (("super", "sup"), ("sub", "sub")) if style.get("vertical-align") == value]
    return marks, removed


def lost_declarations(style: dict[str, str]) -> list[str]:
    """Return the declarations that may carry meaning and that no mark stands for."""
    return [
        f"{name}: {value}"
        for name, value in style.items()
        if name in _PLAIN_VALUES and not any(plain.fullmatch(value) for plain in _PLAIN_VALUES[name])
    ]
