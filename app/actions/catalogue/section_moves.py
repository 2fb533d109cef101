"""Moves of sections in the tree of their edition, and the job that lists their articles again.

A move takes effect in its transaction: from then on the lists of subtrees that it altered are read as unions of the
lists of their sections. The job updates the rows of `Facet.SECTION_TREE` in short transactions, each of which continues
where the last one stopped or was interrupted; after the last one the subtrees are settled, and read as one list again.
Neither changes what any list contains.
"""

from collections.abc import Collection

from sqlalchemy import Connection, Integer, and_, bindparam, delete, insert, select, tuple_, update

from app.actions.articles.links import read_placements
from app.actions.articles.listings import sync_listings
from app.db.base import AnyRow
from app.db.locks import lock_change_log
from app.domain.list_filter import Facet
from app.domain.section_tree import MAX_DEPTH, SectionTree
from app.errors import FieldError, InvalidInputError
from app.interchange.former_slugs import find_named_entry_ids
from app.interchange.statements import IDS, PLACEMENT_COLUMNS
from app.invalidation.surrogate_keys import facet_keys
from app.models.article import articles
from app.models.listing import listings
from app.models.section import sections
from app.models.section_relisting import section_relistings

RELISTED_IN_MOVE = 200
"""Maximum of articles that a move lists again itself, in its transaction."""
_BEFORE_ALL = -(2**62)

_NEXT = select(section_relistings).order_by(section_relistings.c.section_id, section_relistings.c.edition_id).limit(1)
_KEYS = (
    select(listings.c.published_at, listings.c.article_id)
    .where(
        listings.c.edition_id == bindparam("edition_id"),
        listings.c.kind == bindparam("kind"),
        listings.c.facet_id == bindparam("section_id"),
        tuple_(listings.c.published_at, listings.c.article_id) > tuple_(bindparam("at"), bindparam("after")),
    )
    .order_by(listings.c.published_at, listings.c.article_id)
    .limit(bindparam("most", type_=Integer))
)
_ARTICLES = select(*PLACEMENT_COLUMNS).where(articles.c.id.in_(IDS))


def check_parent(tree: SectionTree, section_id: int | None, parent_id: int | None) -> None:
    """Raise InvalidInputError if a section (None: a new one) cannot have this parent: a cycle, or too deep a tree."""
    if parent_id is None:
        return
    if section_id is not None and section_id in {parent_id, *tree.ancestors(parent_id)}:
        raise InvalidInputError(FieldError("parent", "Must not be the section itself or one of its descendants."))
    height = 1 if section_id is None else tree.height(section_id)
    if tree.depth(parent_id) + height > MAX_DEPTH:
        raise InvalidInputError(
            FieldError("parent", f"The tree of sections would be deeper than {MAX_DEPTH}; choose a parent further up.")
        )


def move_section(connection: Connection, tree: SectionTree, row: AnyRow, parent_id: int | None) -> list[str]:
    """Update the lists of subtrees for a section (a row of its table) that gets this parent.

    Return the surrogate keys of the subtrees that gain or lose the section. `check_parent` precedes it, and the column
    `parent_id` has its new value already; `tree` is that of before.
    """
    after = SectionTree({**{k: v for k, v in tree.parents.items() if k != row.id}, **_parent_of(row.id, parent_id)})
    concerned = set(tree.ancestors(row.id)) ^ set(after.ancestors(row.id))
    if not concerned:
        return []
    connection.execute(update(sections).where(sections.c.id.in_(concerned)).values(is_tree_settled=False))
    moved = after.subtree(row.id)
    connection.execute(delete(section_relistings).where(section_relistings.c.section_id.in_(moved)))
    connection.execute(
        insert(section_relistings),
        [
            {"section_id": each, "edition_id": place, "published_at": _BEFORE_ALL, "article_id": 0}
            for each in moved
            for place in (row.edition_id, -row.edition_id)  # articles, and pages
        ],
    )
    relist_articles(connection, most=RELISTED_IN_MOVE)
    return facet_keys(Facet.SECTION_TREE, sorted(concerned))


def _parent_of(section_id: int, parent_id: int | None) -> dict[int, int]:
    return {} if parent_id is None else {section_id: parent_id}


def relist_articles(connection: Connection, *, most: int) -> int:
    """List again up to this number of articles of sections that were moved; return their number.

    A smaller number means that nothing remains. Any number of processes may call it.
    """
    lock_change_log(connection)
    left = most
    while left > 0:
        row = connection.execute(_NEXT).first()
        if row is None:
            break
        keys = connection.execute(
            _KEYS,
            {
                "edition_id": row.edition_id,
                "kind": int(Facet.SECTION),
                "section_id": row.section_id,
                "at": row.published_at,
                "after": row.article_id,
                "most": left,
            },
        ).all()
        _relist(connection, [key.article_id for key in keys])
        here = and_(
            section_relistings.c.section_id == row.section_id, section_relistings.c.edition_id == row.edition_id
        )
        if len(keys) == left:
            position = {"published_at": keys[-1].published_at, "article_id": keys[-1].article_id}
            connection.execute(update(section_relistings).where(here).values(**position))
        else:
            connection.execute(delete(section_relistings).where(here))
            _settle(connection, abs(row.edition_id))
        left -= len(keys)
    return most - left


def _relist(connection: Connection, article_ids: Collection[int]) -> None:
    if article_ids:
        rows = connection.execute(_ARTICLES, {"ids": sorted(article_ids)}).all()
        sync_listings(connection, [(each, each) for each in read_placements(connection, rows).values()])


def _settle(connection: Connection, edition_id: int) -> None:
    """Settle the subtrees of an edition if none of its sections is to be listed again."""
    places = section_relistings.c.edition_id.in_((edition_id, -edition_id))
    remaining = select(section_relistings.c.section_id).where(places).limit(1)
    if connection.execute(remaining).first() is None:
        unsettled = (sections.c.edition_id == edition_id, sections.c.is_tree_settled.is_(False))
        connection.execute(update(sections).where(*unsettled).values(is_tree_settled=True))


def find_parent_id(connection: Connection, edition_id: int, slug: str | None) -> int | None:
    """Return the id of the section that a record names as its parent, by its present slug or a former one.

    InvalidInputError if there is none.
    """
    if slug is None:
        return None
    found = find_named_entry_ids(connection, Facet.SECTION, [slug], edition_id=edition_id).get(slug)
    if found is None:
        raise InvalidInputError(FieldError("parent", f"There is no section '{slug}' in the edition."))
    return found


def clear_lists_of_subtree(connection: Connection, edition_id: int, section_id: int) -> None:
    """Delete the rows of the list of a section's subtree, which is being deleted: its id may be assigned again."""
    subtree = (listings.c.kind == int(Facet.SECTION_TREE), listings.c.facet_id == section_id)
    for place in (edition_id, -edition_id):
        connection.execute(delete(listings).where(listings.c.edition_id == place, *subtree))
