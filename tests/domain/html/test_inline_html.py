"""Inline HTML: allowed elements remain, executable content is removed; texts and URLs are refused or unchanged."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.html.inline_html import (
    MAX_TAGS,
    clean_text,
    html_to_text,
    sanitize_html,
    text_to_html,
    validate_site_url,
    validate_url,
)
from app.errors import InvalidValueError
from tests.xss_vectors import VECTORS, is_harmless

FRAGMENTS = (
    "<a href='/x'>", "<a href='javascript:x'>", "</a>", "<b>", "</b>", "<i title='a>b'>", "</i>", "<br>",
    "</br>", "<table>", "<td>", "</td>", "</table>", "<p>", "</p>", "<select>", "<option>", "<svg>",
    "</svg>", "<math>", "<mi>", "<desc>", "<style>", "</style>", "<script>", "</script>", "<template>",
    "</template>", "<noscript>", "<!--", "-->", "<![CDATA[", "]]>", "<", ">", "&", "&amp", "&lt;", "&#13;",
    "&#10;", "&#0;", "&#xfeff;", "&nbsp;", "&#x80;", "&notin", "\ufeff", "\xa0", "\r", "\n", "\x0b",
    "\uffff", '"', "'", "/", " ", "x", "ї", "<time datetime='&#1;'>", "<pre>\n", "<a href=' h&#1;ttp:x '>",
    "<q>", "<bdo dir=rtl>", "<plaintext>", "<frameset>", "<body>", "<html>", "<title>",
)  # fmt: skip
TAG_SOUP = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=25).map("".join)
CONTROLS = [*map(chr, (*range(9), *range(11, 32))), *"\x7f\x81\x8d\x8f\x90\x9d"]
LEGAL_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=CONTROLS)).filter(
    lambda text: "\ufffe" not in text and "\uffff" not in text
)


def storable(html: str) -> bool:
    return "\x00" not in html and not any("\ud800" <= character <= "\udfff" for character in html)


def test_xss_vectors_are_many_and_unique() -> None:
    assert len(VECTORS) >= 120
    assert len(set(VECTORS)) == len(VECTORS)


def test_xss_checker_detects_most_vectors_before_sanitising() -> None:
    assert sum(is_harmless(vector) is not None for vector in VECTORS) > 230


@pytest.mark.parametrize(
    "html",
    [
        "<script>",
        "<b onclick=x>y</b>",
        "<b style=x>y</b>",
        '<a href="java&#9;script:x">y</a>',
        '<a href="&#1;javascript:x">y</a>',
        "<!-- x -->",
        "<b>x < y</b>",
        '<img src="https://a.example/" srcset="https://a.example/ 1w, javascript:x 2w">',
    ],
)
def test_xss_checker_detects_disguised_vectors(html: str) -> None:
    assert is_harmless(html, also=frozenset({"img"})) is not None


def test_sanitiser_accepts_almost_every_vector() -> None:
    assert sum(map(storable, VECTORS)) >= 250


@pytest.mark.parametrize("vector", VECTORS)
def test_sanitiser_removes_every_vector(vector: str) -> None:
    if not storable(vector):
        with pytest.raises(InvalidValueError):
            sanitize_html(vector)
        return
    cleaned = sanitize_html(vector)
    assert is_harmless(cleaned) is None, cleaned
    assert sanitize_html(cleaned) == cleaned


@pytest.mark.parametrize("vector", VECTORS)
def test_sanitiser_removes_every_vector_inside_attributes_and_elements(vector: str) -> None:
    if not storable(vector):
        return
    for html in (
        f'<a href="{vector}">x</a>',
        f"<a title='{vector}'>x</a>",
        f"<b>{vector}</b>",
        f"x<q {vector}>y",
    ):
        cleaned = sanitize_html(html)
        assert is_harmless(cleaned) is None, cleaned


@pytest.mark.parametrize("vector", VECTORS)
def test_sanitiser_leaves_an_escaped_vector_as_text(vector: str) -> None:
    if any(ord(character) < 32 and character not in "\n\t\r" for character in vector):
        with pytest.raises(InvalidValueError):
            text_to_html(vector)
        return
    assert "<" not in text_to_html(vector)
    assert html_to_text(sanitize_html(text_to_html(vector))) == vector.replace("\r", "\n")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("He <em>said</em> so.", "He <em>said</em> so."),
        ('<a href="https://a.example/?b=1&c=2">x</a>', '<a href="https://a.example/?b=1&amp;c=2">x</a>'),
        ("<a href=/news#x title=T hreflang=uk rel=me target=_blank>x</a>",
         '<a href="/news#x" title="T" hreflang="uk">x</a>'),
        ("<a href=mailto:desk@a.example>x</a>", '<a href="mailto:desk@a.example">x</a>'),
        ("<a href=tel:+380000>x</a>", '<a href="tel:+380000">x</a>'),
        ("<a href=' https://a.example/ '>x</a>", '<a href="https://a.example/">x</a>'),
        ("<a href=ftp://a.example/>x</a>", "<a>x</a>"),
        ("<time datetime=2024-11-02 class=x>2 Nov</time>", '<time datetime="2024-11-02">2 Nov</time>'),
        ("<bdo dir=rtl>x</bdo><abbr title=y>z</abbr>", '<bdo dir="rtl">x</bdo><abbr title="y">z</abbr>'),
        ("<h1>Big</h1> <span>plain</span>", "Big<br>plain"),
        ("<p>One.</p><p>Two.</p>", "One.<br>Two."),
        ("<p>One.</p>", "One."),
        ("a<style>b</style><iframe>c</iframe><svg><text>d</text></svg><!-- e -->f", "a f"),
        ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
        ("2 > 1", "2 &gt; 1"),
        ("&quot;x&quot; &copy; &#8212;", '"x" © —'),
        ("a\xa0b&nbsp;c", "a&nbsp;b&nbsp;c"),
        ("a\r\nb\rc&#13;d", "a\nb\nc\nd"),
        ("\ufeffx", "\ufeffx"),
        ("a\x0bb&#0;c&#1;d\uffff", "a\ufffdb\ufffdc\ufffdd\ufffd"),
        ("<b>open", "<b>open</b>"),
        ("<a href=/1><table><td><a href=/2>x</table>y</a>", '<a href="/1"></a><a href="/2">x</a><br>y'),
        ("", ""),
        ("<ul><li>Tea</li><li>Milk</li></ul><p>Sugar</p>", "Tea<br>Milk<br>Sugar"),
        ("<table><thead><tr><th>Seats</th></tr></thead><tbody><tr><td>12</td></tr></tbody></table>", "Seats<br>12"),
        ("<ul><li>Tea<ul><li>Black</li></ul></li></ul>", "Tea<br>Black"),
        ("Before<hr>After", "Before<br>After"),
        ("word<div>inner</div>", "word<br>inner"),
        ("<details><summary>More</summary>Text</details>", "More<br>Text"),
        ("<dl><dt>Q</dt><dd>A</dd></dl>next", "Q<br>A<br>next"),
        ("<address>Kyiv</address>Ukraine", "Kyiv<br>Ukraine"),
        ("<ul>\n <li><b>Tea</b></li>\n <li>Milk</li>\n</ul>", "<b>Tea</b><br>Milk"),
        ("<p>One<br></p><p>Two</p>", "One<br>Two"),
        ("<p>One</p> \n<p>Two</p>", "One<br>Two"),
        ("<p>One</p><p></p><p> <b>Two</b></p>", "One<br><b>Two</b>"),
        ("<div>One <b><p>Two</p></b></div> three", "One <b><br>Two<br></b>three"),
        ("<tr><td>A</td> <td>B<img src=x>C</td></tr>", "A B C"),
        ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>", "A B<br>C"),
        ("<i title='</li>x'>y</i>", "<i>y</i>"),
        ("<a title='</li>x'>y</a>", '<a title="&lt;/li&gt;x">y</a>'),
        ("<!-- <p>a</p> -->b", "b"),
        ("<a rel='sponsored NOFOLLOW me opener noopener' href=/x>x</a>",
         '<a rel="sponsored nofollow noopener" href="/x">x</a>'),
        ("<span lang=fr>oui</span> <span class=x><b>non</b></span>", '<span lang="fr">oui</span> <b>non</b>'),
        ("<i lang='a b'>x</i><bdi dir=RTL>y</bdi><bdi dir=up>z</bdi>", '<i>x</i><bdi dir="rtl">y</bdi><bdi>z</bdi>'),
        ("<ruby>漢字<rt>かんじ</rt></ruby>", "<ruby>漢字<rt>かんじ</rt></ruby>"),
        ("<ruby><rb>a<rtc><rt>b</ruby>", "<ruby><rb>a</rb><rtc><rt>b</rt></rtc></ruby>"),
        ("<a id=ch2></a><sup id='r 1'>x</sup><b id='a&quot;b'>y</b>",
         '<a id="user-content-ch2"></a><sup>x</sup><b>y</b>'),
        ("<a id=user-content-ch2></a>", '<a id="user-content-ch2"></a>'),
    ],
)  # fmt: skip
def test_sanitize_html_returns(html: str, expected: str) -> None:
    assert sanitize_html(html) == expected


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ruby>漢字<rt>かんじ</rt></ruby>を読む", "漢字(かんじ)を読む"),
        ("<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>", "漢(かん)字(じ)"),
        ("<ruby>漢字<rp>[</rp><rt>かんじ</rt><rp>]</rp></ruby>", "漢字[かんじ]"),
        ("<ruby>漢字<rp>(</rp><rt>かん</rt><rt>じ</rt><rp>)</rp></ruby>", "漢字(かんじ)"),
        ("<ruby>漢字<rt></rt></ruby>", "漢字"),
        ("<ruby><rb>a</rb><rtc><rt><b>b</b></rt></rtc></ruby>", "a(b)"),
    ],
)
def test_ruby_text_follows_the_base_in_parentheses(html: str, text: str) -> None:
    assert html_to_text(sanitize_html(html)) == text


@given(TAG_SOUP)
@example("<a href=/1><table><td><b><a href=/2>x</table>")
@example("\ufeff\ufeffx")
@example("<b>&#13;&#10;</b>")
def test_sanitize_html_is_idempotent(html: str) -> None:
    try:
        cleaned = sanitize_html(html)
    except InvalidValueError:
        assert not storable(html)
        return
    assert sanitize_html(cleaned) == cleaned
    assert is_harmless(cleaned) is None


@given(LEGAL_TEXT)
@example("<b>&amp;lt; \xa0 \ufeff \"'")
@example("\ufeff")
def test_html_to_text_inverts_text_to_html(text: str) -> None:
    html = text_to_html(text)
    assert sanitize_html(html) == html
    assert html_to_text(html) == text
    assert clean_text(text) == text


@pytest.mark.parametrize("html", ["a\x00", "<b>\x00</b>", "\ud800", "x\udfff<b>"])
def test_sanitize_html_rejects_html_that_databases_cannot_store(html: str) -> None:
    with pytest.raises(InvalidValueError, match="NUL characters or lone surrogates"):
        sanitize_html(html)


def test_sanitize_html_rejects_multiplying_tags_before_parsing() -> None:
    bomb = "".join(f"<b id={n}>" for n in range(4_000)) + "<p>x" * 12_000
    with pytest.raises(InvalidValueError, match="at most 1,000 tags"):
        sanitize_html(bomb)


def test_sanitize_html_rejects_multiplied_tags_by_the_size_of_the_result() -> None:
    half = MAX_TAGS // 2
    with pytest.raises(InvalidValueError, match="at most 1,000 tags"):
        sanitize_html("<p>" + "".join(f"<b id={n}>" for n in range(half - 1)) + "<p>x" * half)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("plain", "plain"),
        ("one<br>two", "one\ntwo"),
        ('<a href="/x" title="a &gt; b">link</a> &amp; <b>more</b>', "link & more"),
        ("he said <q>so</q>", 'he said "so"'),
        ("&amp;lt; &lt;b&gt; a&nbsp;b", "&lt; <b> a\xa0b"),
    ],
)
def test_html_to_text_returns(html: str, expected: str) -> None:
    assert html_to_text(html) == expected


@pytest.mark.parametrize("text", ["\x00", "a\x07", "\x1b[0m", "\x0b", "\ud83d", "\ufffe", "\uffff"])
def test_clean_text_rejects_characters_that_databases_or_feeds_cannot_carry(text: str) -> None:
    with pytest.raises(InvalidValueError, match="control characters"):
        clean_text(text)
    with pytest.raises(InvalidValueError, match="control characters"):
        text_to_html(text)


def test_clean_text_normalises_line_ends() -> None:
    assert clean_text("a\r\nb\rc\nd") == "a\nb\nc\nd"
    assert text_to_html("<a>\r\nb") == "&lt;a&gt;\nb"


@pytest.mark.parametrize("text", ["", "Підсумки — «так»\n\t— ні", "\x7f\x85", "👩‍🚀", "<b> & \xa0\ufeff"])
def test_clean_text_returns_other_text_unchanged(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "HTTP://A.EXAMPLE:8080/b?c=d&e='f'#g",
        "https://новини.укр/шлях",
        "https://[2001:db8::1]:443/",
        "http://192.0.2.1/",
        "https://a.example/x@y,z",
        "https://a.example/" + "x" * 1_982,
    ],
)
def test_validate_url_returns_a_valid_url_unchanged(url: str) -> None:
    assert validate_url(url) == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "absolute URL"),
        ("/x", "absolute URL"),
        ("//a.example/x", "absolute URL"),
        ("https:///x", "absolute URL"),
        ("https:a.example", "absolute URL"),
        ("ftp://a.example/", "absolute URL"),
        ("javascript:alert(1)", "absolute URL"),
        ("javascript://a.example/", "absolute URL"),
        ("https://a.example:99999/", "absolute URL"),
        ("https://a.example:x/", "absolute URL"),
        ("https://[::/", "absolute URL"),
        ("https://a.example/a b", "must not contain white space"),
        ("https://a.example/\u3000", "must not contain white space"),
        ("https://a.example/\u202e", "must not contain white space"),
        ("https://a.example/\n", "must not contain white space"),
        (" https://a.example/", "must not contain white space"),
        ("https://a.example\\@b.example/", "backslashes"),
        ('https://a.example/"x', "quotes"),
        ("https://a.example/\ud800", "control characters"),
        ("https://me:secret@a.example/", "user name"),
        ("https://@a.example/", "user name"),
        ("https://a{b}.example/", "host name"),
        ("https://%61.example/", "host name"),
        ("https://./", "host name"),
        ("https://a.example/" + "x" * 1_983, "at most 2,000 characters"),
    ],
)
def test_validate_url_rejects_with_a_reason(url: str, reason: str) -> None:
    with pytest.raises(InvalidValueError, match=reason):
        validate_url(url)


@pytest.mark.parametrize("url", ["https://paper.example", "https://paper.example/", "https://paper.example//"])
def test_validate_site_url_strips_trailing_slashes(url: str) -> None:
    assert validate_site_url(url) == "https://paper.example"


@pytest.mark.parametrize("end", ["?", "/?a=1", "#", "/news#top"])
def test_validate_site_url_rejects_query_and_fragment(end: str) -> None:
    with pytest.raises(InvalidValueError, match="not have a query"):
        validate_site_url(f"https://paper.example{end}")
