"""Selections of articles as ranges of one index, and the values that bind them in a statement.

The text of a statement depends on which filters have one value and which have several, never on their number: several
are bound as rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, false, literal_column, select, union_all

from app.db.bound_rows import rows_value
from app.domain.list_filter import Facet
from app.errors import FieldError, InvalidInputError
from app.interchange.catalogue import CATALOGUE_TABLES
from app.invalidation.dependencies import depend_on_collection, depend_on_range
from app.invalidation.surrogate_keys import facet_key

MAX_RANGES = 200
MAX_LOOKUPS = 225  # for each key of the driving list, over the lists of all kinds

SortKey = tuple[int, int]
MIN_SORT_KEY: SortKey = (-(2**62), 0)
MAX_SORT_KEY: SortKey = (2**62, 0)

ListRef = tuple[int, Facet, int]
Form = tuple[bool, ...]


class MatchedEntry(NamedTuple):
    """Listed entry of a filter: its kind, number and code, its name, and the name's translations as JSON."""

    kind: Facet
    number: int
    code: str
    text: str
    texts: str


@dataclass(frozen=True, slots=True)
class ListSelection:
    """Lists that a query selects: for every group of filter values, their keys in the index.

    The lists of the first group are walked, those of the others are looked up. Without filters the only group is the
    edition itself; a group without lists matches nothing. `names` are the display names of the values; a reader that
    shows one records a dependency on its entry.
    """

    groups: tuple[tuple[ListRef, ...], ...]
    matched: tuple[MatchedEntry, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether an unknown filter value makes the result empty."""
        return any(not places for places in self.groups)

    def record_dependency(self, first: int, last: int) -> None:
        """Record a dependency on the range between these instants (both included)."""
        if self.is_empty or first > last:
            return
        depend_on_range(_lists_of(self.groups), first, last)


@lru_cache(maxsize=64)
def _lists_of(kinds: tuple[tuple[ListRef, ...], ...]) -> tuple[frozenset[str], ...]:
    """Return the surrogate keys of lists, group by group, as a RangeDependency has them."""
    editions = frozenset(facet_key(Facet.EDITION, edition) for places in kinds for edition, _, _ in places)
    groups = (frozenset(facet_key(kind, number) for _, kind, number in places) for places in kinds)
    is_whole = all(kind is Facet.EDITION for places in kinds for _, kind, _ in places)
    return (editions,) if is_whole else (*groups, editions)


Group = tuple[Facet, tuple[str, ...]]


def resolve_lists(connection: Connection, edition_ids: Iterable[int], groups: Sequence[Group]) -> ListSelection:
    """Return the lists of groups of filter values, without unknown values; at most one statement."""
    editions = tuple(edition_ids)
    if not groups:
        return _bounded(ListSelection((tuple((edition, Facet.EDITION, 0) for edition in editions),)))
    names_by_kind: dict[Facet, list[str]] = {}
    for kind, names in groups:
        names_by_kind[kind] = sorted({*names_by_kind.get(kind, ()), *names})
    values = {kind.name: names for kind, names in names_by_kind.items()}
    places_by_name: dict[tuple[Facet, str], list[ListRef]] = {}
    called: list[MatchedEntry] = []
    for row in connection.execute(_names(tuple(sorted(names_by_kind))), values):
        kind = Facet(row.kind)
        if row.is_hidden:
            continue  # as if it did not exist
        owners = editions if row.edition_id is None else (row.edition_id,)
        places = [(edition, kind, row.id) for edition in owners if edition in editions]
        places_by_name.setdefault((kind, row.name), []).extend(places)
        if not row.is_listed:
            _depend_on_missing(kind, owners)
        elif places:
            called.append(MatchedEntry(kind, row.id, row.name, row.text, row.texts))
    for kind, given_names in names_by_kind.items():
        for name in given_names:
            at = {edition for edition, _, _ in places_by_name.get((kind, name), ())}
            if len(at) < len(editions):
                _depend_on_missing(kind, [edition for edition in editions if edition not in at])
    return _bounded(
        ListSelection(
            tuple(
                tuple(place for name in sorted(set(names)) for place in places_by_name.get((kind, name), ()))
                for kind, names in groups
            ),
            tuple(called),
        )
    )


def _depend_on_missing(kind: Facet, editions: Iterable[int]) -> None:
    """Record a dependency on a missing entry: it may be created."""
    for edition in editions:
        depend_on_collection(kind, edition)


def _bounded(selection: ListSelection) -> ListSelection:
    if any(len(places) > MAX_RANGES for places in selection.groups):
        raise InvalidInputError(
            FieldError("edition", f"The filters span more than {MAX_RANGES} lists; send fewer values.")
        )
    total = sum(len(places) for places in selection.groups)
    for places in selection.groups:
        if len(places) * (total - len(places)) > MAX_LOOKUPS:
            where = places[0][1].name.lower()
            raise InvalidInputError(FieldError(where, "The filters have too many combinations; send fewer values."))
    return selection


@lru_cache(maxsize=64)
def _names(kinds: tuple[Facet, ...]) -> Any:
    parts = []
    for kind in kinds:
        table, name = CATALOGUE_TABLES[kind]
        owner = table.c.edition_id if kind is Facet.SECTION else literal_column("NULL")
        shown = (table.c.text, table.c.texts) if kind is Facet.LABEL else (table.c.name, literal_column("'{}'"))
        given_names: BindParameter[list[str]] = bindparam(kind.name, expanding=True)
        parts.append(
            select(
                literal_column(str(int(kind))).label("kind"),
                owner.label("edition_id"),
                table.c.id,
                table.c.is_listed,
                (table.c.is_hidden if kind is Facet.SECTION else false()).label("is_hidden"),
                name.label("name"),
                shown[0].label("text"),
                shown[1].label("texts"),
            ).where(name.in_(given_names))
        )
    return union_all(*parts) if len(parts) > 1 else parts[0]


def bind_values(
    selection: ListSelection, lower: SortKey = MIN_SORT_KEY, upper: SortKey = MAX_SORT_KEY
) -> dict[str, Any]:
    """Return the bound values of a statement over this selection, for keys from `lower` to below `upper`."""
    values: dict[str, Any] = range_values(lower, upper)
    for kind, places in enumerate(selection.groups):
        if len(places) == 1:
            values[f"e{kind}"], values[f"k{kind}"], values[f"f{kind}"] = places[0]
        else:
            values[f"places_{kind}"] = rows_value(places)
    return values


def range_values(lower: SortKey, upper: SortKey) -> dict[str, int]:
    """Return the bound values of the range alone."""
    return {"lower_at": lower[0], "lower_id": lower[1], "upper_at": upper[0], "upper_id": upper[1]}


def statement_shape(selection: ListSelection) -> Form:
    """Return the cache key of a statement over this selection: for each kind, whether it names several lists."""
    return tuple(len(places) != 1 for places in selection.groups)
