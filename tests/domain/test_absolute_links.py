"""Absolute links of stored blocks: every kind of inline HTML, and nothing else."""

from typing import Any

from app.domain.body import dump_body, parse_body
from app.domain.body.absolute_links import resolve_links

BASE = "https://courier.example/news/fog"


def link(href: str) -> str:
    return f'See <a href="{href}">it</a>.'


def blocks(href: str) -> list[dict[str, Any]]:
    """Return a body with this link in each place where inline HTML may be."""
    html = link(href)
    quoted = {"type": "quote", "blocks": [{"type": "paragraph", "html": html}], "attribution": None}
    nested = {"html": html, "list": {"ordered": True, "items": [html]}}
    return [
        {"type": "paragraph", "html": html},
        {"type": "heading", "level": 2, "html": html},
        {"type": "list", "ordered": False, "items": [html, nested]},
        {"type": "table", "caption": None, "head": [html], "rows": [[html]]},
        {"type": "embed", "url": "https://video.example/1", "provider": "Video", "html": html},
        {"type": "quote", "blocks": [quoted, {"type": "paragraph", "html": html}], "attribution": None},
        {"type": "code", "text": html, "language": None},
        {"type": "pull_quote", "text": html, "attribution": None},
    ]


def test_resolve_links_makes_the_links_of_every_block_absolute() -> None:
    written, expected = (
        dump_body(parse_body(blocks("/log"))),
        dump_body(parse_body(blocks("https://courier.example/log"))),
    )
    expected[-2:] = written[-2:]  # plain text
    assert resolve_links(written, BASE) == expected


def test_resolve_links_leaves_absolute_links_and_those_within_the_body() -> None:
    for href in ("https://radio.example/", "mailto:desk@courier.example", "#user-content-n1"):
        written = dump_body(parse_body(blocks(href)))
        assert resolve_links(dump_body(parse_body(blocks(href))), BASE) == written


def test_resolve_links_accepts_an_embed_without_html_and_an_empty_body() -> None:
    body = dump_body(parse_body([{"type": "embed", "url": "https://video.example/1", "provider": "Video"}]))
    assert resolve_links(body, BASE) == dump_body(
        parse_body([{"type": "embed", "url": "https://video.example/1", "provider": "Video"}])
    )
    assert resolve_links([], BASE) == []
