"""Script vectors in every member of every block: the rendered HTML is harmless."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from pydantic import ValidationError

from app.domain.body import dump_body, parse_body
from app.domain.body.html_rendering import render_html
from tests.xss_vectors import BLOCK_TAGS, VECTORS, WITHOUT_CONTROL_CHARACTERS, is_harmless

Record = dict[str, Any]
Block = Callable[[str], Record]
URL: Final = "https://a.example/"
IMAGE: Final = {"url": URL, "alt": "A bridge", "caption": "At dawn", "credit": "Olha"}
VIDEO: Final = {"type": "video", "url": URL, "caption": "At dawn", "credit": "Olha"}


def image(**members: Any) -> Record:
    return {"type": "image", "image": {**IMAGE, **members}}


def rendition(url: str) -> Record:
    return {"url": url, "width": 1, "height": 1, "type": "image/png"}


def quote(block: Record) -> Record:
    return {"type": "quote", "blocks": [block]}


HTML_MEMBERS: Final[dict[str, Block]] = {
    "paragraph.html": lambda html: {"type": "paragraph", "html": html},
    "heading.html": lambda html: {"type": "heading", "level": 2, "html": html},
    "list.items": lambda html: {"type": "list", "items": ["x", html]},
    "list.items.html": lambda html: {"type": "list", "items": [{"html": html, "list": {"items": ["x"]}}]},
    "list.items.list.items": lambda html: {"type": "list", "items": [{"html": "x", "list": {"items": [html]}}]},
    "embed.html": lambda html: {"type": "embed", "url": URL, "provider": "x", "html": html},
    "quote.blocks": lambda html: quote({"type": "paragraph", "html": html}),
    "table.head": lambda html: {"type": "table", "head": ["x", html], "rows": [["x"]]},
    "table.rows": lambda html: {"type": "table", "rows": [["x", html]]},
}
TEXT_MEMBERS: Final[dict[str, Block]] = {
    "paragraph.text": lambda text: {"type": "paragraph", "text": text},
    "heading.text": lambda text: {"type": "heading", "level": 2, "text": text},
    "pull_quote.text": lambda text: {"type": "pull_quote", "text": text},
    "pull_quote.attribution": lambda text: {"type": "pull_quote", "text": "x", "attribution": text},
    "image.alt": lambda text: image(alt=text),
    "image.caption": lambda text: image(caption=text),
    "image.credit": lambda text: image(credit=text),
    "image.licence": lambda text: image(licence=text),
    "image.asset_id": lambda text: image(asset_id=text),
    "gallery.images.alt": lambda text: {"type": "gallery", "images": [{**IMAGE, "alt": text}]},
    "gallery.images.caption": lambda text: {"type": "gallery", "images": [{**IMAGE, "caption": text}]},
    "embed.provider": lambda text: {"type": "embed", "url": URL, "provider": text},
    "embed.title": lambda text: {"type": "embed", "url": URL, "title": text, "thumbnail": URL},
    "embed.caption": lambda text: {"type": "embed", "url": URL, "caption": text},
    "quote.attribution": lambda text: {**quote({"type": "divider"}), "attribution": text},
    "quote.blocks.text": lambda text: quote({"type": "pull_quote", "text": text}),
    "table.caption": lambda text: {"type": "table", "caption": text, "rows": [["x"]]},
    "code.text": lambda text: {"type": "code", "text": text, "language": "sql"},
    "video.caption": lambda text: {**VIDEO, "caption": text},
    "video.credit": lambda text: {**VIDEO, "credit": text},
    "audio.caption": lambda text: {**VIDEO, "type": "audio", "caption": text},
}
STRICT_MEMBERS: Final[dict[str, Block]] = {
    "image.url": lambda url: image(url=url),
    "rendition.url": lambda url: image(renditions=[rendition(url)]),
    "gallery.images.url": lambda url: {"type": "gallery", "images": [{**IMAGE, "url": url}]},
    "embed.url": lambda url: {"type": "embed", "url": url},
    "embed.thumbnail": lambda url: {"type": "embed", "url": URL, "thumbnail": url},
    "video.url": lambda url: {**VIDEO, "url": url},
    "video.poster": lambda url: {**VIDEO, "poster": url},
    "video.transcript_url": lambda url: {**VIDEO, "transcript_url": url},
    "audio.url": lambda url: {"type": "audio", "url": url},
    "video.media_type": lambda text: {**VIDEO, "media_type": text},
    "code.language": lambda text: {"type": "code", "text": "x", "language": text},
}
"""Members of URLs and names, which refuse most vectors."""


def accepted(block: Record) -> list[dict[str, object]]:
    """Return the block as it is stored, nothing if it is refused."""
    try:
        return dump_body(parse_body([block]))
    except ValidationError:
        return []


@pytest.mark.parametrize("member", HTML_MEMBERS)
def test_html_members_contain_no_vector(member: str) -> None:
    passed = 0
    for vector in VECTORS:
        blocks = accepted(HTML_MEMBERS[member](vector))
        assert bool(blocks) == (vector in WITHOUT_CONTROL_CHARACTERS), vector
        assert is_harmless(render_html(blocks), also=BLOCK_TAGS) is None, vector
        passed += bool(blocks)
    assert passed >= 250


@pytest.mark.parametrize("member", TEXT_MEMBERS)
def test_text_members_contain_no_vector(member: str) -> None:
    frame = render_html(accepted(TEXT_MEMBERS[member]("x"))).replace("<br>", "").count("<")
    passed = 0
    for vector in VECTORS:
        blocks = accepted(TEXT_MEMBERS[member](vector))
        html = render_html(blocks)
        assert is_harmless(html, also=BLOCK_TAGS) is None, vector
        assert html.replace("<br>", "").count("<") in {0, frame}, vector
        passed += bool(blocks)
    assert passed >= 250


@pytest.mark.parametrize("member", STRICT_MEMBERS)
def test_url_and_name_members_contain_no_vector(member: str) -> None:
    make = STRICT_MEMBERS[member]
    for vector in VECTORS:
        assert is_harmless(render_html(accepted(make(vector))), also=BLOCK_TAGS) is None, vector
    assert not accepted(make("javascript:alert(1)"))
    if member.rpartition(".")[2] not in {"media_type", "language"}:
        assert accepted(make("https://a.example/'x'"))


@pytest.mark.parametrize("member", ["fallback_html", "fallback_text"])
def test_fallbacks_of_requests_are_never_stored(member: str) -> None:
    assert accepted({"type": "divider", member: "<script>alert(1)</script>"}) == [{"type": "divider"}]
