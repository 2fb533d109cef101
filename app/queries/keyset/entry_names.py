"""Entries that filter values name, by their present names or by former ones."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Integer,
    Select,
    bindparam,
    cast,
    false,
    literal_column,
    null,
    select,
    union_all,
)

from app.db.base import AnyRow
from app.domain.list_filter import Facet, ListFilter
from app.interchange.catalogue import CATALOGUE_TABLES
from app.interchange.former_slugs import NO_EDITION
from app.interchange.statements import MERGEABLE
from app.models.former_slug import former_slugs

MAX_DIGESTS = 1_024
"""Combinations of names that are tried for one cursor."""

_RENAMED = select(former_slugs.c.kind, former_slugs.c.slug, former_slugs.c.entry_id).where(
    former_slugs.c.kind.in_(bindparam("kinds", expanding=True)),
    former_slugs.c.slug.in_(bindparam("names", expanding=True)),
    former_slugs.c.edition_id.in_(bindparam("editions", expanding=True)),
)
_FORMER = select(former_slugs.c.kind, former_slugs.c.entry_id, former_slugs.c.slug, former_slugs.c.merged_id).where(
    former_slugs.c.kind.in_(bindparam("kinds", expanding=True)),
    former_slugs.c.entry_id.in_(bindparam("ids", expanding=True)),
)


@lru_cache(maxsize=64)
def entries_by_name(kinds: tuple[Facet, ...]) -> Any:
    """Select the entries of these kinds with these names, bound under the name of each kind."""
    return _union(kinds, by_id=False)


@lru_cache(maxsize=64)
def _entries_by_id(kinds: tuple[Facet, ...]) -> Any:
    return _union(kinds, by_id=True)


_NO_SURVIVOR = cast(null(), Integer).label("survivor_id")  # typed: PostgreSQL takes a bare NULL in a union for text


def _union(kinds: tuple[Facet, ...], *, by_id: bool) -> Any:
    parts = [part for kind in kinds for part in _entries(kind, by_id=by_id)]
    return union_all(*parts) if len(parts) > 1 else parts[0]


def _entries(kind: Facet, *, by_id: bool) -> list[Select[Any]]:
    """Select the entries of a kind, and those that were merged into them, which have a `survivor_id`."""
    table, name = CATALOGUE_TABLES[kind]
    owner = table.c.edition_id if kind is Facet.SECTION else literal_column("NULL")
    shown = (table.c.text, table.c.texts) if kind is Facet.LABEL else (table.c.name, literal_column("'{}'"))
    given: BindParameter[list[Any]] = bindparam(kind.name, expanding=True)
    columns: tuple[Any, ...] = (
        literal_column(str(int(kind))).label("kind"),
        owner.label("edition_id"),
        table.c.is_listed,
        (table.c.is_hidden if kind is Facet.SECTION else false()).label("is_hidden"),
        name.label("name"),
        shown[0].label("text"),
        shown[1].label("texts"),
    )
    is_named = (table.c.id if by_id else name).in_(given)
    found = [select(*columns, table.c.id, _NO_SURVIVOR).where(is_named)]
    if kind in MERGEABLE:
        merged = table.alias("merged")
        both = table.join(merged, merged.c.merged_into == table.c.id)
        found.append(select(*columns, merged.c.id, table.c.id.label("survivor_id")).select_from(both).where(is_named))
    return found


def find_renamed_entries(
    connection: Connection, named: Sequence[tuple[Facet, str]], editions: Sequence[int]
) -> Iterator[tuple[AnyRow, str]]:
    """Yield the entries that had these names, as `entries_by_name` selects them, with the name; two statements."""
    values = {
        "kinds": sorted({int(kind) for kind, _ in named}),
        "names": sorted({name for _, name in named}),
        "editions": [NO_EDITION, *editions],
    }
    wanted, names_by_entry = set(named), dict[tuple[Facet, int], list[str]]()
    for row in connection.execute(_RENAMED, values):
        if (Facet(row.kind), row.slug) in wanted:
            names_by_entry.setdefault((Facet(row.kind), row.entry_id), []).append(row.slug)
    if not names_by_entry:
        return
    kinds = tuple(sorted({kind for kind, _ in names_by_entry}))
    ids = {kind.name: [number for each, number in names_by_entry if each is kind] for kind in kinds}
    for row in connection.execute(_entries_by_id(kinds), ids).all():
        for name in names_by_entry[Facet(row.kind), row.survivor_id or row.id]:
            yield row, name


def find_merged_ids(
    connection: Connection, entry_ids: Mapping[tuple[Facet, str], int]
) -> dict[tuple[Facet, int], list[int]]:
    """Return the entries that were merged into these tags and authors, by kind and id; one statement if there are any.

    They are known as long as the survivor has their name as a former one.
    """
    wanted = {(kind, number) for (kind, _), number in entry_ids.items() if kind in MERGEABLE}
    merged: dict[tuple[Facet, int], list[int]] = {}
    if wanted:
        bound = {"kinds": sorted({int(kind) for kind, _ in wanted}), "ids": sorted({number for _, number in wanted})}
        for row in connection.execute(_FORMER, bound):
            if row.merged_id is not None and (Facet(row.kind), row.entry_id) in wanted:
                merged.setdefault((Facet(row.kind), row.entry_id), []).append(row.merged_id)
    return merged


def id_form(number: int) -> str:
    """Return the form in which a digest of a list has an entry: no name has it."""
    return f"#{number}"


def find_digests(connection: Connection, scope: ListFilter, ids: Mapping[tuple[Facet, str], int]) -> list[bytes]:
    """Return the digests that a list had: by the names of its entries, and by entries merged into them. One statement.

    `ids` are the entries of the filter values.
    """
    names: dict[tuple[Facet, int], list[str]] = {}
    if ids:
        bound = {"kinds": sorted({int(kind) for kind, _ in ids}), "ids": sorted(set(ids.values()))}
        for row in connection.execute(_FORMER, bound):
            others = [row.slug] if row.merged_id is None else [row.slug, id_form(row.merged_id)]
            names.setdefault((Facet(row.kind), row.entry_id), []).extend(others)
    values = dict.fromkeys((kind, name) for kind, group in scope.groups() for name in group)
    forms = []
    for kind, name in values:
        number = ids.get((kind, name))
        own = [] if number is None else [id_form(number), *names.get((kind, number), ())]
        forms.append([*dict.fromkeys((name, *own))])
    digests = []
    for _, combination in zip(range(MAX_DIGESTS), product(*forms), strict=False):
        digests.append(scope.digest_with(dict(zip(values, combination, strict=True))))
    return digests
