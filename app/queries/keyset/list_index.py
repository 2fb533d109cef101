"""Selections of articles as ranges of one index, and the values that bind them in a statement.

The text of a statement depends on which filters have one value and which have several, never on their number: several
are bound as rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.db.base import AnyRow
from app.db.bound_rows import rows_value
from app.domain.list_filter import Facet
from app.domain.traits import is_logged
from app.domain.tsid import MAX_ID
from app.errors import FieldError, InvalidInputError
from app.invalidation.dependencies import depend_on_collection, depend_on_entry, depend_on_range
from app.invalidation.surrogate_keys import facet_key
from app.queries.keyset.entry_names import entries_by_name, find_renamed_entries

MAX_RANGES = 200
MAX_RANGES_OF_EDITION = 4
"""Lists of one value in one edition at most: of its articles and its pages, a language as stated or the edition's."""
MAX_LOOKUPS = 225  # for each key of the driving list, over the lists of all kinds

Group = tuple[Facet, tuple[str, ...]]

SortKey = tuple[int, int]
MIN_SORT_KEY: SortKey = (-(2**62), 0)
MAX_SORT_KEY: SortKey = (2**62, 0)

ListRef = tuple[int, Facet, int]
Form = tuple[bool, ...]


def key_above(row: AnyRow) -> SortKey:
    """Return the smallest key greater than that of an article."""
    return (row.published_at, row.id + 1) if row.id < MAX_ID else (row.published_at + 1, 0)


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
    edition itself; a group without lists matches nothing. `matched` are the listed entries of the values; `entry_ids`
    the numbers of entries by kind and filter value, where a value has one. `subtrees` are the lists to read for the
    subtree of each section.
    """

    groups: tuple[tuple[ListRef, ...], ...]
    matched: tuple[MatchedEntry, ...] = ()
    entry_ids: Mapping[tuple[Facet, str], int] = field(default_factory=dict, compare=False)
    subtrees: Mapping[int, tuple[tuple[Facet, int], ...]] = field(default_factory=dict, compare=False)

    @property
    def ranges(self) -> tuple[tuple[ListRef, ...], ...]:
        """Return the lists to read for each group: those of the index that make up the lists of subtrees."""
        return tuple(tuple(self._lists_to_read(refs)) for refs in self.groups) if self.subtrees else self.groups

    def _lists_to_read(self, refs: tuple[ListRef, ...]) -> Iterator[ListRef]:
        for edition, kind, number in refs:
            if kind is not Facet.SECTION_TREE:
                yield edition, kind, number
            else:
                yield from ((edition, *each) for each in self.subtrees[number])

    @property
    def is_empty(self) -> bool:
        """Return whether an unknown filter value makes the result empty."""
        return () in self.groups

    def record_dependency(self, first: int, last: int) -> None:
        """Record a dependency on the range between these instants (both included)."""
        if self.is_empty or first > last:
            return
        depend_on_range(_lists_of(self.groups), first, last)


@lru_cache(maxsize=64)
def _lists_of(kinds: tuple[tuple[ListRef, ...], ...]) -> tuple[frozenset[str], ...]:
    """Return the surrogate keys of lists, group by group, as a RangeDependency has them.

    A group with a list that changes do not name is omitted: the dependency is on more articles than the list contains.
    """
    editions = frozenset(facet_key(Facet.EDITION, edition) for places in kinds for edition, _, _ in places)
    logged = [places for places in kinds if all(is_logged(kind, number) for _, kind, number in places)]
    groups = (frozenset(facet_key(kind, number) for _, kind, number in places) for places in logged)
    is_whole = all(kind is Facet.EDITION for places in kinds for _, kind, _ in places)
    return (editions,) if is_whole else (*groups, editions)


def resolve_lists(connection: Connection, edition_ids: Iterable[int], groups: Sequence[Group]) -> ListSelection:
    """Return the lists of groups of filter values, without unknown values.

    One statement; two more if a value is no present name of an entry, which it may have been.
    """
    editions = tuple(edition_ids)
    if not groups:
        return ListSelection((tuple((edition, Facet.EDITION, 0) for edition in editions),))
    names_by_kind: dict[Facet, list[str]] = {}
    for kind, names in groups:
        names_by_kind[kind] = sorted({*names_by_kind.get(kind, ()), *names})
    lists = _ResolvedLists(editions)
    bound = {kind.name: names for kind, names in names_by_kind.items()}
    for row in connection.execute(entries_by_name(tuple(sorted(names_by_kind))), bound):
        lists.add(row, row.name)
    missing = [(kind, name) for kind, names in names_by_kind.items() for name in names if lists.lacks(kind, name)]
    if missing:
        for row, name in find_renamed_entries(connection, missing, editions):
            lists.add(row, name)
    for kind, name in missing:
        for edition in editions:
            if lists.lacks(kind, name, edition):
                depend_on_collection(kind, edition)  # it may be created
    return lists.with_merged(bounded(lists.select(groups), len(editions)))


class _ResolvedLists:
    """Lists of the entries that filter values name, in these editions."""

    def __init__(self, editions: tuple[int, ...]) -> None:
        self._editions = editions
        self._places: dict[tuple[Facet, str], list[ListRef]] = {}
        self._owners: dict[tuple[Facet, str], set[int]] = {}
        self._numbers: dict[tuple[Facet, str], int] = {}
        self._matched: list[MatchedEntry] = []
        self._merged: dict[tuple[Facet, int], dict[int, None]] = {}

    def add(self, row: AnyRow, name: str) -> None:
        """Add an entry that has or had this name; a hidden section is as if it did not exist."""
        kind = Facet(row.kind)
        if row.survivor_id is not None:
            self._merged.setdefault((kind, row.survivor_id), {})[row.id] = None
            return
        owners = self._editions if row.edition_id is None else (row.edition_id,)
        here = [edition for edition in owners if edition in self._editions and self.lacks(kind, name, edition)]
        self._owners.setdefault((kind, name), set()).update(here)
        if row.is_hidden or not here:
            for edition in here:
                depend_on_collection(kind, edition)
            return
        depend_on_entry(kind, row.id)
        self._places.setdefault((kind, name), []).extend((edition, kind, row.id) for edition in here)
        if kind is not Facet.SECTION or len(self._editions) == 1:
            self._numbers[kind, name] = row.id
        if row.is_listed:
            self._matched.append(MatchedEntry(kind, row.id, row.name, row.text, row.texts))
        else:
            for edition in owners:
                depend_on_collection(kind, edition)

    def lacks(self, kind: Facet, name: str, edition: int | None = None) -> bool:
        """Return whether no entry of the name was found, in one of the editions or in this one."""
        found = self._owners.get((kind, name), ())
        return len(found) < len(self._editions) if edition is None else edition not in found

    def with_merged(self, selection: ListSelection) -> ListSelection:
        """Return the selection with the lists of entries that were merged into those selected, as alternatives."""
        if not self._merged:
            return selection
        groups = tuple(
            tuple((edition, kind, each) for edition, kind, number in places for each in self._all_of(kind, number))
            for places in selection.groups
        )
        return replace(selection, groups=groups)

    def _all_of(self, kind: Facet, number: int) -> list[int]:
        return [number, *self._merged.get((kind, number), ())]

    def select(self, groups: Sequence[Group]) -> ListSelection:
        """Return the selection of groups of filter values, each an entry of its own."""
        lists = tuple(
            tuple(dict.fromkeys(place for name in sorted(set(names)) for place in self._places.get((kind, name), ())))
            for kind, names in groups
        )
        return ListSelection(lists, tuple(dict.fromkeys(self._matched)), self._numbers)


def bounded(selection: ListSelection, editions: int) -> ListSelection:
    """Return the selection; InvalidInputError if it has too many lists, or combinations of them.

    One value of a filter may be in a list of each edition, however many there are.
    """
    most = max(MAX_RANGES, MAX_RANGES_OF_EDITION * editions)
    if any(len(places) > most for places in selection.groups):
        raise InvalidInputError(FieldError("edition", f"The filters span more than {most} lists; send fewer values."))
    total = sum(len(places) for places in selection.groups)
    for places in selection.groups:
        if len(places) * (total - len(places)) > MAX_LOOKUPS:
            where = places[0][1].name.lower()
            raise InvalidInputError(FieldError(where, "The filters have too many combinations; send fewer values."))
    return selection


def bind_values(
    selection: ListSelection, lower: SortKey = MIN_SORT_KEY, upper: SortKey = MAX_SORT_KEY
) -> dict[str, Any]:
    """Return the bound values of a statement over this selection, for keys from `lower` to below `upper`."""
    values: dict[str, Any] = range_values(lower, upper)
    for kind, places in enumerate(selection.ranges):
        if len(places) == 1:
            values[f"e{kind}"], values[f"k{kind}"], values[f"f{kind}"] = places[0]
        else:
            values[f"places_{kind}"] = rows_value(dict.fromkeys(places))
    return values


def range_values(lower: SortKey, upper: SortKey, prefix: str = "") -> dict[str, int]:
    """Return the bound values of a range alone; `prefix` distinguishes the ranges of one statement."""
    return {
        f"{prefix}lower_at": lower[0],
        f"{prefix}lower_id": lower[1],
        f"{prefix}upper_at": upper[0],
        f"{prefix}upper_id": upper[1],
    }


def statement_shape(selection: ListSelection) -> Form:
    """Return the cache key of a statement over this selection: for each kind, whether it names several lists."""
    return tuple(len(places) != 1 for places in selection.ranges)
