"""Small newsroom with an entity of every kind, and every public path of it."""

from typing import Any

from app.api.pages.assets import asset_href
from app.schemas.catalogue_records import CatalogueRecord
from app.schemas.curated_list_records import CuratedListRecord
from app.schemas.interchange import ArticleRecord
from tests.records import article, author, curated_list, edition, label, section, tag

EXCLUSIVE: dict[str, Any] = {
    "code": "exclusive",
    "text": "Exclusive",
    "language": None,
    "disclaimer": None,
    "disclaimer_language": None,
    "genre": None,
}
"""The label of an exclusive, as articles and the catalogue show it."""
EXAMPLE_BODY: list[dict[str, Any]] = [
    {"type": "paragraph", "html": "The first one ran <em>on time</em>."},
    {"type": "heading", "level": 2, "html": "What it costs"},
    {"type": "pull_quote", "text": "We forgot how the city sounds at one.", "attribution": "A driver"},
    {"type": "list", "ordered": True, "items": ["Line 1", "Line <strong>3</strong>"]},
    {"type": "image", "image": {"url": "https://media.courier.example/map.png", "alt": "The map"}},
    {"type": "embed", "url": "https://video.example/42", "provider": "video.example"},
]
IMAGE = {
    "url": "https://media.courier.example/tram.jpg",
    "alt": "A lit tram",
    "caption": "The 00:40 waits.",
    "credit": "Oleh Raida",
    "width": 2400,
    "height": 1600,
    "renditions": [
        {"url": "https://media.courier.example/tram-800.webp", "width": 800, "height": 533, "type": "image/webp"}
    ],
    "licence": "CC BY 4.0",
    "focal_point": {"x": 0.5, "y": 0.25},
    "asset_id": "dam:7",
}
RIGHTS = {"holder": "The Lume Courier", "notice": "© 2026", "usage": "Not for resale.", "licence_url": None}
TRAM = {"source_id": "tram", "headline": "Night trams return to the quay"}

CATALOGUE: list[CatalogueRecord] = [
    edition(article_url="{site_url}/news/{slug}", strings={"more_news": "More from the Courier", "motto": "Fair"}),
    edition(
        "ua",
        name="Люмський кур'єр",
        language="uk",
        site_url="https://courier.example/ua/",
        article_url="{site_url}/n/{id}",
        default=False,
    ),
    label("exclusive", "Exclusive", texts={"uk": "Ексклюзив"}),
    label(
        "opinion",
        "OPINION",
        texts={"uk": "ДУМКА"},
        disclaimer="Columns speak for their authors.",
        disclaimers={"uk": "Колонки висловлюють думку авторів."},
        genre="opinion",
    ),
    label("analysis", "Analysis", disclaimer="Written by specialists."),
    section("city", "City"),
    section("world", "World"),
    section("city", "Місто", edition="ua"),
    section("kultura", "Культура", edition="ua"),
    tag("trams", "Trams"),
    tag("budget", "Budget"),
    tag("fog", "Fog"),
    author("iryna-dovhan", "Iryna Dovhan", role="columnist", bio="Iryna Dovhan writes about cities."),
    author("oleh-raida", "Oleh Raida"),
]
LISTS: list[CuratedListRecord] = [
    curated_list(
        "front-page", "Front page", items=["ferry", "gone", "later", "unheard-of", "tram"], filter={"tag": ["fog"]}
    ),
    curated_list("most-read", "Most read", items=["fog", "tram"], limit=2, expires_at="2026-11-21T00:00:00Z"),
]
FIRST_VERSION = article(**TRAM, slug="night-trams")
ARTICLES: list[ArticleRecord] = [
    article(
        "2026-11-20T10:00:00.250000Z",
        **TRAM,
        slug="trams-return",
        lead="After eleven years it will wait for the last ferry.",
        dateline="PORT VELA, Nov 20",
        label="exclusive",
        section="city",
        tags=["trams", "budget"],
        authors=["oleh-raida", "iryna-dovhan"],
        updated_at="2026-11-20T11:00:00Z",
        source={"name": "Lume Tramways", "url": "https://tramways.example/night"},
        image=IMAGE,
        rights=RIGHTS,
        related=["lamp", "gone", "unwritten", "later", "ferry"],
        body=EXAMPLE_BODY,
    ),
    article(
        "2026-11-20T08:00:00Z",
        source_id="ferry",
        slug="ferry-waits",
        headline="The ferry will wait",
        label="opinion",
        section="city",
        tags=["trams"],
        authors=["iryna-dovhan"],
        body=[{"type": "paragraph", "html": "It will."}],
    ),
    article("2026-11-19T12:00:00Z", source_id="lamp", slug="lamps", label="analysis", tags=["budget", "fog"]),
    article("2026-11-19T09:00:00Z", source_id="fog", slug="fog-lifts", section="world", tags=["fog", "trams"]),
    article("2026-11-17T09:00:00Z", source_id="plain", slug="plain-news", headline="Plain news"),
    article(
        "2026-11-19T10:00:00Z",
        source_id="gone",
        slug="taken-back",
        section="city",
        tags=["trams"],
        authors=["iryna-dovhan"],
        status="withdrawn",
        withdrawal={"reason": "A secret of the desk.", "notice": "The figures were wrong."},
        body=[{"type": "paragraph", "html": "Text nobody reads any more."}],
    ),
    article(None, source_id="unwritten", slug="unwritten", section="city", tags=["trams"]),
    article("2026-11-21T10:00:00Z", source_id="later", slug="later", section="city", tags=["trams"]),
    article(
        "2026-11-20T06:00:00Z",
        edition="ua",
        source_id="lid",
        slug="lamps",
        headline="Лід скрес",
        label="opinion",
        section="kultura",
        tags=["fog"],
        authors=["iryna-dovhan"],
    ),
    article("2026-11-20T07:00:00Z", edition="ua", source_id="ua:analysis", slug="analiz", label="analysis"),
]
NOTICE = "The figures were wrong."
WITHDRAWN = "/v1/articles/taken-back"

