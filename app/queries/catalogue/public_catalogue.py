"""Queries of authors, sections, tags and labels: lists, and single entries."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Select, bindparam, select

from app.db.base import AnyRow
from app.domain.catalogue_entry import EntryOrder
from app.domain.list_filter import Facet
from app.errors import EntryMoved, NotFoundError
from app.interchange.catalogue import CATALOGUE_TABLES, KIND_NAMES, select_entries
from app.invalidation.dependencies import depend_on_collection, depend_on_entries, depend_on_entry
from app.net.base_path import href_of
from app.queries.articles.article_list import list_articles, render_author, render_tag
from app.queries.articles.items import link_section, render_label_in_full
from app.queries.catalogue.editions import (
    EditionView,
    depend_on_default_language,
    entry_feed_alternates,
    get_edition_view,
    list_all_editions,
    render_image,
)
from app.queries.catalogue.entry_order import (
    ENTRY_ORDERS,
    OrderedEntries,
    digest_of_entries,
    find_order,
    order_binds,
    order_entries,
)
from app.queries.keyset.entry_names import find_renamed_entries
from app.queries.keyset.pages import Page
from app.schemas.article import ArticleList
from app.schemas.catalogue import AuthorPage, EntryLinks, Label, SectionInFull, SectionPage, TagInFull, TagPage
from app.schemas.pagination import AuthorList, LabelList, SectionList, TagList
from app.schemas.params import (
    EVERY_EDITION,
    ArticleListParams,
    EntryListParams,
    NamedListParams,
    QueryParams,
    SectionListParams,
)


class _CatalogueQuery(NamedTuple):
    """Queries of one kind of catalogue entry: the path of its list, its orders, and the statements over its table."""

    path: str
    noun: str
    orders: Mapping[EntryOrder, OrderedEntries]
    one: Select[Any]
    anywhere: Select[Any]


def _catalogue_query(kind: Facet) -> _CatalogueQuery:
    noun, (table, name) = KIND_NAMES[kind], CATALOGUE_TABLES[kind]
    listed = select_entries(kind).where(table.c.is_listed)
    if "edition_id" in table.c:
        listed = listed.where(table.c.edition_id == bindparam("edition_id"))
    orders = {order: order_entries(kind, listed, order) for order in ENTRY_ORDERS[kind]}
    anywhere = select(table.c.id).where(name == bindparam("name"), table.c.is_listed).limit(1)
    return _CatalogueQuery(f"/v1/{noun}s", noun, orders, listed.where(name == bindparam("name")), anywhere)


_CATALOGUE = {kind: _catalogue_query(kind) for kind in (Facet.SECTION, Facet.TAG, Facet.AUTHOR, Facet.LABEL)}


def list_authors(connection: Connection, params: NamedListParams) -> AuthorList:
    """Return authors by slug or by name."""
    edition, page = _page(connection, Facet.AUTHOR, params)
    return {"items": [render_author(row, edition) for row in page.rows], "next": page.next}


def list_sections(connection: Connection, params: SectionListParams) -> SectionList:
    """Return the sections of an edition, by position, by slug or by name."""
    edition, page = _page(connection, Facet.SECTION, params)
    return {"items": [_section(row, edition) for row in page.rows], "next": page.next}


def list_tags(connection: Connection, params: NamedListParams) -> TagList:
    """Return tags by slug or by name."""
    edition, page = _page(connection, Facet.TAG, params)
    return {"items": [_tag(row, edition) for row in page.rows], "next": page.next}


def list_labels(connection: Connection, params: EntryListParams) -> LabelList:
    """Return labels by code, in the edition's language."""
    edition, page = _page(connection, Facet.LABEL, params)
    return {"items": [_label(row, edition) for row in page.rows], "next": page.next}


def get_author(connection: Connection, slug: str, params: QueryParams) -> tuple[AuthorPage, int]:
    """Return one author, and the instant of the last change to its content; NotFoundError, EntryMoved."""
    edition, row = _one(connection, Facet.AUTHOR, slug, params)
    return {**render_author(row, edition), **_links(Facet.AUTHOR, row, edition)}, _modified_at(row, edition)


def get_section(connection: Connection, slug: str, params: QueryParams) -> tuple[SectionPage, int]:
    """Return one section, and the instant of its last change; NotFoundError, EntryMoved."""
    edition, row = _one(connection, Facet.SECTION, slug, params)
    depend_on_entries(Facet.SECTION, [row.parent_id])
    return {**_section(row, edition), **_links(Facet.SECTION, row, edition)}, _modified_at(row, edition)


