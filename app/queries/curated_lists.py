"""Queries of curated lists: the pinned articles in the editors' order, then the newest that the filter selects."""

from typing import Any, NamedTuple, cast

import orjson
from sqlalchemy import Connection, bindparam, select

from app.db.base import AnyRow
from app.domain.article_members import ArticleFormat
from app.domain.article_status import BodyFormat
from app.domain.calendar import find_zone
from app.domain.instant import format_instant
from app.domain.list_filter import ListFilter
from app.domain.tsid import format_id
from app.errors import FieldError, InvalidInputError, NotFoundError
from app.interchange.curated_lists import find_referenced_articles, get_curated_list_row, to_curated_list_record
from app.invalidation.dependencies import (
    depend_on_curated_list,
    depend_on_curated_lists,
    depend_on_slugs,
    expires_at,
)
from app.models.curated_list import curated_lists
from app.net.base_path import href_of
from app.queries.articles.article_list import ARTICLE_COLUMNS, render_articles, sorted_like
from app.queries.articles.items import fetch_articles, select_fields
from app.queries.catalogue.editions import EditionView, get_edition_view
from app.queries.keyset.pages import Page, by_name
from app.queries.resolve import resolve_params
from app.schemas.curated_list import (
    CuratedList,
    CuratedListLink,
    CuratedListPage,
    CuratedListParams,
    EditorialCuratedList,
    EditorialCuratedListPage,
)
from app.schemas.params import LIMIT_WITH_BODY, ArticleListParams, EntryListParams

PATH = "/v1/lists"
EDITORIAL_PATH = "/v1/editorial/lists"

_BY_SLUG = by_name("slug")
_PAGE = (
    select(curated_lists)
    .where(
        curated_lists.c.edition_id == bindparam("edition_id"),
        curated_lists.c.slug > bindparam("after"),
        curated_lists.c.is_deleted.is_(False),
    )
    .order_by(curated_lists.c.slug)
    .limit(bindparam("limit"))
)


class RenderedList(NamedTuple):
    """A curated list, and what scheduled publications change of it: pinned ids and the filter."""

    page: CuratedList
    pinned_ids: tuple[str, ...]
    filter: ArticleListParams | None


def list_curated_lists(connection: Connection, params: EntryListParams) -> CuratedListPage:
    """Return the curated lists of an edition by slug; NotFoundError, InvalidCursorError, CursorMismatchError."""
    edition, page = _read_page(connection, params, PATH)
    return {"items": [_link(row, edition) for row in page.rows], "next": page.next}


def list_editorial_curated_lists(connection: Connection, params: EntryListParams) -> EditorialCuratedListPage:
    """Return the same lists as editors see them."""
    edition, page = _read_page(connection, params, EDITORIAL_PATH)
    return {"items": [_editorial(row, edition) for row in page.rows], "next": page.next}


def get_editorial_curated_list(connection: Connection, slug: str, edition: str | None) -> EditorialCuratedList:
    """Return a curated list as editors see it; NotFoundError."""
    view = get_edition_view(connection, edition)
    return _editorial(_row(connection, view, slug), view)


def get_curated_list(connection: Connection, slug: str, params: CuratedListParams, *, now: int) -> RenderedList:
    """Return a curated list with its articles; at most twelve statements. NotFoundError, InvalidInputError."""
    edition = get_edition_view(connection, params.edition)
    row = _row(connection, edition, slug)
    limit = min(params.limit, row.max_items)
    if params.body is not BodyFormat.NONE and limit > LIMIT_WITH_BODY:
        raise InvalidInputError(FieldError("limit", f"Must be at most {LIMIT_WITH_BODY} when bodies are requested."))
    is_pinned = row.expires_at is None or now < row.expires_at
    if is_pinned and row.expires_at is not None:
        expires_at(row.expires_at)
    ids = _pinned_ids(connection, edition, orjson.loads(row.items)) if is_pinned else []
    pinned = _read_pinned(connection, params, ids, limit) if ids else []
    chosen = None if row.filter is None else _selection(params, orjson.loads(row.filter), ids)
    following = [] if chosen is None else _read_newest(connection, chosen, limit - len(pinned))
    shown, editions = [*pinned, *following], {edition.id: edition}
    items = render_articles(connection, shown, editions, params.body, params.fields, links=params.links)
    page: CuratedList = {
        **_link(row, edition),
        "edition": edition.slug,
        "expires_at": None if row.expires_at is None else format_instant(row.expires_at, edition.zone),
        "pinned": len(pinned),
        "items": [select_fields(item, params.fields) for item in items],
    }
    return RenderedList(page, tuple(ids), chosen)


