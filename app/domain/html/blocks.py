"""Spaces between the words of block elements, and spans without attributes, when HTML becomes inline HTML."""

import re
from typing import Final

from app.domain.html.allowed_elements import SEPARATING
from app.domain.html.tokens import TokenKind, iterate_tokens

BOUNDARY: Final = "\f"  # white space for the parser, and absent from stored text
_SPACED_BOUNDARY: Final = re.compile("[ \t\n\r]*\f[ \t\n\r\f]*")
_SEPARATING_TAG: Final = re.compile(rf"</?(?:{'|'.join(sorted(SEPARATING))})(?=[\t\n\f\r />])", re.IGNORECASE)
_WRITTEN_TAG: Final = re.compile("(<[^>]*>)")


def separate_blocks(html: str) -> str:
    """Return the HTML with a boundary character at each edge of an element that is shown apart."""
    if _SEPARATING_TAG.search(html) is None:
        return html
    pieces: list[str] = []
    for token in iterate_tokens(html):
        separates = token.name in SEPARATING
        if separates and token.kind is TokenKind.START:
            pieces.append(BOUNDARY)
        pieces.append(token.source)
        if separates and token.kind in {TokenKind.START, TokenKind.END}:
            pieces.append(BOUNDARY)
    return "".join(pieces)


def join_blocks(html: str) -> str:
    """Return sanitised HTML with one space for the boundaries between two words, none at its ends and beside a `br`."""
    pieces: list[str] = []
    gap: int | None = None
    is_spaced = True  # at the start nothing has to be separated
    for piece in _WRITTEN_TAG.split(html):
        if piece.startswith("<"):
            pieces.append(piece)
            if piece.startswith("<br"):
                gap, is_spaced = None, True
            continue
        for number, text in enumerate(_SPACED_BOUNDARY.split(piece)):
            if number and gap is None and not is_spaced:
                gap = len(pieces)
                pieces.append("")
            if text:
                if gap is not None and not text[0].isspace():
                    pieces[gap] = " "
                gap, is_spaced = None, text[-1].isspace()
                pieces.append(text)
    return "".join(pieces)


def unwrap_spans(html: str) -> str:
    """Return sanitised HTML without the `span` elements that have no attribute left."""
    dropped: list[bool] = []
    pieces: list[str] = []
    for piece in _WRITTEN_TAG.split(html):
        is_unneeded = piece == "<span>"
        if is_unneeded or piece.startswith("<span "):
            dropped.append(is_unneeded)
        elif piece == "</span>":
            is_unneeded = dropped.pop()
        if not is_unneeded:
            pieces.append(piece)
    return "".join(pieces)
