"""Images of a document: `img` and `picture` with their files, sizes and text alternatives."""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from app.domain.html.conversion.attributes import lost_attributes
from app.domain.html.conversion.element_roles import DROPPED
from app.domain.html.conversion.tree import Element
from app.domain.html.conversion.walker import Block, Walker
from app.domain.html.inline_html import MAX_URL_CHARACTERS
from app.domain.html.losses import LossCode

MAX_LINE_CHARACTERS: Final = 5_000
MAX_PIXELS: Final = 1_000_000
MAX_RENDITIONS: Final = 100
Image = dict[str, Any]

_SOURCES: Final = ("data-orig-file", "data-src", "data-lazy-src", "data-original", "data-full-url", "data-url", "src")
"""Attributes with the URL of an image; those that scripts load late come first, because `src` is a placeholder then."""
_SOURCE_SETS: Final = ("data-srcset", "data-lazy-srcset", "srcset")
_SEPARATORS: Final = re.compile(r"[\s,]*+")
_WORD: Final = re.compile(r"\S++")
_SIZE: Final = re.compile(r"\s*+([\d.]++)([wx])\b")
_PLACEHOLDER: Final = re.compile(r"(?:blank|placeholder|spacer|transparent|1x1|pixel)[^/]*\.(?:gif|png|svg)$")
_EMOJI: Final = re.compile(r"emoji|wp-smiley|twemoji|emoticon")
_WHOLE_PIXELS: Final = re.compile(r"\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*")
_TYPES: Final = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}


def convert_image(walker: Walker, element: Element) -> None:
    """Add the block of an image; the image of an emoji becomes its character."""
    if is_emoji(element):
        walker.add_text(element.get("alt"))
        return
    image = read_image(walker, element)
    if image is None:
        return
    if walker.has_open_text():
        walker.note_change("img in text", "An <img> inside a paragraph became a block of its own", image["url"])
    walker.add_block({"type": "image", "image": image})


def convert_picture(walker: Walker, element: Element) -> None:
    """Add the block of a picture, whose sources are files of its image."""
    image = element.find("img")
    if image is None or element.words() or element.find("audio", "embed", "iframe", "object", "video") is not None:
        walker.walk(element)
    else:
        for each in element.descendants():
            if each.name in DROPPED:
                walker.drop(each)
        convert_image(walker, Element("img", image.attributes, [*element.children]))


def is_emoji(element: Element) -> bool:
    """Return whether an image represents the emoji in its text alternative."""
    return bool(element.get("alt")) and any(_EMOJI.search(name) for name in element.classes)


def read_image(walker: Walker, element: Element) -> Image | None:
    """Return an image of an `img` element; None, with a loss, where it has no URL that can be stored.

    Children of the element are the sources of its `picture`.
    """
    if is_tracker(element):
        walker.note_loss(LossCode.CONTENT, "tracker", "An invisible <img> of one pixel was dropped", element.get("src"))
        return None
    url = _main_url(walker, element)
    if url is None:
        if not any(element.get(name) for name in _SOURCES):
            walker.note_loss(LossCode.CONTENT, "img", "<img> without an address was dropped", element.get("alt"))
        elif element.get("alt"):
            walker.note_loss(
                LossCode.TEXT, "alt", "The text alternative of a dropped image was dropped", element.get("alt")
            )
        return None
    width, height = (pixels(element.get(name) or element.get(f"data-{name}")) for name in ("width", "height"))
    image: Image = {"url": url, "alt": line(walker, element.get("alt"), "The text alternative of an image")}
    image |= {"width": width, "height": height} if width and height else {}
    image["renditions"] = _renditions(walker, element, url, width, height)
    for name, value in lost_attributes(element, handled=frozenset({"title"} if _repeats_title(element) else ())):
        walker.note_loss(
            LossCode.ATTRIBUTE, f"img {name}", f"The attribute {name} of <img> was dropped", f'{name}="{value}"'
        )
    return image


def is_tracker(element: Element) -> bool:
    """Return whether an image is a tracking pixel."""
    return element.get("width").strip() in {"0", "1"} and element.get("height").strip() in {"0", "1"}


def pixels(value: str) -> int | None:
    """Parse a size in pixels; None for percentages and other units."""
    match = _WHOLE_PIXELS.fullmatch(value)
    number = int(match[1][:9]) if match else 0
    return number if 0 < number <= MAX_PIXELS else None


