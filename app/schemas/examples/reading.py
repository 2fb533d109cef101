"""One consistent example of every response, for the OpenAPI document: the responses of the shipped sample.

`tests/api/openapi/test_examples.py` requests the documented addresses of the sample and compares the
members of the responses.
"""

from app.domain.article_members import ArticleFormat
from app.domain.catalogue_entry import AuthorType, TagType
from app.domain.revision import HistoryEventType
from app.schemas.address import ResolvedAddress
from app.schemas.alternate import AlternateLink
from app.schemas.article import (
    Article,
    ArticleItem,
    ArticleList,
    DayHeading,
    LinkedItem,
    LocalPublicationTime,
    RelatedList,
    TimelineItem,
)
from app.schemas.blocks import Block
from app.schemas.catalogue import (
    Author,
    AuthorPage,
    Label,
    Section,
    SectionInFull,
    SectionPage,
    Tag,
    TagInFull,
    TagPage,
)
from app.schemas.change import ChangeList
from app.schemas.edition import LINKS, Edition, EditionLink, ServiceDocument
from app.schemas.history import ArticleHistory
from app.schemas.pagination import AuthorList, EditionList, LabelList, SectionList, TagList
from app.schemas.stream import TOKEN, StreamedChange, StreamToken
from app.schemas.timeline import Calendar, Timeline, TimelineDay, TimelineDayPage

