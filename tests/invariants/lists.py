"""Invariants of the index of lists, and of what the public catalogue lists."""

from collections.abc import Iterator

from sqlalchemy import select

from app.domain.list_filter import LISTED_WHILE_USED, Facet
from app.domain.section_tree import SectionTree
from app.domain.traits import read_traits
from app.interchange.section_tree import read_section_tree
from app.models.edition import editions
from app.models.listing import listings
from tests.invariants.stored_state import CATALOGUE_TABLES, StoredState


def check_lists(state: StoredState) -> Iterator[str]:
    """Check that the index has each public article in each of its lists, and no other row.

    Rows of unsettled subtrees may be those of an earlier tree.
    """
    found = {tuple(row) for row in state.connection.execute(select(listings))}
    tree = read_section_tree(state.connection, state.connection.execute(select(editions.c.id)).scalars().all())
    expected = {
        (-row.edition_id if row.format == "page" else row.edition_id, int(kind), number, row.published_at, row.id)
        for row in state.rows.values()
        if row.status == "published"
        for kind, number in (
            *state.facets[row.id],
            *read_traits(row).facets(),
            *_subtrees(tree, state.facets[row.id]),
        )
    }
    different = (row for row in found ^ expected if row[1] != Facet.SECTION_TREE or row[2] not in tree.unsettled)
    for listing in sorted(different):
        yield f"{listing} is {'in excess' if listing in found else 'missing'}"


def _subtrees(tree: SectionTree, facets: list[tuple[Facet, int]]) -> list[tuple[Facet, int]]:
    above = tree.ancestors_of(number for kind, number in facets if kind is Facet.SECTION)
    return [(Facet.SECTION_TREE, number) for number in above]


def check_catalogue(state: StoredState) -> Iterator[str]:
    """Check that used entries are listed unless hidden, no other tag or author is, and one edition is the default."""
    public = {number for number, row in state.rows.items() if row.status == "published"}
    used = {facet for number in public for facet in state.facets[number]}
    used |= {state.merged[facet] for facet in used if facet in state.merged}
    for kind, table in CATALOGUE_TABLES.items():
        for row in state.connection.execute(select(table)):
            if getattr(row, "merged_into", None) is not None:
                continue  # its articles are those of another entry
            is_used, may_hide = (kind, row.id) in used, kind not in LISTED_WHILE_USED
            if is_used and not row.is_listed and not (may_hide and row.is_hidden):
                yield f"{kind.name} {row.id} is public and not listed"
            if row.is_listed and not (row.is_entered and (may_hide or is_used)):
                yield f"{kind.name} {row.id} is listed and not public"
    defaults = list(state.connection.execute(select(editions.c.is_default)).scalars())
    if defaults and sum(defaults) != 1:
        yield f"{sum(defaults)} editions are the default one"
