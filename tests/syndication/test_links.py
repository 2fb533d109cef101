"""Links that work anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.syndication.links import absolute_links, ascii_url


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://courier.example/a?b=c&d=%20#e", "https://courier.example/a?b=c&d=%20#e"),
        ("https://courier.example/туман", "https://courier.example/%D1%82%D1%83%D0%BC%D0%B0%D0%BD"),
        ("http://bücher.example:8080/ü", "http://xn--bcher-kva.example:8080/%C3%BC"),
        ("https://[2001:db8::1]/a|b{c}^", "https://[2001:db8::1]/a%7Cb%7Bc%7D%5E"),
        ("https://courier.example/100%", "https://courier.example/100%25"),
        ("https://courier.example/100%zz%C3", "https://courier.example/100%25zz%C3"),
    ],
)
def test_a_url_is_written_in_ascii(url: str, written: str) -> None:
    assert ascii_url(url) == written
    assert ascii_url(written) == written


@given(st.text(min_size=1, max_size=40))
def test_any_path_comes_out_in_ascii_and_stays_so(path: str) -> None:
    url = ascii_url(f"https://courier.example/{path}")
    assert url.isascii()
    assert ascii_url(url) == url


@pytest.mark.parametrize(
    ("href", "leads"),
    [
        ("/log?a=1&amp;b=2", "https://courier.example/log?a=1&amp;b=2"),
        ("next", "https://courier.example/news/next"),
        ("#notes", "https://courier.example/news/fog#notes"),
        ("//radio.example/horn", "https://radio.example/horn"),
        ("https://radio.example/", "https://radio.example/"),
        ("mailto:desk@courier.example", "mailto:desk@courier.example"),
        ("//[horn", "//[horn"),
    ],
)
def test_a_link_leads_where_it_led_on_the_page(href: str, leads: str) -> None:
    html = '<p>See <a title="a > b" href="{}" hreflang="en">it</a> <abbr title="href=">&lt;a href="/x"&gt;</abbr></p>'
    assert absolute_links(html.format(href), "https://courier.example/news/fog") == html.format(leads)


def test_text_without_links_stays_as_it_is() -> None:
    html = "<p>&lt;a href=&quot;/x&quot;&gt; <em>fog</em></p>"
    assert absolute_links(html, "https://courier.example/") == html
