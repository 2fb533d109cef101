"""Queries of due articles, and of the schedule snapshot: what is due in the next minutes, and all that it affects."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, literal_column, select, union_all

from app.db.base import AnyRow
from app.domain.list_filter import LISTED_WHILE_USED, Facet
from app.domain.section_tree import SectionTree
from app.domain.traits import read_traits, trait_names
from app.domain.tsid import format_id
from app.interchange.former_slugs import find_former_slugs
from app.interchange.section_tree import read_section_tree
from app.interchange.statements import (
    IDS,
    IS_EXPIRING,
    LINK_TABLES,
    PLACEMENT_COLUMNS,
    TRAIT_COLUMNS,
    due_articles,
    expired_articles,
    linked_articles,
    linked_ids,
    resolved_entries,
)
from app.invalidation.change_event import ChangeEvent
from app.invalidation.dependencies import LOG_KEY
from app.invalidation.schedule_snapshot import UNKNOWN, ScheduledArticle, ScheduledChange, ScheduleSnapshot
from app.invalidation.surrogate_keys import article_key, collection_key, facet_key, list_keys, slugs_key
from app.models.article import articles
from app.models.article_links import article_recommendations, article_related
from app.models.edition import editions
from app.models.former_slug import former_slugs
from app.models.label import labels
from app.models.section import sections


class _ScheduledEntry(NamedTuple):
    """Entry of a scheduled article: its kind, number and slug, and whether it is listed."""

    kind: Facet
    number: int
    slug: str
    is_listed: bool


_LAST_RENAME = select(func.max(former_slugs.c.until))
_SOON = (
    select(
        articles.c.id,
        articles.c.edition_id,
        articles.c.slug,
        articles.c.published_at,
        articles.c.revision,
        articles.c.translation_group,
        editions.c.slug.label("edition"),
        editions.c.is_default,
        editions.c.timezone,
        editions.c.language.label("edition_language"),
        *TRAIT_COLUMNS,
        sections.c.slug.label("section"),
        sections.c.is_listed.label("is_section_listed"),
        labels.c.code.label("label"),
        labels.c.is_listed.label("is_label_listed"),
        articles.c.section_id,
        articles.c.has_further_sections,
        articles.c.label_id,
        # The last rename: it gives entries of unchanged articles another name.
        _LAST_RENAME.scalar_subquery().label("renamed_at"),
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
_EXPIRED = expired_articles(select(articles.c.id))
_EXPIRING = (
    select(
        *PLACEMENT_COLUMNS,
        articles.c.expires_at,
        articles.c.revision,
        articles.c.translation_group,
    )
    .where(IS_EXPIRING, articles.c.expires_at < bindparam("until"))
    .order_by(articles.c.expires_at)
    .limit(bindparam("limit"))
)
_IN_GROUPS = (
    select(*PLACEMENT_COLUMNS, articles.c.translation_group)
    .where(
        articles.c.translation_group.in_(bindparam("groups", expanding=True)),
        articles.c.status == literal_column("'published'"),
    )
    .order_by(articles.c.id)
)
_ENTRY_IDS = {kind: linked_ids(kind).where(table.links.c.article_id.in_(IDS)) for kind, table in LINK_TABLES.items()}
_LINKED = {
    kind: resolved_entries(kind, table.entries.c.id, table.entries.c.slug, table.entries.c.is_listed).where(
        table.links.c.article_id.in_(IDS)
    )
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


_SLUGS = select(sections.c.id, sections.c.slug).where(sections.c.id.in_(IDS))


def list_due(connection: Connection, *, now: int, most: int) -> list[int]:
    """Return the ids of articles due for publication, then of expired ones, each up to a maximum, the oldest first."""
    binds = {"now": now, "most": most}
    found = [*connection.execute(_DUE, binds).scalars(), *connection.execute(_EXPIRED, binds).scalars()]
    return list(dict.fromkeys(found))


def load_schedule_snapshot(
    connection: Connection, *, until: int, most: int, known: ScheduleSnapshot = UNKNOWN
) -> ScheduleSnapshot:
    """Return the publications and expiries due before `until`, overdue ones included, soonest first.

    With more than `most` of either the snapshot is complete up to the last one it holds. Articles unchanged since
    `known` are taken from there, with their referrers. Three statements if that is sufficient, otherwise six to
    thirteen, up to four for former slugs, and up to five if an article has translations.
    """
    binds = {"until": until, "limit": most + 1}
    publications = connection.execute(_SOON, binds).all()
    expiries = connection.execute(_EXPIRING, binds).all()
    if not publications and not expiries:
        return ScheduleSnapshot((), until)
    if len(publications) > most:
        until = min(until, publications[most - 1].published_at)
    if len(expiries) > most:
        until = min(until, expiries[most - 1].expires_at)
    publications, expiries = publications[:most], expiries[:most]
    tree = _read_tree(connection, [*publications, *expiries])
    coming = {scheduled.row: scheduled for scheduled in known.entries}
    found = {row.id: entry for row in publications if (entry := coming.get(tree.source_of(row))) is not None}
    found |= _read_whole(connection, [row for row in publications if row.id not in found], tree)
    ending = {expiry.row: expiry for expiry in known.expiries}
    ends = {row.id: known_end for row in expiries if (known_end := ending.get(tree.source_of(row))) is not None}
    ends |= _read_expiries(connection, [row for row in expiries if row.id not in ends], tree)
    moments = [(row.translation_group, row.published_at, row.id) for row in publications]
    moments += [(row.translation_group, row.expires_at, row.id) for row in expiries]
    return ScheduleSnapshot(
        tuple(found[row.id] for row in publications),
        until,
        tuple(ends[row.id] for row in expiries),
        _read_updates(connection, [moment for moment in moments if moment[0] is not None]),
    )


def _read_updates(connection: Connection, moments: list[tuple[int, int, int]]) -> tuple[ScheduledChange, ...]:
    """Return the changes of public articles that show an article from an instant on, or no longer.

    `moments` are the groups of such articles, the instants, and their ids. Four statements, none without a group.
    """
    if not moments:
        return ()
    members = connection.execute(_IN_GROUPS, {"groups": sorted({group for group, _, _ in moments})}).all()
    entries = _read_entry_ids(connection, [*members])
    tree = read_section_tree(connection, {row.edition_id for row in members})
    by_group: dict[int, list[AnyRow]] = defaultdict(list)
    for row in members:
        by_group[row.translation_group].append(row)
    return tuple(
        ScheduledChange(due_at=due_at, change=_update(row, entries[row.id], tree))
        for group, due_at, number in sorted(moments, key=lambda moment: moment[1])
        for row in by_group[group]
        if row.id != number
    )


def _read_entry_ids(connection: Connection, rows: list[AnyRow]) -> dict[int, list[tuple[Facet, int]]]:
    """Return the catalogue entries of these articles by id; those that were merged, and those into which they were."""
    entries: dict[int, list[tuple[Facet, int]]] = defaultdict(list)
    for kind, statement in _ENTRY_IDS.items():
        linked = linked_articles(kind, rows)
        for article_id, number, merged_into in connection.execute(statement, {"ids": linked}) if linked else ():
            entries[article_id] += [(kind, each) for each in (number, merged_into) if each is not None]
    for row in rows:
        own = ((Facet.SECTION, row.section_id), (Facet.LABEL, row.label_id))
        entries[row.id] += [(kind, number) for kind, number in own if number is not None]
    return entries


def _update(row: AnyRow, entries: list[tuple[Facet, int]], tree: SectionTree) -> ChangeEvent:
    """Return the change of a public article of which only the translations change."""
    named = {article_key(row.id), slugs_key(row.edition_id), LOG_KEY}
    return ChangeEvent(0, frozenset(named), _lists_of(row, entries, tree), (row.published_at,))


def _lists_of(row: AnyRow, entries: list[tuple[Facet, int]], tree: SectionTree) -> frozenset[str]:
    """Return the keys of the lists that an article with these entries is in."""
    traits = read_traits(row)
    above = tree.ancestors_of(number for kind, number in entries if kind is Facet.SECTION)
    subtrees = [(Facet.SECTION_TREE, number) for number in above]
    return frozenset(
        list_keys(traits.place(row.edition_id), [(Facet.EDITION, 0), *entries, *traits.facets(), *subtrees])
    )


class _NamedTree(NamedTuple):
    """Tree of sections with the slugs of those that have children."""

    tree: SectionTree
    slugs: dict[int, str]

    def source_of(self, row: AnyRow) -> tuple[object, ...]:
        """Return all that an entry of the snapshot is made from, for detecting a change."""
        return (*row, *sorted(self.tree.parents.items()), *sorted(self.slugs.items()))

    def entries(self) -> set[_ScheduledEntry]:
        """Return the sections that have children."""
        return {_ScheduledEntry(Facet.SECTION, number, slug, True) for number, slug in self.slugs.items()}

    def entries_above(self, section_ids: set[int]) -> set[_ScheduledEntry]:
        """Return the ancestors of these sections."""
        above = self.tree.ancestors_of(section_ids)
        return {each for each in self.entries() if each.number in above}


def _read_tree(connection: Connection, rows: list[AnyRow]) -> _NamedTree:
    tree = read_section_tree(connection, {row.edition_id for row in rows if row.section_id is not None})
    slugs = connection.execute(_SLUGS, {"ids": sorted(tree.children)}) if tree.parents else ()
    return _NamedTree(tree, {row.id: row.slug for row in slugs})


def _read_expiries(connection: Connection, rows: list[AnyRow], tree: _NamedTree) -> dict[int, ScheduledChange]:
    if not rows:
        return {}
    ids = {"ids": [row.id for row in rows]}
    entries = _read_entry_ids(connection, rows)
    concerned: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(_REFERRERS, ids):
        concerned[row.coming_id].add(article_key(row.id))
    return {row.id: _expiry(row, entries[row.id], concerned[row.id], tree) for row in rows}


def _expiry(row: AnyRow, entries: list[tuple[Facet, int]], concerned: set[str], tree: _NamedTree) -> ScheduledChange:
    """Return the expiry with the change that it will log."""
    lists = _lists_of(row, entries, tree.tree)
    collections = {collection_key(kind, row.edition_id) for kind, _ in entries}
    # Tags and authors without public articles are not public, and this may be the last one.
    collections |= {facet_key(kind, number) for kind, number in entries if kind in {Facet.TAG, Facet.AUTHOR}}
    named = {article_key(row.id), slugs_key(row.edition_id), LOG_KEY, *concerned, *collections}
    change = ChangeEvent(0, frozenset(named), lists, (row.published_at,))
    return ScheduledChange(due_at=row.expires_at, change=change, row=tree.source_of(row))


def _read_whole(connection: Connection, rows: list[AnyRow], tree: _NamedTree) -> dict[int, ScheduledArticle]:
    if not rows:
        return {}
    ids = {"ids": [row.id for row in rows]}
    entries: dict[int, set[_ScheduledEntry]] = defaultdict(set)
    for kind, statement in _LINKED.items():
        linked = linked_articles(kind, rows)
        for row in connection.execute(statement, {"ids": linked}) if linked else ():
            entries[row.article_id].add(_ScheduledEntry(kind, row.id, row.slug, row.is_listed))
    for row in rows:
        if row.section is not None:
            entries[row.id].add(_ScheduledEntry(Facet.SECTION, row.section_id, row.section, row.is_section_listed))
        if row.label is not None:
            entries[row.id].add(_ScheduledEntry(Facet.LABEL, row.label_id, row.label, row.is_label_listed))
    is_any_renamed = rows[0].renamed_at is not None
    former = _find_former_slugs(
        connection, {each for some in [*entries.values(), tree.entries()] for each in some} if is_any_renamed else set()
    )
    referrers: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(_REFERRERS, ids):
        referrers[row.coming_id] |= {format_id(row.id), row.slug}
    return {row.id: _coming(row, entries[row.id], former, referrers[row.id], tree) for row in rows}


def _find_former_slugs(connection: Connection, entries: set[_ScheduledEntry]) -> dict[tuple[Facet, int], list[str]]:
    """Return the former slugs of entries, which filters may use; one statement for each kind."""
    numbers: dict[Facet, set[int]] = defaultdict(set)
    for each in entries:
        numbers[each.kind].add(each.number)
    return {
        (kind, number): slugs
        for kind, some in numbers.items()
        for number, slugs in find_former_slugs(connection, kind, some).items()
    }


def _coming(
    row: AnyRow,
    entries: set[_ScheduledEntry],
    former: Mapping[tuple[Facet, int], list[str]],
    referrers: set[str],
    tree: _NamedTree,
) -> ScheduledArticle:
    names = {(each.kind, name) for each in entries for name in (each.slug, *former.get((each.kind, each.number), ()))}
    filed = {each for each in entries if each.kind is Facet.SECTION}
    filed |= tree.entries_above({each.number for each in filed})
    names |= {
        (Facet.SECTION_TREE, name)
        for each in filed
        for name in (each.slug, *former.get((Facet.SECTION, each.number), ()))
    }
    traits = read_traits(row)
    return ScheduledArticle(
        id=format_id(row.id),
        slug=row.slug,
        published_at=row.published_at,
        edition=row.edition,
        is_default=row.is_default,
        timezone=row.timezone,
        names=frozenset([*names, *trait_names(traits, row.edition_language)]),
        is_page=traits.is_page,
        unlisted=frozenset(each.kind for each in entries if not each.is_listed or each.kind in LISTED_WHILE_USED),
        referrers=frozenset() if traits.is_page else frozenset(referrers),
        row=tree.source_of(row),
    )
