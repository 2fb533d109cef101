"""Visibility of catalogue entries to the public, as articles appear, disappear and are deleted."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, exists, literal, literal_column, or_, select, update

from app.actions.articles.listings import Placement
from app.actions.catalogue.collation_keys import delete_collation_keys
from app.actions.catalogue.entries import entry_change
from app.actions.catalogue.filter_references import find_filter_references
from app.actions.changelog.changes import Change
from app.db.bulk import chunked
from app.domain.list_filter import LISTED_WHILE_USED, Facet
from app.interchange.catalogue import CATALOGUE_TABLES
from app.interchange.statements import ENTRY_USERS
from app.models.edition import editions
from app.models.listing import listings
from app.models.section import sections

_children = sections.alias("children")


def mark_entries_listed(connection: Connection, appeared: Sequence[Placement]) -> list[Change]:
    """List the entries that these newly public articles are the first to use; return the changes to log."""
    changes: list[Change] = []
    used: dict[Facet, dict[int, int]] = {}
    for article in appeared:
        for kind, number in article.resolved_entries():
            used.setdefault(kind, {})[number] = article.edition_id
    for kind, owners in used.items():
        table = CATALOGUE_TABLES[kind].table
        shown = [] if kind in LISTED_WHILE_USED else [table.c.is_hidden.is_(False)]
        for numbers in chunked(sorted(owners)):
            unlisted = select(table.c.id).where(table.c.id.in_(numbers), table.c.is_listed.is_(False), *shown)
            found = connection.execute(unlisted).scalars().all()
            if found:
                connection.execute(update(table).where(table.c.id.in_(found)).values(is_listed=True, is_entered=True))
                changes += [entry_change(kind, number, owners[number]) for number in found]
    return changes


def unlist_unused_entries(connection: Connection, gone: Iterable[tuple[Facet, int]]) -> list[Change]:
    """Unlist tags and authors without public articles; return the changes to log.

    `gone` are the lists that articles left; the index of lists is up to date.
    """
    changes: list[Change] = []
    left: dict[Facet, set[int]] = {}
    for kind, number in gone:
        if kind in LISTED_WHILE_USED:
            left.setdefault(kind, set()).add(number)
    for kind, candidates in left.items():
        table = CATALOGUE_TABLES[kind].table
        member = table.alias("member")  # the entry itself, and those that were merged into it
        listed = select(listings.c.article_id).where(
            listings.c.edition_id.in_((editions.c.id, -editions.c.id)),  # articles, and pages
            listings.c.kind == literal_column(str(int(kind))),
            listings.c.facet_id == member.c.id,
        )
        in_list = select(editions.c.id).select_from(editions.join(member, literal(1) == literal(1)))
        in_no_list = (
            ~in_list.where(
                or_(member.c.id == table.c.id, member.c.merged_into == table.c.id),
                listed.correlate(editions, member).exists(),
            )
            .correlate(table)
            .exists()
        )
        for numbers in chunked(sorted(candidates)):
            unused = select(table.c.id).where(table.c.id.in_(numbers), table.c.is_listed, in_no_list)
            found = connection.execute(unused).scalars().all()
            if found:
                connection.execute(update(table).where(table.c.id.in_(found)).values(is_listed=False))
                changes += [entry_change(kind, number, None) for number in found]
    return changes


def delete_unused_entries(connection: Connection, gone: Placement) -> None:
    """Delete the entries that were never entered and that only a deleted article named, and no stored filter."""
    for kind, number in gone.entries():
        table, name = CATALOGUE_TABLES[kind]
        unused = [~exists().where(user == table.c.id) for user, _ in ENTRY_USERS[kind]]
        if kind is Facet.SECTION:
            unused.append(~exists().where(_children.c.parent_id == table.c.id))
        unentered = select(name).where(table.c.id == number, table.c.is_entered.is_(False), *unused)
        slug = connection.execute(unentered).scalar()
        if slug is None or any(find_filter_references(connection, kind, [slug], edition_id=gone.edition_id)):
            continue
        connection.execute(delete(table).where(table.c.id == number))
        delete_collation_keys(connection, kind, number)
