"""Queries of articles for editors: one article, and the editorial list."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, cast

import orjson
from sqlalchemy import Connection, bindparam, func, select

from app.db.base import AnyRow
from app.domain.article_status import ArticleStatus
from app.domain.body.shown_blocks import add_fallbacks
from app.domain.cursor import decode_position, encode_position
from app.domain.instant import format_instant
from app.domain.list_filter import DIGEST_BYTES
from app.domain.tsid import format_id, is_id, parse_id
from app.errors import NotFoundError
from app.interchange.articles import complete_content, read_records, show_extra
from app.interchange.statements import IDS
from app.models.article import articles
from app.models.article_links import article_addresses, article_related, slug_redirects
from app.models.revision import revisions
from app.models.section import sections
from app.net.base_path import href_of
from app.queries.articles.article import render_notes
from app.queries.articles.details import text_length
from app.queries.articles.items import select_fields
from app.queries.catalogue.editions import EditionView, get_edition_view, list_all_editions
from app.queries.editorial.actors import find_key_names, show_actor
from app.queries.editorial.editorial_keys import find_keys, own_filters
from app.queries.editorial.editorial_translations import read_editorial_translations
from app.queries.keyset.list_index import MAX_SORT_KEY
from app.queries.keyset.pages import cut_page
from app.queries.resolve import resolve_params
from app.schemas.editorial import EditorialArticle, EditorialItem, EditorialList, EditorialListParams

PATH = "/v1/editorial/articles"
IMPORT = "import"
DETAIL_ONLY = frozenset({"related", "extra", "body"})

_SAVED = (
    select(
        articles.c.id,
        articles.c.edition_id,
        articles.c.slug,
        articles.c.status,
        articles.c.published_at,
        articles.c.first_published_at,
        sections.c.slug.label("section_slug"),
        articles.c.version,
        articles.c.revision,
        articles.c.modified_at,
        articles.c.notes,
        articles.c.word_count,
        articles.c.reading_minutes,
        articles.c.translation_group,
        revisions.c.actor,
    )
    .outerjoin(sections, sections.c.id == articles.c.section_id)
    .outerjoin(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.revision == articles.c.revision))
    .where(articles.c.id.in_(IDS))
)
_CREATED = (
    select(revisions.c.article_id, func.min(revisions.c.at))
    .where(revisions.c.article_id.in_(IDS))
    .group_by(revisions.c.article_id)
)
_BY_SOURCE = select(articles.c.id).where(
    articles.c.edition_id == bindparam("edition_id"), articles.c.source_id == bindparam("source_id")
)
_OLD_SLUGS = (
    select(slug_redirects.c.slug)
    .where(slug_redirects.c.article_id == bindparam("article_id"))
    .order_by(slug_redirects.c.slug)
)
_PENDING_RELATED = (
    select(article_related.c.position, article_related.c.reference)
    .where(article_related.c.article_id == bindparam("article_id"), article_related.c.related_id.is_(None))
    .order_by(article_related.c.position)
)
_ADDRESSES = (
    select(article_addresses.c.address, article_addresses.c.until)
    .where(article_addresses.c.article_id == bindparam("article_id"))
    .order_by(article_addresses.c.until, article_addresses.c.address)
)


def list_pending_related(connection: Connection, key: str) -> list[tuple[int, str]]:
    """Return the positions and texts of references in `related` that no article of the edition has."""
    rows = connection.execute(_PENDING_RELATED, {"article_id": parse_article_id(key)})
    return [(row.position, row.reference) for row in rows]


def get_editorial_article(connection: Connection, key: str) -> tuple[EditorialArticle, int]:
    """Return an article by its id, whatever its status, and its revision; NotFoundError."""
    article_id = parse_article_id(key)
    views = {view.id: view for view in list_all_editions(connection)}
    articles_read = _read(connection, [article_id], views)
    if not articles_read:
        raise NotFoundError(f"There is no article '{key[:120]}'.")
    row, record, item = articles_read[0]
    article = cast("EditorialArticle", item)
    article["related"], article["body"] = record["related"], add_fallbacks(record["body"])
    article["extra"] = show_extra(record)["extra"]
    article["notes"] = render_notes(row.notes, views[row.edition_id].zone)
    article["old_slugs"] = list(connection.execute(_OLD_SLUGS, {"article_id": article_id}).scalars())
    article["translations"] = read_editorial_translations(connection, article_id, row.translation_group, path=PATH)
    addresses = connection.execute(_ADDRESSES, {"article_id": article_id}).all()
    zone = views[row.edition_id].zone
    article["aliases"] = [each.address for each in addresses if each.until is None]
    article["former_urls"] = [
        {"url": each.address, "until": format_instant(each.until, zone)} for each in addresses if each.until is not None
    ]
    return article, row.revision


def get_article_by_source(connection: Connection, edition: str, source_id: str) -> tuple[EditorialArticle, int]:
    """Return an article of an edition by the identifier of another system, and its revision; NotFoundError."""
    view = get_edition_view(connection, edition)
    article_id = connection.execute(_BY_SOURCE, {"edition_id": view.id, "source_id": source_id}).scalar()
    if article_id is None:
        raise NotFoundError(f"There is no article with the source_id '{source_id[:120]}' in the edition '{view.slug}'.")
    return get_editorial_article(connection, format_id(article_id))


def parse_article_id(key: str) -> int:
    """Parse an article id in a path; NotFoundError."""
    if not is_id(key):
        raise NotFoundError(f"There is no article '{key[:120]}': editorial URLs take ids.")
    return parse_id(key)


def cursor_digest(filters: bytes, statuses: Iterable[ArticleStatus], others: Mapping[str, Any] | None = None) -> bytes:
    """Return the digest of a cursor of editorial lists: of the filters' own digest, the statuses and other filters.

    Clients store cursors, so it depends on no name of a class or module.
    """
    written = filters + ",".join(sorted(set(statuses))).encode()
    written += orjson.dumps(others, option=orjson.OPT_SORT_KEYS) if others else b""
    return blake2b(written, digest_size=DIGEST_BYTES, person=b"editorial").digest()


def list_editorial_articles(connection: Connection, params: EditorialListParams) -> EditorialList:
    """Return articles of any status, the latest saved first (or by public time); with `id`, in the given order.

    InvalidInputError, NotFoundError, InvalidCursorError, CursorMismatchError.
    """
    query = resolve_params(connection, params, by_lists=False)
    filters = own_filters(params, query.zone)
    digests = [cursor_digest(each, params.status, filters) for each in query.digests]
    digest = digests[0]
    upper = MAX_SORT_KEY if params.cursor is None else decode_position(params.cursor, *digests)
    most = len(params.id) or params.limit
    keys = (
        []
        if query.selection.is_empty
        else find_keys(connection, query, params, filters=filters, upper=upper, most=most + 1)
    )
    page = cut_page(
        keys,
        most,
        cursor=lambda last: encode_position(*last, digest),
        href=lambda cursor: params.url_for(PATH, cursor=cursor),
    )
    ids = [article_id for _, article_id in page.rows]
    if params.id:
        ids = [number for number in dict.fromkeys(map(parse_id, params.id)) if number in set(ids)]
    items = [item for _, _, item in _read(connection, ids, query.editions)]
    return {"items": [select_fields(item, params.fields) for item in items], "next": page.next}


def _read(
    connection: Connection, ids: Sequence[int], editions: dict[int, EditionView]
) -> list[tuple[AnyRow, dict[str, Any], EditorialItem]]:
    """Return the rows, records and items of these articles, in this order; missing ones are omitted."""
    if not ids:
        return []
    rows = {row.id: row for row in connection.execute(_SAVED, {"ids": list(ids)})}
    created = {row[0]: row[1] for row in connection.execute(_CREATED, {"ids": list(ids)})}
    records = {number: complete_content(record) for number, record in read_records(connection, ids).items()}
    names = find_key_names(connection, [row.actor or IMPORT for row in rows.values()])
    return [
        (rows[number], records[number], _item(rows[number], records[number], created, editions, names))
        for number in ids
        if number in rows
    ]


def _item(
    row: AnyRow,
    record: dict[str, Any],
    created: dict[int, int],
    editions: dict[int, EditionView],
    names: Mapping[str, str],
) -> EditorialItem:
    modified_by = show_actor(row.actor or IMPORT, names)
    edition, article_id = editions[row.edition_id], format_id(row.id)
    zone = edition.zone
    item = {
        "id": article_id,
        "href": href_of(f"{PATH}/{article_id}"),
        "edition": edition.slug,
        "source_id": record["source_id"],
        "slug": row.slug,
        "url": None if row.status == ArticleStatus.DRAFT else edition.url_of_row(row),
        "status": record["status"],
        "version": row.version,
        "revision": row.revision,
        **{name: value for name, value in record.items() if name not in DETAIL_ONLY and name != "kind"},
        **text_length(row, lambda: record["body"]),
        "created_at": format_instant(created.get(row.id, row.modified_at), zone),
        "modified_at": format_instant(row.modified_at, zone),
        "modified_by": modified_by["actor"],
        "modified_by_name": modified_by["actor_name"],
        "modified_by_person": modified_by["person"],
    }
    return cast("EditorialItem", item)
