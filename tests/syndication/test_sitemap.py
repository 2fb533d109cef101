"""Sitemaps: their URLs, and the bound of their size."""

import pytest

from app.syndication import sitemap
from app.syndication.sitemap import SitemapEntry, news_language
from tests.syndication.samples import HOME, PUBLICATION, fog
from tests.syndication.standards import read_xml


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en-GB", "en"),
        ("UK", "uk"),
        ("fil-PH", "fil"),
        ("zh", "zh-cn"),
        ("zh-Hans-SG", "zh-cn"),
        ("zh-TW", "zh-tw"),
        ("zh-Hant", "zh-tw"),
        ("cmn-Hant", "zh-tw"),
        ("x-harbour", "und"),
        ("i-klingon", "und"),
        ("abcdefgh", "und"),
    ],
)
def test_news_language_follows_google_news(tag: str, code: str) -> None:
    assert news_language(tag) == code


def test_sitemap_over_the_limit_is_rejected() -> None:
    place = SitemapEntry("https://courier.example/news", None)
    assert len(read_xml(sitemap.render([place] * sitemap.MAX_ENTRIES, home=HOME))) == 50_000
    assert len(read_xml(sitemap.render_news(PUBLICATION, [fog()] * sitemap.MAX_NEWS_ENTRIES, home=HOME))) == 1_000
    with pytest.raises(ValueError, match="50001"):
        sitemap.render([place] * (sitemap.MAX_ENTRIES + 1), home=HOME)
    with pytest.raises(ValueError, match="50001"):
        sitemap.render_index([place] * (sitemap.MAX_ENTRIES + 1), home=HOME)
    with pytest.raises(ValueError, match="1001"):
        sitemap.render_news(PUBLICATION, [fog()] * (sitemap.MAX_NEWS_ENTRIES + 1), home=HOME)


def test_sitemap_index_lists_its_sitemaps() -> None:
    root = read_xml(
        sitemap.render_index([SitemapEntry("https://courier.example/sitemap-1.xml", "2026-11-20T06:00:00Z")], home=HOME)
    )
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert root.tag == f"{space}sitemapindex"
    assert root.findtext(f"{space}sitemap/{space}loc") == "https://courier.example/sitemap-1.xml"
    assert root.findtext(f"{space}sitemap/{space}lastmod") == "2026-11-20T06:00:00Z"


def test_empty_sitemap_lists_the_home_page() -> None:
    documents = (sitemap.render([], home=HOME), sitemap.render_index([], home=HOME))
    for document in (*documents, sitemap.render_news(PUBLICATION, [], home=HOME)):
        root = read_xml(document)
        assert root.tag.endswith("}urlset")
        assert [child.text for child in root.iter("{*}loc")] == [HOME]
        assert not list(root.iter("{*}news"))
