"""Shortcodes of WordPress, written as elements so that the parser finds their content.

WordPress replaces shortcodes in text and leaves those in attributes, comments and scripts; `[[gallery]]` is text.
"""

import re
from collections.abc import Callable
from html import escape
from typing import Final

from app.domain.html.conversion.elements.players import page_url
from app.domain.html.conversion.elements.recordings import convert_recording
from app.domain.html.conversion.tree import Element
from app.domain.html.conversion.walker import Walker
from app.domain.html.losses import LossCode
from app.domain.html.tokens import TokenKind, iterate_tokens

NAMES: Final = (
    "caption",
    "wp_caption",
    "gallery",
    "playlist",
    "audio",
    "video",
    "embed",
    "youtube",
    "vimeo",
    "soundcloud",
)
PREFIX: Final = "wp-shortcode-"

_ANY: Final = re.compile(rf"\[(?:{'|'.join(NAMES)})[\s\]/]")
_SHORTCODE: Final = re.compile(
    rf"\[(?P<escaped>\[)?(?P<slash>/?)(?P<name>{'|'.join(NAMES)})(?P<attributes>(?:\s[^\[\]]*+)?)\](?(escaped)\])"
)
_ATTRIBUTE: Final = re.compile(r"([\w-]+)\s*=\s*(?:[\"“”″]([^\"“”″]*)[\"“”″]|'([^']*)'|([^\s\"']+))|(\S+)")
_PAIRED: Final = frozenset({"caption", "wp_caption", "embed", "youtube", "vimeo", "soundcloud"})
_VERBATIM: Final = frozenset({"pre", "code"})


def mark_shortcodes(html: str) -> str:
    """Return the HTML with the shortcodes of its text as elements named `wp-shortcode-…`; the others are text."""
    if _ANY.search(html) is None:
        return html
    pieces: list[str] = []
    depth = 0
    for token in iterate_tokens(html):
        if token.name in _VERBATIM and token.kind in {TokenKind.START, TokenKind.END}:
            depth = max(0, depth + (1 if token.kind is TokenKind.START else -1))
        if token.kind is TokenKind.TEXT and not depth:
            pieces.append(_SHORTCODE.sub(_element, token.source))
        else:
            pieces.append(token.source)
    return "".join(pieces)


def get_shortcode_converters() -> dict[str, Callable[[Walker, Element], None]]:
    """Return the converters of the elements that shortcodes become, apart from captions."""
    return {
        f"{PREFIX}gallery": _drop_gallery,
        f"{PREFIX}playlist": _drop_gallery,
        f"{PREFIX}audio": convert_recording,
        f"{PREFIX}video": convert_recording,
        f"{PREFIX}embed": _convert_embed,
        f"{PREFIX}youtube": _convert_embed,
        f"{PREFIX}vimeo": _convert_embed,
        f"{PREFIX}soundcloud": _convert_embed,
    }


def _element(match: re.Match[str]) -> str:
    if match["escaped"]:
        return match[0][1:-1]
    name = match["name"]
    if match["slash"]:
        return f"</{PREFIX}{name}>" if name in _PAIRED else ""
    attributes = "".join(
        f' {found[1].lower()}="{escape(found[2] or found[3] or found[4] or "")}"'
        if found[1]
        else f' value="{escape(found[5].strip(chr(34) + chr(39) + "=/ "))}"'
        for found in _ATTRIBUTE.finditer(match["attributes"])
        if found[1] or found[5] != "/"
    )
    end = "" if name in _PAIRED and not _is_void(name, attributes) else f"</{PREFIX}{name}>"
    return f"<{PREFIX}{name}{attributes}>{end}"


def _is_void(name: str, attributes: str) -> bool:
    """Return whether a shortcode has its URL among its attributes and no end: `[youtube https://…]`."""
    return name in {"youtube", "vimeo", "soundcloud"} and ("http" in attributes or "value=" in attributes)


def _drop_gallery(walker: Walker, element: Element) -> None:
    """Record the loss of a shortcode that names media by their numbers in WordPress."""
    name = element.name.removeprefix(PREFIX)
    written = " ".join(f'{key}="{value}"' for key, value in element.attributes.items())
    sentence = f"The shortcode [{name}] was dropped: it names media by numbers of the site that it comes from"
    walker.note_loss(LossCode.SHORTCODE, name, sentence, written)
    walker.walk(element)


def _convert_embed(walker: Walker, element: Element) -> None:
    """Add the embed of a shortcode with a URL."""
    name = element.name.removeprefix(PREFIX)
    given = element.words() or element.get("src") or element.get("url") or element.get("value")
    if name in {"youtube", "vimeo"} and given and "/" not in given:
        given = f"https://www.youtube.com/watch?v={given}" if name == "youtube" else f"https://vimeo.com/{given}"
    url = walker.web_url(given, f"[{name}]")
    if url is None:
        walker.note_loss(LossCode.SHORTCODE, name, f"The shortcode [{name}] was dropped: it has no web address", given)
        return
    walker.add_block({"type": "embed", "url": page_url(url)})
