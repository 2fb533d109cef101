"""Hostile HTML: published attacks come out harmless, and deep, long or damaged input ends in bounded time."""

import json

import pytest

from app.domain.body import dump_body, parse_body
from app.domain.body.html_rendering import render_html
from app.domain.html.conversion.conversion import convert_html
from tests.domain.html.conversion.documents import fold, shown_text
from tests.xss_vectors import BLOCK_TAGS, VECTORS, is_harmless

STORED = [vector.replace("\x00", "") for vector in VECTORS]


@pytest.mark.parametrize("frame", ["{}", "<ul><li>{}</ul>", "<table><tr><td>{}<td>x</table>", "<pre>{}</pre>"])
def test_attacks_become_harmless_blocks(frame: str) -> None:
    for vector in STORED:
        blocks = convert_html(frame.format(vector)).blocks
        stored = dump_body(parse_body(json.loads(json.dumps(blocks))))
        html = render_html(stored)
        assert is_harmless(html, also=BLOCK_TAGS) is None, (vector, html)


@pytest.mark.parametrize(
    "part",
    [
        *("<div>", "<b>", "<ul><li>x", "<blockquote>x", "<table><tr><td>x", "<figure>", "<details><summary>x"),
        *("<span style='font-weight:bold'>x", "<a href=https://a.example>x", "<p style='mso-list:l0 level9 lfo1'>x"),
        *("<svg>", "<video>", "<picture>", "<object>", "<select><option>", "<pre>", "<ruby><rt>x", "<font color=1><p>"),
    ],
)
def test_deep_nesting_is_flattened(part: str) -> None:
    conversion = convert_html(part * 900)

    parse_body(json.loads(json.dumps(conversion.blocks)))
    assert fold(shown_text(conversion.blocks)).count("x") in {0, 900}


@pytest.mark.parametrize(
    "html",
    [
        *("[caption " * 20_000, "[gallery a=" * 20_000, "[" * 100_000, "[audio " + "a= " * 50_000 + "]"),
        *("x" + " " * 200_000 + "y", "x\n\n" * 1_900, " \n" * 100_000, "https://" + "a" * 100_000),
        *(
            "<!--wp:" + "a " * 100_000,
            "<p style='" + "/*" * 100_000 + "'>x",
            "<p class='" + "a-credit-" * 50_000 + "'>x",
        ),
        '<img src="https://a.example/a.jpg" srcset="' + " " * 100_000 + '">',
        '<img src="https://a.example/a.jpg" srcset="' + "https://a.example/b.jpg 1w, " * 5_000 + '">',
        '<img data-src="' + "blank" * 50_000 + '" src="https://a.example/a.jpg">',
        "<p style='" + "mso-list:" * 50_000 + "'>x",
    ],
    ids=lambda html: str(html[:20]),
)
def test_long_input_takes_linear_time(html: str) -> None:
    conversion = convert_html(html)  # a quadratic step of it would take minutes

    parse_body(json.loads(json.dumps(conversion.blocks)))


def test_long_texts_are_split_into_blocks_that_can_be_stored() -> None:
    long = "word " * 60_000
    html = f"<p>{long}</p><ul>{'<li>x' * 5_000}</ul><table>{'<tr><td>a<td>b' * 3_000}</table><pre>{long}</pre>"
    many = f"<p>{'<b>b</b> ' * 2_000}</p><blockquote>{'<p>q</p>' * 500}</blockquote><figure><figcaption>{long}</figure>"

    conversion = convert_html(html + many)

    parse_body(json.loads(json.dumps(conversion.blocks)))
    text = fold(shown_text(conversion.blocks))
    assert text.count("word") == 180_000
    assert (text.count("x"), text.count("a b"), text.count("q")) == (5_000, 3_000, 500)
    assert {"structure-changed", "element-dropped"} == {str(loss.code) for loss in conversion.losses}


def test_characters_that_cannot_be_stored_are_replaced_and_named() -> None:
    conversion = convert_html("<p>a&#1;b\ud800c\x0bd</p><pre>e&#2;f</pre>")

    assert shown_text(conversion.blocks) == "a\ufffdb\ufffdc\ufffdd\ne\ufffdf"
    assert [loss.code for loss in conversion.losses] == ["text-changed"]