def line(walker: Walker, text: str, kind: str) -> str:
    """Return the text on one line, cut to the length that a member may have, with a loss."""
    folded = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    if len(folded) <= MAX_LINE_CHARACTERS:
        return folded
    walker.note_loss(LossCode.TEXT, kind, f"{kind} was cut to {MAX_LINE_CHARACTERS:,} characters", folded)
    return folded[:MAX_LINE_CHARACTERS]


def image_block(image: Image) -> Block:
    """Return the block of an image."""
    return {"type": "image", "image": image}


def _repeats_title(element: Element) -> bool:
    """Return whether the `title` only repeats the text alternative or the name of the file, as WordPress writes it."""
    title = element.get("title").strip().lower()
    name = unquote(url_path(element.get("src"))).rpartition("/")[2].rpartition(".")[0].lower()
    return title in {element.get("alt").strip().lower(), name}


def url_path(url: str) -> str:
    """Return the path of a URL, an empty string for an invalid URL."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _main_url(walker: Walker, element: Element) -> str | None:
    given = [element.get(name).strip() for name in _SOURCES if element.get(name).strip()]
    usable = [url for url in given if not _is_placeholder(url)]
    if not usable:
        usable = [url for url, _, _ in sorted(_candidates(element), key=lambda each: each[1] or 0, reverse=True)][:1]
    if usable:
        return walker.web_url(usable[0], "<img>")
    if given:
        sentence = "<img> was dropped: its data is in the document instead of at an address"
        walker.note_loss(LossCode.CONTENT, "data image", sentence, given[-1][:40])
    return None


def _is_placeholder(url: str) -> bool:
    """Return whether a URL stands for an image that a script loads later."""
    if url.startswith(("data:", "about:")):
        return True
    return len(url) <= MAX_URL_CHARACTERS and _PLACEHOLDER.search(url.rpartition("/")[2]) is not None


def _candidates(element: Element) -> Iterator[tuple[str, float | None, str]]:
    """Return URLs, their sizes and the units of those, of `srcset` and of the sources of a picture."""
    sources = [child for child in element.descendants() if child.name == "source"]
    for each in (*sources, element):
        value = next((each.get(name) for name in _SOURCE_SETS if each.get(name)), "")
        yield from _parse_candidates(value)


def _parse_candidates(value: str) -> Iterator[tuple[str, float | None, str]]:
    """Return the candidates of a `srcset` (HTML Standard, 4.8.4.2.2): a comma ends a URL only before white space."""
    place = 0
    while (word := _WORD.match(value, _end(_SEPARATORS.match(value, place)))) is not None:
        url = word[0].rstrip(",")
        comma = -1 if url != word[0] else value.find(",", word.end())
        place = word.end() if url != word[0] else len(value) if comma < 0 else comma + 1
        size = _SIZE.match(value, word.end(), place)
        yield url, _number(size[1] if size else None), size[2] if size else ""


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match is not None else 0


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _renditions(
    walker: Walker, element: Element, main: str, width: int | None, height: int | None
) -> list[dict[str, Any]]:
    """Return the files of known size and type, once each; one loss for the others."""
    found: dict[str, dict[str, Any]] = {}
    lost = ""
    for url, size, unit in _candidates(element):
        if _is_placeholder(url):
            continue
        factor = _factor(size, unit, width)
        file_type = _TYPES.get(url_path(url).rpartition(".")[2].lower())
        absolute = walker.web_url(url, "a file of <img>")
        if absolute is None or absolute == main or absolute in found:
            continue
        if factor is None or file_type is None or not width or not height or len(found) >= MAX_RENDITIONS:
            lost = lost or url
            continue
        sizes = (max(1, round(width * factor)), max(1, round(height * factor)))
        if max(sizes) <= MAX_PIXELS:
            found[absolute] = {"url": absolute, "width": sizes[0], "height": sizes[1], "type": file_type}
    if lost:
        sentence = "Files of an image (srcset) were dropped: their size or type is not given"
        walker.note_loss(LossCode.ATTRIBUTE, "srcset", sentence, lost)
    return list(found.values())


def _factor(size: float | None, unit: str, width: int | None) -> float | None:
    """Return how many times larger than the image a file is."""
    if not size or not width:
        return None
    return size / width if unit == "w" else size if unit == "x" else None
