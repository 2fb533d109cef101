"""Tags that the parser ignores by the HTML Standard: cells outside of tables, forms in forms, unfinished tags."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from app.domain.html.conversion.tree import Element
from app.domain.html.tokens import TokenKind, iterate_tokens

_IGNORABLE: Final = ("caption", "form", "frame", "frameset", "td", "th")
"""Elements with a meaning that the parser drops in some places; the neutral ones (`tr`, `body` …) do not count."""
_START_TAG: Final = re.compile(rf"<({'|'.join(_IGNORABLE)})(?=[\s/>])", re.IGNORECASE)


def find_ignored_tags(html: str, root: Element) -> dict[str, int]:
    """Return the numbers of start tags, by name, that have no element in the tree.

    The text is read again only where the numbers differ: it may be one of a comment or a script.
    """
    written = Counter(match[1].lower() for match in _START_TAG.finditer(html))
    if not written:
        return {}
    parsed = Counter(element.name for element in root.descendants())
    if all(count <= parsed[name] for name, count in written.items()):
        return {}
    tags = Counter(_start_tags(html))
    return {name: tags[name] - parsed[name] for name in _IGNORABLE if tags[name] > parsed[name]}


def find_unfinished_tag(html: str) -> str:
    """Return the tag that the end of the text cuts off, an empty string without one."""
    start = html.rfind("<")
    tail = html[start:] if start >= 0 else ""
    return tail if re.match("</?[a-zA-Z]", tail) and ">" not in tail else ""


def _start_tags(html: str) -> Iterator[str]:
    """Return the names of start tags outside of templates, whose content is not in the tree."""
    templates = 0
    for token in iterate_tokens(html):
        if token.name == "template":
            templates = max(0, templates + {TokenKind.START: 1, TokenKind.END: -1}.get(token.kind, 0))
        elif token.kind is TokenKind.START and not templates:
            yield token.name
