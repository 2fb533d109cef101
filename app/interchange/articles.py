"""Articles as records of the interchange format, read from the tables."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, select

from app.db.base import AnyRow
from app.domain.article_members import NAMES, load_members
from app.domain.body.shown_blocks import complete_blocks, complete_image
from app.domain.calendar import find_zone
from app.domain.instant import format_instant
from app.domain.list_filter import Facet
from app.domain.tsid import format_id
from app.interchange.statements import IDS, linked_entries, resolved_entries
from app.models.article import article_bodies, articles
from app.models.article_links import article_authors, article_related, article_sections, article_tags
from app.models.author import authors
from app.models.edition import editions
from app.models.label import labels
from app.models.section import sections
from app.models.tag import tags

EDITORIAL_FIELDS = (
    "slug",
    "label",
    "headline",
    "lead",
    "dateline",
    "section",
    "sections",
    "tags",
    "authors",
    "updated_at",
    "expires_at",
    "source",
    "image",
    "rights",
    "related",
    *NAMES,
    "body",
)
"""Members that editors write; the others identify and place the article."""

_ARTICLES = (
    select(
        articles,
        editions.c.slug.label("edition"),
        editions.c.timezone,
        labels.c.code.label("label"),
        sections.c.slug.label("section"),
        article_bodies.c.blocks,
        article_bodies.c.extra,
    )
    .join(editions, editions.c.id == articles.c.edition_id)
    .join(article_bodies, article_bodies.c.article_id == articles.c.id)
    .outerjoin(labels, labels.c.id == articles.c.label_id)
    .outerjoin(sections, sections.c.id == articles.c.section_id)
    .where(articles.c.id.in_(IDS))
)
_TAGS = resolved_entries(Facet.TAG, tags.c.slug.label("name")).where(article_tags.c.article_id.in_(IDS))
_AUTHORS = resolved_entries(Facet.AUTHOR, authors.c.slug.label("name")).where(article_authors.c.article_id.in_(IDS))
_SECTIONS = linked_entries(Facet.SECTION, sections.c.slug.label("name")).where(article_sections.c.article_id.in_(IDS))
_RELATED = (
    select(article_related.c.article_id, article_related.c.reference.label("name"))
    .where(article_related.c.article_id.in_(IDS))
    .order_by(article_related.c.article_id, article_related.c.position)
)


InstantFormat = Callable[[int, ZoneInfo], str | int]


def read_records(
    connection: Connection, article_ids: Sequence[int], *, instants: InstantFormat = format_instant
) -> dict[int, dict[str, Any]]:
    """Return the records of these articles with every member, `instants` in the zone of the edition.

    Four statements, and a fifth if any article has several sections.

    `extra` is a text, as it is stored; `show_extra` inserts it into a response or a line.
    Files leave a zero fraction out of instants (`format_short_instant`), responses do not.
    """
    ids = {"ids": list(article_ids)}
    rows = connection.execute(_ARTICLES, ids).all()
    statements = [_TAGS, _AUTHORS, _RELATED]
    if any(row.has_further_sections for row in rows):
        statements.append(_SECTIONS)
    linked = [_names(connection.execute(each, ids)) for each in statements]
    return {row.id: _record(row, [names.get(row.id, []) for names in linked], instants) for row in rows}


def complete_content(content: dict[str, Any]) -> dict[str, Any]:
    """Return a content or record with the members of images and blocks that are stored with a value only.

    It is changed in place.
    """
    complete_blocks(content["body"])
    if content["image"] is not None:
        complete_image(content["image"])
    if content["social"] is not None and content["social"]["image"] is not None:
        complete_image(content["social"]["image"])
    return content


def show_extra(content: dict[str, Any]) -> dict[str, Any]:
    """Return a record or a content whose `extra`, stored as text, is written into JSON as it is."""
    text = content["extra"]
    return content if text is None else content | {"extra": orjson.Fragment(text)}


def _names(rows: Iterable[AnyRow]) -> dict[int, list[str]]:
    grouped: dict[int, list[str]] = {}
    for row in rows:
        grouped.setdefault(row.article_id, []).append(row.name)
    return {number: list(dict.fromkeys(names)) for number, names in grouped.items()}


def _record(row: AnyRow, linked: list[list[str]], instants: InstantFormat) -> dict[str, Any]:
    tagged, signed, pointed, *further = linked
    zone = find_zone(row.timezone)

    def instant(value: int | None) -> str | int | None:
        return None if value is None else instants(value, zone)

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
        "source_version": row.source_version,
        "source_updated_at": instant(row.source_updated_at),
        "slug": row.slug,
        "status": row.status,
        "label": row.label,
        "headline": row.headline,
        "lead": row.lead,
        "dateline": row.dateline,
        "section": row.section,
        "sections": [] if row.section is None else [row.section, *(name for names in further for name in names)],
        "tags": tagged,
        "authors": signed,
        "published_at": instant(row.published_at),
        "updated_at": instant(row.updated_at),
        "expires_at": instant(row.expires_at),
        "first_published_at": instant(row.first_published_at),
        "source": None if row.source_name is None else {"name": row.source_name, "url": row.source_url},
        "image": None if row.image is None else orjson.loads(row.image),
        "rights": None if row.rights is None else orjson.loads(row.rights),
        "related": pointed,
        **load_members(row),
        "embargoed_until": instant(row.embargoed_until),
        "extra": row.extra,
        "withdrawal": None if row.withdrawn_at is None else withdrawal,
        "erased_at": instant(row.erased_at),
        "body": orjson.loads(row.blocks),
    }
