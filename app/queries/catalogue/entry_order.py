"""Orders of lists of catalogue entries: the statement and the keyset of each."""

from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, func, literal_column, tuple_

from app.domain.catalogue_entry import MAX_POSITION, EntryOrder
from app.domain.cldr.collation import name_collation
from app.domain.cursor import is_by_name
from app.domain.list_filter import Facet, ListFilter
from app.interchange.catalogue import CATALOGUE_TABLES
from app.interchange.former_slugs import NO_EDITION
from app.models.collation_key import collation_keys
from app.models.section import sections
from app.queries.keyset.pages import Keyset, by_collation_key, by_name, by_positioned_name

_POSITION = func.coalesce(sections.c.position, literal_column(str(MAX_POSITION + 1)))
"""The position of a section; one without is after all others."""


ENTRY_ORDERS: Final = {
    Facet.SECTION: (EntryOrder.POSITION, EntryOrder.SLUG, EntryOrder.NAME),
    **dict.fromkeys((Facet.TAG, Facet.AUTHOR), (EntryOrder.SLUG, EntryOrder.NAME)),
    **dict.fromkeys((Facet.EDITION, Facet.LABEL), (EntryOrder.SLUG,)),
}
"""The orders that lists of each kind have."""


class OrderedEntries(NamedTuple):
    """A list of entries in one order: its statement, which takes the binds of the keyset and the order, and `limit`."""

    keyset: Keyset[Any]
    statement: Select[Any]


def order_entries(kind: Facet, statement: Select[Any], order: EntryOrder) -> OrderedEntries:
    """Return the list of the entries that a statement selects, in an order."""
    table, name = CATALOGUE_TABLES[kind]
    after: BindParameter[Any] = bindparam("after")
    keyset: Keyset[Any] = by_name(name.name)
    match order:
        case EntryOrder.POSITION:
            keyset = by_positioned_name("sort_position", name.name)
            place = tuple_(_POSITION, name) > tuple_(bindparam("after_position"), after)
            statement = statement.add_columns(_POSITION.label("sort_position")).where(place).order_by(_POSITION, name)
        case EntryOrder.NAME:
            keys = collation_keys.c
            keyset = by_collation_key("collation_key")
            here = (
                keys.kind == literal_column(str(int(kind))),
                keys.edition_id
                == (bindparam("edition_id") if kind is Facet.SECTION else literal_column(str(NO_EDITION))),
                keys.collation_name == bindparam("collation_name"),
                keys.collation_key > after,
                keys.entry_id == table.c.id,
            )
            statement = statement.add_columns(keys.collation_key).where(*here).order_by(keys.collation_key)
        case EntryOrder.SLUG:
            statement = statement.where(name > after).order_by(name)
    return OrderedEntries(keyset, statement.limit(bindparam("limit")))


def find_order(order: EntryOrder, cursor: str | None) -> EntryOrder:
    """Return the order of a page: a cursor by slug that an earlier release issued for sections continues by slug."""
    return EntryOrder.SLUG if order is EntryOrder.POSITION and cursor is not None and is_by_name(cursor) else order


def order_binds(order: EntryOrder, language: str) -> dict[str, str]:
    """Return the binds of an order in a language, beside those of its keyset."""
    return {"collation_name": name_collation(language)} if order is EntryOrder.NAME else {}


def digest_of_entries(entries: str, order: EntryOrder, language: str) -> bytes:
    """Return the digest of a list of entries: by name it has the language's order and the version of its rules.

    Keys of cursors of another version have another meaning, so that these cursors are refused.
    """
    owner = f"{entries} by {name_collation(language)}" if order is EntryOrder.NAME else entries
    return ListFilter(edition=owner).digest()
