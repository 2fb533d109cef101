"""Attributes of converted elements: those whose loss is reported, and those that only serve a page or an editor."""

import re
from collections.abc import Iterator
from typing import Final

from app.domain.html.conversion.styles import lost_declarations, parse_style
from app.domain.html.conversion.tree import Element

# fmt: off
_MEANINGFUL: Final = frozenset(
    {
        "abbr", "about", "align", "aria-description", "aria-label", "background", "bgcolor", "cite", "datetime",
        "download", "formaction", "itemid", "itemprop", "itemref", "itemscope", "itemtype", "longdesc", "ping",
        "property", "resource", "reversed", "start", "summary", "title", "translate", "type", "typeof",
        "usemap", "value",
    }
)
# fmt: on
"""Attributes with a meaning for readers or machines. Others size, load, style or script a page."""
_KNOWN_CLASS: Final = re.compile(
    r"""(wp|kg|has|is|align|size|blocks|block|gallery|attachment|graf|markup|section|layout|aspectRatio|progressiveMedia|
    postList|Mso|mso|c\d|lst|title|subtitle|docs|Apple|image|captioned|pencraft|pc|substack|footnote|button|embed|media|
    twitter|instagram|tiktok|fb|reddit|bluesky|language|lang|hljs|prism|syntax|responsive|img|figure|caption|lazy|
js|columns?|galleryid|align(none|left|right|center|wide|full)|lazyload(ed|ing)?|doc|Word|fn|sizing|primary|secondary|row|col|container|wrapper|content|entry|post|article|body|text|paragraph|inline|clear|
    external|link|quote|blockquote|pullquote|pull-quote|credit|screen-reader|sr-only|emoji|more|youtube|video|audio|
    iframe|table|tg|list|divider|separator|alignment|center|left|right|first|last|odd|even|fluid|loaded|ql)
    ([-_A-Z0-9].*|s?)|(e|h|p|u|dt)-[a-z-]+""",
    re.VERBOSE,
)
"""Classes that editors and themes write for layout; other classes may carry meaning."""
_NUMBERINGS: Final = frozenset({"A", "I", "a", "i"})
"""Numberings of lists other than the usual one."""
_TEXT_ALIGNMENT: Final = re.compile(r"(has-text-align|text-align|text|ql-align)-(center|right)")
_ALIGNMENT: Final = re.compile(r"align-?(center|right)")
_TEXTS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "td", "th"})
"""Elements whose text these classes align; on others, such as images, they place the element, as `float` does."""


def unknown_classes(element: Element) -> list[str]:
    """Return the classes of an element that no known editor writes for layout, and those that align its text."""
    return [name for name in element.classes if not _KNOWN_CLASS.fullmatch(name) or _aligns_text(element, name)]


def _aligns_text(element: Element, name: str) -> bool:
    is_alignment = element.name in _TEXTS and _ALIGNMENT.fullmatch(name) is not None
    return is_alignment or _TEXT_ALIGNMENT.fullmatch(name) is not None


def lost_attributes(element: Element, *, handled: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Return the attributes that carry meaning and are not stored, as names and values."""
    for name, value in element.attributes.items():
        if name in handled or _is_plain(element, name, value):
            continue
        if name == "style":
            lost = lost_declarations(parse_style(value))
            if lost:
                yield name, "; ".join(lost)
        elif name == "class":
            unknown = unknown_classes(element) if element.name not in {"html", "body"} else []
            if unknown:
                yield name, " ".join(unknown)
        elif (name in _MEANINGFUL and value.strip()) or name.startswith("on"):
            yield name, value


def _is_plain(element: Element, name: str, value: str) -> bool:
    """Return whether an attribute has a value without meaning: an alignment, a numbering of lists."""
    if name == "align":
        return value.lower() not in {"center", "right"}
    return name == "type" and (element.name not in {"ol", "li"} or value.strip() not in _NUMBERINGS)
