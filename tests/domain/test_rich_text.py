"""Blocks with runs of text in place of HTML."""

from typing import Any

import pytest

from app.domain.body import dump_body, parse_body
from app.domain.body.rich_text import render_rich, render_runs
from app.domain.body.shown_blocks import complete_blocks
from app.domain.html.inline_html import html_to_text, sanitize_html
from tests.xss_vectors import VECTORS

LINK = "/k?a=1&b=2"


def run(text: str, *marks: str, href: str | None = None, lang: str | None = None) -> dict[str, Any]:
    return {"text": text, "marks": list(marks), "href": href, "lang": lang}


@pytest.mark.parametrize(
    ("html", "runs"),
    [
        ("", []),
        ("plain &amp; <time>simple</time>", [run("plain & simple")]),
        ("a<br>b<wbr>c", [run("a\nbc")]),
        ("<b>x <i>y</i></b> <b><b>z</b></b>", [run("x ", "b"), run("y", "b", "i"), run(" "), run("z", "b")]),
        (
            '<a href="/k?a=1&amp;b=2">on <em>it</em></a>',
            [run("on ", href="/k?a=1&b=2"), run("it", "em", href="/k?a=1&b=2")],
        ),
        ('<a href="https://straße.example/x[1]">s</a>', [run("s", href="https://xn--strae-oqa.example/x%5B1%5D")]),
        ('<a id="user-content-f1"></a>1', [run("1")]),
        (
            '<q lang="fr">mot</q> <span lang="uk">a<i lang="fr">b</i></span>',
            [run('"mot"', lang="fr"), run(" "), run("a", lang="uk"), run("b", "i", lang="fr")],
        ),
        ("<ruby>漢字<rt>かんじ</rt></ruby>", [run("漢字(かんじ)")]),
        ("<ruby>漢<rp>[</rp><rt><b>かん</b></rt><rp>]</rp></ruby>", [run("漢["), run("かん", "b"), run("]")]),
    ],
)
def test_inline_html_becomes_runs(html: str, runs: list[dict[str, Any]]) -> None:
    assert render_runs(html) == runs


def test_texts_of_runs_are_the_plain_text() -> None:
    for vector in VECTORS:
        if "\x00" not in vector:
            html = sanitize_html(f"<b>{vector}<q>x<br></q><ruby>y<rt>z</rt></ruby>")
            assert "".join(run["text"] for run in render_runs(html)) == html_to_text(html)


def test_every_html_member_becomes_runs() -> None:
    blocks = parse_body(
        [
            {"type": "paragraph", "html": "<b>a</b>"},
            {"type": "heading", "level": 2, "html": "h"},
            {"type": "list", "items": ["x", {"html": "y", "list": {"ordered": True, "items": ["z"]}}]},
            {"type": "embed", "url": "https://video.example/1"},
            {"type": "quote", "blocks": [{"type": "table", "head": ["<i>t</i>"], "rows": [["c", "d"]]}]},
            {"type": "divider"},
            {"type": "pull_quote", "text": "p"},
        ]
    )
    paragraph, heading, bullets, embed, quote, divider, pull = render_rich(complete_blocks(dump_body(blocks)))
    assert paragraph == {"type": "paragraph", "runs": [run("a", "b")]}
    assert heading == {"type": "heading", "level": 2, "runs": [run("h")]}
    inner = {"ordered": True, "items": [{"runs": [run("z")], "list": None}]}
    assert bullets["items"] == [{"runs": [run("x")], "list": None}, {"runs": [run("y")], "list": inner}]
    assert (embed["runs"], embed["provider"], "html" in embed) == ([], "video.example", False)
    [table] = quote["blocks"]
    assert (table["head"], table["rows"]) == ([[run("t", "i")]], [[[run("c")], [run("d")]]])
    assert (table["fallback_text"], quote["fallback_text"]) == ("t\nc\td", "t\nc\td")
    assert divider == {"type": "divider", "fallback_text": "* * *"}
    assert pull == {"type": "pull_quote", "text": "p", "attribution": None}
