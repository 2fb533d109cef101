"""One consistent example of every answer, for the API's own document."""

from app.domain.revision import Event
from app.schemas.alternate import Alternate
from app.schemas.article import Article, ArticleItem, ArticleList, Item, RelatedList
from app.schemas.catalogue import Author, AuthorPage, Label, Section, SectionPage, Tag, TagPage
from app.schemas.change import ChangeList
from app.schemas.edition import LINKS, Edition, EditionLink, Service
from app.schemas.history import History
from app.schemas.page import AuthorList, EditionList, LabelList, SectionList, TagList
from app.schemas.stream import StreamedChange
from app.schemas.timeline import Calendar, DayHeading, Timeline, TimelineDay, TimelineDayPage

ITEM: Item = {
    "id": "0677y7hzc3m1d",
    "href": "/v1/articles/0677y7hzc3m1d",
    "url": "https://meridian.example/night-trams-return-to-the-quay",
    "slug": "night-trams-return-to-the-quay",
    "time": "19:30",
    "published_at": "2026-11-20T19:30:00+02:00",
    "updated_at": None,
    "label": {"code": "exclusive", "text": "Exclusive"},
    "headline": "Night trams return to the quay",
    "section": "city",
    "version": 1,
}
EARLIER: Item = {
    **ITEM,
    "id": "0677y0a4kq2fn",
    "href": "/v1/articles/0677y0a4kq2fn",
    "url": "https://meridian.example/council-counts-the-cost-of-light",
    "slug": "council-counts-the-cost-of-light",
    "time": "18:05",
    "published_at": "2026-11-20T18:05:00+02:00",
    "label": None,
    "headline": "Council counts the cost of light",
}
HEADING: DayHeading = {"year": "2026", "weekday": "Friday", "day": "20 November"}
DAY: TimelineDay = {
    "date": "2026-11-20",
    "heading": HEADING,
    "starts_at": "2026-11-20T00:00:00+02:00",
    "ends_at": "2026-11-21T00:00:00+02:00",
    "continued": False,
    "complete": False,
    "items": [ITEM, EARLIER],
}
CURSOR = "AdFrOYUJ2n4zAAZD8qkx9gAYzH4_rYpBonlFtA8"
CHANGES_CURSOR = "A1d14Knyz5zgAAAAAAACz5lQR3nW"
TIMELINE: Timeline = {
    "edition": "harbour",
    "timezone": "Europe/Kyiv",
    "as_of": 184213,
    "newer": {"href": "/v1/changes?since=184213"},
    "days": [DAY],
    "next": {"cursor": CURSOR, "href": f"/v1/timeline?limit=2&cursor={CURSOR}"},
}
DAY_PAGE: TimelineDayPage = {
    "edition": "harbour",
    "timezone": "Europe/Kyiv",
    "day": {**DAY, "complete": True},
    "previous": {"date": "2026-11-19", "href": "/v1/timeline/2026-11-19"},
    "next": None,
}
CALENDAR: Calendar = {
    "edition": "harbour",
    "timezone": "Europe/Kyiv",
    "days": [
        {"date": "2026-11-19", "total": 7, "href": "/v1/timeline/2026-11-19"},
        {"date": "2026-11-20", "total": 2, "href": "/v1/timeline/2026-11-20"},
    ],
}
CHANGES: ChangeList = {
    "items": [
        {"seq": 184214, "type": "article.updated", "at": "2026-11-20T19:41:07+02:00", "article": ITEM},
        {
            "seq": 184215,
            "type": "article.withdrawn",
            "at": "2026-11-20T19:42:30.250000+02:00",
            "article": {"id": EARLIER["id"], "href": EARLIER["href"]},
        },
        {
            "seq": 184217,
            "type": "tag.updated",
            "at": "2026-11-20T19:50:00+02:00",
            "article": None,
            "entry": {"kind": "tag", "slug": "trams", "href": "/v1/tags/trams"},
        },
    ],
    "as_of": 184217,
    "next": {"cursor": CHANGES_CURSOR, "href": f"/v1/changes?limit=3&cursor={CHANGES_CURSOR}"},
}
STREAMED_CHANGE: StreamedChange = {
    "id": "184216",
    "event": "article.removed",
    "data": '{"seq":184216,"type":"article.removed","at":"2026-11-20T19:44:02+02:00",'
    f'"article":{{"id":"{EARLIER["id"]}","href":"{EARLIER["href"]}"}}}}',
}
LABEL: Label = {"code": "exclusive", "text": "Exclusive", "disclaimer": None, "genre": None}
SECTION: Section = {"slug": "city", "name": "City", "href": "/v1/sections/city"}
TAG: Tag = {"slug": "trams", "name": "Trams", "href": "/v1/tags/trams"}
AUTHOR: Author = {
    "slug": "iryna-dovhan",
    "name": "Iryna Dovhan",
    "role": "city reporter",
    "bio": "Iryna Dovhan writes about streets and those who use them.",
    "href": "/v1/authors/iryna-dovhan",
}
ARTICLE_ITEM: ArticleItem = {
    "id": ITEM["id"],
    "href": ITEM["href"],
    "url": ITEM["url"],
    "slug": ITEM["slug"],
    "edition": "harbour",
    "headline": ITEM["headline"],
    "lead": "After eleven years the last tram of the day will again wait for the last ferry.",
    "dateline": None,
    "label": LABEL,
    "section": SECTION,
    "tags": [TAG],
    "authors": [AUTHOR],
    "source": {"name": "Kestrava Tramways", "url": "https://tramways.example/night"},
    "image": {
        "url": "https://media.meridian.example/night-tram.jpg",
        "alt": "A lit tram stands empty beside the water",
        "caption": "The 00:40 waits for its passengers.",
        "credit": "Meridian / Oleh Raida",
        "width": 2400,
        "height": 1600,
        "renditions": [
            {
                "url": "https://media.meridian.example/night-tram-800.webp",
                "width": 800,
                "height": 533,
                "type": "image/webp",
            }
        ],
    },
    "rights": None,
    "published_at": ITEM["published_at"],
    "updated_at": None,
    "first_published_at": ITEM["published_at"],
    "local": {
        "date": "2026-11-20",
        "time": "19:30",
        **HEADING,
        "text": "Friday, 20 November 2026 at 19:30",
    },
    "version": 1,
}
FEED: Alternate = {
    "rel": "alternate",
    "type": "application/rss+xml",
    "href": "/feeds/harbour/rss.xml",
    "title": "The Kestrava Meridian: RSS",
}
ARTICLE: Article = {
    **ARTICLE_ITEM,
    "body": [
        {
            "type": "paragraph",
            "html": "The first one ran <em>on time</em>, which surprised everybody aboard.",
        },
        {"type": "pull_quote", "text": "We forgot how the city sounds at one.", "attribution": "A driver"},
    ],
    "related": [EARLIER],
    "neighbours": {"previous": EARLIER, "next": None},
    "notes": [],
    "history": {"href": f"/v1/articles/{ITEM['id']}/history"},
    "alternates": [
        {"rel": "canonical", "type": "text/html", "href": ITEM["url"]},
        {"rel": "alternate", "type": "application/ld+json", "href": f"{ITEM['href']}/json-ld", "title": "JSON-LD"},
        FEED,
    ],
}
ARTICLES: ArticleList = {
    "items": [ARTICLE_ITEM],
    "next": {"cursor": CURSOR, "href": f"/v1/articles?limit=1&cursor={CURSOR}"},
}
RELATED: RelatedList = {"items": [EARLIER], "next": None}
AUTHORS: AuthorList = {"items": [AUTHOR], "next": None}
SECTIONS: SectionList = {"items": [SECTION], "next": None}
TAGS: TagList = {"items": [TAG], "next": None}
LABELS: LabelList = {"items": [LABEL], "next": None}
AUTHOR_PAGE: AuthorPage = {**AUTHOR, "articles": {"href": "/v1/authors/iryna-dovhan/articles"}}
SECTION_PAGE: SectionPage = {**SECTION, "articles": {"href": "/v1/sections/city/articles"}}
TAG_PAGE: TagPage = {**TAG, "articles": {"href": "/v1/tags/trams/articles"}}
EDITION_LINK: EditionLink = {
    "slug": "harbour",
    "name": "The Kestrava Meridian",
    "language": "en-GB",
    "timezone": "Europe/Kyiv",
    "default": True,
    "href": "/v1/editions/harbour",
}
EDITION: Edition = {
    **EDITION_LINK,
    "site_url": "https://meridian.example",
    "article_url": "{site_url}/{slug}",
    "alternates": [FEED],
    "strings": {"about_author": "About the author", "more_news": "More news", "news": "News"},
}
EDITIONS: EditionList = {"items": [EDITION], "next": None}
SERVICE: Service = {
    "name": "Dayline",
    "version": "0.1.0",
    "editions": [EDITION_LINK],
    "links": LINKS,
}

HISTORY: History = {
    "items": [
        {
            "type": Event.CORRECTION,
            "at": "2026-11-20T20:05:00+02:00",
            "version": 2,
            "published_at": ARTICLE["published_at"],
            "note": "The last tram leaves at 00:40, not at 00:20.",
        },
        {
            "type": Event.PUBLICATION,
            "at": ARTICLE["published_at"],
            "version": 1,
            "published_at": ARTICLE["published_at"],
            "note": None,
        },
    ],
    "next": None,
}
