"""Writes of catalogue entries: editions, sections, tags, labels and authors, by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, insert, select, update

from app.actions.articles.translation_links import check_edition_language
from app.actions.catalogue.collation_keys import add_collation_keys, collate_edition, delete_collation_keys
from app.actions.catalogue.filter_references import find_filter_references
from app.actions.catalogue.former_slugs import add_former_slugs, new_ids, release_slugs
from app.actions.catalogue.section_moves import check_parent, find_parent_id, move_section
from app.actions.catalogue.tag_names import add_tag_names, replace_tag_names
from app.actions.changelog.changes import Change, append_changes, begin_log_transaction
from app.db.base import AnyRow
from app.db.bulk import bulk_insert
from app.domain.catalogue_entry import MAX_FORMER_SLUGS, default_author_type
from app.domain.change import ChangeType
from app.domain.list_filter import LISTED_WHILE_USED, Facet
from app.domain.section_tree import NO_TREE
from app.errors import FieldError, InvalidInputError, NotFoundError
from app.interchange.catalogue import (
    CATALOGUE_TABLES,
    KIND_NAMES,
    entry_name,
    find_entry_ids,
    former_member,
    former_names,
    get_entry_row,
    is_entered,
)
from app.interchange.former_slugs import find_entry_ids_by_former_slug, list_former_slugs
from app.interchange.section_tree import read_section_tree
from app.invalidation.surrogate_keys import collection_key, facet_key
from app.models.edition import editions, former_article_urls
from app.schemas.catalogue_records import (
    AuthorRecord,
    CatalogueRecord,
    EditionRecord,
    FormerArticleUrl,
    LabelRecord,
    SectionRecord,
    TagRecord,
)

UPDATED = {
    Facet.EDITION: ChangeType.EDITION_UPDATED,
    Facet.SECTION: ChangeType.SECTION_UPDATED,
    Facet.TAG: ChangeType.TAG_UPDATED,
    Facet.AUTHOR: ChangeType.AUTHOR_UPDATED,
    Facet.LABEL: ChangeType.LABEL_UPDATED,
}
DELETED = {
    Facet.EDITION: ChangeType.EDITION_DELETED,
    Facet.SECTION: ChangeType.SECTION_DELETED,
    Facet.TAG: ChangeType.TAG_DELETED,
    Facet.AUTHOR: ChangeType.AUTHOR_DELETED,
    Facet.LABEL: ChangeType.LABEL_DELETED,
}
KINDS: dict[type[CatalogueRecord], Facet] = {
    EditionRecord: Facet.EDITION,
    SectionRecord: Facet.SECTION,
    TagRecord: Facet.TAG,
    AuthorRecord: Facet.AUTHOR,
    LabelRecord: Facet.LABEL,
}

BY_LANGUAGE = frozenset({"texts", "disclaimers", "bios", "strings"})
"""Members that are objects with names of the client's choice."""


_NOT_COLUMNS = {
    *("kind", "slug", "code", "edition", "default", "hidden", "parent"),
    *("former_article_urls", "former_slugs", "former_codes"),
}


_EDITIONS = select(
    editions.c.slug,
    editions.c.id,
    editions.c.slug_style,
    editions.c.timezone,
    editions.c.language,
).where(editions.c.slug.in_(bindparam("slugs", expanding=True)))


class Outcome(StrEnum):
    """Outcome of storing a record."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class UnknownEditionError(NotFoundError):
    """The record belongs to an edition that does not exist (yet)."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no edition '{slug}'.")
        self.slug = slug


@dataclass(frozen=True, slots=True)
class CreatedEntries:
    """Entries created from their codes: their number, and the changes to log for the listed ones."""

    count: int
    changes: list[Change]


