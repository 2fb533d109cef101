"""Queries of due articles, and of the schedule snapshot: publications of the next minutes with all that they affect."""

from collections import defaultdict

from sqlalchemy import Connection, bindparam, literal_column, select, union_all

from app.db.base import AnyRow
from app.domain.list_filter import LISTED_WHILE_USED, Facet
from app.domain.tsid import format_id
from app.interchange.statements import IDS, LINK_TABLES, due_articles, linked_entries
from app.invalidation.schedule_snapshot import UNKNOWN, ScheduledArticle, ScheduleSnapshot
from app.models.article import articles
from app.models.article_links import article_recommendations, article_related
from app.models.edition import editions
from app.models.label import labels
from app.models.section import sections

_Entry = tuple[Facet, str, bool]  # its kind and name, and whether it is listed


_SOON = (
    select(
        articles.c.id,
        articles.c.slug,
        articles.c.published_at,
        articles.c.revision,
        editions.c.slug.label("edition"),
        editions.c.is_default,
        editions.c.timezone,
        sections.c.slug.label("section"),
        sections.c.is_listed.label("is_section_listed"),
        labels.c.code.label("label"),
        labels.c.is_listed.label("is_label_listed"),
    )
    .join(editions, editions.c.id == articles.c.edition_id)
    .outerjoin(sections, sections.c.id == articles.c.section_id)
    .outerjoin(labels, labels.c.id == articles.c.label_id)
    .where(
        # Equal to the predicate of ix_articles_due, so that the index is used.
        articles.c.status == literal_column("'scheduled'"),
        articles.c.published_at < bindparam("until"),
    )
    .order_by(articles.c.published_at)
    .limit(bindparam("limit"))
)
_DUE = due_articles(select(articles.c.id))
_LINKED = {
    kind: linked_entries(kind, table.entries.c.slug, table.entries.c.is_listed).where(table.links.c.article_id.in_(IDS))
    for kind, table in LINK_TABLES.items()
}
_NAMED = union_all(
    select(article_related.c.related_id.label("coming_id"), article_related.c.article_id).where(
        article_related.c.related_id.in_(IDS)
    ),
    select(article_recommendations.c.recommended_id.label("coming_id"), article_recommendations.c.article_id).where(
        article_recommendations.c.recommended_id.in_(IDS)
    ),
).subquery("named")
_REFERRERS = select(_NAMED.c.coming_id, articles.c.id, articles.c.slug).join(
    articles, articles.c.id == _NAMED.c.article_id
)


def list_due(connection: Connection, *, now: int, most: int) -> list[int]:
    """Return the ids of due articles, the longest due first, up to a maximum."""
    return list(connection.execute(_DUE, {"now": now, "most": most}).scalars())


def load_schedule_snapshot(
    connection: Connection, *, until: int, most: int, known: ScheduleSnapshot = UNKNOWN
) -> ScheduleSnapshot:
    """Return the scheduled articles due before `until`, overdue ones included, soonest first.

    With more than `most` of them the snapshot is complete up to the last one it holds. Articles unchanged since
    `known` are taken from there, with their referrers. One statement if that is sufficient, otherwise four.
    """
    rows = connection.execute(_SOON, {"until": until, "limit": most + 1}).all()
    if not rows:
        return ScheduleSnapshot((), until)
    shown = rows[:most]
    before = {coming.row: coming for coming in known.entries}
    found = {row.id: coming for row in shown if (coming := before.get(tuple(row))) is not None}
    found |= _read_whole(connection, [row for row in shown if row.id not in found])
    entries = tuple(found[row.id] for row in shown)
    return ScheduleSnapshot(entries, until if len(rows) <= most else shown[-1].published_at)


def _read_whole(connection: Connection, rows: list[AnyRow]) -> dict[int, ScheduledArticle]:
    if not rows:
        return {}
    ids = {"ids": [row.id for row in rows]}
    entries: dict[int, set[_Entry]] = defaultdict(set)
    for kind, statement in _LINKED.items():
        for row in connection.execute(statement, ids):
            entries[row.article_id].add((kind, row.slug, row.is_listed))
    referrers: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(_REFERRERS, ids):
        referrers[row.coming_id] |= {format_id(row.id), row.slug}
    return {row.id: _coming(row, entries[row.id], referrers[row.id]) for row in rows}


def _coming(row: AnyRow, entries: set[_Entry], referrers: set[str]) -> ScheduledArticle:
    if row.section is not None:
        entries.add((Facet.SECTION, row.section, row.is_section_listed))
    if row.label is not None:
        entries.add((Facet.LABEL, row.label, row.is_label_listed))
    return ScheduledArticle(
        id=format_id(row.id),
        slug=row.slug,
        published_at=row.published_at,
        edition=row.edition,
        is_default=row.is_default,
        timezone=row.timezone,
        names=frozenset((kind, name) for kind, name, _ in entries),
        unlisted=frozenset(kind for kind, _, is_listed in entries if not is_listed or kind in LISTED_WHILE_USED),
        referrers=frozenset(referrers),
        row=tuple(row),
    )
