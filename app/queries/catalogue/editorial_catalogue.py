"""Queries of catalogue entries for editors: in record form, with their revision."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, bindparam, select

from app.db.base import AnyRow
from app.domain.calendar import find_zone
from app.domain.catalogue_entry import EntryOrder
from app.domain.instant import format_instant
from app.domain.list_filter import Facet
from app.errors import NotFoundError
from app.interchange.catalogue import (
    CATALOGUE_TABLES,
    KIND_NAMES,
    former_article_url,
    get_entry_row,
    is_listed,
    is_unmerged,
    select_entries,
    to_record,
)
from app.interchange.former_slugs import describe_missing, find_former_slugs
from app.interchange.statements import MERGEABLE
from app.models.edition import former_article_urls
from app.net.base_path import href_of
from app.queries.catalogue.editions import EditionView, get_edition_view
from app.queries.catalogue.entry_order import digest_of_entries, find_order, order_binds, order_entries
from app.schemas.editorial_catalogue import EditorialEntries, EditorialEntry
from app.schemas.params import EntryListParams

_PATH = "/v1/editorial"
_FORMER_ARTICLE_URLS = (
    select(former_article_urls)
    .where(former_article_urls.c.edition_id.in_(bindparam("ids", expanding=True)))
    .order_by(former_article_urls.c.until)
)
_UTC = "UTC"


def get_entry(connection: Connection, kind: Facet, name: str, *, edition: str | None = None) -> EditorialEntry:
    """Return an entry by its name, a section in its edition (None: the default one); NotFoundError."""
    owner = get_edition_view(connection, edition) if kind is Facet.SECTION else None
    row = get_entry_row(connection, kind, name, edition_id=None if owner is None else owner.id)
    if row is None:
        raise NotFoundError(describe_missing(connection, kind, name, edition_id=None if owner is None else owner.id))
    return _render_entries(connection, kind, [row], owner)[0]


def list_entries(connection: Connection, kind: Facet, params: EntryListParams) -> EditorialEntries:
    """Return entries, including unlisted ones; NotFoundError, InvalidCursorError, CursorMismatchError.

    The edition is that of sections; of tags and authors it selects the language of the order by name.
    """
    owner = get_edition_view(connection, params.edition) if kind is Facet.SECTION else None
    table, _ = CATALOGUE_TABLES[kind]
    entries = select_entries(kind).where(*is_unmerged(table))
    if owner is not None:
        entries = entries.where(table.c.edition_id == bindparam("edition_id"))
    order = find_order(params.entry_order, params.cursor)
    language = "" if owner is None else owner.language
    if kind in MERGEABLE and (order is EntryOrder.NAME or params.edition is not None):
        language = get_edition_view(connection, params.edition).language
    keyset, statement = order_entries(kind, entries, order)
    page = keyset.read_page(
        connection,
        statement,
        params,
        digest=digest_of_entries(f"editorial {KIND_NAMES[kind]} {owner and owner.id}", order, language),
        href=lambda cursor: params.url_for(f"{_PATH}/{KIND_NAMES[kind]}s", cursor=cursor),
        binds={"edition_id": None if owner is None else owner.id, **order_binds(order, language)},
    )
    return {"items": _render_entries(connection, kind, page.rows, owner), "next": page.next}


def _render_entries(
    connection: Connection, kind: Facet, rows: Sequence[AnyRow], owner: EditionView | None
) -> list[EditorialEntry]:
    """Return entries as editors see them; one statement for their former addresses."""
    numbers = [row.id for row in rows]
    former: Mapping[int, list[Any]] = {}
    if numbers and kind is Facet.EDITION:
        former = _former_article_urls(connection, numbers)
    elif numbers:
        former = find_former_slugs(connection, kind, numbers)
    return [_entry(kind, row, owner, former.get(row.id, [])) for row in rows]


def _former_article_urls(connection: Connection, edition_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    former: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(_FORMER_ARTICLE_URLS, {"ids": list(edition_ids)}):
        former.setdefault(row.edition_id, []).append(former_article_url(row, instants=format_instant))
    return former


def _entry(kind: Facet, row: AnyRow, owner: EditionView | None, former: list[Any]) -> EditorialEntry:
    names = [] if kind is Facet.EDITION else former
    record = to_record(kind, row, edition=None if owner is None else owner.slug, former=names)
    record.pop("kind")
    if kind is Facet.EDITION:
        record["former_article_urls"] = former
    name, suffix = record.get("code", record.get("slug")), "" if owner is None else owner.query()
    entry: dict[str, Any] = {
        **record,
        "href": href_of(f"{_PATH}/{KIND_NAMES[kind]}s/{name}{suffix}"),
        "revision": row.revision,
        "modified_at": format_instant(row.modified_at, find_zone(_UTC)),
        "listed": is_listed(row),
    }
    return cast("EditorialEntry", entry)
