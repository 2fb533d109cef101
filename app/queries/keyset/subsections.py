"""Lists of sections with all their descendants, for `subsections=true`.

The subtree of a section is one list of the index, `Facet.SECTION_TREE`, unless a section was moved into or out of it
and a background job has not yet updated the index: then it is the union of its children and their subtrees.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from app.domain.list_filter import Facet
from app.domain.section_tree import SectionTree
from app.interchange.section_tree import read_section_tree
from app.invalidation.dependencies import depend_on_entries
from app.queries.keyset.list_index import ListRef, ListSelection


def select_subsections(connection: Connection, selection: ListSelection) -> ListSelection:
    """Return the selection of each section with all its descendants; at most one statement."""
    found = {number: edition for refs in selection.groups for edition, kind, number in refs if kind is Facet.SECTION}
    if not found:
        return selection
    tree = read_section_tree(connection, found.values())
    depend_on_entries(Facet.SECTION_TREE, found)
    return replace(
        selection,
        groups=tuple(tuple(_with_subtrees(refs)) for refs in selection.groups),
        subtrees={number: tuple(_lists_below(tree, number)) for number in found},
    )


def _with_subtrees(refs: tuple[ListRef, ...]) -> Iterator[ListRef]:
    for edition, kind, number in refs:
        yield edition, kind, number
        if kind is Facet.SECTION:
            yield edition, Facet.SECTION_TREE, number


def _lists_below(tree: SectionTree, number: int) -> Iterator[tuple[Facet, int]]:
    """Yield the lists of the index that together have the articles of all sections below this one."""
    children = tree.children.get(number, ())
    if children and number not in tree.unsettled:
        yield Facet.SECTION_TREE, number
        return
    for child in children:
        yield Facet.SECTION, child
        yield from _lists_below(tree, child)


def expand_subsections(connection: Connection, selection: ListSelection) -> ListSelection:
    """Return the selection with the descendants of its sections in place of lists; at most one statement.

    Articles that are not public are in no list.
    """
    editions = {edition for refs in selection.groups for edition, kind, _ in refs if kind is Facet.SECTION}
    tree = read_section_tree(connection, editions)
    groups = (tuple(dict.fromkeys(_with_descendants(tree, refs))) for refs in selection.groups)
    return replace(selection, groups=tuple(groups))


def _with_descendants(tree: SectionTree, refs: tuple[ListRef, ...]) -> Iterator[ListRef]:
    for edition, kind, number in refs:
        if kind is not Facet.SECTION:
            yield edition, kind, number
        else:
            yield from ((edition, kind, each) for each in tree.subtree(number))