HEADING: DayHeading = {"year": "2026", "weekday": "Thursday", "day": "19 November"}
ITEM: TimelineItem = {
    "id": "0s9et2dg0bgsr",
    "href": "/v1/articles/0s9et2dg0bgsr",
    "url": "https://meridian.example/budget-passes-by-one-vote",
    "slug": "budget-passes-by-one-vote",
    "time": "23:56",
    "published_at": "2026-11-19T23:56:00.000000+02:00",
    "updated_at": "2026-11-20T00:52:00.000000+02:00",
    "label": {"code": "updated", "text": "Updated", "language": None},
    "headline": "Council passes the budget by a single vote",
    "section": {"slug": "politics", "name": "Politics", "href": "/v1/sections/politics"},
    "version": 1,
}
LOCAL: LocalPublicationTime = {
    "date": "2026-11-19",
    "time": "23:56",
    **HEADING,
    "text": "Thursday, 19 November 2026 at 23:56",
}
EARLIER: TimelineItem = {
    "id": "0s9cd5fg0bf0r",
    "href": "/v1/articles/0s9cd5fg0bf0r",
    "url": "https://meridian.example/the-silo-is-too-dear-for-the-people-who-built-it",
    "slug": "the-silo-is-too-dear-for-the-people-who-built-it",
    "time": "18:20",
    "published_at": "2026-11-19T18:20:00.000000+02:00",
    "updated_at": None,
    "label": {"code": "opinion", "text": "OPINION", "language": None},
    "headline": "The Silo is too dear for the people who built it",
    "section": {"slug": "culture", "name": "Culture", "href": "/v1/sections/culture"},
    "version": 1,
}
EARLIER_LINKED: LinkedItem = {
    **EARLIER,
    "local": {"date": "2026-11-19", "time": "18:20", **HEADING, "text": "Thursday, 19 November 2026 at 18:20"},
}
LATER: LinkedItem = {
    "id": "0s9hv3wg0bqxh",
    "href": "/v1/articles/0s9hv3wg0bqxh",
    "url": "https://meridian.example/what-the-budget-changes",
    "slug": "what-the-budget-changes",
    "time": "07:00",
    "published_at": "2026-11-20T07:00:00.000000+02:00",
    "updated_at": None,
    "label": None,
    "headline": "What the budget changes on your street",
    "section": {"slug": "city", "name": "City", "href": "/v1/sections/city"},
    "version": 1,
    "local": {
        "date": "2026-11-20",
        "time": "07:00",
        "year": "2026",
        "weekday": "Friday",
        "day": "20 November",
        "text": "Friday, 20 November 2026 at 07:00",
    },
}
DAY: TimelineDay = {
    "date": "2026-11-19",
    "heading": HEADING,
    "starts_at": "2026-11-19T00:00:00.000000+02:00",
    "ends_at": "2026-11-20T00:00:00.000000+02:00",
    "continued": False,
    "complete": False,
    "items": [ITEM, EARLIER],
}
CURSOR = "AVd14Knyz5zgAAZgo3_HzAAMpY0r4AW8GMMFLB8"
CHANGES_CURSOR = "A1d14Knyz5zgAAAAAAAAAAMHatHA"
TIMELINE: Timeline = {
    "edition": "harbour",
    "timezone": "Europe/Kyiv",
    "as_of": 115,
    "newer": {"href": "/v1/changes?since=115"},
    "today": "2026-11-20",
    "days": [DAY],
    "newer_page": None,
    "next": {"cursor": CURSOR, "href": f"/v1/timeline?cursor={CURSOR}&limit=2"},
}
DAY_PAGE: TimelineDayPage = {
    "edition": "harbour",
    "timezone": "Europe/Kyiv",
    "day": {**DAY, "complete": True},
    "previous": {"date": "2026-11-18", "href": "/v1/timeline/2026-11-18"},
    "next": {"date": "2026-11-20", "href": "/v1/timeline/2026-11-20"},
}
CALENDAR: Calendar = {
    "edition": "harbour",
    "timezone": "Europe/Kyiv",
    "days": [
        {"date": "2026-11-19", "total": 7, "href": "/v1/timeline/2026-11-19"},
        {"date": "2026-11-20", "total": 5, "href": "/v1/timeline/2026-11-20"},
    ],
}
CHANGES: ChangeList = {
    "items": [
        {
            "seq": 3,
            "type": "label.updated",
            "at": "2026-11-20T19:40:00.250000+02:00",
            "article": None,
            "entry": {"kind": "label", "slug": "exclusive", "href": "/v1/labels"},
        },
        {
            "seq": 97,
            "type": "article.published",
            "at": "2026-11-20T19:41:07.000000+02:00",
            "article": {**ITEM, "local": LOCAL, "heading": HEADING},
        },
        {
            "seq": 115,
            "type": "article.withdrawn",
            "at": "2026-11-20T19:42:30.250000+02:00",
            "article": {"id": EARLIER["id"], "href": EARLIER["href"]},
        },
    ],
    "as_of": 115,
    "next": {"cursor": CHANGES_CURSOR, "href": f"/v1/changes?cursor={CHANGES_CURSOR}&limit=3"},
}
STREAMED_CHANGE: StreamedChange = {
    "id": "116",
    "event": "article.removed",
    "data": '{"seq":116,"type":"article.removed","at":"2026-11-20T19:44:02.000000+02:00",'
    f'"article":{{"id":"{EARLIER["id"]}","href":"{EARLIER["href"]}"}}}}',
}
STREAM_TOKEN: StreamToken = {"token": TOKEN, "expires_at": "2026-11-20T12:10:00.000000+00:00"}
LABEL: Label = {
    "code": "updated",
    "text": "Updated",
    "language": None,
    "disclaimer": None,
    "disclaimer_language": None,
    "genre": None,
}
SECTION: Section = {"slug": "politics", "name": "Politics", "href": "/v1/sections/politics"}
SECTION_IN_FULL: SectionInFull = {
    **SECTION,
    "parent": None,
    "position": None,
    "description": None,
    "image": None,
    "page_url": None,
}
TAG: Tag = {"slug": "trams", "name": "Trams", "tag_type": TagType.TOPIC, "codes": [], "href": "/v1/tags/trams"}
TAG_IN_FULL: TagInFull = {**TAG, "description": None, "aliases": [], "page_url": None}
AUTHOR: Author = {
    "slug": "ines-kovary",
    "name": "Ines Kovary",
    "author_type": AuthorType.PERSON,
    "role": "political editor",
    "bio": "Ines Kovary has sat through four mayors and some nine hundred hours of council.",
    "bio_language": None,
    "image": None,
    "url": None,
    "email": None,
    "links": [],
    "page_url": None,
    "href": "/v1/authors/ines-kovary",
}
ARTICLE_ITEM: ArticleItem = {
    "id": ITEM["id"],
    "href": ITEM["href"],
    "url": ITEM["url"],
    "slug": ITEM["slug"],
    "edition": "harbour",
    "headline": ITEM["headline"],
    "kicker": None,
    "format": ArticleFormat.ARTICLE,
    "lead": "With nine minutes left on the clock, a councillor from Brickfields crossed the floor for a tram.",
    "dateline": None,
    "label": LABEL,
    "section": SECTION,
    "sections": [SECTION],
    "tags": [TAG],
    "authors": [AUTHOR],
    "source": {
        "name": "Kestrava City Council",
        "url": "https://council.kestrava.example/sittings/2026-11-19",
    },
    "image": {
        "url": "https://media.meridian.example/2026/11/council-vote.jpg",
        "alt": "Councillors turning towards one man who is standing, the clock behind him near midnight",
        "caption": "Jonas Merrit, standing, as the clerk repeats his answer for the record.",
        "credit": "Luka Orme / The Kestrava Meridian",
        "width": 2400,
        "height": 1600,
        "renditions": [
            {
                "url": "https://media.meridian.example/2026/11/council-vote-1200.jpg",
                "width": 1200,
                "height": 800,
                "type": "image/jpeg",
            }
        ],
        "licence": None,
        "focal_point": {"x": 0.62, "y": 0.4},
        "asset_id": "dam:88121",
    },
    "rights": None,
    "access": None,
    "published_at": ITEM["published_at"],
    "updated_at": ITEM["updated_at"],
    "first_published_at": ITEM["published_at"],
    "local": LOCAL,
    "version": 1,
}
FEED: AlternateLink = {
    "rel": "alternate",
    "type": "application/rss+xml",
    "href": "/feeds/harbour/rss.xml",
    "title": "The Kestrava Meridian: RSS",
}


