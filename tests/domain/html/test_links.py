"""Absolute links in every format."""

import pytest

from app.domain.html.links import absolute_links


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
        ("https://straße.example/karte[1]", "https://xn--strae-oqa.example/karte%5B1%5D"),
    ],
)
def test_absolute_links_resolves_against_the_page(href: str, leads: str) -> None:
    html = '<p>See <a title="a > b" href="{}" hreflang="en">it</a> <abbr title="href=">&lt;a href="/x"&gt;</abbr></p>'
    assert absolute_links(html.format(href), "https://courier.example/news/fog") == html.format(leads)


def test_absolute_links_returns_text_without_links_unchanged() -> None:
    html = "<p>&lt;a href=&quot;/x&quot;&gt; <em>fog</em></p>"
    assert absolute_links(html, "https://courier.example/") == html
