"""Varied articles and editions, for validators of whole feeds."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.domain.article_status import FeedContent
from app.domain.body.html_rendering import render_html
from app.schemas.article import FeedItem
from app.syndication import atom, rss
from app.syndication.feed_document import Publication
from tests.syndication.samples import archive, channel, fog, keeper

IMAGE: Final[dict[str, Any]] = {
    "url": "https://bilder.straße.example/foto[1].jpg",
    "alt": 'Boats & "gulls" <at> dusk',
    "caption": None,
    "credit": None,
    "width": None,
    "height": None,
    "renditions": [],
    "licence": "CC BY 4.0",
    "focal_point": None,
    "asset_id": None,
}
VIDEO: Final[dict[str, Any]] = {
    "type": "video",
    "url": "https://filme.straße.example/nebel[1].mp4",
    "media_type": "video/mp4",
    "duration": 94.5,
    "caption": "Fog & horn",
    "credit": "Ana <Vint>",
    "transcript_url": "https://filme.straße.example/nebel.txt",
    "poster": "https://filme.straße.example/nebel[1].jpg",
}
BLOCKS: Final[list[dict[str, Any]]] = [
    {"type": "paragraph", "html": 'A <a href="https://straße.example/karte[1]" title="x">map</a>, <em>here</em>.'},
    {"type": "paragraph", "html": '<a href="/relative?a=1&amp;b=2">on</a> <a href="#note">down</a> <b>&lt;b&gt;</b>'},
    {"type": "paragraph", "html": '<abbr title="x">A</abbr><sup>1</sup> <time datetime="2026-11-20">today</time><br>2'},
    {"type": "heading", "level": 2, "html": "The quay &amp; the mole"},
    {"type": "pull_quote", "text": "We forgot\nhow it sounds", "attribution": "A driver"},
    {"type": "list", "ordered": True, "items": ["one", "<i>two</i>"]},
    {"type": "list", "ordered": False, "items": ["one"]},
    {"type": "image", "image": IMAGE},
    {"type": "embed", "url": "https://video.straße.example/v[1]?a=1&b=2", "provider": None, "html": None},
    {"type": "embed", "url": "https://video.example/2", "provider": "Video", "html": "A <b>film</b>"},
    {"type": "embed", "url": "https://video.example/3", "provider": "Video", "html": None, "title": "Fog", "width": 640}
    | {"height": 360, "caption": "By night & day", "thumbnail": "https://bilder.straße.example/3.jpg"},
    {"type": "quote", "blocks": [{"type": "quote", "blocks": [], "attribution": None}], "attribution": "A & B"},
    {"type": "table", "caption": "Hours", "head": ["Night", "<b>Hours</b>"], "rows": [["1", "2<wbr>3"], []]},
    {"type": "code", "text": "if a < b && c:\n\treturn", "language": "python"},
    {"type": "divider"},
    {"type": "gallery", "images": [IMAGE, IMAGE]},
    VIDEO,
    {**VIDEO, "type": "audio", "media_type": None, "caption": None, "transcript_url": None},
    {"type": "list", "ordered": True, "items": [{"html": "a", "list": {"ordered": False, "items": ["b", "c"]}}]},
    {"type": "paragraph", "html": '<ruby>灯<rt>ひ</rt></ruby> <bdo dir="rtl">x</bdo> <kbd id="user-content-k">K</kbd>'},
    {
        "type": "paragraph",
        "html": '<a href="https://shop.example" rel="sponsored nofollow ugc">buy</a> <q lang="fr">le mot</q>',
    },
]
LANGUAGES: Final = ("en-GB", "uk", "de-1996", "ca-valencia", "sr-Latn-ME", "zh-Hant-HK", "es-419", "ar-EG", "fil", "he")


def articles() -> list[FeedItem]:
    """Articles that differ in what they have, each with its own id."""
    bare = dict.fromkeys(("holder", "notice", "usage", "licence_url"))
    different: tuple[dict[str, Any], ...] = (
        {},
        {"source": {"name": "Port radio", "url": None}},
        {"source": {"name": "Hafenamt & Söhne", "url": "https://hafen.straße.example/a|b[2]?q={x}"}},
        {"source": None, "authors": [], "tags": [], "section": None, "sections": [], "label": None},
        {"image": None, "rights": None},
        {"image": IMAGE, "rights": bare},
        {"image": {**IMAGE, "url": "https://pictures.courier.example/picture", "credit": "Ana Vint", "width": 10}},
        {"lead": None, "body": "<p>Only a body.</p>"},
        {"lead": None, "body": "", "headline": "Nothing but a headline"},
        {"headline": "„Жнива“ — <b>щит</b> & 🌊 \u202bשבת\u202c", "lead": "Line one\nLine two\n\n<p>no markup</p>"},
        {"url": "https://газета.courier.example/новини/туман|{1}?a=100%#[b]"},
        {"published_at": "1000-01-01T00:00:00+00:00", "updated_at": None, "version": 1},
        {"published_at": "2026-11-20T07:15:30.000001+02:00", "updated_at": "2026-11-20T07:15:31-12:00"},
        {"tags": [{"slug": f"t{n}", "name": "Same name", "href": f"/v1/tags/t{n}"} for n in range(3)]},
        {"body": render_html(BLOCKS)},
    )
    # Distinct instants: two entries with one `updated` are valid, but the validator warns of them.
    numbered = [
        fog(**{"updated_at": f"2026-11-20T06:00:{number:02}Z"} | members | {"id": f"01m8x3c7k2v{number:02}"})
        for number, members in enumerate(different, start=10)
    ]
    return [*numbered, keeper()]


def documents() -> Iterator[tuple[str, bytes]]:
    """Return every RSS and Atom document of these articles, by name."""
    items = articles()
    for content in FeedContent:
        yield f"rss {content}", rss.render(channel("rss.xml", content), items)
        yield f"atom {content}", atom.render(channel("atom.xml", content), items)
        yield f"atom archive {content}", atom.render(archive(content=content), items)
    for language in LANGUAGES:
        paper = Publication(name="Paper & <Co>", language=language, home="https://straße.example/нове")
        yield f"rss {language}", rss.render(channel("rss.xml", publication=paper), items[:1])
        yield f"atom {language}", atom.render(channel("atom.xml", publication=paper), items[:1])
    nothing: Mapping[str, Any] = {"description": None, "rights": None, "next_href": None}
    yield "rss empty", rss.render(channel("rss.xml", **nothing), [])
    yield "atom empty", atom.render(channel("atom.xml", **nothing), [])