def _entry_feed(query: str, name: str) -> AlternateLink:
    """Return the RSS feed of a catalogue entry."""
    return {**FEED, "href": f"{FEED['href']}{query}", "title": f"The Kestrava Meridian: {name}: RSS"}


BODY: list[Block] = [
    {"type": "paragraph", "html": "The City Council adopted the budget for 2027 by 23 votes to 22 on Thursday."},
    {
        "type": "pull_quote",
        "text": "I have constituents who finish at a quarter past twelve.",
        "attribution": "Jonas Merrit, councillor for Brickfields",
    },
]
ARTICLE: Article = {
    **ARTICLE_ITEM,
    "subheadline": None,
    "short_headline": None,
    "byline": None,
    "canonical_url": None,
    "seo": None,
    "social": None,
    "featured": False,
    "alert": False,
    "urgency": None,
    "sensitive": False,
    "language": None,
    "word_count": 296,
    "reading_minutes": 2,
    "extra": None,
    "translations": [],
    "body": BODY,
    "related": [LATER],
    "expires_at": None,
    "neighbours": {"previous": EARLIER_LINKED, "next": LATER},
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
    "next": {"cursor": CURSOR, "href": f"/v1/articles?cursor={CURSOR}&limit=1"},
}
RELATED: RelatedList = {"items": [LATER], "next": None}
AUTHORS: AuthorList = {"items": [AUTHOR], "next": None}
SECTIONS: SectionList = {"items": [SECTION_IN_FULL], "next": None}
TAGS: TagList = {"items": [TAG_IN_FULL], "next": None}
LABELS: LabelList = {"items": [LABEL], "next": None}
AUTHOR_PAGE: AuthorPage = {
    **AUTHOR,
    "articles": {"href": "/v1/authors/ines-kovary/articles"},
    "alternates": [_entry_feed("?author=ines-kovary", AUTHOR["name"])],
}
SECTION_PAGE: SectionPage = {
    **SECTION_IN_FULL,
    "articles": {"href": "/v1/sections/politics/articles"},
    "alternates": [_entry_feed("?section=politics", SECTION_IN_FULL["name"])],
}
TAG_PAGE: TagPage = {
    **TAG_IN_FULL,
    "articles": {"href": "/v1/tags/trams/articles"},
    "alternates": [_entry_feed("?tag=trams", TAG_IN_FULL["name"])],
}
EDITION_LINK: EditionLink = {
    "slug": "harbour",
    "name": "The Kestrava Meridian",
    "language": "en-GB",
    "direction": "ltr",
    "timezone": "Europe/Kyiv",
    "default": True,
    "href": "/v1/editions/harbour",
}
EDITION: Edition = {
    **EDITION_LINK,
    "site_url": "https://meridian.example",
    "base_url": "https://meridian.example",
    "today": "2026-11-20",
    "article_url": "{site_url}/{slug}",
    "section_url": None,
    "tag_url": None,
    "author_url": None,
    "logo": None,
    "icon": None,
    "section_fallback": "news",
    "alternates": [FEED],
    "strings": {"about_author": "About the author", "more_news": "More news", "news": "News"},
    "plurals": {"new_stories": {"one": "{count} new story", "other": "{count} new stories"}},
    "strings_proofread": False,
    "date_language": None,
    "string_languages": {},
}
EDITIONS: EditionList = {"items": [EDITION], "next": None}
SERVICE: ServiceDocument = {
    "name": "Dayline",
    "version": "0.2.0",
    "editions": [EDITION_LINK],
    "links": LINKS,
}

RESOLVED: ResolvedAddress = {
    "type": "article",
    "id": ARTICLE["id"],
    "href": ARTICLE["href"],
    "url": ARTICLE["url"],
    "slug": ARTICLE["slug"],
    "edition": ARTICLE["edition"],
    "current": True,
}

HISTORY: ArticleHistory = {
    "items": [
        {
            "type": HistoryEventType.CORRECTION,
            "at": "2026-11-20T20:05:00.000000+02:00",
            "version": 2,
            "published_at": ARTICLE["published_at"],
            "note": "The weekday tram to Brickfields will leave at 00:35, not at 00:20.",
        },
        {
            "type": HistoryEventType.PUBLICATION,
            "at": ARTICLE["published_at"],
            "version": 1,
            "published_at": ARTICLE["published_at"],
            "note": None,
        },
    ],
    "next": None,
}
