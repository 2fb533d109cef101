"""Blocks as responses show them: every member, URLs by RFC 3986, fallbacks of later types."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from app.domain.body.html_rendering import render_html
from app.domain.body.text_rendering import render_text
from app.domain.url import ascii_url

FIRST_BLOCK_TYPES: Final = frozenset({"paragraph", "heading", "pull_quote", "list", "image", "embed"})
"""The block types of the first version of /v1. No type is ever added here."""

_UNCHANGED: Final = frozenset({"paragraph", "heading", "pull_quote", "list"})
_LATER_IMAGE_MEMBERS: Final = ("licence", "focal_point", "asset_id")
_LATER_EMBED_MEMBERS: Final = ("title", "caption", "width", "height", "thumbnail")


def show_blocks(blocks: Any) -> Any:
    """Return canonical blocks complete, with URLs by RFC 3986 and fallbacks; the blocks are changed in place."""
    changed = [block for block in blocks if block["type"] not in _UNCHANGED]
    if changed:
        add_fallbacks(ascii_blocks(complete_blocks(changed)))
    return blocks


def complete_blocks(blocks: Iterable[Any]) -> Any:
    """Return canonical blocks with null for the members that are stored with a value only; changed in place."""
    for block in blocks:
        if block["type"] in _COMPLETED:
            _COMPLETED[block["type"]](block)
    return blocks


def complete_image(image: Any) -> Any:
    """Return a stored image with null for the members that are stored with a value only; changed in place."""
    for name in _LATER_IMAGE_MEMBERS:
        image.setdefault(name, None)
    return image


def ascii_blocks(blocks: Iterable[Any]) -> Any:
    """Return complete blocks with their URLs by RFC 3986; the blocks are changed in place."""
    for block in blocks:
        if block["type"] in _WITH_URLS:
            _WITH_URLS[block["type"]](block)
    return blocks


def add_fallbacks(blocks: Iterable[Any]) -> Any:
    """Return the blocks with `fallback_html` and `fallback_text` in those of later types; they are changed in place.

    A client that was made before a type existed shows the fallback. The first types have none: every client knows
    them.
    """
    for block in blocks:
        if block["type"] not in FIRST_BLOCK_TYPES:
            block["fallback_html"], block["fallback_text"] = render_html([block]), render_text([block])
            if block["type"] == "quote":
                add_fallbacks(block["blocks"])
    return blocks


def ascii_image(image: Any) -> Any:
    """Return the image with its URLs by RFC 3986; it is changed in place."""
    for file in (image, *image["renditions"]):
        file["url"] = ascii_url(file["url"])
    return image


def ascii_rights(rights: Any) -> Any:
    """Return the rights with their URL by RFC 3986; they are changed in place."""
    _write_urls(rights, "licence_url")
    return rights


def _write_urls(node: Any, *names: str) -> None:
    for name in names:
        if node[name]:
            node[name] = ascii_url(node[name])


def _complete_embed(block: Any) -> None:
    for name in _LATER_EMBED_MEMBERS:
        block.setdefault(name, None)


def _complete_gallery(block: Any) -> None:
    for image in block["images"]:
        complete_image(image)


def _write_gallery_urls(block: Any) -> None:
    for image in block["images"]:
        ascii_image(image)


_COMPLETED: Final[Mapping[str, Callable[[Any], object]]] = {
    "image": lambda block: complete_image(block["image"]),
    "embed": _complete_embed,
    "gallery": _complete_gallery,
    "quote": lambda block: complete_blocks(block["blocks"]),
}
_WITH_URLS: Final[Mapping[str, Callable[[Any], object]]] = {
    "image": lambda block: ascii_image(block["image"]),
    "embed": lambda block: _write_urls(block, "url", "thumbnail"),
    "gallery": _write_gallery_urls,
    "video": lambda block: _write_urls(block, "url", "poster", "transcript_url"),
    "audio": lambda block: _write_urls(block, "url", "transcript_url"),
    "quote": lambda block: ascii_blocks(block["blocks"]),
}