ADDRESSES = {
    "get_service": "/v1",
    "list_editions": "/v1/editions?limit=1",
    "get_edition": "/v1/editions/global",
    "get_timeline": "/v1/timeline?limit=2&total=true",
    "get_calendar": "/v1/timeline/calendar",
    "get_day": "/v1/timeline/2026-11-19",
    "list_articles": "/v1/articles?body=blocks&limit=2",
    "list_changes": "/v1/changes?limit=5",
    "list_curated_lists": "/v1/lists?limit=1",
    "get_curated_list": "/v1/lists/front-page?limit=3",
    "get_article": "/v1/articles/trams-return",
    "get_resolved_address": "/v1/resolve?url=https://courier.example/news/trams-return",
    "list_related": "/v1/articles/trams-return/related",
    "get_history": "/v1/articles/trams-return/history?limit=1",
    "list_authors": "/v1/authors?limit=1",
    "get_author": "/v1/authors/iryna-dovhan",
    "list_author_articles": "/v1/authors/iryna-dovhan/articles?limit=1",
    "list_sections": "/v1/sections?limit=1",
    "get_section": "/v1/sections/city",
    "list_section_articles": "/v1/sections/city/articles?limit=1",
    "list_tags": "/v1/tags?limit=1",
    "get_tag": "/v1/tags/trams",
    "list_tag_articles": "/v1/tags/trams/articles?limit=1",
    "list_labels": "/v1/labels?limit=1",
    "get_json_ld": "/v1/articles/trams-return/json-ld",
    "get_ninjs": "/v1/articles/trams-return/ninjs",
    "get_rss": "/feeds/global/rss.xml?limit=2",
    "get_json_feed": "/feeds/global/feed.json?limit=2",
    "get_ninjs_feed": "/feeds/global/ninjs.json?limit=2",
    "get_atom": "/feeds/global/atom.xml",
    "get_atom_archive": "/feeds/global/atom/2026-11-19.xml",
    "get_news_sitemap": "/feeds/global/news-sitemap.xml",
    "get_sitemap_index": "/feeds/global/sitemap.xml",
    "get_sitemap": "/feeds/global/sitemap/2026-W47.xml",
}
"""One path of each public operation with content, by operation id; of lists the first of several pages."""
FOREIGN = frozenset(
    {"get_json_ld", "get_ninjs", *(name for name, address in ADDRESSES.items() if address.startswith("/feeds"))}
)
"""Operations whose responses have formats with schemas of their own."""

REFERENCE_CSS = asset_href("reference.css")
PAGES = (
    *("/openapi.json", "/docs", "/problems", "/problems/cursor-mismatch"),
    *("/guides", "/guides/feeds", "/guides/feeds.md", "/guides/nginx.conf", "/llms.txt", "/openapi.md"),
)
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
"""The field by which a browser gets the page at an address that also has other representations."""
CONTENT = (*ADDRESSES.values(), *PAGES)
SINGLE = frozenset({"get_edition", "get_author", "get_section", "get_tag"})
"""Operations that return one catalogue entry, whose time never decreases."""
