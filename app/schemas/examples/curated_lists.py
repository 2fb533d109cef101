"""Curated lists for the API document: those of the shipped sample."""

from typing import Any

from app.schemas.curated_list import (
    CuratedList,
    CuratedListLink,
    CuratedListPage,
    EditorialCuratedList,
    EditorialCuratedListPage,
)
from app.schemas.examples.reading import ARTICLE_ITEM

LINK: CuratedListLink = {"slug": "front-page", "name": "Front page", "href": "/v1/lists/front-page"}
LISTS: CuratedListPage = {"items": [LINK], "next": None}
LIST: CuratedList = {**LINK, "edition": "harbour", "expires_at": None, "pinned": 2, "items": [ARTICLE_ITEM]}
WRITTEN: dict[str, Any] = {
    "name": "Front page",
    "items": ["harbour:2026-11-19:vote", "night-trams-return"],
    "filter": {"section": ["politics", "city"]},
    "limit": 10,
    "expires_at": None,
}
EDITORIAL_LIST: EditorialCuratedList = {
    "edition": "harbour",
    "slug": "front-page",
    "name": "Front page",
    "items": ["harbour:2026-11-19:vote", "harbour:2026-11-14:fog-watch"],
    "filter": {
        "section": ["politics", "city"],
        "tag": [],
        "author": [],
        "label": [],
        "format": [],
        "language": [],
        "featured": None,
        "access": [],
        "subsections": False,
    },
    "limit": 10,
    "expires_at": None,
    "href": "/v1/editorial/lists/front-page",
    "revision": 1,
    "modified_at": "2026-11-20T17:30:00.000000+00:00",
}
CREATED: dict[str, Any] = {
    **EDITORIAL_LIST,
    "items": ["harbour:2026-11-19:vote", "0s7m8ebr06j6k"],
    "warnings": [],
}
"""Stored members of `WRITTEN`: the slug in `items` is the article's id."""
REPLACED: dict[str, Any] = {**CREATED, "revision": 2, "modified_at": "2026-11-20T18:05:00.000000+00:00"}
EDITORIAL_LISTS: EditorialCuratedListPage = {"items": [EDITORIAL_LIST], "next": None}