def upsert_entry(
    connection: Connection, record: CatalogueRecord, *, now: int, actor: str = "import", renamed: AnyRow | None = None
) -> Outcome:
    """Create or replace the entry that the record names; an equal entry is not written.

    `renamed` is the row of the entry if the record gives it another name. A former slug of another entry becomes that
    of this one. UnknownEditionError for a section without edition, InvalidInputError for a former slug that is the
    present one of another entry, a parent that it cannot have, or a language of an edition that two articles of one
    story would have in common.
    """
    begin_log_transaction(connection)
    kind = KINDS[type(record)]
    name = entry_name(record)
    edition_id = edition_of(connection, record)
    row = renamed or get_entry_row(connection, kind, name, edition_id=edition_id)
    members = _members(record) | {CATALOGUE_TABLES[kind].name.name: name}
    former = _FormerNames.read(connection, kind, record, row, edition_id)
    tree = NO_TREE
    if isinstance(record, SectionRecord) and edition_id is not None:
        tree = read_section_tree(connection, [edition_id])
        members["parent_id"] = find_parent_id(connection, edition_id, record.parent)
        check_parent(tree, None if row is None else row.id, members["parent_id"])
    others: list[int] = []
    if isinstance(record, EditionRecord):
        others = _other_defaults(connection, record.slug)
        # There is always one default edition: the first one, until another replaces it.
        members["is_default"] = record.default or not others
        if row is not None and row.language != record.language:
            check_edition_language(connection, row.id, record.language)
        others = others if record.default else []
    is_equal = row is not None and all(getattr(row, key) == value for key, value in members.items())
    if row is not None and is_entered(row) and is_equal and not former.have_changed:
        return Outcome.UNCHANGED
    if others:
        _unset_default(connection, others, now)
    is_public = kind not in LISTED_WHILE_USED or (row is not None and row.is_listed)
    if row is None:
        identity: dict[str, Any] = {} if edition_id is None else {"edition_id": edition_id}
        identity |= {"is_listed": False} if kind in LISTED_WHILE_USED else {}
        number = _insert(connection, kind, {**identity, **members, **_listed(kind, record), "modified_at": now})
    else:
        number = _replace(connection, kind, row, {**members, **_listed(kind, record), "modified_at": now})
    _store_derived_rows(connection, record, number, row=row, edition_id=edition_id, now=now)
    losing = former.store(connection, number, now)
    changes = [entry_change(kind, each, edition_id, is_public=is_public) for each in (*others, number)]
    changes += [entry_change(kind, each, edition_id) for each in losing]
    if kind is Facet.SECTION and row is not None and row.parent_id != members["parent_id"]:
        subtrees = move_section(connection, tree, row, members["parent_id"])
        changes = [replace(each, keys=[*each.keys, *subtrees]) for each in changes]
    append_changes(connection, changes, now=now, actor=actor)
    return Outcome.CREATED if row is None else Outcome.CHANGED


@dataclass(frozen=True, slots=True)
class _FormerNames:
    """Former names of an entry before and after a write."""

    kind: Facet
    edition_id: int | None
    name: str
    before: list[str]
    after: list[str]

    @classmethod
    def read(
        cls, connection: Connection, kind: Facet, record: CatalogueRecord, row: AnyRow | None, edition_id: int | None
    ) -> "_FormerNames":
        """Return the former names of the entry and of its record.

        InvalidInputError for the present name of another entry, for too many, and for the loss of one in use.
        """
        name = entry_name(record)
        if isinstance(record, EditionRecord):
            return cls(kind, edition_id, name, [], [])
        before = [] if row is None else list_former_slugs(connection, kind, row.id)
        own = None if row is None else getattr(row, CATALOGUE_TABLES[kind].name.name)
        after = [each for each in dict.fromkeys((*former_names(record), own)) if each not in {None, name}]
        added = [each for each in after if each not in {*before, own}]
        present = find_entry_ids(connection, kind, added, edition_id=edition_id) if added else {}
        if present:
            taken = f"'{next(iter(present))}' is the present name of another {KIND_NAMES[kind]}."
            raise InvalidInputError(FieldError(former_member(kind), taken))
        if len(after) > MAX_FORMER_SLUGS and len(after) > len(before):
            full = f"With the present name they must be at most {MAX_FORMER_SLUGS:,}: remove some that are not needed."
            raise InvalidInputError(FieldError(former_member(kind), full))
        names = cls(kind, edition_id, name, before, after)
        names._check_filters(connection)
        return names

    def _check_filters(self, connection: Connection) -> None:
        """Raise InvalidInputError if a stored filter uses a former name that the entry loses or takes from another."""
        changed = set(self.before) ^ set(self.after)
        owners = find_entry_ids_by_former_slug(connection, self.kind, changed, edition_id=self.edition_id)
        names = sorted(owners.keys() - {self.name})
        references = find_filter_references(connection, self.kind, names, edition_id=self.edition_id) if names else ()
        if (used := "; ".join(references)) != "":
            moved = f"A name that they lose or take from another {KIND_NAMES[self.kind]} is in use: {used}."
            raise InvalidInputError(FieldError(former_member(self.kind), moved))

    @property
    def have_changed(self) -> bool:
        """Return whether the former names differ, without regard to their order."""
        return set(self.before) != set(self.after)

    def store(self, connection: Connection, number: int, now: int) -> list[int]:
        """Store the former names; return the other entries that lose a former name to this entry."""
        if self.kind is Facet.EDITION:
            return []
        added = [each for each in self.after if each not in self.before]
        removed = [each for each in self.before if each not in self.after]
        taken = {self.name, *added, *removed}
        losing = release_slugs(connection, self.kind, taken, edition_id=self.edition_id, by=number)
        add_former_slugs(connection, self.kind, number, added, edition_id=self.edition_id, now=now)
        return [each for each in losing if each != number]


