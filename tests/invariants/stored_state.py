"""Everything that a database holds, read in one snapshot for the checks of its invariants."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, exists, select

from app.actions.changelog.compaction import MARK
from app.db.base import AnyRow
from app.domain.list_filter import Facet
from app.domain.tsid import format_id
from app.models.article import articles
from app.models.article_links import article_authors, article_sections, article_tags, article_translations
from app.models.author import authors
from app.models.change import changes
from app.models.former_slug import former_slugs
from app.models.key_value import key_value
from app.models.label import labels
from app.models.revision import revisions
from app.models.section import sections
from app.models.tag import tags

CATALOGUE_TABLES = {Facet.SECTION: sections, Facet.TAG: tags, Facet.AUTHOR: authors, Facet.LABEL: labels}


@dataclass(frozen=True, slots=True)
class StoredState:
    """Everything, read in one snapshot.

    `mark` is the row up to which the log was compacted; `renamed` are entries that may have had another name, `merged`
    those whose articles have to be moved, with the entries into which they were merged.
    """

    connection: Connection
    deleted: Collection[int]
    rows: dict[int, AnyRow]
    past: dict[int, list[AnyRow]]
    log: list[AnyRow]
    logged: dict[int, list[AnyRow]]
    facets: dict[int, list[tuple[Facet, int]]]
    mark: int
    is_thinned: bool
    renamed: set[tuple[Facet, int]]
    merged: dict[tuple[Facet, int], tuple[Facet, int]]
    has_translations: bool


def read_state(connection: Connection, deleted: Collection[int], *, is_thinned: bool) -> StoredState:
    """Return the state; AssertionError if the sections, tags or authors of an article have gaps in their order."""

    def run(statement: Select[Any]) -> list[AnyRow]:
        return list(connection.execute(statement))

    rows = {row.id: row for row in run(select(articles))}
    log = run(select(changes).order_by(changes.c.seq))
    past, logged = defaultdict(list), defaultdict(list)
    for row in run(select(revisions).order_by(revisions.c.article_id, revisions.c.revision)):
        past[row.article_id].append(row)
    for row in log:
        if row.article_id is not None:
            logged[row.article_id].append(row)
    facets = {row.id: [(Facet.EDITION, 0)] for row in rows.values()}
    for row in rows.values():
        facets[row.id] += [(Facet.SECTION, row.section_id)] if row.section_id is not None else []
        facets[row.id] += [(Facet.LABEL, row.label_id)] if row.label_id is not None else []
    for kind, table in ((Facet.SECTION, article_sections), (Facet.TAG, article_tags), (Facet.AUTHOR, article_authors)):
        for article_id, position, number in run(select(table).order_by(table.c.article_id, table.c.position)):
            place = sum(each is kind for each, _ in facets.get(article_id, ()))
            assert position == place, f"a {kind.name} of {format_id(article_id)} stands at {position}, not {place}"
            facets[article_id].append((kind, number))
    for number, row in rows.items():
        has_several = sum(kind is Facet.SECTION for kind, _ in facets[number]) > 1
        assert bool(row.has_further_sections) is has_several, f"{format_id(number)} is in several sections, or is not"
    mark = connection.execute(select(key_value.c.value).where(key_value.c.name == MARK)).scalar()
    until = 0 if mark is None else int(mark)
    former = run(select(former_slugs.c.kind, former_slugs.c.entry_id, former_slugs.c.merged_id))
    renamed = {(Facet(each.kind), number) for each in former for number in (each.entry_id, each.merged_id)}
    for kind, table in CATALOGUE_TABLES.items():  # another entry may have taken the former name
        renamed |= {
            (kind, number) for number in connection.execute(select(table.c.id).where(table.c.revision > 1)).scalars()
        }
    merged = {
        (kind, row.id): (kind, row.merged_into)
        for kind in (Facet.TAG, Facet.AUTHOR)
        for row in run(select(CATALOGUE_TABLES[kind]).where(CATALOGUE_TABLES[kind].c.merged_into.is_not(None)))
    }
    has_translations = bool(connection.execute(select(exists().select_from(article_translations))).scalar_one())
    return StoredState(
        connection, deleted, rows, past, log, logged, facets, until, is_thinned, renamed, merged, has_translations
    )
