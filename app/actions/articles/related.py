"""Curated "Read also": references as given, resolved as soon as their target exists."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, literal_column, select, update

from app.db.bulk import bulk_insert, chunked
from app.domain.tsid import format_id, is_id, parse_id
from app.models.article import articles
from app.models.article_links import article_recommendations, article_related

_CLEAR = delete(article_related).where(article_related.c.article_id.in_(bindparam("ids", expanding=True)))
_ANY_WAITING: Select[Any] = select(literal_column("1")).where(article_related.c.related_id.is_(None)).limit(1)
_RESOLVE = (
    update(article_related)
    .where(
        article_related.c.article_id == bindparam("b_article_id"),
        article_related.c.position == bindparam("b_position"),
    )
    .values(related_id=bindparam("target"))
)


def replace_related(
    connection: Connection, edition_id: int, references: Mapping[int, Sequence[str]], *, known: frozenset[int]
) -> None:
    """Replace the references of these articles; `known` are those that may have had some."""
    for stale in chunked(sorted(known.intersection(references))):
        connection.execute(_CLEAR, {"ids": stale})
    all_references = {reference for each in references.values() for reference in each}
    if not all_references:
        return
    targets = _targets(connection, edition_id, all_references)
    rows = [
        {
            "article_id": article_id,
            "position": position,
            "reference": reference,
            "related_id": targets.get(reference),
        }
        for article_id, each in references.items()
        for position, reference in enumerate(each)
    ]
    bulk_insert(connection, article_related, rows)


def find_referrers(connection: Connection, article_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the articles whose "Read also" contains these, curated or recommended, shown or not."""
    pointing: dict[int, list[int]] = {}
    by_hand = select(article_related.c.related_id, article_related.c.article_id)
    by_likeness = select(article_recommendations.c.recommended_id, article_recommendations.c.article_id)
    for ids in chunked(article_ids):
        for found in (
            by_hand.where(article_related.c.related_id.in_(ids)),
            by_likeness.where(article_recommendations.c.recommended_id.in_(ids)),
        ):
            for target, referrer in connection.execute(found):
                pointing.setdefault(target, []).append(referrer)
    return pointing


def resolve_pending_related(connection: Connection, edition_id: int, arrived: Mapping[int, str | None]) -> set[int]:
    """Resolve references to these new articles (id to source_id); return the articles that were referred to."""
    if connection.execute(_ANY_WAITING).first() is None:
        return set()
    names = {format_id(article_id): article_id for article_id in arrived}
    names |= {source_id: article_id for article_id, source_id in arrived.items() if source_id is not None}
    waiting = (
        select(article_related.c.article_id, article_related.c.position, article_related.c.reference)
        .join(articles, articles.c.id == article_related.c.article_id)
        .where(
            article_related.c.related_id.is_(None),
            article_related.c.reference.in_(sorted(names)),
            articles.c.edition_id == edition_id,
        )
    )
    found = connection.execute(waiting).all()
    if found:
        connection.execute(
            _RESOLVE,
            [
                {"b_article_id": row.article_id, "b_position": row.position, "target": names[row.reference]}
                for row in found
            ],
        )
    return {names[row.reference] for row in found}


def _targets(connection: Connection, edition_id: int, references: set[str]) -> dict[str, int]:
    here = articles.c.edition_id == edition_id
    targets: dict[str, int] = {}
    for names in chunked(sorted(references)):
        by_source = select(articles.c.source_id, articles.c.id).where(here, articles.c.source_id.in_(names))
        targets |= {row.source_id: row.id for row in connection.execute(by_source)}
    # An id takes precedence: no article may replace another by taking its id as source_id.
    for ids in chunked(sorted(parse_id(reference) for reference in references if is_id(reference))):
        # Compared here: given the edition and a list of ids, SQLite reads the whole edition.
        by_id = select(articles.c.id, articles.c.edition_id).where(articles.c.id.in_(ids))
        found = connection.execute(by_id)
        targets |= {format_id(row.id): row.id for row in found if row.edition_id == edition_id}
    return targets