def entry_change(kind: Facet, number: int, edition_id: int | None, *, is_public: bool = True) -> Change:
    """Return the change of an entry (of a section: of this edition); one that is not public affects no collection."""
    owner = {Facet.EDITION: number, Facet.SECTION: edition_id}.get(kind)
    collection = [collection_key(kind, edition_id)] if is_public else []
    return Change(type=UPDATED[kind], keys=[facet_key(kind, number), *collection], edition_id=owner)


def edition_ids(connection: Connection, slugs: Iterable[str]) -> dict[str, int]:
    """Return the ids of existing editions by slug."""
    found = connection.execute(select(editions.c.slug, editions.c.id).where(editions.c.slug.in_(set(slugs))))
    return {row.slug: row.id for row in found}


def default_edition(connection: Connection) -> str:
    """Return the slug of the default edition; InvalidInputError if there is no edition yet."""
    slug: str | None = connection.execute(select(editions.c.slug).where(editions.c.is_default)).scalar()
    if slug is None:
        raise InvalidInputError(FieldError("edition", "There is no edition yet."))
    return slug


def find_editions(connection: Connection, slugs: Iterable[str]) -> dict[str, AnyRow]:
    """Return the members of existing editions that writes of their articles need, by slug."""
    found = connection.execute(_EDITIONS, {"slugs": sorted(set(slugs))})
    return {row.slug: row for row in found}


def get_or_create_entries(
    connection: Connection,
    kind: Facet,
    is_public_by_name: Mapping[str, bool],
    *,
    edition_id: int,
    now: int,
    names: Mapping[str, str] = MappingProxyType({}),
) -> tuple[dict[str, int], CreatedEntries | None]:
    """Return the ids of these codes; missing entries are created with the `names` for them, listed or not."""
    if not is_public_by_name:
        return {}, None
    known = find_entry_ids(connection, kind, is_public_by_name, edition_id=edition_id)
    missing = sorted(is_public_by_name.keys() - known.keys())
    if not missing:
        return known, None
    table, name = CATALOGUE_TABLES[kind]
    fixed: dict[str, Any] = {"edition_id": edition_id} if kind is Facet.SECTION else {}
    ids = dict(zip(missing, new_ids(connection, kind, len(missing)), strict=False))
    connection.execute(
        insert(table),
        [
            {
                **ids.get(each, {}),
                name.name: each,
                "modified_at": now,
                "is_listed": is_public_by_name[each],
                "is_entered": is_public_by_name[each],
                **fixed,
                **_initial_columns(kind, each, names.get(each, each)),
            }
            for each in missing
        ],
    )
    fresh = find_entry_ids(connection, kind, missing, edition_id=edition_id)
    add_collation_keys(
        connection, kind, [(fresh[each], each, names.get(each, each)) for each in missing], edition_id=edition_id
    )
    if kind is Facet.TAG:
        add_tag_names(connection, {fresh[each]: names.get(each, each) for each in missing})
    changes = [entry_change(kind, fresh[each], edition_id) for each in missing if is_public_by_name[each]]
    return known | fresh, CreatedEntries(len(missing), changes)


def edition_of(connection: Connection, record: CatalogueRecord) -> int | None:
    """Return the edition id of a section, None for other kinds; UnknownEditionError."""
    if not isinstance(record, SectionRecord):
        return None
    edition_id = edition_ids(connection, [record.edition]).get(record.edition)
    if edition_id is None:
        raise UnknownEditionError(record.edition)
    return edition_id


