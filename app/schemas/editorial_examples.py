"""Invented articles as editors see them, for the API document; each follows its schema, and a test holds it to that."""

from typing import Any

from app.domain.article import Status
from app.domain.revision import Action, NoteType
from app.schemas.editorial import (
    EditorialArticle,
    EditorialItem,
    EditorialList,
    Revision,
    RevisionItem,
    RevisionList,
)
from app.schemas.examples import ARTICLE as PUBLIC

HREF = f"/v1/editorial/articles/{PUBLIC['id']}"

ITEM: EditorialItem = {
    "id": PUBLIC["id"],
    "href": HREF,
    "edition": "harbour",
    "source_id": "cms:41",
    "slug": PUBLIC["slug"],
    "url": PUBLIC["url"],
    "status": Status.PUBLISHED,
    "version": 2,
    "revision": 3,
    "label": "exclusive",
    "headline": PUBLIC["headline"],
    "lead": PUBLIC["lead"],
    "dateline": None,
    "section": "city",
    "tags": ["trams"],
    "authors": ["iryna-dovhan"],
    "published_at": PUBLIC["published_at"],
    "updated_at": "2026-11-20T20:05:00+02:00",
    "first_published_at": PUBLIC["published_at"],
    "source": PUBLIC["source"],
    "image": PUBLIC["image"],
    "rights": None,
    "withdrawal": None,
    "erased_at": None,
    "created_at": "2026-11-20T18:40:00+02:00",
    "modified_at": "2026-11-20T20:05:00+02:00",
    "modified_by": "key:k7q2m5xw3f",
}
ARTICLE: EditorialArticle = {
    **ITEM,
    "related": ["cms:40"],
    "body": [{"type": "paragraph", "html": "The first one left at <em>00:40</em>, with eleven passengers."}],
    "notes": [
        {
            "type": NoteType.CORRECTION,
            "text": "The last tram leaves at 00:40, not at 00:20.",
            "at": "2026-11-20T20:05:00+02:00",
            "version": 2,
        }
    ],
    "old_slugs": [],
}
WITHDRAWN: EditorialArticle = {
    **ARTICLE,
    "status": Status.WITHDRAWN,
    "revision": 4,
    "withdrawal": {
        "reason": "Legal, 20 November",
        "notice": "The timetable was last year's.",
        "at": "2026-11-20T21:00:00+02:00",
    },
}
ARTICLES: EditorialList = {"items": [ITEM], "next": None}
SUBMISSION: dict[str, Any] = {
    "edition": "harbour",
    "source_id": "cms:41",
    "headline": PUBLIC["headline"],
    "lead": PUBLIC["lead"],
    "label": "exclusive",
    "section": "city",
    "tags": ["trams"],
    "authors": ["iryna-dovhan"],
    "body": [{"type": "paragraph", "text": "The first one left at 00:20, with eleven passengers."}],
}
PATCH: dict[str, Any] = {
    "body": [{"type": "paragraph", "html": "The first one left at <em>00:40</em>, with eleven passengers."}],
    "note": {"type": "correction", "text": "The last tram leaves at 00:40, not at 00:20."},
}
SAVE: RevisionItem = {
    "revision": 3,
    "href": f"{HREF}/revisions/3",
    "version": 2,
    "status": Status.PUBLISHED,
    "published_at": PUBLIC["published_at"],
    "action": Action.EDITED,
    "at": "2026-11-20T20:05:00+02:00",
    "actor": "key:k7q2m5xw3f",
    "note": {"type": NoteType.CORRECTION, "text": "The last tram leaves at 00:40, not at 00:20."},
}
REVISIONS: RevisionList = {"items": [SAVE], "next": None}
REVISION: Revision = {
    **SAVE,
    "content": {"headline": PUBLIC["headline"], "body": ARTICLE["body"]},
    "against": 2,
    "differences": [
        {
            "member": "updated_at",
            "before": None,
            "after": "2026-11-20T20:05:00+02:00",
        }
    ],
}