def get_tag(connection: Connection, slug: str, params: QueryParams) -> tuple[TagPage, int]:
    """Return one tag, and the instant of its last change; NotFoundError, EntryMoved."""
    edition, row = _one(connection, Facet.TAG, slug, params)
    return {**_tag(row, edition), **_links(Facet.TAG, row, edition)}, _modified_at(row, edition)


def _page(connection: Connection, kind: Facet, params: EntryListParams) -> tuple[EditionView, Page[AnyRow]]:
    edition, catalogue = get_edition_view(connection, params.edition), _CATALOGUE[kind]
    depend_on_collection(kind, edition.id)
    order = find_order(params.entry_order, params.cursor)
    keyset, statement = catalogue.orders[order]
    return edition, keyset.read_page(
        connection,
        statement,
        params,
        digest=digest_of_entries(f"{catalogue.noun} {edition.id}", order, edition.language),
        href=lambda cursor: params.url_for(catalogue.path, cursor=cursor),
        binds={"edition_id": edition.id, **order_binds(order, edition.language)},
    )


def _one(connection: Connection, kind: Facet, name: str, params: QueryParams) -> tuple[EditionView, AnyRow]:
    edition, catalogue = get_edition_view(connection, params.edition), _CATALOGUE[kind]
    row = connection.execute(catalogue.one, {"edition_id": edition.id, "name": name}).first()
    if row is None:
        depend_on_collection(kind, edition.id)
        _raise_if_moved(connection, kind, name, [edition.id])
        raise _missing(catalogue, name)
    depend_on_entry(kind, row.id)
    return edition, row


def _raise_if_moved(connection: Connection, kind: Facet, name: str, editions: Sequence[int]) -> None:
    """Raise EntryMoved if public entries had this name and have one other name now; two statements."""
    found = {row.name: row for row, _ in find_renamed_entries(connection, [(kind, name)], editions) if row.is_listed}
    for row in found.values():
        depend_on_entry(kind, row.id)
    if len(found) == 1:
        raise EntryMoved(name, next(iter(found)))


def _missing(catalogue: _CatalogueQuery, name: str) -> NotFoundError:
    return NotFoundError(f"There is no {catalogue.noun} '{name[:80]}'.")


def _modified_at(row: AnyRow, edition: EditionView) -> int:
    """Return the later of both: with another default edition the URL shows another entry, never an older one."""
    return int(max(row.modified_at, edition.modified_at))


def _links(kind: Facet, row: AnyRow, edition: EditionView) -> EntryLinks:
    return {
        "articles": {"href": href_of(f"{_CATALOGUE[kind].path}/{row.slug}/articles{edition.query()}")},
        "alternates": entry_feed_alternates(edition, kind, row.slug, row.name),
    }


def _section(row: AnyRow, edition: EditionView) -> SectionInFull:
    parent = link_section(row.parent, row.parent_name, edition) if row.is_parent_listed else None
    return {
        **link_section(row.slug, row.name, edition),
        "parent": parent,
        "position": row.position,
        "description": row.description,
        "image": render_image(row.image),
        "page_url": edition.page_url_of(Facet.SECTION, row.slug),
    }


def _tag(row: AnyRow, edition: EditionView) -> TagInFull:
    return {
        **render_tag(row, edition),
        "description": row.description,
        "aliases": orjson.loads(row.aliases),
        "page_url": edition.page_url_of(Facet.TAG, row.slug),
    }


def _label(row: AnyRow, edition: EditionView) -> Label:
    depend_on_default_language(edition)
    label = (row.code, row.text, row.texts, row.disclaimer, row.disclaimers, row.genre)
    return render_label_in_full(label, edition)


def list_articles_of_entry(connection: Connection, kind: Facet, name: str, params: ArticleListParams) -> ArticleList:
    """Return the articles of an author, section or tag; NotFoundError for an unknown entry, EntryMoved."""
    if params.edition != EVERY_EDITION:
        _one(connection, kind, name, params)
    elif connection.execute(_CATALOGUE[kind].anywhere, {"name": name}).first() is None:
        editions = [edition.id for edition in list_all_editions(connection)]
        for edition in editions:
            depend_on_collection(kind, edition)
        _raise_if_moved(connection, kind, name, editions)
        raise _missing(_CATALOGUE[kind], name)
    return list_articles(connection, params, path=f"{_CATALOGUE[kind].path}/{name}/articles", entry=(kind, name))
