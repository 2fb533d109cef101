"""Entries of the catalogue for the API document; each example follows its schema, and a test holds it to that."""

from typing import Any

from pydantic import BaseModel

from app.schemas.catalogue_records import AuthorRecord, EditionRecord, LabelRecord, SectionRecord, TagRecord

NEW: dict[type[BaseModel], dict[str, Any]] = {
    EditionRecord: {
        "slug": "lume",
        "name": "The Lume Courier",
        "language": "en-GB",
        "timezone": "Europe/Kyiv",
        "site_url": "https://courier.example",
        "article_url": None,
        "section_url": "{site_url}/section/{slug}",
        "tag_url": None,
        "author_url": None,
        "preview_url": "{site_url}/preview/{token}",
        "logo": None,
        "icon": None,
        "section_fallback": "news",
        "slug_style": "ascii",
        "former_article_urls": [],
        "default": False,
        "feed_content": "full",
        "expiry_notice": None,
        "strings": {"more_news": "More from the river"},
    },
    SectionRecord: {
        "edition": "harbour",
        "slug": "weather",
        "former_slugs": [],
        "name": "Weather",
        "parent": None,
        "position": 8,
        "description": "Forecasts and warnings.",
        "image": None,
        "hidden": False,
    },
    TagRecord: {
        "slug": "night-buses",
        "former_slugs": [],
        "name": "Night buses",
        "tag_type": "topic",
        "description": None,
        "codes": [{"scheme": "wikidata", "code": "Q1429218"}],
        "aliases": ["Owl buses"],
    },
    AuthorRecord: {
        "slug": "iryna-dovhan",
        "former_slugs": [],
        "name": "Iryna Dovhan",
        "author_type": "person",
        "role": "city reporter",
        "bio": "Iryna Dovhan writes about streets and those who use them.",
        "bios": {},
        "image": None,
        "url": "https://dovhan.example",
        "email": "iryna@courier.example",
        "links": [{"url": "https://social.example/@dovhan", "name": "Mastodon"}],
    },
    LabelRecord: {
        "code": "fact-check",
        "former_codes": [],
        "text": "Fact check",
        "texts": {"uk": "Перевірка фактів"},
        "disclaimer": "Sources are named at the end.",
        "disclaimers": {},
        "genre": "analysis",
        "hidden": False,
    },
}
"""A new entry of each kind for a POST, with a name that the sample does not have."""
STORED: dict[type[BaseModel], dict[str, Any]] = {
    EditionRecord: {
        **NEW[EditionRecord],
        "slug": "harbour",
        "name": "The Kestrava Meridian",
        "site_url": "https://meridian.example",
        "section_url": None,
        "preview_url": None,
        "default": True,
        "feed_content": "summary",
        "strings": {"more_news": "More from the harbour"},
    },
    SectionRecord: {
        **NEW[SectionRecord],
        "slug": "politics",
        "name": "Politics",
        "position": None,
        "description": None,
    },
    TagRecord: {**NEW[TagRecord], "slug": "trams", "name": "Trams", "codes": [], "aliases": []},
    AuthorRecord: {
        **NEW[AuthorRecord],
        "slug": "ines-kovary",
        "name": "Ines Kovary",
        "role": "political editor",
        "bio": "Ines Kovary has sat through four mayors and some nine hundred hours of council.",
        "url": None,
        "email": None,
        "links": [],
    },
    LabelRecord: {
        **NEW[LabelRecord],
        "code": "opinion",
        "text": "OPINION",
        "texts": {"uk": "ДУМКА"},
        "disclaimer": "An opinion piece speaks for its author.",
        "genre": "opinion",
    },
}
"""An entry of each kind that the shipped sample has."""
PATCHES: dict[type[BaseModel], dict[str, Any]] = {
    EditionRecord: {"name": "The Harbour Meridian"},
    SectionRecord: {"name": "City politics"},
    TagRecord: {"name": "Night trams"},
    AuthorRecord: {"role": "city editor"},
    LabelRecord: {"text": "Comment"},
}
MERGES: dict[type[BaseModel], dict[str, Any]] = {
    TagRecord: {"into": "trams"},
    AuthorRecord: {"into": "ines-kovary"},
}
MERGED_NAMES: dict[type[BaseModel], str] = {TagRecord: "aurelle-dawn", AuthorRecord: "marta-velik"}
MERGED: dict[type[BaseModel], dict[str, Any]] = {
    TagRecord: {"former_slugs": ["aurelle-dawn"], "aliases": ["Aurelle Dawn"], "warnings": []},
    AuthorRecord: {
        "former_slugs": ["marta-velik"],
        "warnings": [
            {
                "where": "into",
                "code": "merged-members-dropped",
                "detail": "Members of the merged entry were dropped: role, bio.",
            }
        ],
    },
}
"""Members of the entry that remains, after the merge."""


def name_of(entry: dict[str, Any]) -> str:
    """Return the slug of an entry; of a label, its code."""
    return str(entry.get("code", entry.get("slug")))


def shown(entry: dict[str, Any], collection: str, *, revision: int = 1, is_listed: bool = True) -> dict[str, Any]:
    """Return an entry as the editorial API returns it: with the members that every entry has beside its own."""
    return {
        **entry,
        "href": f"/v1/editorial/{collection}/{name_of(entry)}",
        "revision": revision,
        "modified_at": "2026-11-20T17:30:00.000000+00:00",
        "listed": is_listed,
    }
