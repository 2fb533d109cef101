"""Validation of blocks, their stored form, and their rendering as HTML and as plain text."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.domain.body import (
    Body,
    ImageInput,
    ParagraphInput,
    RightsInput,
    SourceInput,
    dump_body,
    parse_body,
)
from app.domain.body.html_rendering import render_html
from app.domain.body.text_rendering import render_text
from app.domain.body.values import MAX_BLOCK_CHARACTERS, MAX_BLOCKS, MAX_LINE_CHARACTERS

Record = dict[str, Any]
IMAGE: dict[str, Any] = {
    "url": "https://img.example/p.jpg",
    "alt": 'A "bridge" & river',
    "caption": "The bridge\nat dawn",
    "credit": "Olha <Desk>",
    "width": 1600,
    "height": 900,
    "renditions": [
        {"url": "https://img.example/p,800,", "width": 800, "height": 450, "type": "image/webp"},
        {"url": "https://img.example/p-400.jpg?a=1&b=2", "width": 400, "height": 225, "type": "image/jpeg"},
        {"url": "https://img.example/p-400.webp", "width": 400, "height": 225, "type": "image/webp"},
    ],
}
IMAGE_TAG = (
    '<img src="https://img.example/p.jpg" alt="A &quot;bridge&quot; &amp; river" width="1600" height="900"'
    ' srcset="https://img.example/p-400.jpg?a=1&amp;b=2 400w, https://img.example/p,800%2C 800w,'
    ' https://img.example/p.jpg 1600w" sizes="100vw">'
)
EVERY_BLOCK: list[Record] = [
    {"type": "paragraph", "html": 'Rain <b>fell</b> on <a href="/kyiv">Kyiv</a> &amp; Lviv'},
    {"type": "heading", "level": 3, "html": "What <i>next</i>"},
    {"type": "pull_quote", "text": "We <never>\nslept", "attribution": "Ivan & Co"},
    {"type": "list", "ordered": True, "items": ["one", "<b>two</b>"]},
    {"type": "image", "image": IMAGE},
    {
        "type": "embed",
        "url": "https://social.example/1?a=b&c=d",
        "provider": "Social",
        "html": "A <b>post</b>",
    },
]
BARE_BLOCKS: list[Record] = [
    {"type": "paragraph", "text": "1 < 2 & 3"},
    {"type": "pull_quote", "text": "So"},
    {"type": "list", "items": ["a"]},
    {"type": "image", "image": {"url": "https://img.example/p", "alt": ""}},
    {"type": "embed", "url": "https://social.example/1", "provider": "Social"},
]


def stored(*blocks: Record) -> list[dict[str, object]]:
    return dump_body(parse_body(list(blocks)))


def errors(value: object) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        parse_body(value)
    return [(".".join(map(str, error["loc"])), error["msg"]) for error in caught.value.errors()]


def test_render_html_of_every_block() -> None:
    assert render_html(stored(*EVERY_BLOCK)).split("\n") == [
        '<p>Rain <b>fell</b> on <a href="/kyiv">Kyiv</a> &amp; Lviv</p>',
        "<h3>What <i>next</i></h3>",
        (
            '<figure class="pull-quote"><blockquote><p>We &lt;never&gt;<br>slept</p></blockquote>'
            "<figcaption>Ivan &amp; Co</figcaption></figure>"
        ),
        "<ol><li>one</li><li><b>two</b></li></ol>",
        (
            f'<figure class="image">{IMAGE_TAG}'
            "<figcaption>The bridge<br>at dawn <small>Olha &lt;Desk&gt;</small></figcaption></figure>"
        ),
        (
            '<figure class="embed"><p>A <b>post</b></p>'
            '<figcaption><a href="https://social.example/1?a=b&amp;c=d">Social</a></figcaption></figure>'
        ),
    ]


def test_render_html_of_minimal_blocks() -> None:
    assert render_html(stored(*BARE_BLOCKS)).split("\n") == [
        "<p>1 &lt; 2 &amp; 3</p>",
        '<figure class="pull-quote"><blockquote><p>So</p></blockquote></figure>',
        "<ul><li>a</li></ul>",
        '<figure class="image"><img src="https://img.example/p" alt=""></figure>',
        '<figure class="embed"><figcaption><a href="https://social.example/1">Social</a></figcaption></figure>',
    ]


def test_render_text_of_every_block() -> None:
    assert render_text(stored(*EVERY_BLOCK)).split("\n\n") == [
        "Rain fell on Kyiv & Lviv",
        "What next",
        "We <never>\nslept\n— Ivan & Co",
        "1. one\n2. two",
        "The bridge\nat dawn\nOlha <Desk>",
        "A post\nSocial: https://social.example/1?a=b&c=d",
    ]


def test_render_text_omits_empty_parts() -> None:
    assert render_text(stored(*BARE_BLOCKS)).split("\n\n") == [
        "1 < 2 & 3",
        "So",
        "• a",
        "Social: https://social.example/1",
    ]


def test_empty_body_is_empty_in_every_format() -> None:
    assert stored() == []
    assert render_html([]) == ""
    assert render_text([]) == ""


def test_unknown_stored_block_is_omitted() -> None:
    blocks: list[Record] = [{"type": "hologram"}, *stored(BARE_BLOCKS[1])]
    assert render_text(blocks) == "So"
    assert render_html(blocks).startswith('<figure class="pull-quote">')


def test_dump_body_has_every_member_in_order() -> None:
    assert json.dumps(stored(*BARE_BLOCKS)) == json.dumps(
        [
            {"type": "paragraph", "html": "1 &lt; 2 &amp; 3"},
            {"type": "pull_quote", "text": "So", "attribution": None},
            {"type": "list", "ordered": False, "items": ["a"]},
            {
                "type": "image",
                "image": {
                    "url": "https://img.example/p",
                    "alt": "",
                    "caption": None,
                    "credit": None,
                    "width": None,
                    "height": None,
                    "renditions": [],
                },
            },
            {"type": "embed", "url": "https://social.example/1", "provider": "Social", "html": None},
        ]
    )


def test_parse_body_ignores_the_order_of_members() -> None:
    turned = [dict(reversed(block.items())) for block in EVERY_BLOCK]
    assert json.dumps(stored(*turned)) == json.dumps(stored(*EVERY_BLOCK))


def test_stored_body_round_trips() -> None:
    once = stored(*EVERY_BLOCK, *BARE_BLOCKS)
    assert json.dumps(stored(*once)) == json.dumps(once)


@settings(deadline=None)  # the first example builds the models
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"])), max_size=4))
def test_any_text_round_trips_through_a_body(texts: list[str]) -> None:
    blocks = stored(*({"type": "paragraph", "text": text} for text in texts))
    assert stored(*blocks) == blocks
    assert render_text(blocks) == "\n\n".join(filter(None, texts))


def test_paragraph_constructor_sanitises() -> None:
    assert dump_body([ParagraphInput(html="<script>x</script>y")]) == [{"type": "paragraph", "html": "y"}]


@pytest.mark.parametrize(
    ("block", "where", "message"),
    [
        (
            {"type": "paragraph", "html": "a", "text": "a"},
            "0.paragraph.text",
            "Must not be combined with 'html'.",
        ),
        ({"type": "paragraph"}, "0.paragraph.html", "Either 'html' or 'text' is required."),
        ({"type": "heading", "level": 2}, "0.heading.html", "Either 'html' or 'text' is required."),
        ({"type": "paragraph", "text": None}, "0.paragraph.text", "Must be a string."),
        ({"type": "paragraph", "text": "a\x00"}, "0.paragraph.text", "must not contain control characters"),
        ({"type": "paragraph", "html": "a\x00"}, "0.paragraph.html", "U+0000"),
        ({"type": "paragraph", "html": 7}, "0.paragraph.html", "valid string"),
        ({"type": "paragraph", "html": "a", "class": "x"}, "0.paragraph.class", "not permitted"),
        ({"type": "heading", "level": 0, "html": "a"}, "0.heading.level", "greater than or equal to 1"),
        ({"type": "heading", "level": 7, "html": "a"}, "0.heading.level", "less than or equal to 6"),
        ({"type": "heading", "level": "2", "html": "a"}, "0.heading.level", "valid integer"),
        ({"type": "pull_quote", "text": "\x07"}, "0.pull_quote.text", "must not contain control characters"),
        ({"type": "list", "items": ["a"], "ordered": 1}, "0.list.ordered", "valid boolean"),
        ({"type": "list", "items": "a"}, "0.list.items", "valid list"),
        ({"type": "list", "items": ["a", "<b>" * 1_001]}, "0.list.items.1.flat-item", "at most 1,000 tags"),
        ({"type": "image", "image": {"url": "https://a.example/"}}, "0.image.image.alt", "required"),
        ({"type": "image", "image": {"url": "/a", "alt": ""}}, "0.image.image.url", "absolute URL"),
        ({"type": "embed", "url": "data:,x", "provider": "x"}, "0.embed.url", "absolute URL"),
        ({"type": "poll"}, "0", "does not match any of the expected tags"),
        ({"html": "a"}, "0", "discriminator 'type'"),
    ],
)
def test_parse_body_locates_an_invalid_block(block: object, where: str, message: str) -> None:
    ((place, reason),) = errors([block])
    assert place == where
    assert message in reason


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("width", 0, "greater than 0"),
        ("width", "800", "valid integer"),
        ("height", True, "valid integer"),
        ("height", 1.5, "valid integer"),
        ("width", 1 << 70, "less than or equal to 1000000"),
        ("type", "text/html", "media type of an image"),
        ("type", "image/", "media type of an image"),
        ("type", "image/png\n", "media type of an image"),
        ("url", "https://a.example/a b", "must not contain white space"),
    ],
)
def test_parse_body_locates_an_invalid_rendition(member: str, value: object, message: str) -> None:
    rendition = {"url": "https://a.example/", "width": 1, "height": 1, "type": "image/svg+xml", member: value}
    ((place, reason),) = errors([{"type": "image", "image": {**IMAGE, "renditions": [rendition]}}])
    assert place == f"0.image.image.renditions.0.{member}"
    assert message in reason


@pytest.mark.parametrize("value", [{}, "text", 7])
def test_parse_body_rejects_other_than_a_list(value: object) -> None:
    assert errors(value) == [("", "Input should be a valid list")]


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"type": "paragraph", "text": "x" * (MAX_BLOCK_CHARACTERS + 1)}, "at most 100,000 characters"),
        ({"type": "paragraph", "html": "x" * (MAX_BLOCK_CHARACTERS + 1)}, "at most 100,000 characters"),
        ({"type": "paragraph", "text": "&" * MAX_BLOCK_CHARACTERS}, "at most 100,000 characters of HTML"),
        ({"type": "pull_quote", "text": "x" * (MAX_BLOCK_CHARACTERS + 1)}, "at most 100000 characters"),
        ({"type": "list", "items": ["x" * 50_001] * 2}, "at most 100,000 characters of HTML"),
        ({"type": "list", "items": [""] * 2_001}, "at most 2000 items"),
        (
            {"type": "pull_quote", "text": "x", "attribution": "x" * (MAX_LINE_CHARACTERS + 1)},
            "at most 5000 characters",
        ),
    ],
)
def test_parse_body_rejects_a_block_over_the_limit(block: Record, message: str) -> None:
    ((_, reason),) = errors([block])
    assert message in reason


def test_parse_body_accepts_at_most_two_thousand_blocks() -> None:
    block = {"type": "paragraph", "text": "x" * 10}
    assert len(stored(*[block] * MAX_BLOCKS)) == MAX_BLOCKS
    ((_, reason),) = errors([block] * (MAX_BLOCKS + 1))
    assert "at most 2000 items" in reason


def test_parse_body_accepts_a_block_of_maximum_length() -> None:
    (block,) = stored({"type": "paragraph", "text": "x" * MAX_BLOCK_CHARACTERS})
    assert block == {"type": "paragraph", "html": "x" * MAX_BLOCK_CHARACTERS}


def test_rights_sources_and_images_are_validated_like_blocks() -> None:
    assert RightsInput().model_dump() == {"holder": None, "notice": None, "usage": None, "licence_url": None}
    assert SourceInput(name="Wire").model_dump() == {"name": "Wire", "url": None}
    assert list(ImageInput(url="https://a.example/", alt="").model_dump()) == list(IMAGE)
    for model, value in (
        (RightsInput, {"licence_url": "javascript:x"}),
        (RightsInput, {"holder": "\x00"}),
        (SourceInput, {"name": "x", "url": "//a.example"}),
        (SourceInput, {}),
        (ImageInput, {"url": "https://a.example/", "alt": "", "src": "x"}),
    ):
        with pytest.raises(ValidationError):
            model.model_validate(value)


def test_input_schema_allows_text_in_place_of_html() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Body)
    requested = adapter.json_schema(mode="validation")["$defs"]
    given_back = adapter.json_schema(mode="serialization")["$defs"]
    for name in ("ParagraphInput", "HeadingInput"):
        assert requested[name]["oneOf"] == [
            {"required": [member], "properties": {member: {}}} for member in ("html", "text")
        ]
        assert "text" in requested[name]["properties"]
        assert "text" not in given_back[name]["properties"]
    assert given_back["PullQuoteInput"]["required"] == ["type", "text", "attribution"]


def test_fragment_links_use_prefixed_ids_in_any_block() -> None:
    blocks = parse_body(
        [
            {"type": "paragraph", "html": 'Claim<sup id="r1"><a href="#f1">1</a></sup> <a href="#comments">c</a>'},
            {"type": "list", "items": ['<span id="f1">Note</span> <a href="#r1">back</a>', '<a href="#%C3%A9">e</a>']},
            {"type": "heading", "level": 2, "html": '<b id="é">E</b> &lt;a href="#f1"'},
        ]
    )
    html = render_html(dump_body(blocks))
    assert 'id="user-content-r1"><a href="#user-content-f1">1</a>' in html
    assert '<span id="user-content-f1">Note</span> <a href="#user-content-r1">back</a>' in html
    assert '<a href="#user-content-%C3%A9">e</a>' in html
    assert '<a href="#comments">c</a>' in html
    assert '&lt;a href="#f1"' in html
    assert dump_body(parse_body(dump_body(blocks))) == dump_body(blocks)


def test_integers_may_have_a_fraction_of_zero_and_lists_may_be_null() -> None:
    image = ImageInput.model_validate(
        {"url": "https://x.example/a.jpg", "alt": "", "width": 640.0, "height": 480, "renditions": None}
    )
    assert (image.width, image.renditions) == (640, [])
    assert parse_body([{"type": "heading", "level": 2.0, "text": "A"}])
    assert parse_body(None) == []
    for width in (640.5, "640", True, float("inf")):
        with pytest.raises(ValidationError):
            ImageInput.model_validate({"url": "https://x.example/a.jpg", "alt": "", "width": width})
