"""Boundaries of block elements, and spans without attributes, when HTML becomes inline HTML."""

import re
from typing import Final

from app.domain.html.allowed_elements import BESIDE_WORDS, SEPARATING
from app.domain.html.tokens import TokenKind, iterate_tokens

BOUNDARY: Final = "\f"  # white space for the parser, and absent from stored text
# White space as well, because the parser moves other text in front of a table. No markup is indented like this.
_LINE_BOUNDARY: Final = "\f\t \t\f"
_RUN: Final = re.compile("([ \t\n\r]*\f[ \t\n\r\f]*)")
_SEPARATING_TAG: Final = re.compile(rf"</?(?:{'|'.join(sorted(SEPARATING))})(?=[\t\n\f\r />])", re.IGNORECASE)
_WRITTEN_TAG: Final = re.compile("(<[^>]*>)")


def separate_blocks(html: str) -> str:
    """Return the HTML with boundary characters at each edge of an element that separates words."""
    if _SEPARATING_TAG.search(html) is None:
        return html
    pieces: list[str] = []
    for token in iterate_tokens(html):
        boundary = ""
        if token.name in SEPARATING and token.kind in {TokenKind.START, TokenKind.END}:
            boundary = BOUNDARY if token.name in BESIDE_WORDS else _LINE_BOUNDARY
        if token.kind is TokenKind.START:
            pieces.append(boundary)
        pieces += (token.source, boundary)
    return "".join(pieces)


def join_blocks(html: str) -> str:
    """Return sanitised HTML with `br` or a space for the boundaries between two words.

    The boundaries become one `br` where one of them begins a line, else one space; nothing at the ends of the text
    and beside a `br`.
    """
    joiner = _Joiner()
    for piece in _WRITTEN_TAG.split(html):
        if piece.startswith("<"):
            joiner.add_tag(piece)
            continue
        for number, text in enumerate(_RUN.split(piece)):
            if number % 2:
                joiner.add_boundary(begins_line=_LINE_BOUNDARY in text)
            elif text:
                joiner.add_text(text)
    return "".join(joiner.pieces)


class _Joiner:
    """Pieces of a text, with the position of the boundaries that await the next word."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._place: int | None = None
        self._begins_line = False
        self._is_at_start = self._is_spaced = True  # at the start nothing has to be separated

    def add_tag(self, tag: str) -> None:
        self.pieces.append(tag)
        if tag.startswith("<br"):
            self._place, self._is_at_start, self._is_spaced = None, True, True

    def add_boundary(self, *, begins_line: bool) -> None:
        if self._is_at_start:
            return
        if self._place is None:
            self._place, self._begins_line = len(self.pieces), False
            self.pieces.append("")
        self._begins_line = self._begins_line or begins_line

    def add_text(self, text: str) -> None:
        if self._place is not None and (not text.isspace() or not self._begins_line):
            if self._begins_line:
                self.pieces[self._place] = "<br>"
            elif not self._is_spaced and not text[0].isspace():
                self.pieces[self._place] = " "
            self._place = None
        self.pieces.append(text)
        self._is_at_start = self._is_at_start and text.isspace()
        self._is_spaced = text[-1].isspace()


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
