"""Invariant of collation keys: each entry has those of its present name, in the orders of the editions' languages."""

from collections.abc import Iterator

from sqlalchemy import select

from app.domain.cldr.collation import get_collation, name_collation
from app.domain.list_filter import Facet
from app.models.collation_key import collation_keys
from app.models.edition import editions
from tests.invariants.stored_state import CATALOGUE_TABLES, StoredState

COLLATED = (Facet.SECTION, Facet.TAG, Facet.AUTHOR)
Key = tuple[int, int, str, bytes, int]


def check_collation_keys(state: StoredState) -> Iterator[str]:
    """Yield the keys that are missing or stale."""
    stored: set[Key] = {
        (row.kind, row.edition_id, row.collation_name, bytes(row.collation_key), row.entry_id)
        for row in state.connection.execute(select(collation_keys))
    }
    expected = set(find_collation_keys(state))
    yield from (f"{Facet(kind).name} {entry} has no key in {name}" for kind, _, name, _, entry in expected - stored)
    yield from (
        f"{Facet(kind).name} {entry} has a stale key in {name}" for kind, _, name, _, entry in stored - expected
    )


def find_collation_keys(state: StoredState) -> Iterator[Key]:
    """Yield the keys that the entries should have."""
    languages = {row.id: row.language for row in state.connection.execute(select(editions))}
    for kind in COLLATED:
        for row in state.connection.execute(select(CATALOGUE_TABLES[kind])):
            if getattr(row, "merged_into", None) is not None:
                continue
            owner = row.edition_id if kind is Facet.SECTION else 0
            for name in {name_collation(each) for number, each in languages.items() if owner in {0, number}}:
                yield int(kind), owner, name, get_collation(name).key_of(row.name, row.slug), row.id
