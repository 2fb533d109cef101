"""Everything as records of the interchange format, in one snapshot and flat in memory."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from sqlalchemy import BindParameter, Connection, bindparam, select

from app.db.base import AnyRow
from app.domain.calendar import find_zone
from app.domain.ids import format_id
from app.domain.instant import format_instant
from app.models.article import (
    article_authors,
    article_bodies,
    article_related,
    article_tags,
    articles,
)
from app.models.author import authors
from app.models.edition import editions
from app.models.label import labels
from app.models.section import sections
from app.models.tag import tags

BATCH = 500

_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_EDITIONS = select(editions).order_by(editions.c.slug)
_LABELS = select(labels).order_by(labels.c.code)
_SECTIONS = (
    select(editions.c.slug.label("edition"), sections.c.slug, sections.c.name)
    .join(editions, editions.c.id == sections.c.edition_id)
    .order_by(editions.c.slug, sections.c.slug)
)
_TAGS = select(tags).order_by(tags.c.slug)
_AUTHORS = select(authors).order_by(authors.c.slug)
_ARTICLES = (
    select(
        articles,
        editions.c.slug.label("edition"),
        editions.c.timezone,
        labels.c.code.label("label"),
        sections.c.slug.label("section"),
        article_bodies.c.blocks,
    )
    .join(editions, editions.c.id == articles.c.edition_id)
    .join(article_bodies, article_bodies.c.article_id == articles.c.id)
    .outerjoin(labels, labels.c.id == articles.c.label_id)
    .outerjoin(sections, sections.c.id == articles.c.section_id)
    .where(articles.c.id > bindparam("after"))
    .order_by(articles.c.id)
    .limit(BATCH)
)
_TAGGED = (
    select(article_tags.c.article_id, tags.c.slug.label("name"))
    .join(tags, tags.c.id == article_tags.c.tag_id)
    .where(article_tags.c.article_id.in_(_IDS))
    .order_by(article_tags.c.article_id, article_tags.c.position)
)
_SIGNED = (
    select(article_authors.c.article_id, authors.c.slug.label("name"))
    .join(authors, authors.c.id == article_authors.c.author_id)
    .where(article_authors.c.article_id.in_(_IDS))
    .order_by(article_authors.c.article_id, article_authors.c.position)
)
_POINTED = (
    select(article_related.c.article_id, article_related.c.reference.label("name"))
    .where(article_related.c.article_id.in_(_IDS))
    .order_by(article_related.c.article_id, article_related.c.position)
)


def export_records(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every record, catalogue first, then articles in the order they were made, with every member present."""
    for row in connection.execute(_EDITIONS):
        yield {
            "kind": "edition",
            "slug": row.slug,
            "name": row.name,
            "language": row.language,
            "timezone": row.timezone,
            "site_url": row.site_url,
            "article_url": row.article_url,
            "default": row.is_default,
            "strings": orjson.loads(row.strings),
        }
    for row in connection.execute(_LABELS):
        yield {
            "kind": "label",
            "code": row.code,
            "text": row.text,
            "texts": orjson.loads(row.texts),
            "disclaimer": row.disclaimer,
            "disclaimers": orjson.loads(row.disclaimers),
            "genre": row.genre,
        }
    for row in connection.execute(_SECTIONS):
        yield {"kind": "section", "edition": row.edition, "slug": row.slug, "name": row.name}
    for row in connection.execute(_TAGS):
        yield {"kind": "tag", "slug": row.slug, "name": row.name}
    for row in connection.execute(_AUTHORS):
        yield {"kind": "author", "slug": row.slug, "name": row.name, "role": row.role, "bio": row.bio}
    yield from _export_articles(connection)


def _export_articles(connection: Connection) -> Iterator[dict[str, Any]]:
    after = -1
    while rows := connection.execute(_ARTICLES, {"after": after}).all():
        ids = {"ids": [row.id for row in rows]}
        tagged, signed, pointed = (
            _names(connection.execute(statement, ids)) for statement in (_TAGGED, _SIGNED, _POINTED)
        )
        for row in rows:
            yield _article(row, tagged.get(row.id, []), signed.get(row.id, []), pointed.get(row.id, []))
        after = rows[-1].id


def _names(rows: Iterable[AnyRow]) -> dict[int, list[str]]:
    grouped: dict[int, list[str]] = {}
    for row in rows:
        grouped.setdefault(row.article_id, []).append(row.name)
    return grouped


def _article(row: AnyRow, tagged: list[str], signed: list[str], pointed: list[str]) -> dict[str, Any]:
    zone = find_zone(row.timezone)

    def instant(value: int | None) -> str | None:
        return None if value is None else format_instant(value, zone)

    withdrawal = {
        "reason": row.withdrawal_reason,
        "notice": row.withdrawal_notice,
        "at": instant(row.withdrawn_at),
    }
    return {
        "kind": "article",
        "edition": row.edition,
        "id": format_id(row.id),
        "source_id": row.source_id,
        "slug": row.slug,
        "status": row.status,
        "label": row.label,
        "headline": row.headline,
        "lead": row.lead,
        "dateline": row.dateline,
        "section": row.section,
        "tags": tagged,
        "authors": signed,
        "published_at": instant(row.published_at),
        "updated_at": instant(row.updated_at),
        "first_published_at": instant(row.first_published_at),
        "source": None if row.source_name is None else {"name": row.source_name, "url": row.source_url},
        "image": None if row.image is None else orjson.loads(row.image),
        "rights": None if row.rights is None else orjson.loads(row.rights),
        "related": pointed,
        "withdrawal": None if row.withdrawn_at is None else withdrawal,
        "body": orjson.loads(row.blocks),
    }
