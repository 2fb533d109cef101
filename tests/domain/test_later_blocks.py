"""Block types that were added after the first six: stored form, rendering, and fallbacks."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from app.domain.body import dump_body, parse_body
from app.domain.body.html_rendering import render_html
from app.domain.body.shown_blocks import complete_blocks, show_blocks
from app.domain.body.text_rendering import render_text
from app.domain.body.values import MAX_LIST_DEPTH, MAX_QUOTE_DEPTH

Record = dict[str, Any]
PHOTO: Final = {"url": "https://img.example/1.jpg", "alt": "A mole", "caption": "At dawn", "credit": "Olha"}
QUOTE: Final = {
    "type": "quote",
    "blocks": [{"type": "paragraph", "html": "We never <i>slept</i>."}, {"type": "list", "items": ["a"]}],
    "attribution": "Ivan & Co",
}
TABLE: Final = {"type": "table", "caption": "Seats", "head": ["Party"], "rows": [["<b>Hill</b>", "2\n3"], []]}
VIDEO: Final = {
    "type": "video",
    "url": "https://media.example/v.mp4",
    "media_type": "video/mp4",
    "poster": "https://media.example/v.jpg",
    "duration": 90.0,
    "caption": "The vote",
    "credit": "Olha",
    "transcript_url": "https://media.example/v.txt",
}
EMBED: Final = {
    "type": "embed",
    "url": "https://www.youtube.com/watch?v=1",
    "title": "The vote",
    "caption": "In full",
    "thumbnail": "https://img.example/t.jpg",
    "width": 640.0,
    "height": 360,
}
NESTED: Final = {"type": "list", "items": ["a", {"html": "<b>b</b>", "list": {"ordered": True, "items": ["c", "d"]}}]}


def stored(*blocks: Record) -> list[Record]:
    """Return the blocks as they are stored."""
    return dump_body(parse_body(list(blocks)))


def error_of(block: Record) -> tuple[str, str]:
    """Return the location and the message of the only error of a block."""
    with pytest.raises(ValidationError) as caught:
        parse_body([block])
    [error] = caught.value.errors()
    return ".".join(map(str, error["loc"])), error["msg"]


def nested(kind: str, depth: int) -> Record:
    """Return a quote or list that contains others to this depth."""
    if kind == "quote":
        inner = [] if depth == 1 else [nested(kind, depth - 1)]
        return {"type": "quote", "blocks": inner}
    items: list[Any] = ["x"] if depth == 1 else [{"html": "x", "list": nested(kind, depth - 1)}]
    return {"items": items}


@pytest.mark.parametrize(
    ("block", "html", "text"),
    [
        (
            QUOTE,
            (
                '<figure class="quote"><blockquote><p>We never <i>slept</i>.</p>\n<ul><li>a</li></ul></blockquote>'
                "<figcaption>Ivan &amp; Co</figcaption></figure>"
            ),
            "We never slept.\n\n• a\n— Ivan & Co",
        ),
        (
            TABLE,
            (
                '<table><caption>Seats</caption><thead><tr><th scope="col">Party</th></tr></thead>'
                "<tbody><tr><td><b>Hill</b></td><td>2\n3</td></tr><tr></tr></tbody></table>"
            ),
            "Seats\nParty\nHill\t2 3",
        ),
        ({"type": "table", "rows": [["a"]]}, "<table><tbody><tr><td>a</td></tr></tbody></table>", "a"),
        (
            {"type": "code", "text": "\n a < b\n", "language": "c++"},
            '<pre><code class="language-c++">\n a &lt; b\n</code></pre>',
            "\n a < b\n",
        ),
        ({"type": "code", "text": "x"}, "<pre><code>x</code></pre>", "x"),
        ({"type": "divider"}, "<hr>", "* * *"),
        (
            {"type": "gallery", "images": [PHOTO, {"url": "https://img.example/2.jpg", "alt": ""}]},
            (
                '<figure class="gallery"><figure class="image"><img src="https://img.example/1.jpg" alt="A mole">'
                "<figcaption>At dawn <small>Olha</small></figcaption></figure>"
                '<figure class="image"><img src="https://img.example/2.jpg" alt=""></figure></figure>'
            ),
            "At dawn\nOlha",
        ),
        (
            VIDEO,
            (
                '<figure class="video"><video src="https://media.example/v.mp4" poster="https://media.example/v.jpg"'
                ' controls preload="none"><a href="https://media.example/v.mp4">https://media.example/v.mp4</a></video>'
                '<figcaption>The vote <small>Olha</small> <a href="https://media.example/v.txt">https://media.example/v.txt'
                "</a></figcaption></figure>"
            ),
            "The vote\nOlha\nhttps://media.example/v.mp4\nhttps://media.example/v.txt",
        ),
        (
            {"type": "audio", "url": "https://media.example/a.mp3"},
            (
                '<figure class="audio"><audio src="https://media.example/a.mp3" controls preload="none">'
                '<a href="https://media.example/a.mp3">https://media.example/a.mp3</a></audio></figure>'
            ),
            "https://media.example/a.mp3",
        ),
        (
            EMBED,
            (
                '<figure class="embed"><a href="https://www.youtube.com/watch?v=1"><img src="https://img.example/t.jpg"'
                ' alt="The vote"></a><figcaption>In full <a href="https://www.youtube.com/watch?v=1">The vote</a>'
                " <small>YouTube</small></figcaption></figure>"
            ),
            "The vote\nIn full\nYouTube: https://www.youtube.com/watch?v=1",
        ),
        (
            NESTED,
            "<ul><li>a</li><li><b>b</b><ol><li>c</li><li>d</li></ol></li></ul>",
            "• a\n• b\n  1. c\n  2. d",
        ),
        ({"type": "heading", "level": 6, "html": "H"}, "<h6>H</h6>", "H"),
        ({"type": "paragraph", "html": "Lume<wbr>quay"}, "<p>Lume<wbr>quay</p>", "Lumequay"),
    ],
)
def test_block_is_rendered(block: Record, html: str, text: str) -> None:
    blocks = stored(block)
    assert (render_html(blocks), render_text(blocks)) == (html, text)
    assert stored(*blocks) == blocks


def test_empty_blocks_have_no_text() -> None:
    lists = {"quote": "blocks", "table": "rows", "gallery": "images", "list": "items"}
    blocks = stored(*({"type": kind, name: None} for kind, name in lists.items()))
    assert [block[lists[block["type"]]] for block in blocks] == [[], [], [], []]
    assert render_text(blocks) == ""


@pytest.mark.parametrize(("kind", "most"), [("quote", MAX_QUOTE_DEPTH), ("list", MAX_LIST_DEPTH)])
def test_depth_of_nesting_is_bounded(kind: str, most: int) -> None:
    stored({"type": kind, **nested(kind, most)})
    for depth in (most + 1, 300):
        place, message = error_of({"type": kind, **nested(kind, depth)})
        assert place == f"0.{kind}.{'blocks' if kind == 'quote' else 'items'}"
        assert f"at most {most} levels deep" in message


@pytest.mark.parametrize(
    ("block", "place", "message"),
    [
        ({**VIDEO, "duration": -1}, "0.video.duration", "greater than or equal to 0"),
        ({**VIDEO, "duration": True}, "0.video.duration", "valid number"),
        ({**VIDEO, "media_type": "image/gif"}, "0.video.media_type", "media type of a recording"),
        ({"type": "audio", "url": "https://a.example/", "poster": None}, "0.audio.poster", "not permitted"),
        ({"type": "code", "text": "x", "language": "c sharp"}, "0.code.language", "name of a language"),
        ({"type": "list", "items": ["a" * 60_000, {"html": "a" * 60_000}]}, "0.list", "at most 100,000"),
        (
            {"type": "list", "items": [{"html": "a", "list": {"items": ["b"] * 2_000}}]},
            "0.list",
            "nested ones included",
        ),
        ({"type": "table", "rows": [["a" * 60_000], ["a" * 60_000]]}, "0.table", "at most 100,000"),
        ({"type": "quote", "blocks": [{"type": "code", "text": "a" * 60_000}] * 2}, "0.quote", "at most 100,000"),
        ({"type": "image", "image": {**PHOTO, "focal_point": {"x": 2, "y": 0}}}, "0.image.image.focal_point.x", "less"),
        ({"type": "image", "image": {**PHOTO, "asset_id": " "}}, "0.image.image.asset_id", "not be empty"),
    ],
)
def test_invalid_member_is_located(block: Record, place: str, message: str) -> None:
    found, reason = error_of(block)
    assert found == place
    assert message in reason


def test_members_of_later_versions_are_stored_with_a_value_only() -> None:
    image, embed = {"type": "image", "image": PHOTO}, {"type": "embed", "url": "https://a.example/", "provider": "x"}
    [one, two] = stored(image, embed)
    assert "licence" not in one["image"]
    assert "title" not in two
    complete = complete_blocks([one, two])
    assert (complete[0]["image"]["licence"], complete[1]["title"]) == (None, None)
    assert stored(*complete) == stored(image, embed)
    full = {**PHOTO, "licence": "CC BY 4.0", "focal_point": {"x": 0.5, "y": 1}, "asset_id": "dam:1"}
    [block] = stored({"type": "image", "image": full})
    assert block["image"].items() >= {"licence": "CC BY 4.0", "focal_point": {"x": 0.5, "y": 1.0}}.items()


def test_whole_numbers_are_stored_as_integers() -> None:
    [video, embed] = stored(VIDEO, EMBED)
    assert [repr(video["duration"]), repr(embed["width"])] == ["90", "640"]
    assert stored({**VIDEO, "duration": 94.5})[0]["duration"] == 94.5


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.youtube-nocookie.com/embed/1", "YouTube"),
        ("https://open.spotify.com/episode/1", "Spotify"),
        ("https://www.video.example/1", "video.example"),
        ("https://notyoutube.com/1", "notyoutube.com"),
    ],
)
def test_provider_is_derived_from_the_host(url: str, name: str) -> None:
    assert stored({"type": "embed", "url": url})[0]["provider"] == name
    assert stored({"type": "embed", "url": url, "provider": "Ours"})[0]["provider"] == "Ours"


def test_links_lead_to_ids_of_every_block() -> None:
    blocks = stored(
        {"type": "paragraph", "html": '<a href="#f1">1</a> <a href="#page">top</a>'},
        {"type": "list", "items": [{"html": '<a href="#f2">2</a>', "list": {"items": ['<i id="f1">a</i>']}}]},
        {"type": "quote", "blocks": [{"type": "table", "rows": [['<sup id="f2">b</sup>']]}]},
    )
    html = render_html(blocks)
    assert [html.count(part) for part in ('href="#user-content-f1"', 'href="#user-content-f2"', 'href="#page"')] == [
        1
    ] * 3


def test_shown_blocks_have_fallbacks_and_urls_of_rfc_3986() -> None:
    inner = {"type": "gallery", "images": [{**PHOTO, "url": "https://img.example/фото.jpg"}]}
    [paragraph, quote] = show_blocks(stored({"type": "paragraph", "text": "a"}, {"type": "quote", "blocks": [inner]}))
    assert paragraph == {"type": "paragraph", "html": "a"}
    [gallery] = quote["blocks"]
    assert gallery["images"][0]["url"] == "https://img.example/%D1%84%D0%BE%D1%82%D0%BE.jpg"
    assert (gallery["images"][0]["licence"], gallery["fallback_text"]) == (None, "At dawn\nOlha")
    assert gallery["fallback_html"] in quote["fallback_html"]
    assert quote["fallback_text"] == "At dawn\nOlha"
    assert stored(quote) == stored({"type": "quote", "blocks": [inner | {"images": gallery["images"]}]})
