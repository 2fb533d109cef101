"""Curated lists as records of the interchange format, and the articles that their references name."""

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from app.db.base import AnyRow
from app.domain.instant import format_instant
from app.domain.list_filter import Facet
from app.domain.tsid import format_id, is_id, parse_id
from app.interchange.statements import IDS
from app.models.article import articles
from app.models.curated_list import curated_lists

FILTERS = {"section": Facet.SECTION, "tag": Facet.TAG, "author": Facet.AUTHOR, "label": Facet.LABEL}
"""Kinds of entries that a filter selects by, under the names of query parameters."""
TRAITS: dict[str, Any] = {"format": [], "language": [], "featured": None, "access": []}
"""Filters by traits under the same names, each with the value that selects nothing."""

_NO_FILTER: dict[str, Any] = {**{name: [] for name in FILTERS}, **TRAITS, "subsections": False}
_SOURCE_IDS: BindParameter[list[str]] = bindparam("source_ids", expanding=True)
_NAMED = select(curated_lists).where(
    curated_lists.c.edition_id == bindparam("edition_id"), curated_lists.c.slug == bindparam("slug")
)
_REFERENCED = select(articles.c.id, articles.c.source_id).where(
    articles.c.edition_id == bindparam("edition_id"),
    or_(articles.c.source_id.in_(_SOURCE_IDS), articles.c.id.in_(IDS)),
)


def get_curated_list_row(connection: Connection, edition_id: int, slug: str) -> AnyRow | None:
    """Return the row of a curated list, deleted or not; None if there has been none with this slug."""
    return connection.execute(_NAMED, {"edition_id": edition_id, "slug": slug}).first()


def to_curated_list_record(
    row: AnyRow, edition: str, zone: ZoneInfo, *, instants: Callable[[int, ZoneInfo], str] = format_instant
) -> dict[str, Any]:
    """Return the record of a curated list with every member present; `edition` is the slug of its edition."""
    given = None if row.filter is None else orjson.loads(row.filter)
    return {
        "kind": "list",
        "edition": edition,
        "slug": row.slug,
        "name": row.name,
        "items": orjson.loads(row.items),
        "filter": None if given is None else {**_NO_FILTER, **given},
        "limit": row.max_items,
        "expires_at": None if row.expires_at is None else instants(row.expires_at, zone),
    }


def find_referenced_articles(connection: Connection, edition_id: int, references: Sequence[str]) -> dict[str, int]:
    """Return the ids of the edition's articles that these references name, a `source_id` before an id."""
    if not references:
        return {}
    ids = [parse_id(each) for each in references if is_id(each)]
    values = {"edition_id": edition_id, "source_ids": list(references), "ids": ids}
    rows = connection.execute(_REFERENCED, values).all()
    named = {format_id(row.id): row.id for row in rows} | {row.source_id: row.id for row in rows if row.source_id}
    return {each: named[each] for each in references if each in named}