def _read_page(connection: Connection, params: EntryListParams, path: str) -> tuple[EditionView, Page[AnyRow]]:
    edition = get_edition_view(connection, params.edition)
    depend_on_curated_lists(edition.id)
    return edition, _BY_SLUG.read_page(
        connection,
        _PAGE,
        params,
        digest=ListFilter(edition=f"lists {edition.id}").digest(),
        href=lambda cursor: params.url_for(path, cursor=cursor),
        binds={"edition_id": edition.id},
    )


def _row(connection: Connection, edition: EditionView, slug: str) -> AnyRow:
    row = get_curated_list_row(connection, edition.id, slug)
    if row is None or row.is_deleted:
        depend_on_curated_lists(edition.id)
        raise NotFoundError(f"There is no list '{slug[:80]}'.")
    depend_on_curated_list(row.id)
    return row


def _pinned_ids(connection: Connection, edition: EditionView, references: list[str]) -> list[str]:
    """Return the ids of the pinned articles that exist; the response depends on the creation of the others."""
    known = find_referenced_articles(connection, edition.id, references)
    if len(known) < len(references):
        depend_on_slugs(edition.id)
    return [format_id(number) for number in dict.fromkeys(known[each] for each in references if each in known)]


def _read_pinned(connection: Connection, params: CuratedListParams, ids: list[str], limit: int) -> list[AnyRow]:
    """Return the pinned articles and pages that are public, in their order: a pin lists a page as a filter would."""
    within = resolve_params(connection, _article_params(params, exclude=params.exclude, format=[*ArticleFormat]))
    rows = fetch_articles(connection, within, ARTICLE_COLUMNS, ids=ids, limit=None)
    return sorted_like(ids, rows)[:limit]


def _selection(params: CuratedListParams, filters: dict[str, list[str]], ids: list[str]) -> ArticleListParams:
    """Return the parameters of the articles that follow the pinned ones, which are not repeated."""
    return _article_params(params, exclude=[*params.exclude, *ids], **filters)


def _article_params(params: CuratedListParams, **members: Any) -> ArticleListParams:
    """Return parameters of a list of articles; their values were checked, and may be more than a request may send."""
    empty = ArticleListParams.model_construct(edition=params.edition)
    return empty.model_copy(update=members)


def _read_newest(connection: Connection, params: ArticleListParams, limit: int) -> list[AnyRow]:
    if not limit:
        return []
    within = resolve_params(connection, params)
    rows = fetch_articles(connection, within, ARTICLE_COLUMNS, limit=limit)
    within.record_dependency(first=rows[-1].published_at if len(rows) == limit else None)
    return rows


def _link(row: AnyRow, edition: EditionView) -> CuratedListLink:
    return {"slug": row.slug, "name": row.name, "href": href_of(f"{PATH}/{row.slug}{edition.query()}")}


def _editorial(row: AnyRow, edition: EditionView) -> EditorialCuratedList:
    record: Any = to_curated_list_record(row, edition.slug, edition.zone)
    record.pop("kind")
    shown: dict[str, Any] = {
        **record,
        "href": href_of(f"{EDITORIAL_PATH}/{row.slug}{edition.query()}"),
        "revision": row.revision,
        "modified_at": format_instant(row.modified_at, find_zone("UTC")),
    }
    return cast("EditorialCuratedList", shown)
