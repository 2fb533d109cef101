"""Invented newspaper, two of its articles, and the documents of every syndication format made of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from app.domain.article_status import FeedContent
from app.domain.catalogue_entry import AuthorType, TagType
from app.domain.revision import NoteType
from app.schemas.article import Article, FeedItem
from app.schemas.body import ImageAsset, Rendition
from app.syndication import atom, json_feed, json_ld, ninjs, rss, sitemap
from app.syndication.feed_document import FeedDocument, Publication, urn_for

NO_DETAILS: Final[dict[str, Any]] = {
    **dict.fromkeys(("kicker", "access", "subheadline", "short_headline", "byline", "canonical_url")),
    **dict.fromkeys(("seo", "social", "urgency", "language")),
    "format": "article",
    "featured": False,
    "alert": False,
    "sensitive": False,
    "translations": [],
}
PUBLICATION: Final = Publication(name="The Lume Courier", language="en-GB", home="https://courier.example")
HOME: Final = "https://courier.example/"
FEED: Final = "https://api.courier.example/feeds/lume"


def tag_item(slug: str, name: str, **others: Any) -> dict[str, Any]:
    """Return a tag as articles have it."""
    return {"slug": slug, "name": name, "tag_type": TagType.TOPIC, "codes": [], "href": f"/v1/tags/{slug}", **others}


def author_item(slug: str, name: str, **others: Any) -> dict[str, Any]:
    """Return an author as articles have it."""
    empty = dict.fromkeys(("role", "bio", "image", "url", "email", "page_url"))
    kind = {"author_type": AuthorType.PERSON, "links": []}
    return {"slug": slug, "name": name, **kind, **empty, "href": f"/v1/authors/{slug}", **others}


def label_item(code: str, text: str, **others: Any) -> dict[str, Any]:
    """Return a label as articles have it."""
    empty = dict.fromkeys(("language", "disclaimer", "disclaimer_language", "genre"))
    return {"code": code, "text": text, **empty, **others}


def picture(url: str, *, kind: str | None = None) -> ImageAsset:
    """Return a picture, with a rendition of the same file where its type is given."""
    renditions: list[Rendition] = [] if kind is None else [{"url": url, "width": 6, "height": 4, "type": kind}]
    empty = dict.fromkeys(("caption", "credit", "width", "height", "licence", "focal_point", "asset_id"))
    return cast("ImageAsset", {"url": url, "alt": "", "renditions": renditions, **empty})


def translation(number: int, language: str, headline: str) -> dict[str, Any]:
    """Return a translation as articles have it."""
    article_id = f"01m8x3c7k2v9{number}"
    return {
        "id": article_id,
        "href": f"/v1/articles/{article_id}",
        "url": f"https://courier.example/{language.lower()}/news?story=fog&nr={number}",
        "edition": f"lume-{number}",
        "language": language,
        "headline": headline,
    }


def fog(**others: Any) -> FeedItem:
    """Return an article with every member, and an edit after its publication."""
    item: Any = {
        "id": "01m8x3c7k2v9q",
        "href": "/v1/articles/01m8x3c7k2v9q",
        "url": "https://courier.example/news/fog-keeps-the-fleet",
        "slug": "fog-keeps-the-fleet",
        "edition": "lume",
        "headline": "Fog & foam keep the <fleet> in harbour",
        "lead": "Nobody sails by ear.\nNobody should — if 1 < 2 & “fine”.",
        "dateline": "LUME QUAY, 20 November",
        "label": label_item("op", "OPINION", disclaimer="One voice, not the paper's.", genre="opinion"),
        "section": {"slug": "sea", "name": "Weather at sea", "href": "/v1/sections/sea"},
        "sections": [
            {"slug": "sea", "name": "Weather at sea", "href": "/v1/sections/sea"},
            {"slug": "quay", "name": "The quay", "href": "/v1/sections/quay"},
        ],
        "tags": [
            tag_item("fog", "Fog"),
            tag_item("tyzha", "Тижа & Co. <river>"),
        ],
        "authors": [
            author_item("tem-ost", "Tem Ost"),
            author_item("ida-lorn", "Ida Lorn", role="columnist", bio="Ida Lorn writes of weather."),
        ],
        "source": {"name": "Port radio", "url": "https://radio.example/log?day=20&hour=7"},
        "image": {
            "url": "https://pictures.courier.example/lamp.webp",
            "alt": "Lighthouse seen from the mole",
            "caption": "The lamp was lit at 17:04.",
            "credit": "Ana Vint / The Lume Courier",
            "width": 2400,
            "height": 1600,
            "renditions": [
                {
                    "url": "https://pictures.courier.example/lamp.webp",
                    "width": 2400,
                    "height": 1600,
                    "type": "image/webp",
                },
                {"url": "https://pictures.courier.example/l-6.avif", "width": 600, "height": 400, "type": "image/avif"},
            ],
            "licence": "https://creativecommons.org/licenses/by/4.0/",
            "focal_point": {"x": 0.5, "y": 0.25},
            "asset_id": "dam:1931",
        },
        "rights": {
            "holder": "The Lume Courier",
            "notice": "© 2026 The Lume Courier",
            "usage": "Reprint with the author's name.",
            "licence_url": "https://courier.example/licence",
        },
        "published_at": "2026-11-20T07:15:30.000001+02:00",
        "kicker": "Port & weather",
        "subheadline": "Nobody sails by ear",
        "short_headline": "Fog holds <fleet>",
        "byline": "By Ida Lorn & agencies",
        "canonical_url": "https://radio.example/fog?a=1&b=2",
        "access": "paid",
        "urgency": 3,
        "sensitive": True,
        "language": "en-IE",
        "updated_at": "2026-11-20T06:00:00Z",
        "first_published_at": "2026-11-19T23:59:59+02:00",
        "version": 3,
        "translations": [
            translation(1, "de-AT", "Nebel & Schaum"),
            translation(2, "en-IE", "Fog & foam, <abroad>"),
            translation(3, "uk", "Туман тримає флот"),
            translation(4, "uk", "Туман над морем"),
        ],
        "body": '<p>The horn sounds; see <a href="/log?a=1&amp;b=2">the log</a>.</p>\n<p>]]&gt; 🌫</p>',
    }
    return cast("FeedItem", {**NO_DETAILS, **item, **others})


def keeper(**others: Any) -> FeedItem:
    """Return an article with the required members alone."""
    item: Any = {
        "id": "01m8x3c7k2v9r",
        "href": "/v1/articles/01m8x3c7k2v9r",
        "url": "https://courier.example/news/keeper",
        "slug": "keeper",
        "edition": "lume",
        "headline": "The keeper who counts ships",
        "published_at": "1987-02-26T15:01:01+03:00",
        "updated_at": None,
        "first_published_at": "1987-02-26T15:01:01+03:00",
        "version": 1,
        "tags": [],
        "sections": [],
        "authors": [],
        "body": "",
    }
    missing = dict.fromkeys(("lead", "dateline", "label", "section", "source", "image", "rights"))
    return cast("FeedItem", {**NO_DETAILS, **item, **missing, **others})


def page(item: FeedItem, **others: Any) -> Article:
    """Return the page of an article: its surroundings, and the newsroom's notes."""
    beside: Any = {
        "related": [
            {
                "id": "01m8x3c7k2v9r",
                "href": "/v1/articles/01m8x3c7k2v9r",
                "url": "https://courier.example/news/keeper",
                "headline": "The keeper who counts ships",
            }
        ],
        "expires_at": None,
        "neighbours": {"previous": None, "next": None},
        "notes": [
            {
                "type": NoteType.UPDATE,
                "text": "The harbour master has answered.",
                "at": "2026-11-20T07:00:00Z",
                "version": 2,
            },
            {
                "type": NoteType.CORRECTION,
                "text": "Every minute, not </hour>.",
                "at": "2026-11-20T08:00:00Z",
                "version": 3,
            },
        ],
        "history": {"href": "/v1/articles/01m8x3c7k2v9q/history"},
        "alternates": [],
        "word_count": 8,
        "reading_minutes": 1,
        "extra": None,
    }
    return cast("Article", {**item, **beside, **others})


