"""Responses to writes of articles for the API document: each has the values of its request.

They are articles of the shipped sample; `tests/api/openapi/test_coherence.py` compares them with their requests.
"""

from app.domain.article_status import ArticleStatus
from app.domain.revision import NoteType
from app.schemas.editorial import EditorialArticle, SavedArticle
from app.schemas.examples import editorial
from app.schemas.examples.editorial import ARTICLE

SAVED_AT = "2026-11-20T20:05:00.000000+02:00"

EDITED: SavedArticle = {
    **ARTICLE,
    "warnings": [
        {"where": "body.0.html", "code": "element-dropped", "detail": "<font> was dropped; its text stays."},
    ],
}
BUMPED: SavedArticle = {
    **ARTICLE,
    "published_at": SAVED_AT,
    "updated_at": "2026-11-20T00:52:00.000000+02:00",
    "notes": [{"type": NoteType.UPDATE, "text": editorial.BUMP_NOTE, "at": SAVED_AT, "version": 2}],
    "warnings": [],
}
WITHDRAWN: SavedArticle = {
    **ARTICLE,
    "status": ArticleStatus.WITHDRAWN,
    "revision": 3,
    "withdrawal": {
        "reason": editorial.WITHDRAWAL["reason"],
        "notice": editorial.WITHDRAWAL["notice"],
        "at": "2026-11-20T21:00:00.000000+02:00",
    },
    "warnings": [],
}
_PLAIN: EditorialArticle = {
    **ARTICLE,
    "version": 0,
    "revision": 1,
    "label": None,
    "updated_at": None,
    "published_at": None,
    "first_published_at": None,
    "source": None,
    "image": None,
    "reading_minutes": 1,
    "modified_at": editorial.ITEM["created_at"],
    "related": [],
    "notes": [],
}
"""An article of text alone, as a write leaves it that sends no other members."""
SUBMITTED: SavedArticle = {
    **_PLAIN,
    "id": "0s9nt9r02r9cp",
    "href": "/v1/editorial/articles/0s9nt9r02r9cp",
    "source_id": "cms:41",
    "slug": "first-night-tram-leaves-with-eleven-passengers",
    "url": None,
    "status": ArticleStatus.DRAFT,
    "label": "exclusive",
    "headline": "First night tram leaves with eleven passengers",
    "lead": "It was on time, which surprised everybody aboard.",
    "section": "city",
    "sections": ["city"],
    "authors": ["tomas-arlen"],
    "word_count": 9,
    "body": [{"type": "paragraph", "html": "The first one left at 00:20, with eleven passengers."}],
    "warnings": [],
}
SOURCE_ARTICLE: EditorialArticle = {
    **_PLAIN,
    "id": "0s7n0fd406n74",
    "href": "/v1/editorial/articles/0s7n0fd406n74",
    "source_id": "harbour:2026-11-14:fog-watch",
    "slug": "fog-watch-moves-into-the-new-tower-on-the-north-mole",
    "url": "https://meridian.example/fog-watch-moves-into-the-new-tower-on-the-north-mole",
    "version": 1,
    "headline": "Fog watch moves into the new tower on the North Mole",
    "lead": "Port watchkeepers gain eleven metres of height and lose the stove everybody was fond of.",
    "section": "port",
    "sections": ["port"],
    "tags": ["fog", "pilots"],
    "authors": ["marta-velik"],
    "published_at": "2026-11-14T09:15:00.000000+02:00",
    "first_published_at": "2026-11-14T09:15:00.000000+02:00",
    "word_count": 13,
    "body": [{"type": "paragraph", "html": "The harbour's fog watch moved on Friday night to the new control tower."}],
}
"""The article that `editorial.PUSH` creates or replaces."""
PUSH_CREATED: SavedArticle = {**SOURCE_ARTICLE, "warnings": []}
PUSH_REPLACED: SavedArticle = {
    **PUSH_CREATED,
    "version": 2,
    "revision": 2,
    "updated_at": SAVED_AT,
    "modified_at": SAVED_AT,
}
SOURCE_BUMPED: SavedArticle = {
    **PUSH_REPLACED,
    "updated_at": None,
    "published_at": SAVED_AT,
    "notes": BUMPED["notes"],
}
SOURCE_WITHDRAWN: SavedArticle = {
    **PUSH_CREATED,
    "status": ArticleStatus.WITHDRAWN,
    "revision": 2,
    "modified_at": SAVED_AT,
    "withdrawal": WITHDRAWN["withdrawal"],
}
SCHEDULED: SavedArticle = {
    **_PLAIN,
    "id": editorial.DRAFT_ID,
    "href": f"/v1/editorial/articles/{editorial.DRAFT_ID}",
    "source_id": editorial.DRAFT_SOURCE,
    "slug": "lights-for-the-ropewalk",
    "url": "https://meridian.example/lights-for-the-ropewalk",
    "status": ArticleStatus.SCHEDULED,
    "revision": 2,
    "headline": "Lights for the Ropewalk",
    "lead": "FC Lantern has asked the council for four masts and a later curfew.",
    "section": "sport",
    "sections": ["sport"],
    "tags": ["fc-lantern", "council"],
    "authors": ["dario-fenn"],
    "published_at": editorial.PUBLICATION["at"],
    "modified_at": SAVED_AT,
    "word_count": 19,
    "related": ["harbour:2026-11-19:torell"],
    "body": [
        {
            "type": "paragraph",
            "html": "The application, seen by the Meridian, names four masts of twenty-two metres. The neighbours have "
            "until January to object.",
        }
    ],
    "warnings": [],
}
UNSCHEDULED: SavedArticle = {
    **_PLAIN,
    "id": editorial.SCHEDULED_ID,
    "href": f"/v1/editorial/articles/{editorial.SCHEDULED_ID}",
    "source_id": editorial.SCHEDULED_SOURCE,
    "slug": "night-trams-three-years-on",
    "url": None,
    "status": ArticleStatus.DRAFT,
    "revision": 2,
    "label": "analysis",
    "headline": "What three years of night trams have changed",
    "lead": "The promise was that fewer people would walk home. We have counted.",
    "section": "city",
    "sections": ["city"],
    "tags": ["trams", "budget"],
    "authors": ["tomas-arlen"],
    "modified_at": SAVED_AT,
    "word_count": 24,
    "related": ["harbour:2026-11-14:tram-night", "harbour:2026-11-20:your-street"],
    "body": [
        {
            "type": "paragraph",
            "html": "When the budget of 2027 passed by a single vote, it brought night trams to three lines. The "
            "figures of three winters are in.",
        }
    ],
    "warnings": [],
}
RESTORED: SavedArticle = {
    **_PLAIN,
    "id": editorial.WITHDRAWN_ID,
    "href": f"/v1/editorial/articles/{editorial.WITHDRAWN_ID}",
    "source_id": editorial.WITHDRAWN_SOURCE,
    "slug": "crane-photograph",
    "url": "https://meridian.example/crane-photograph",
    "version": 1,
    "revision": 2,
    "headline": "Crane said to have tilted on Pier 3",
    "lead": "A photograph sent to the newsroom showed a gantry crane leaning over the berth.",
    "section": "port",
    "sections": ["port"],
    "tags": ["pilots"],
    "authors": ["marta-velik"],
    "published_at": "2026-11-17T18:20:00.000000+02:00",
    "first_published_at": "2026-11-17T18:20:00.000000+02:00",
    "modified_at": SAVED_AT,
    "word_count": 30,
    "body": [
        {
            "type": "paragraph",
            "html": "A photograph sent to the newsroom on Tuesday afternoon appeared to show one of the two gantry "
            "cranes of Pier 3 leaning over the berth. The port has not answered.",
        }
    ],
    "warnings": [],
}
