"""Sanitising reports every loss, and separates words on both sides of a block's edge."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.html.inline_html import html_to_text, sanitize_html
from app.domain.html.losses import LossCode, find_losses
from app.domain.html.tokens import iterate_tokens
from app.errors import InvalidValueError
from tests.domain.html.test_inline_html import TAG_SOUP, storable

INLINE = ("b", "em", "ruby", "span", "font", "x-card", "label")
BLOCKS = ("p", "div", "li", "ul", "h2", "section", "blockquote", "figure", "dd", "address", "details", "pre")
REMOVED = ("script", "style", "svg", "iframe", "video", "select", "template")
WORD = re.compile("w[0-9]+")


def losses(html: str) -> list[tuple[str, str]]:
    return [(str(loss.code), loss.detail) for loss in find_losses(html, sanitize_html(html))]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<table><tr><td>A<td>B</table>", [
            ("element-dropped", "<table> was dropped; its text stays."),
            ("element-dropped", "<tr> was dropped; its text stays."),
            ("element-dropped", "<td> was dropped; its text stays (2 times)."),
        ]),
        ('<img src="https://x.example/a.jpg" alt="The bridge">', [
            ("element-dropped", '<img> was dropped: <img src="https://x.example/a.jpg" alt="The bridge">'),
        ]),
        ("a<script>b()</script>", [("content-dropped", "<script> was dropped with its content.")]),
        ("<svg><path d=x /><g/></svg>b", [("content-dropped", "<svg> was dropped with its content.")]),
        ("<b style='color: red'>a</b>",
         [("attribute-dropped", 'The attribute style of <b> was dropped: style="color: red"')]),
        ("<i lang=nonsense-tag!>a</i>",
         [("attribute-dropped", 'The attribute lang of <i> was dropped: lang="nonsense-tag!"')]),
        ("<a rel='me nofollow' href=/x>a</a>",
         [("attribute-dropped", 'A link type (rel) of <a> was dropped: rel="me"')]),
        ("<a href='javascript:x()'>a</a>",
         [("link-dropped", 'The address of a link was dropped; its text stays: href="javascript:x()"')]),
        ("<a href='http://[x'>a</a>", [("link-dropped", 'The attribute href of <a> was dropped: href="http://[x"')]),
        ("<a href=/1 href=/2>a</a>", [("link-dropped", 'The attribute href of <a> was dropped: href="/2"')]),
        ("a<!-- desk only -->", [("comment-dropped", "A comment was dropped: <!-- desk only -->")]),
        ("<?xml?>a<![CDATA[b]]>", [("comment-dropped", "A comment was dropped (2 times): <?xml?>")]),
        ("a <b title='x", [("content-dropped", "A tag that does not end was dropped: <b title='x")]),
        ("a&#x1b;b",
         [("text-changed", "Words were changed, by characters that cannot be stored or by misplaced tags: ab")]),
        ("<b>a&#1;b</b>",
         [("text-changed", "Words were changed, by characters that cannot be stored or by misplaced tags: ab")]),
        ("5 &#x80;, 6 &#128;",
         [("characters-repaired",
           "A reference to the control character U+0080 became € of Windows-1252 (2 times): &#x80;")]),
    ],
)  # fmt: skip
def test_find_losses_names_a_loss(html: str, expected: list[tuple[str, str]]) -> None:
    assert losses(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "",
        "plain & simple < text",
        "&amp; &quot;x&quot; <em>y</em>",
        "It&#39;s &#8212; &#160;",
        "<p>One paragraph with <b>words</b>.</p>",
        " <li>An item</li>\n",
        "<span>bare</span>",
        '<a href=" /x " rel="NoFollow" id="f1">x</a>',
        '<a href="/x" target="_blank">x</a>',
        "<b>unclosed",
        "line\r\nbreak",
        '<ruby lang="ja">漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby><br>',
    ],
)
def test_find_losses_is_empty_for_unchanged_html(html: str) -> None:
    assert losses(html) == []


def test_find_losses_reports_a_wrapper_with_attributes_or_a_second_paragraph() -> None:
    assert [code for code, _ in losses('<p dir="rtl">x</p>')] == ["element-dropped"]
    assert [code for code, _ in losses("<p>x</p><p>y</p>")] == ["element-dropped"]


def test_loss_example_is_short_and_printable() -> None:
    for html in (f"<img alt='{'x' * 500}\x1b[31m'>", f"<x\x1b[31m{'y' * 500}>", f"<b z\x1b{'y' * 500}=1>"):
        ((_, detail),) = losses(html)
        assert len(detail) < 300
        assert detail.isprintable()


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> tuple[str, list[str], bool]:
    """Well-formed HTML, its visible text with a blank at each edge of a block, and whether all of it is visible."""
    parts: list[tuple[str, list[str], bool]] = []
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(("word", "blank", "inline", "block", "hr", "removed") if depth else ("word",)))
        if kind == "word":
            word = f"w{draw(st.integers(0, 9999))}"
            parts.append((word, [word], True))
        elif kind == "blank":
            parts.append((" ", [" "], True))
        elif kind == "hr":
            parts.append(("<hr>", [" "], True))
        elif kind == "removed":
            name = draw(st.sampled_from(REMOVED))
            edge = [] if name in {"script", "style", "template"} else [" "]
            parts.append((f"<{name}>w0000</{name}>", edge, False))
        else:
            inner, shown, is_whole = draw(trees(depth - 1))
            name = draw(st.sampled_from(INLINE if kind == "inline" else BLOCKS))
            edge = [" "] if kind == "block" else []
            parts.append((f"<{name}>{inner}</{name}>", [*edge, *shown, *edge], is_whole))
    return "".join(p[0] for p in parts), [each for p in parts for each in p[1]], all(p[2] for p in parts)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_every_word_remains_separate_and_in_order_or_is_a_loss(tree: tuple[str, list[str], bool]) -> None:
    html, shown, is_whole = tree
    if re.search("<p>.*<(?:p|div|li|ul|h2|section|blockquote|figure|dd|address|details|pre|hr)>", html):
        html = html.replace("<p>", "<div>").replace("</p>", "</div>")  # a paragraph ends where a block begins
    cleaned = sanitize_html(html)
    found = find_losses(html, cleaned)
    assert html_to_text(cleaned).split() == "".join(shown).split()
    assert is_whole or any(loss.code is LossCode.CONTENT for loss in found)


@given(TAG_SOUP)
def test_every_word_of_tag_soup_remains_or_is_a_loss(html: str) -> None:
    if not storable(html):
        return
    html = re.sub("x", "w1 ", html)
    try:
        cleaned = sanitize_html(html)
    except InvalidValueError:
        return
    visible = len(WORD.findall("".join(re.split("<[^>]*>?", html))))
    assert find_losses(html, cleaned) or len(WORD.findall(html_to_text(cleaned))) >= visible


@given(TAG_SOUP)
def test_token_sources_joined_equal_the_input(html: str) -> None:
    assert "".join(token.source for token in iterate_tokens(html)) == html
