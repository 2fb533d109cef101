"""Merge of tags and of authors: one transaction that readers follow, and batches that rewrite links afterwards.

merge_entries          sets `merged_into`: from then on lists of the survivor are unions, articles show the survivor
rewrite_merged_links   moves links and rows of the index of lists, which changes no response; then deletes the entry
"""

from collections.abc import Collection
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, delete, func, select, update

from app.actions.articles.links import read_placements
from app.actions.articles.listings import sync_listings
from app.actions.catalogue.collation_keys import delete_collation_keys
from app.actions.catalogue.editing import get_entry_for_edit
from app.actions.catalogue.former_slugs import add_former_slugs
from app.actions.catalogue.tag_names import replace_tag_names
from app.actions.changelog.changes import Change, append_changes, begin_log_transaction
from app.db.base import AnyRow
from app.db.bulk import bulk_insert_tuples
from app.db.locks import lock_change_log
from app.domain.catalogue_entry import MAX_FORMER_SLUGS, distinct_names, name_key
from app.domain.change import ChangeType
from app.domain.list_filter import Facet
from app.errors import ConflictError, FieldError, InvalidInputError
from app.interchange.catalogue import CATALOGUE_TABLES, KIND_NAMES, to_record
from app.interchange.former_slugs import find_entry_ids_by_former_slug, find_named_entry_ids
from app.interchange.merges import find_pending_merge
from app.interchange.statements import LINK_TABLES, PLACEMENT_COLUMNS
from app.invalidation.surrogate_keys import collection_key, facet_key
from app.models.article import articles
from app.models.former_slug import former_slugs
from app.schemas.catalogue_records import MAX_ALIASES
from app.schemas.warning_codes import WarningCode
from app.schemas.write_warning import WriteWarning

MAX_PENDING = 20
"""Entries merged into one entry whose articles have not been moved yet: each is one more list that readers join."""
REWRITTEN_AT_ONCE = 100
"""Articles that the transaction of the merge itself moves."""

_OF_BOTH = frozenset({"kind", "slug", "name", "aliases", "former_slugs"})
"""Members that the remaining entry has of both, and its own name."""

MERGED = {Facet.TAG: ChangeType.TAG_MERGED, Facet.AUTHOR: ChangeType.AUTHOR_MERGED}


class MergeResult(NamedTuple):
    """A merge: the name of the entry that remains, and what it does not have of the merged one."""

    survivor: str
    dropped_names: list[str]
    dropped_members: list[str]

    def warnings(self) -> list[WriteWarning]:
        """Return the warnings of names and members that the remaining entry does not have."""
        code = str(WarningCode.MERGED_MEMBERS_DROPPED)
        found = []
        if self.dropped_names:
            names = ", ".join(map(repr, self.dropped_names[:20]))
            detail = f"These names found no room among {MAX_ALIASES} aliases ({len(self.dropped_names)}): {names}."
            found.append(WriteWarning(where="aliases", code=code, detail=detail))
        if self.dropped_members:
            detail = f"Members of the merged entry were dropped: {', '.join(self.dropped_members)}."
            found.append(WriteWarning(where="into", code=code, detail=detail))
        return found


def merge_entries(
    connection: Connection,
    kind: Facet,
    name: str,
    into: str,
    *,
    expected: Collection[int] | None,
    now: int,
    actor: str,
    at_once: int = REWRITTEN_AT_ONCE,
) -> MergeResult:
    """Merge a tag or an author into another. A repeated merge changes nothing.

    The merged entry's names become former slugs of the survivor, those of a tag also its aliases. The first `at_once`
    articles are moved here, the others by batches of `rewrite_merged_links`. NotFoundError, PreconditionFailedError,
    InvalidInputError, ConflictError.
    """
    begin_log_transaction(connection)
    table = CATALOGUE_TABLES[kind].table
    owner = find_entry_ids_by_former_slug(connection, kind, [name], edition_id=None).get(name)
    if owner is not None:
        survivor = _find_survivor(connection, kind, into)
        if owner == survivor.id:
            return MergeResult(str(survivor.slug), [], [])
    row, _ = get_entry_for_edit(connection, kind, name, edition=None, expected=expected)
    survivor = _find_survivor(connection, kind, into)
    if row.id == survivor.id:
        raise InvalidInputError(FieldError("into", f"The {KIND_NAMES[kind]} cannot be merged into itself."))
    _check_pending(connection, kind, [row.id, survivor.id])
    _check_former_slugs(connection, kind, [row.id, survivor.id])
    connection.execute(update(table).where(table.c.merged_into == row.id).values(merged_into=survivor.id))
    owned = (former_slugs.c.kind == int(kind), former_slugs.c.entry_id == row.id)
    connection.execute(update(former_slugs).where(*owned).values(entry_id=survivor.id))
    nameless = {"slug": f"~{row.id}", "merged_into": survivor.id, "is_listed": False, "is_entered": True}
    connection.execute(update(table).where(table.c.id == row.id).values(**nameless))
    delete_collation_keys(connection, kind, row.id)
    add_former_slugs(connection, kind, survivor.id, [row.slug], edition_id=None, now=now, merged_id=row.id)
    aliases, dropped_names = _merge_tag_names(connection, survivor, row) if kind is Facet.TAG else ({}, [])
    is_listed = bool(survivor.is_listed or row.is_listed)
    state = {"is_listed": is_listed, "is_entered": True, "modified_at": now, "revision": survivor.revision + 1}
    connection.execute(update(table).where(table.c.id == survivor.id).values(**state, **aliases))
    keys = [facet_key(kind, row.id), facet_key(kind, survivor.id), *([collection_key(kind)] if is_listed else [])]
    details = {"slug": str(survivor.slug), "from": str(row.slug)}
    append_changes(connection, [Change(type=MERGED[kind], keys=keys, details=details)], now=now, actor=actor)
    rewrite_merged_links(connection, most=at_once)
    return MergeResult(str(survivor.slug), dropped_names, _dropped_members(kind, row, survivor))


