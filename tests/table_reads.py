"""The tables that a response reads, and the dependencies that must be recorded for them.

A cached response is invalidated by its recorded dependencies alone, so each table that it reads needs one: for a
catalogue entry whose id a row names exactly that entry or its collection, for every other table one of the kinds that
`COVERED_BY` lists.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Result, Select

from app.db.prepared import PreparedQuery
from app.invalidation.dependencies import LOG_KEY, Dependencies
from app.models import Base

ENTRIES = {"editions": "edition", "sections": "section", "tags": "tag", "authors": "author", "labels": "label"}
"""The tables of catalogue entries, and the kind in the surrogate key of each."""

RANGES = "a range of a list"
SECTION_TREE = "the parents of sections"
COVERED_BY: Mapping[str, tuple[str, ...]] = {
    **{table: (f"{kind}:", f"{kind}s") for table, kind in ENTRIES.items()},
    "articles": ("article:", "slugs:", RANGES),
    "article_bodies": ("article:", "slugs:", RANGES),
    "slug_redirects": ("article:", "slugs:"),
    "article_addresses": ("article:", "slugs:"),
    "former_article_urls": ("edition:",),
    "article_tags": ("article:", RANGES),
    "article_authors": ("article:", RANGES),
    "article_sections": ("article:", RANGES),
    "article_related": ("article:",),
    "article_recommendations": ("article:",),
    "listings": (RANGES,),
    "sitemap_weeks": (RANGES,),
    "curated_lists": ("list:", "lists:"),
    "former_slugs": tuple(f"{kind}{suffix}" for kind in ENTRIES.values() for suffix in (":", "s")),
    "revisions": ("article:",),
    SECTION_TREE: ("subsections:",),
    "changes": ("",),  # any: `as_of` is a lower bound, so that no later change makes it wrong
}
"""The prefixes of keys, and ranges, of which a response that reads the table records at least one.

A response that reads any other table depends on the whole change log.
"""


class TableReads(NamedTuple):
    """What the statements of a response read: the tables, and the catalogue entries whose ids their rows hold.

    A table of entries that a statement joins is judged by those ids alone: where there are none it shows no entry.
    """

    tables: set[str]
    entries: set[tuple[str, int]]

    def uncovered(self, dependencies: Dependencies) -> list[str]:
        """Return what was read without a dependency, sorted."""
        keys, has_ranges = dependencies.keys, bool(dependencies.ranges)
        if LOG_KEY in keys:
            return []
        missing = [
            f"{ENTRIES[table]}:{number}"
            for table, number in self.entries
            if f"{ENTRIES[table]}:{number}" not in keys and not _has(keys, f"{ENTRIES[table]}s")
        ]
        for table in self.tables:
            kinds = COVERED_BY.get(table, ())
            if not (has_ranges and RANGES in kinds) and not any(_has(keys, kind) for kind in kinds):
                missing.append(table)
        return sorted(missing)


_reads: ContextVar[TableReads | None] = ContextVar("reads", default=None)


@contextmanager
def table_reads() -> Iterator[TableReads]:
    """Collect what the statements of this context read; background tasks run in others."""
    found = TableReads(set(), set())
    run_prepared, run = PreparedQuery.all, Connection.execute

    def all_recorded(prepared: PreparedQuery, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        rows = run_prepared(prepared, connection, values)
        statement = prepared._statement if prepared._build is None else prepared._build()
        _note(statement, str(prepared.bind(connection, values)[0]), rows)
        return rows

    def execute_recorded(connection: Connection, statement: Any, *args: Any, **options: Any) -> Result[Any]:
        result = run(connection, statement, *args, **options)
        if _reads.get() is None or not result.returns_rows:
            return result
        frozen = result.freeze()
        _note(statement, str(statement), list(frozen().all()))
        return frozen()

    token = _reads.set(found)
    PreparedQuery.all, Connection.execute = all_recorded, execute_recorded  # type: ignore[method-assign, assignment]
    try:
        yield found
    finally:
        PreparedQuery.all, Connection.execute = run_prepared, run  # type: ignore[method-assign]
        _reads.reset(token)


def _note(statement: Any, text: str, rows: list[Any]) -> None:
    found = _reads.get()
    if found is None:
        return
    tables = set(re.findall(r"\w+", text)) & Base.metadata.tables.keys()
    if tables == {"sections"} and isinstance(statement, Select) and "name" not in statement.selected_columns:
        found.tables.add(SECTION_TREE)
        return
    columns = list(_entry_columns(statement, tables))
    entries = {(table, row[position]) for position, table in columns for row in rows if row[position] is not None}
    found.entries.update(entries)
    by_row = {table for table, _ in entries} | ({table for _, table in columns} if len(tables) > 1 else set())
    found.tables.update(tables - by_row)


def _entry_columns(statement: Any, tables: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the position of each column that holds an entry's id, and the table of the entry, where it is read."""
    if not isinstance(statement, Select):
        return
    for position, column in enumerate(statement.selected_columns):
        for base in column.base_columns:
            if isinstance(base, Column):
                named = [base.table.name] if base.primary_key else [key.column.table.name for key in base.foreign_keys]
                yield from ((position, table) for table in named if table in ENTRIES and table in tables)


def _has(keys: set[str], prefix: str) -> bool:
    return any(key.startswith(prefix) for key in keys)
