"""Sitemaps (sitemaps.org 0.9), their index, and Google's sitemaps of recent news."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from app.domain.instant import drop_zero_fraction
from app.domain.url import ascii_url
from app.schemas.article import FeedItem
from app.syndication.feed_document import Publication, language_of
from app.syndication.xml import Markup, element, optional_element, text_element, xml_document

MEDIA_TYPE: Final = "application/xml"
MAX_ENTRIES: Final = 50_000
"""Maximum number of entries of one sitemap or sitemap index."""
MAX_NEWS_ENTRIES: Final = 1_000

_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS: Final = "http://www.google.com/schemas/sitemap-news/0.9"
_XHTML: Final = "http://www.w3.org/1999/xhtml"
_TRADITIONAL: Final = frozenset({"hant", "tw", "hk", "mo"})
_CHINESE: Final = frozenset({"zh", "cmn"})


class SitemapEntry(NamedTuple):
    """Entry of a sitemap or an index: an absolute URL and its last change (RFC 3339), if known.

    `languages` are the URLs of the page and its translations with their languages (BCP 47), if it has some.
    """

    url: str
    changed_at: str | None
    languages: Sequence[tuple[str, str]] = ()


def render(pages: Sequence[SitemapEntry], *, home: str) -> bytes:
    """Render a sitemap of these pages; ValueError for more than MAX_ENTRIES.

    The format allows no empty sitemap: without pages, `home`, a page of the same host, is listed.
    """
    return _document("urlset", "url", pages or [SitemapEntry(home, None)])


def render_index(sitemaps: Sequence[SitemapEntry], *, home: str) -> bytes:
    """Render an index of these sitemaps, or a sitemap of `home` without any; ValueError for more than MAX_ENTRIES."""
    return _document("sitemapindex", "sitemap", sitemaps) if sitemaps else render([], home=home)


def render_news(publication: Publication, items: Sequence[FeedItem], *, home: str) -> bytes:
    """Render a news sitemap of these articles with their first public times; ValueError beyond MAX_NEWS_ENTRIES.

    The caller selects the recent ones (48 hours). Without any, `home` is listed without the news element, as Google
    recommends for pages that are no longer news.
    """
    _check_number(items, MAX_NEWS_ENTRIES)
    if not items:
        return render([], home=home)
    return xml_document(
        element("urlset", (_news(item, publication) for item in items), {"xmlns": _SITEMAP, "xmlns:news": _NEWS})
    )


def news_language(tag: str) -> str:
    """Return a BCP 47 tag as Google News expects it: two or three letters of ISO 639, but zh-cn or zh-tw for Chinese.

    A tag that has no ISO 639 code (private use, a longer language) becomes `und`, undetermined.
    """
    language, *rest = tag.lower().split("-")
    if language in _CHINESE:
        return "zh-tw" if _TRADITIONAL & set(rest) else "zh-cn"
    return language if language.isalpha() and 2 <= len(language) <= 3 else "und"  # noqa: PLR2004 - ISO 639


def _news(item: FeedItem, publication: Publication) -> Markup:
    paper = (
        text_element("news:name", publication.name),
        text_element("news:language", news_language(language_of(item, publication))),
    )
    news = (
        element("news:publication", paper),
        text_element("news:publication_date", drop_zero_fraction(item["first_published_at"])),
        text_element("news:title", item["headline"]),
    )
    return element("url", (text_element("loc", ascii_url(item["url"])), element("news:news", news)))


def _document(root: str, name: str, entries: Sequence[SitemapEntry]) -> bytes:
    _check_number(entries, MAX_ENTRIES)
    elements: Iterable[Markup] = (
        element(name, (text_element("loc", ascii_url(url)), *optional_element("lastmod", changed_at), *_links(pages)))
        for url, changed_at, pages in entries
    )
    has_links = any(entry.languages for entry in entries)
    return xml_document(element(root, elements, {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML if has_links else None}))


def _links(languages: Iterable[tuple[str, str]]) -> Iterator[Markup]:
    """Render the page in each language, which has to include the page itself."""
    for language, url in languages:
        link = {"rel": "alternate", "hreflang": language, "href": ascii_url(url)}
        yield text_element("xhtml:link", attributes=link)


def _check_number(entries: Sequence[object], most: int) -> None:
    if len(entries) > most:
        raise ValueError(f"{len(entries)} entries, the maximum is {most}")
