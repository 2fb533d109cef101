"""Articles of the shipped sample as editors see them, for the API document; a test compares them with the responses."""

from typing import Any

from app.domain.article_members import ArticleFormat
from app.domain.article_status import ArticleStatus
from app.domain.revision import NoteType, RevisionAction
from app.schemas.editorial import (
    EditorialArticle,
    EditorialItem,
    EditorialList,
    Revision,
    RevisionItem,
    RevisionList,
)
from app.schemas.examples.reading import ARTICLE as PUBLIC

CORRECTION = "The weekday tram to Brickfields will leave at 00:35, not at 00:20."
BODY: list[Any] = [
    {"type": "paragraph", "html": "The City Council adopted the budget by <em>23 votes</em> to 22 on Thursday."}
]
HREF = f"/v1/editorial/articles/{PUBLIC['id']}"

ITEM: EditorialItem = {
    "id": PUBLIC["id"],
    "href": HREF,
    "edition": "harbour",
    "source_id": "harbour:2026-11-19:vote",
    "slug": PUBLIC["slug"],
    "url": PUBLIC["url"],
    "status": ArticleStatus.PUBLISHED,
    "version": 2,
    "revision": 2,
    "label": "updated",
    "headline": PUBLIC["headline"],
    "lead": PUBLIC["lead"],
    "dateline": None,
    "section": "politics",
    "sections": ["politics"],
    "tags": ["trams"],
    "authors": ["ines-kovary"],
    "published_at": PUBLIC["published_at"],
    "updated_at": "2026-11-20T20:05:00.000000+02:00",
    "expires_at": None,
    "first_published_at": PUBLIC["published_at"],
    "source": PUBLIC["source"],
    "image": PUBLIC["image"],
    "rights": None,
    "kicker": None,
    "format": ArticleFormat.ARTICLE,
    "access": None,
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
    "editor_note": None,
    "embargoed_until": None,
    "source_version": None,
    "source_updated_at": None,
    "withdrawal": None,
    "erased_at": None,
    "created_at": "2026-11-20T18:40:00.000000+02:00",
    "modified_at": "2026-11-20T20:05:00.000000+02:00",
    "modified_by": "key:k7q2m5xw3f",
    "modified_by_name": "Newsroom CMS",
    "modified_by_person": "Ines Kovary",
}
ARTICLE: EditorialArticle = {
    **ITEM,
    "related": ["harbour:2026-11-20:your-street"],
    "extra": None,
    "body": BODY,
    "notes": [
        {
            "type": NoteType.CORRECTION,
            "text": CORRECTION,
            "at": "2026-11-20T20:05:00.000000+02:00",
            "version": 2,
        }
    ],
    "old_slugs": [],
    "aliases": [],
    "former_urls": [],
    "translations": [],
}
ARTICLES: EditorialList = {"items": [ITEM], "next": None}
SUBMISSION: dict[str, Any] = {
    "edition": "harbour",
    "source_id": "cms:41",
    "headline": "First night tram leaves with eleven passengers",
    "lead": "It was on time, which surprised everybody aboard.",
    "label": "exclusive",
    "section": "city",
    "tags": ["trams"],
    "authors": ["tomas-arlen"],
    "body": [{"type": "paragraph", "text": "The first one left at 00:20, with eleven passengers."}],
}
PUSH: dict[str, Any] = {
    "headline": "Fog watch moves into the new tower on the North Mole",
    "lead": "Port watchkeepers gain eleven metres of height and lose the stove everybody was fond of.",
    "section": "port",
    "tags": ["fog", "pilots"],
    "authors": ["marta-velik"],
    "published_at": "2026-11-14T09:15:00.000000+02:00",
    "body": [{"type": "paragraph", "text": "The harbour's fog watch moved on Friday night to the new control tower."}],
}
"""A replacement of an article of the sample, by its `source_id`."""
PATCH: dict[str, Any] = {
    "body": [
        {
            "type": "paragraph",
            "html": "The City Council adopted the budget by <em>23 votes</em> to <font>22</font> on Thursday.",
        }
    ],
    "note": {"type": "correction", "text": CORRECTION},
}
PUBLICATION: dict[str, Any] = {"at": "2030-01-16T07:30:00.000000+02:00"}
"""A schedule in the future; to publish now the body is `{}`."""
DRAFT_ID = "0s9n8zgg0cfdw"
SCHEDULED_ID = "0s9na44c0cg5b"
WITHDRAWN_ID = "0s8qszqg0c800"
DRAFT_SOURCE = "harbour:draft:ropewalk-lights"
SCHEDULED_SOURCE = "harbour:2030-01-15:night-trams"
WITHDRAWN_SOURCE = "harbour:2026-11-17:crane"
"""Articles of the sample that are not public, for the operations that need one."""
SAVE: RevisionItem = {
    "revision": 2,
    "href": f"{HREF}/revisions/2",
    "version": 2,
    "status": ArticleStatus.PUBLISHED,
    "published_at": PUBLIC["published_at"],
    "action": RevisionAction.EDITED,
    "at": "2026-11-20T20:05:00.000000+02:00",
    "actor": "key:k7q2m5xw3f",
    "actor_name": "Newsroom CMS",
    "person": "Ines Kovary",
    "note": {"type": NoteType.CORRECTION, "text": CORRECTION},
}
REVISIONS: RevisionList = {"items": [SAVE], "next": None}
REVISION: Revision = {
    **SAVE,
    "content": {"headline": PUBLIC["headline"], "body": ARTICLE["body"]},
    "against": 1,
    "differences": [
        {
            "member": "updated_at",
            "before": None,
            "after": "2026-11-20T20:05:00.000000+02:00",
        }
    ],
}
BUMP_NOTE = "The figures of the final report were added."
BUMP = {"note": {"type": "update", "text": BUMP_NOTE}}
WITHDRAWAL = {"reason": "Legal, 20 November", "notice": "The figures in this article were wrong."}
