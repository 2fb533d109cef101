"""Policy of sanitised inline HTML: elements, attributes and their values."""

import re
from typing import Final

from app.domain.language import validate_language
from app.errors import InvalidValueError

# fmt: off
ALLOWED_TAGS: Final = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark",
        "q", "rb", "rp", "rt", "rtc", "ruby", "s", "small", "span", "strong", "sub", "sup", "time", "u", "wbr",
    }
)
# fmt: on
ALLOWED_ATTRIBUTES: Final = {
    "*": {"dir", "id", "lang"},
    "a": {"href", "title", "hreflang", "rel"},
    "abbr": {"title"},
    "time": {"datetime"},
}
ALLOWED_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
# fmt: off
ALLOWED_LINK_TYPES: Final = frozenset(
    {
        "author", "bookmark", "external", "help", "license", "nofollow", "noopener", "noreferrer",
        "sponsored", "tag", "ugc",
    }
)
# fmt: on
"""Tokens of `rel` that describe a link without effect on the page; `me` is not allowed, since it claims an identity."""
ID_PREFIX: Final = "user-content-"
"""Prefix of every `id`: no global variable of a script and no member of a form has such a name."""
MAX_ID_CHARACTERS: Final = 100

# fmt: off
REMOVED_WITH_CONTENT: Final = frozenset(
    {
        "applet", "audio", "canvas", "embed", "frameset", "head", "iframe", "math", "noembed",
        "noframes", "noscript", "object", "plaintext", "script", "select", "style", "svg", "template",
        "textarea", "title", "video", "xmp",
    }
)
"""Elements whose content is no text for readers."""
SEPARATING: Final = frozenset(
    {
        "address", "applet", "article", "aside", "audio", "blockquote", "body", "button", "canvas",
        "caption", "center", "col", "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt",
        "embed", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4",
        "h5", "h6", "header", "hgroup", "hr", "html", "iframe", "img", "input", "legend", "li", "listing",
        "main", "map", "marquee", "math", "menu", "meter", "nav", "noembed", "noframes", "object", "ol",
        "optgroup", "option", "p", "picture", "plaintext", "pre", "progress", "search", "section",
        "select", "summary", "svg", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "tr",
        "ul", "video", "xmp",
    }
)
"""Elements that a browser separates from adjacent words: blocks, and elements with a box of their own."""
BESIDE_WORDS: Final = frozenset(
    {
        "applet", "audio", "button", "canvas", "embed", "iframe", "img", "input", "map", "math", "meter",
        "noembed", "noframes", "object", "picture", "progress", "select", "svg", "td", "textarea", "th",
        "video",
    }
)
"""Those of them that may stand on one line with words; the others begin a line."""
# fmt: on
_BEFORE_COLON: Final = re.compile(r"([^:/?#]*):")
_URL_NOISE: Final = re.compile(r"[\x00-\x20]+")
_ID: Final = re.compile(r"[^\s\"'<>&%#]+")


def allowed_attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value that an attribute of this element may have, None where it is dropped.

    A link loses its outer white space and may not lead where a browser might see another scheme.
    """
    if name not in ALLOWED_ATTRIBUTES["*"] and name not in ALLOWED_ATTRIBUTES.get(tag, ()):
        return None
    return _ATTRIBUTE_RULES[name](value) if name in _ATTRIBUTE_RULES else value


def _link(value: str) -> str | None:
    value = _URL_NOISE.sub(" ", value).strip(" ")
    scheme = _BEFORE_COLON.match(value)
    return value if scheme is None or scheme[1].lower() in ALLOWED_SCHEMES else None


def _link_types(value: str) -> str | None:
    tokens = dict.fromkeys(value.lower().split())
    return " ".join(token for token in tokens if token in ALLOWED_LINK_TYPES) or None


def _language_tag(value: str) -> str | None:
    try:
        return validate_language(value.strip())
    except InvalidValueError:
        return None


def _direction(value: str) -> str | None:
    direction = value.strip().lower()
    return direction if direction in {"auto", "ltr", "rtl"} else None


def _identifier(value: str) -> str | None:
    bare = value.removeprefix(ID_PREFIX)
    is_usable = len(bare) <= MAX_ID_CHARACTERS and bare.isprintable() and _ID.fullmatch(bare) is not None
    return ID_PREFIX + bare if is_usable else None


_ATTRIBUTE_RULES: Final = {
    "dir": _direction,
    "href": _link,
    "id": _identifier,
    "lang": _language_tag,
    "rel": _link_types,
}
