"""Films and sound recordings of a document."""

import re
from typing import Final

from app.domain.html.conversion.elements.images import url_path
from app.domain.html.conversion.tree import Element
from app.domain.html.conversion.walker import Block, Walker
from app.domain.html.losses import LossCode

_MEDIA_TYPE: Final = re.compile(r"(audio|video|application)/[A-Za-z0-9][A-Za-z0-9.+-]{0,99}")
_TYPES: Final = {
    "m3u8": "application/vnd.apple.mpegurl",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mpd": "application/dash+xml",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "wav": "audio/wav",
    "webm": "video/webm",
}
_HIDDEN_MEDIA: Final = frozenset({"audio", "embed", "iframe", "img", "object", "svg", "video"})
_FILE_ATTRIBUTES: Final = (
    "src",
    "data-src",
    "mp4",
    "m4v",
    "webm",
    "ogv",
    "mov",
    "wmv",
    "flv",
    "mp3",
    "m4a",
    "ogg",
    "wav",
    "value",
)
"""Attributes that name a file: of the elements, then of the shortcodes of WordPress."""


def convert_recording(walker: Walker, element: Element) -> None:
    """Add the block of a `video` or `audio` element, or of a shortcode with these attributes; its first file counts."""
    kind = "video" if "video" in element.name else "audio"
    sources = [child for child in element.descendants() if child.name == "source"]
    files = [(element.get(name), "") for name in _FILE_ATTRIBUTES if element.get(name).strip()]
    files += [(each.get("src"), each.get("type")) for each in sources if each.get("src").strip()]
    usable = [(url, given) for source, given in files if (url := walker.web_url(source, f"<{kind}>")) is not None]
    _note_content(walker, element, kind)
    if not usable:
        if not files:
            walker.note_loss(LossCode.CONTENT, kind, f"<{kind}> without an address was dropped")
        return
    url, given = usable[0]
    block: Block = {"type": kind, "url": url, "media_type": _media_type(url, given)}
    if len(usable) > 1:
        walker.note_loss(LossCode.CONTENT, f"{kind} source", f"Further files of a <{kind}> were dropped", usable[1][0])
    if kind == "video" and element.get("poster") and (poster := walker.web_url(element.get("poster"), "a poster")):
        block["poster"] = poster
    walker.note_attributes(element, "value")
    walker.add_block(block)


def _media_type(url: str, given: str) -> str | None:
    stated = given.partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(stated):
        return stated
    return _TYPES.get(url_path(url).rpartition(".")[2].lower())


def _note_content(walker: Walker, element: Element, kind: str) -> None:
    """Record the loss of tracks, and of the text that browsers show only if they cannot play the recording."""
    for each in element.descendants():
        if each.name == "track":
            walker.note_loss(
                LossCode.CONTENT, "track", "<track> was dropped: subtitles are not stored", each.get("src")
            )
        elif each.name in _HIDDEN_MEDIA:
            sentence = f"<{each.name}> inside a <{kind}>, which players hide, was dropped"
            example = " ".join(filter(None, (each.get("alt"), each.get("src") or each.get("data"))))
            walker.note_loss(LossCode.HIDDEN, f"{kind} {each.name}", sentence, example)
    if element.words():
        walker.note_loss(
            LossCode.HIDDEN, kind, f"The text inside a <{kind}>, which players hide, was dropped", element.words()
        )