def _find_survivor(connection: Connection, kind: Facet, into: str) -> AnyRow:
    """Return the row of the entry that remains, by its present or a former name; InvalidInputError."""
    number = find_named_entry_ids(connection, kind, [into], edition_id=None).get(into)
    table = CATALOGUE_TABLES[kind].table
    row = connection.execute(select(table).where(table.c.id == number)).first()
    if row is None:
        raise InvalidInputError(FieldError("into", f"There is no {KIND_NAMES[kind]} '{into[:80]}'."))
    return row


def _check_pending(connection: Connection, kind: Facet, numbers: list[int]) -> None:
    """Raise ConflictError while the articles of too many entries that were merged into these have to be moved."""
    table = CATALOGUE_TABLES[kind].table
    pending = select(table.c.id).where(table.c.merged_into.in_(numbers)).limit(MAX_PENDING)
    if len(connection.execute(pending).all()) >= MAX_PENDING:
        raise ConflictError("Articles of earlier merges are being moved; merge more entries when that is done.")


def _check_former_slugs(connection: Connection, kind: Facet, numbers: list[int]) -> None:
    """Raise ConflictError if the survivor would have more former slugs than an entry may have."""
    owned = (former_slugs.c.kind == int(kind), former_slugs.c.entry_id.in_(numbers))
    total = connection.execute(select(func.count()).select_from(former_slugs).where(*owned)).scalar_one() + 1
    if total > MAX_FORMER_SLUGS:
        raise ConflictError(
            f"The {KIND_NAMES[kind]} would have {total:,} former slugs, and may have {MAX_FORMER_SLUGS:,}: "
            "remove some that are not needed from `former_slugs` of either first."
        )


def _merge_tag_names(connection: Connection, survivor: AnyRow, merged: AnyRow) -> tuple[dict[str, str], list[str]]:
    """Make the names of a tag aliases of another, as far as it may have so many; return its columns, and the rest."""
    names = [*orjson.loads(survivor.aliases), merged.name, *orjson.loads(merged.aliases)]
    others = [each for each in distinct_names(names) if name_key(each) != name_key(survivor.name)]
    aliases, dropped = others[:MAX_ALIASES], others[MAX_ALIASES:]
    replace_tag_names(connection, merged.id, [])
    replace_tag_names(connection, survivor.id, [survivor.name, *aliases])
    return {"aliases": orjson.dumps(aliases).decode()}, dropped


def _dropped_members(kind: Facet, merged: AnyRow, survivor: AnyRow) -> list[str]:
    """Return the members of the merged entry with a value that the other one does not have."""
    lost, present = to_record(kind, merged), to_record(kind, survivor)
    return [
        name
        for name, value in lost.items()
        if name not in _OF_BOTH and value not in (None, [], {}, False) and value != present[name]
    ]


def rewrite_merged_links(connection: Connection, *, most: int) -> int:
    """Link at most so many articles of a merged entry to the entry into which it was merged; return their number.

    An entry without articles is deleted. A number smaller than `most` means that none remain. Readers join both lists
    before and after it, so that no response changes and nothing is logged.
    """
    lock_change_log(connection)
    moved = 0
    while moved < most and (merge := find_pending_merge(connection)) is not None:
        links, entry_id, _ = LINK_TABLES[merge.kind]
        linked = select(links.c.article_id).where(entry_id == merge.entry_id).order_by(links.c.article_id)
        ids = list(dict.fromkeys(connection.execute(linked.limit(most - moved)).scalars()))
        if ids:
            _rewrite_links(connection, merge.kind, ids)
            moved += len(ids)
        else:
            table = CATALOGUE_TABLES[merge.kind].table
            connection.execute(delete(table).where(table.c.id == merge.entry_id))
    return moved


def _rewrite_links(connection: Connection, kind: Facet, ids: list[int]) -> None:
    """Replace merged entries of one kind in the links of these articles, each once, and in the index of lists."""
    rows = connection.execute(select(*PLACEMENT_COLUMNS).where(articles.c.id.in_(ids))).all()
    moved = [(before, before.resolved_in(kind)) for _, before in sorted(read_placements(connection, rows).items())]
    links = LINK_TABLES[kind].links
    connection.execute(delete(links).where(links.c.article_id.in_(ids)))
    rewritten = [
        (after.article_id, position, number)
        for _, after in moved
        for position, number in enumerate(number for each, number in after.entries() if each is kind)
    ]
    bulk_insert_tuples(connection, links, rewritten)
    sync_listings(connection, moved)
