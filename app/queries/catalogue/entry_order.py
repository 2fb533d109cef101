"""Orders of lists of catalogue entries: the statement and the keyset of each."""

from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, func, literal_column, tuple_

from app.domain.catalogue_entry import MAX_POSITION, EntryOrder
from app.domain.cursor import is_by_name
from app.domain.list_filter import Facet
from app.interchange.catalogue import CATALOGUE_TABLES
from app.models.section import sections
from app.queries.keyset.pages import Keyset, by_name, by_positioned_name

_POSITION = func.coalesce(sections.c.position, literal_column(str(MAX_POSITION + 1)))
"""The position of a section; one without is after all others."""


ENTRY_ORDERS: Final = {
    Facet.SECTION: (EntryOrder.POSITION, EntryOrder.SLUG),
    **dict.fromkeys((Facet.EDITION, Facet.TAG, Facet.AUTHOR, Facet.LABEL), (EntryOrder.SLUG,)),
}
"""The orders that lists of each kind have."""


class OrderedEntries(NamedTuple):
    """A list of entries in one order: its statement, which takes the binds of the keyset and `limit`."""

    keyset: Keyset[Any]
    statement: Select[Any]


def order_entries(kind: Facet, statement: Select[Any], order: EntryOrder) -> OrderedEntries:
    """Return the list of the entries that a statement selects, in an order."""
    _, name = CATALOGUE_TABLES[kind]
    after: BindParameter[Any] = bindparam("after")
    if order is EntryOrder.POSITION:
        place = tuple_(_POSITION, name) > tuple_(bindparam("after_position"), after)
        keyset: Keyset[Any] = by_positioned_name("sort_position", name.name)
        statement = statement.add_columns(_POSITION.label("sort_position")).where(place).order_by(_POSITION, name)
    else:
        keyset = by_name(name.name)
        statement = statement.where(name > after).order_by(name)
    return OrderedEntries(keyset, statement.limit(bindparam("limit")))


def find_order(order: EntryOrder, cursor: str | None) -> EntryOrder:
    """Return the order of a page: a cursor by slug that an earlier release issued for sections continues by slug."""
    return EntryOrder.SLUG if order is EntryOrder.POSITION and cursor is not None and is_by_name(cursor) else order
