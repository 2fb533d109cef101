"""A tokeniser for HTML fragments: tags, comments and text in their order, by the rules of the HTML Standard."""

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final


class TokenKind(Enum):
    """Kind of a token; UNFINISHED is a tag that the end of the input cuts off, which parsers discard."""

    TEXT = "text"
    START = "start"
    END = "end"
    COMMENT = "comment"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `source` is its part of the input, `name` in lower case, `attributes` as written, in order.

    The source of a START of a raw text element (`script`, `title` …) includes its content and its end tag.
    """

    kind: TokenKind
    source: str
    name: str = ""
    attributes: list[tuple[str, str]] = field(default_factory=list)


RAW_TEXT_ELEMENTS: Final = frozenset(
    {"iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp"}
)
"""Elements whose content the parser reads as text."""

# Every repetition is possessive: a failed match never backtracks, so that the time is linear in the input.
_ATTRIBUTE: Final = (
    r"[^\t\n\f\r />][^\t\n\f\r />=]*+"
    r"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\t\n\f\r >\"'][^\t\n\f\r >]*+|(?=>)|\Z))?+"
)
_TOKEN: Final = re.compile(
    r"(?P<comment><!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![a-zA-Z]|\Z))[^>]*+(?:>|\Z))"
    rf"|<(?P<slash>/?)(?P<name>[a-zA-Z][^\t\n\f\r />]*+)(?P<attributes>(?:[\t\n\f\r /]++|{_ATTRIBUTE})*+)(?P<end>>|\Z)",
    re.DOTALL,
)
_PAIR: Final = re.compile(
    r"([^\t\n\f\r />][^\t\n\f\r />=]*+)"
    r"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\t\n\f\r >\"'][^\t\n\f\r >]*+)?))?+"
)


def iterate_tokens(html: str) -> Iterator[Token]:
    """Return the tokens of a fragment in order; their sources joined are the input."""
    position = 0
    while (match := _TOKEN.search(html, position)) is not None:
        if match.start() > position:
            yield Token(TokenKind.TEXT, html[position : match.start()])
        position = match.end()
        if match["comment"] is not None:
            yield Token(TokenKind.COMMENT, match[0])
            continue
        name = match["name"].lower()
        if not match["end"]:
            yield Token(TokenKind.UNFINISHED, match[0], name)
        elif match["slash"]:
            yield Token(TokenKind.END, match[0], name)
        else:
            position = _content_end(html, name, position)
            pairs = _attributes(match["attributes"])
            yield Token(TokenKind.START, html[match.start() : position], name, pairs)
    if position < len(html):
        yield Token(TokenKind.TEXT, html[position:])


def _content_end(html: str, name: str, position: int) -> int:
    """Return the end of a raw text element, its end tag included; `position` for other elements."""
    if name not in RAW_TEXT_ELEMENTS:
        return position
    closing = re.compile(rf"</{name}(?=[\t\n\f\r />])[^>]*+(?:>|\Z)", re.IGNORECASE).search(html, position)
    return len(html) if closing is None or name == "plaintext" else closing.end()


def _attributes(source: str) -> list[tuple[str, str]]:
    if not source.strip("\t\n\f\r /"):
        return []
    return [
        (match[1].lower(), entities.unescape(match[2] or match[3] or match[4] or ""))
        for match in _PAIR.finditer(source)
    ]