def channel(name: str, content: FeedContent = FeedContent.FULL, **others: Any) -> FeedDocument:
    """Return the feed of the newspaper in the document of this name."""
    members: dict[str, Any] = {
        "guid": urn_for("feed lume"),
        "title": "The Lume Courier: all the news",
        "publication": PUBLICATION,
        "href": f"{FEED}/{name}",
        "content": content,
        "description": "What the quay talks of",
        "rights": "© The Lume Courier",
        "next_href": f"{FEED}/{name}?cursor=abc&limit=2",
    }
    return FeedDocument(**members | others)


def archive(**others: Any) -> FeedDocument:
    """Return the archive document of a finished day between two others."""
    links = {
        "href": f"{FEED}/atom/2026-11-20.xml",
        "next_href": None,
        "older_href": f"{FEED}/atom/2026-11-19.xml",
        "newer_href": f"{FEED}/atom/2026-11-21.xml",
        "current_href": f"{FEED}/atom.xml",
    }
    return channel("atom.xml", **links | others)


def _languages(item: FeedItem) -> list[tuple[str, str]]:
    return [(each["language"], each["url"]) for each in item["translations"]]


def render_documents(
    items: Sequence[FeedItem], publication: Publication = PUBLICATION
) -> Mapping[str, Callable[[], bytes]]:
    """Return every document of these articles, by the name of its golden file."""
    feeds = {name: channel(name, publication=publication) for name in ("rss.xml", "feed.json", "ninjs.json")}
    first = page(items[0])
    places = [sitemap.SitemapEntry(item["url"], item["updated_at"]) for item in items]
    pages = [sitemap.SitemapEntry(item["url"], item["updated_at"], _languages(item)) for item in items]
    return {
        "rss.xml": lambda: rss.render(feeds["rss.xml"], items),
        "atom.xml": lambda: atom.render(
            channel("atom.xml", older_href=f"{FEED}/atom/2026-11-20.xml", publication=publication), items
        ),
        "atom-archive.xml": lambda: atom.render(archive(publication=publication), items),
        "feed.json": lambda: json_feed.render(feeds["feed.json"], items),
        "ninjs-article.json": lambda: ninjs.render(first, publication=publication),
        "ninjs-list.json": lambda: ninjs.render_list(feeds["ninjs.json"], items),
        "ninjs-canceled.json": lambda: ninjs.canceled(first["id"], at="2026-11-21T09:00:00+02:00"),
        "article.jsonld": lambda: json_ld.render(first, publication=publication),
        "sitemap.xml": lambda: sitemap.render(pages, home=HOME),
        "sitemap-index.xml": lambda: sitemap.render_index(places, home=HOME),
        "news-sitemap.xml": lambda: sitemap.render_news(publication, items, home=HOME),
    }
