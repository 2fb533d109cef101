"""Rows of published articles in all tables, collected for bulk inserts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection

from app.actions.articles.listings import Placement
from app.db.base import metadata
from app.db.bulk import bulk_insert, bulk_insert_tuples
from app.domain.article_status import ArticleStatus
from app.domain.change import article_change
from app.domain.reading_time import measure_blocks
from app.domain.revision import revision_action
from app.invalidation.surrogate_keys import article_key, normalized_keys
from app.schemas.interchange import ArticleRecord

ACTOR = "import"

_CHANGE = article_change(None, ArticleStatus.PUBLISHED, moved=False)
_ACTION = revision_action(None, ArticleStatus.PUBLISHED, moved=False)


@dataclass(slots=True)
class Rows:
    """Rows by table, of articles that were stored at one instant (µs); tuples where there are many."""

    stored_at: int
    _rows: dict[str, list[dict[str, Any]]] = field(init=False, default_factory=lambda: defaultdict(list))
    _tuples: dict[str, list[tuple[Any, ...]]] = field(init=False, default_factory=lambda: defaultdict(list))

    def insert(self, connection: Connection) -> None:
        """Insert and discard all rows, in the order of the tables' references and of their keys."""
        for table in metadata.sorted_tables:
            bulk_insert(connection, table, self._rows[table.name])
            bulk_insert_tuples(connection, table, sorted(self._tuples[table.name]))
        self._rows.clear()
        self._tuples.clear()

    def add_article(self, record: ArticleRecord, standing: Placement, fingerprint: bytes, blocks: str) -> None:
        """Add the row that lists show, and the body."""
        source, image = record.source, record.image
        length = measure_blocks(orjson.loads(blocks))
        self._rows["articles"].append(
            {
                "id": standing.article_id,
                "edition_id": standing.edition_id,
                "source_id": record.source_id,
                "slug": record.slug,
                "status": standing.status,
                "version": 1,
                "revision": 1,
                "published_at": standing.published_at,
                "updated_at": record.updated_at,
                "first_published_at": standing.published_at,
                "modified_at": self.stored_at,
                "label_id": standing.label_id,
                "section_id": standing.section_ids[0],
                "headline": record.headline,
                "lead": record.lead,
                "source_name": None if source is None else source.name,
                "source_url": None if source is None else source.url,
                "image": None if image is None else orjson.dumps(image.model_dump()).decode(),
                "content_hash": fingerprint,
                "word_count": length.word_count,
                "reading_minutes": length.reading_minutes,
            }
        )
        self._rows["article_bodies"].append({"article_id": standing.article_id, "blocks": blocks})

    def add_links(self, standing: Placement, related: Iterable[tuple[str, int]], picks: Iterable[int]) -> None:
        """Add its tags and authors, its references and its recommendations."""
        links = (
            ("article_tags", standing.tag_ids),
            ("article_authors", standing.author_ids),
            ("article_recommendations", picks),
        )
        this = standing.article_id
        for table, numbers in links:
            self._tuples[table] += [(this, place, number) for place, number in enumerate(numbers)]
        self._tuples["article_related"] += [(this, place, *each) for place, each in enumerate(related)]

    def add_traces(self, standing: Placement, seq: int) -> None:
        """Add its rows in the listings, its revision, and its row of the change log, which has this number."""
        self._tuples["listings"] += standing.listing_rows()
        self._rows["revisions"].append(
            {
                "article_id": standing.article_id,
                "revision": 1,
                "version": 1,
                "status": standing.status,
                "published_at": standing.published_at,
                "action": _ACTION,
                "at": self.stored_at,
                "actor": ACTOR,
            }
        )
        self._rows["changes"].append(
            {
                "seq": seq,
                "type": _CHANGE,
                "at": self.stored_at,
                "edition_id": standing.edition_id,
                "article_id": standing.article_id,
                "actor": ACTOR,
                "surrogate_keys": orjson.dumps(
                    normalized_keys([article_key(standing.article_id), *standing.surrogate_keys()])
                ).decode(),
            }
        )
