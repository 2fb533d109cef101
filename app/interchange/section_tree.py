"""Reading of the section trees of editions."""

from collections.abc import Iterable

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from app.domain.section_tree import NO_TREE, SectionTree
from app.models.section import sections
from app.models.section_relisting import section_relistings

_EDITIONS: BindParameter[list[int]] = bindparam("editions", expanding=True)
_PARENTS = select(sections.c.id, sections.c.parent_id, sections.c.is_tree_settled).where(
    sections.c.edition_id.in_(_EDITIONS), or_(sections.c.parent_id.is_not(None), sections.c.is_tree_settled.is_(False))
)

_QUEUED = select(section_relistings.c.section_id).limit(1)


def has_sections_to_relist(connection: Connection) -> bool:
    """Return whether articles of moved sections are to be listed again."""
    return connection.execute(_QUEUED).first() is not None


def read_section_tree(connection: Connection, edition_ids: Iterable[int]) -> SectionTree:
    """Return the tree of the sections of these editions; one statement, none without editions.

    A negative id is that of the rows of pages in `listings`.
    """
    editions = sorted({abs(each) for each in edition_ids})
    rows = connection.execute(_PARENTS, {"editions": editions}).all() if editions else []
    if not rows:
        return NO_TREE
    parents = {row.id: row.parent_id for row in rows if row.parent_id is not None}
    return SectionTree(parents, frozenset(row.id for row in rows if not row.is_tree_settled))