def _store_derived_rows(
    connection: Connection,
    record: CatalogueRecord,
    number: int,
    *,
    row: AnyRow | None,
    edition_id: int | None,
    now: int,
) -> None:
    """Store what other tables hold of an entry: the names of a tag, places in lists by name, former article URLs."""
    if isinstance(record, TagRecord):
        replace_tag_names(connection, number, [record.name, *record.aliases])
    if isinstance(record, EditionRecord):
        _store_former_article_urls(connection, record, number, row, now)
        if row is None or row.language != record.language:
            collate_edition(connection, number, record.language)
    elif not isinstance(record, LabelRecord) and (row is None or (row.slug, row.name) != (record.slug, record.name)):
        kind = KINDS[type(record)]
        if row is not None:
            delete_collation_keys(connection, kind, number)
        add_collation_keys(connection, kind, [(number, record.slug, record.name)], edition_id=edition_id)


def _store_former_article_urls(
    connection: Connection, record: EditionRecord, edition_id: int, row: AnyRow | None, now: int
) -> None:
    """Store the members that determined article URLs until now, if they change: `/v1/resolve` finds former URLs."""
    if row is None:
        rows = [{"edition_id": edition_id, **each.model_dump()} for each in record.former_article_urls]
        bulk_insert(connection, former_article_urls, rows)
        return
    former = {name: getattr(row, name) for name in FormerArticleUrl.model_fields if name != "until"}
    if any(getattr(record, name) != value for name, value in former.items()):
        latest = select(func.max(former_article_urls.c.until)).where(former_article_urls.c.edition_id == edition_id)
        last = connection.execute(latest).scalar()
        until = now if last is None else max(now, last + 1)
        bulk_insert(connection, former_article_urls, [{"edition_id": edition_id, "until": until, **former}])


def _insert(connection: Connection, kind: Facet, columns: dict[str, Any]) -> int:
    table = CATALOGUE_TABLES[kind].table
    columns |= next(iter(new_ids(connection, kind, 1)), {})
    return int(connection.execute(insert(table).values(**columns).returning(table.c.id)).scalar_one())


def _replace(connection: Connection, kind: Facet, row: AnyRow, columns: dict[str, Any]) -> int:
    table = CATALOGUE_TABLES[kind].table
    connection.execute(update(table).where(table.c.id == row.id).values(**columns, revision=row.revision + 1))
    return int(row.id)


def _listed(kind: Facet, record: CatalogueRecord) -> dict[str, bool]:
    """Return the columns that make an entered entry public; tags and authors need a public article."""
    if isinstance(record, SectionRecord | LabelRecord):
        return {"is_entered": True, "is_listed": not record.hidden}
    return {} if kind is Facet.EDITION else {"is_entered": True}


def _other_defaults(connection: Connection, slug: str) -> list[int]:
    found = select(editions.c.id).where(editions.c.is_default, editions.c.slug != slug)
    return list(connection.execute(found).scalars())


def _unset_default(connection: Connection, numbers: Sequence[int], now: int) -> None:
    stepping = update(editions).where(editions.c.id.in_(numbers))
    connection.execute(stepping.values(is_default=False, modified_at=now, revision=editions.c.revision + 1))


def _initial_columns(kind: Facet, code: str, name: str) -> dict[str, str]:
    if kind is Facet.LABEL:
        return {"text": code, "texts": "{}", "disclaimers": "{}"}
    return {"name": name} | ({"author_type": default_author_type(name).value} if kind is Facet.AUTHOR else {})


def _members(record: CatalogueRecord) -> dict[str, Any]:
    """Return the columns that a record determines, beside its identity and `is_default`."""
    members = record.model_dump(exclude=_NOT_COLUMNS)
    if isinstance(record, SectionRecord | LabelRecord):
        members["is_hidden"] = record.hidden
    return {name: _stored(name, value) for name, value in members.items()}


def _stored(member: str, value: Any) -> Any:
    """Return a member as its column holds it: objects and lists as JSON, translations in the order of languages."""
    if not isinstance(value, dict | list):
        return value
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if member in BY_LANGUAGE else None).decode()
