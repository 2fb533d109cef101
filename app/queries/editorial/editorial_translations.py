"""Queries of translations as editors and exports see them: whatever their status, and references to missing ones."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from app.db.base import AnyRow
from app.domain.tsid import format_id
from app.interchange.statements import IDS
from app.models.article import articles
from app.models.article_links import article_translations
from app.models.edition import editions
from app.net.base_path import href_of
from app.schemas.editorial import EditorialTranslation

_GROUP = (
    select(
        articles.c.id,
        articles.c.source_id,
        articles.c.status,
        articles.c.headline,
        articles.c.language,
        editions.c.slug.label("edition"),
        editions.c.language.label("edition_language"),
    )
    .join(editions, editions.c.id == articles.c.edition_id)
    .where(articles.c.translation_group == bindparam("group"))
)
_PENDING = (
    select(article_translations)
    .where(article_translations.c.article_id == bindparam("article_id"), article_translations.c.target_id.is_(None))
    .order_by(article_translations.c.position)
)
_TARGETS = articles.alias("targets")
_LINKS: Select[Any] = (
    select(
        article_translations.c.article_id,
        article_translations.c.edition,
        article_translations.c.source_id,
        article_translations.c.given_id,
        article_translations.c.target_id,
        _TARGETS.c.source_id.label("target_source_id"),
        editions.c.slug.label("target_edition"),
    )
    .outerjoin(_TARGETS, _TARGETS.c.id == article_translations.c.target_id)
    .outerjoin(editions, editions.c.id == _TARGETS.c.edition_id)
    .where(article_translations.c.article_id.in_(IDS))
    .order_by(article_translations.c.article_id, article_translations.c.position)
)


def read_editorial_translations(
    connection: Connection, article_id: int, group: int | None, *, path: str
) -> list[EditorialTranslation]:
    """Return the translations of an article whatever their status, then its references to missing ones.

    Two statements, or none without a group.
    """
    if group is None:
        return []
    rows = [row for row in connection.execute(_GROUP, {"group": group}) if row.id != article_id]
    found: list[EditorialTranslation] = [
        {
            "id": format_id(row.id),
            "edition": row.edition,
            "source_id": row.source_id,
            "href": href_of(f"{path}/{format_id(row.id)}"),
            "language": row.language or row.edition_language,
            "headline": row.headline,
            "status": row.status,
        }
        for row in rows
    ]
    found.sort(key=lambda each: (each["language"] or "", each["edition"] or "", each["id"] or ""))
    pending = connection.execute(_PENDING, {"article_id": article_id})
    return [*found, *(_waiting(row) for row in pending)]


def export_translations(connection: Connection, article_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Return the references that these articles give, in their order, with every member present; one statement."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(_LINKS, {"ids": list(article_ids)}):
        if row.target_id is None:
            found[row.article_id].append(_reference(row))
        else:
            source = {"edition": row.target_edition, "source_id": row.target_source_id}
            found[row.article_id].append({"id": format_id(row.target_id), **source})
    return found


def _waiting(row: AnyRow) -> EditorialTranslation:
    given = _reference(row)
    return {
        "id": given["id"],
        "edition": given["edition"],
        "source_id": given["source_id"],
        "href": None,
        "language": None,
        "headline": None,
        "status": None,
    }


def _reference(row: AnyRow) -> dict[str, Any]:
    given_id = None if row.given_id is None else format_id(row.given_id)
    return {"id": given_id, "edition": row.edition, "source_id": row.source_id}
