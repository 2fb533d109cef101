"""Catalogue entries as records of the interchange format, read from the tables."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Select, Table, and_, bindparam, select

from app.db.base import AnyRow
from app.db.bulk import chunked
from app.domain.body.shown_blocks import complete_image
from app.domain.calendar import find_zone
from app.domain.list_filter import Facet
from app.models.author import authors
from app.models.edition import editions
from app.models.label import labels
from app.models.section import sections
from app.models.tag import tags

if TYPE_CHECKING:
    from app.schemas.catalogue_records import CatalogueRecord  # slow to load, and readers do not need it


_parents = sections.alias("parents")


class CatalogueTable(NamedTuple):
    """Table of one kind of catalogue entry, with the column of its name."""

    table: Table
    name: Column[str]


CATALOGUE_TABLES = {
    Facet.EDITION: CatalogueTable(editions, editions.c.slug),
    Facet.SECTION: CatalogueTable(sections, sections.c.slug),
    Facet.TAG: CatalogueTable(tags, tags.c.slug),
    Facet.AUTHOR: CatalogueTable(authors, authors.c.slug),
    Facet.LABEL: CatalogueTable(labels, labels.c.code),
}


KIND_NAMES = {
    Facet.EDITION: "edition",
    Facet.SECTION: "section",
    Facet.TAG: "tag",
    Facet.AUTHOR: "author",
    Facet.LABEL: "label",
}


def entry_name(record: "CatalogueRecord") -> str:
    """Return the name of an entry: its slug, or the code of a label."""
    return record.code if record.kind == "label" else record.slug


def former_names(record: "CatalogueRecord") -> list[str]:
    """Return the former names that a record has; none for an edition, which is not renamed."""
    if record.kind == "edition":
        return []
    return record.former_codes if record.kind == "label" else record.former_slugs


def is_listed(row: AnyRow) -> bool:
    """Return whether an entry is public; every edition is."""
    return bool(getattr(row, "is_listed", True))


def is_entered(row: AnyRow) -> bool:
    """Return whether editors entered an entry or it was public, and not only drafts named it; every edition was."""
    return bool(getattr(row, "is_entered", True))


def is_unmerged(table: Table) -> list[ColumnElement[bool]]:
    """Return the condition that an entry was not merged into another; none for kinds that are not merged."""
    return [table.c.merged_into.is_(None)] if "merged_into" in table.c else []


def _select_ids_by_name(kind: Facet) -> Select[Any]:
    table, name = CATALOGUE_TABLES[kind]
    here: list[ColumnElement[bool]] = is_unmerged(table)
    here += [table.c.edition_id == bindparam("edition_id")] if kind is Facet.SECTION else []
    return select(name, table.c.id).where(name.in_(bindparam("names", expanding=True)), *here)


_IDS_BY_NAME = {kind: _select_ids_by_name(kind) for kind in CATALOGUE_TABLES}


def get_entry_row(connection: Connection, kind: Facet, name: str, *, edition_id: int | None = None) -> AnyRow | None:
    """Return the row of an entry, a section's within its edition; None if it does not exist."""
    table, entry = CATALOGUE_TABLES[kind]
    here: list[ColumnElement[bool]] = [sections.c.edition_id == edition_id] if kind is Facet.SECTION else []
    here += is_unmerged(table)
    return connection.execute(select_entries(kind).where(and_(entry == name, *here))).first()


def find_entry_ids(
    connection: Connection, kind: Facet, names: Iterable[str], *, edition_id: int | None
) -> dict[str, int]:
    """Return the ids of existing entries by name, sections within their edition."""
    here = {"edition_id": edition_id} if kind is Facet.SECTION else {}
    found: dict[str, int] = {}
    for some in chunked(sorted(set(names))):
        rows = connection.execute(_IDS_BY_NAME[kind], {**here, "names": some})
        found |= {row[0]: row.id for row in rows}
    return found


def select_entries(kind: Facet) -> Select[Any]:
    """Select the columns of entries, and of a section `parent`, `parent_name` and `is_parent_listed`."""
    if kind is not Facet.SECTION:
        return select(CATALOGUE_TABLES[kind].table)
    joined = select(
        sections,
        _parents.c.slug.label("parent"),
        _parents.c.name.label("parent_name"),
        _parents.c.is_listed.label("is_parent_listed"),
    )
    return joined.outerjoin(_parents, _parents.c.id == sections.c.parent_id)


def former_article_url(row: AnyRow, *, instants: Callable[[int, ZoneInfo], str]) -> dict[str, Any]:
    """Return the record of the members that formed the URLs of an edition's articles until an instant."""
    return {
        "until": instants(row.until, find_zone(row.timezone)),
        "site_url": row.site_url,
        "article_url": row.article_url,
        "timezone": row.timezone,
        "section_fallback": row.section_fallback,
    }


def former_member(kind: Facet) -> str:
    """Return the member of records of this kind that holds former names."""
    return "former_codes" if kind is Facet.LABEL else "former_slugs"


def to_record(kind: Facet, row: AnyRow, *, edition: str | None = None, former: Sequence[str] = ()) -> dict[str, Any]:
    """Return the record of an entry with every member present; `edition` is the slug of a section's edition.

    `former` are its former slugs, which no table of entries holds.
    """
    if kind is Facet.EDITION:
        return {
            "kind": "edition",
            "slug": row.slug,
            "name": row.name,
            "language": row.language,
            "timezone": row.timezone,
            "site_url": row.site_url,
            "article_url": row.article_url,
            "section_url": row.section_url,
            "tag_url": row.tag_url,
            "author_url": row.author_url,
            "preview_url": row.preview_url,
            "logo": load_image(row.logo),
            "icon": load_image(row.icon),
            "section_fallback": row.section_fallback,
            "slug_style": row.slug_style,
            "default": row.is_default,
            "feed_content": row.feed_content,
            "expiry_notice": row.expiry_notice,
            "strings": orjson.loads(row.strings),
        }
    if kind is Facet.LABEL:
        return {
            "kind": "label",
            "code": row.code,
            "former_codes": [*former],
            "text": row.text,
            "texts": orjson.loads(row.texts),
            "disclaimer": row.disclaimer,
            "disclaimers": orjson.loads(row.disclaimers),
            "genre": row.genre,
            "hidden": row.is_hidden,
        }
    if kind is Facet.SECTION:
        return {
            "kind": "section",
            "edition": edition,
            "slug": row.slug,
            "former_slugs": [*former],
            "name": row.name,
            "parent": row.parent,
            "position": row.position,
            "description": row.description,
            "image": load_image(row.image),
            "hidden": row.is_hidden,
        }
    if kind is Facet.TAG:
        return {
            "kind": "tag",
            "slug": row.slug,
            "former_slugs": [*former],
            "name": row.name,
            "tag_type": row.tag_type,
            "description": row.description,
            "codes": orjson.loads(row.codes),
            "aliases": orjson.loads(row.aliases),
        }
    return {
        "kind": "author",
        "slug": row.slug,
        "former_slugs": [*former],
        "name": row.name,
        "author_type": row.author_type,
        "role": row.role,
        "bio": row.bio,
        "bios": orjson.loads(row.bios),
        "image": load_image(row.image),
        "url": row.url,
        "email": row.email,
        "links": orjson.loads(row.links),
    }


def load_image(text: str | None) -> Any:
    """Return a stored image with every member; None for an entry without one."""
    return None if text is None else complete_image(orjson.loads(text))
