"""Query of one article with everything that its page shows."""

from typing import Any, cast
from unicodedata import normalize
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import BigInteger, Connection, Select, bindparam, literal_column, select, tuple_, union_all

from app.db.base import AnyRow
from app.db.prepared import PreparedQuery
from app.domain.article_status import ArticleStatus, BodyFormat, LinkForm
from app.domain.instant import format_instant
from app.domain.list_filter import Facet
from app.domain.traits import PAGE
from app.domain.tsid import format_id, is_id, parse_id
from app.errors import ArticleMoved, ArticleWithdrawnError, NotFoundError
from app.invalidation.dependencies import depend_on_article, depend_on_slugs
from app.models.article import article_bodies, articles
from app.models.article_links import article_recommendations, article_related, slug_redirects
from app.models.listing import listings
from app.queries.articles.article_list import ARTICLE_COLUMNS, render_articles, render_body
from app.queries.articles.details import render_details
from app.queries.articles.items import (
    ARTICLES_WITH_ENTRIES,
    ITEM_COLUMNS,
    RenderedEntries,
    depend_on_shown_entries,
    render_linked_items,
)
from app.queries.articles.translations import read_translations
from app.queries.catalogue.editions import EditionView, feed_alternates, get_edition_by_id, get_edition_view
from app.queries.keyset.list_index import MAX_SORT_KEY, MIN_SORT_KEY, ListSelection
from app.queries.keyset.sort_keys import timeline_order
from app.schemas.article import Article, ArticleNote, LinkedItem, Neighbours, RelatedList
from app.schemas.params import ArticleParams, QueryParams

MAX_RELATED = 8

STATUS_COLUMNS = (
    articles.c.status,
    articles.c.withdrawal_notice,
    articles.c.withdrawn_at,
    articles.c.notes,
)
WITH_BODY = ARTICLES_WITH_ENTRIES.join(article_bodies, article_bodies.c.article_id == articles.c.id)

_ONE = select(*ARTICLE_COLUMNS, *STATUS_COLUMNS, article_bodies.c.blocks, article_bodies.c.extra).select_from(WITH_BODY)
_BY_ID = PreparedQuery(_ONE.where(articles.c.id == bindparam("article_id")))
_BY_SLUG = PreparedQuery(
    _ONE.where(articles.c.edition_id == bindparam("edition_id"), articles.c.slug == bindparam("slug"))
)
_MOVED = (
    select(articles.c.slug, articles.c.id, articles.c.status, articles.c.withdrawal_notice, articles.c.withdrawn_at)
    .join(slug_redirects, slug_redirects.c.article_id == articles.c.id)
    .where(
        slug_redirects.c.edition_id == bindparam("edition_id"),
        slug_redirects.c.slug == bindparam("slug"),
        articles.c.status.in_([ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN]),
    )
)

_CURATED = select(
    article_related.c.related_id.label("article_id"),
    literal_column("0").label("rank"),
    article_related.c.position,
).where(article_related.c.article_id == bindparam("article_id"))
_PICKED = select(
    article_recommendations.c.recommended_id.label("article_id"),
    literal_column("1").label("rank"),
    article_recommendations.c.position,
).where(article_recommendations.c.article_id == bindparam("article_id"))
_CHOSEN = union_all(_CURATED, _PICKED).subquery("chosen")
_RELATED = PreparedQuery(
    select(*ITEM_COLUMNS)
    .select_from(_CHOSEN.join(ARTICLES_WITH_ENTRIES, articles.c.id == _CHOSEN.c.article_id))
    .where(articles.c.status == literal_column("'published'"), articles.c.format != literal_column(f"'{PAGE}'"))
    .order_by(_CHOSEN.c.rank, _CHOSEN.c.position)
)


def _first_key(*, newer: bool) -> Select[Any]:
    """Return the sort key next to the bound one in the timeline of the bound edition."""
    key = tuple_(listings.c.published_at, listings.c.article_id)
    here = tuple_(bindparam("published_at", type_=BigInteger), bindparam("article_id", type_=BigInteger))
    in_timeline = listings.c.edition_id == bindparam("edition_id"), listings.c.kind == int(Facet.EDITION)
    return (
        select(listings.c.article_id)
        .where(*in_timeline, listings.c.facet_id == 0, key > here if newer else key < here)
        .order_by(*timeline_order(listings.c, oldest_first=newer))
        .limit(1)
    )


_BESIDE = union_all(*(select(_first_key(newer=newer).subquery()) for newer in (False, True))).subquery("beside")
_NEIGHBOURS = PreparedQuery(
    select(*ITEM_COLUMNS).select_from(_BESIDE.join(ARTICLES_WITH_ENTRIES, articles.c.id == _BESIDE.c.article_id))
)


def get_article(connection: Connection, key: str, params: ArticleParams) -> Article:
    """Return a public article by id or slug with everything its page shows; at most nine statements.

    NotFoundError, ArticleMoved (a former slug), ArticleWithdrawnError.
    """
    row, edition = get_public_article(connection, key, params)
    return render_article(connection, row, edition, params.body, links=params.links)


def render_article(
    connection: Connection,
    row: AnyRow,
    edition: EditionView,
    body: BodyFormat,
    *,
    links: LinkForm = LinkForm.WRITTEN,
) -> Article:
    """Return the page of an article whose row has a date, with a body in this format; at most six statements."""
    item = render_articles(connection, [row], {edition.id: edition}, BodyFormat.NONE)[0]
    article = cast("Article", {**item, **render_details(row, edition, row, read_translations(connection, row))})
    if body is not BodyFormat.NONE:
        base = article["url"] if links is LinkForm.ABSOLUTE else None
        article["body"] = render_body(row.blocks, body, base=base)
    entries = RenderedEntries({}, {})
    article["related"] = _related(connection, row.id, edition, entries)
    article["neighbours"] = _neighbours(connection, row, edition, entries)
    article["notes"] = render_notes(row.notes, edition.zone)
    article["history"] = {"href": f"{article['href']}/history"}
    article["alternates"] = [
        {"rel": "canonical", "type": "text/html", "href": article["canonical_url"] or article["url"]},
        {"rel": "alternate", "type": "application/ld+json", "href": f"{article['href']}/json-ld", "title": "JSON-LD"},
        {"rel": "alternate", "type": "application/json", "href": f"{article['href']}/ninjs", "title": "ninjs"},
        *feed_alternates(edition),
    ]
    return article


def render_notes(notes: str | None, zone: ZoneInfo) -> list[ArticleNote]:
    """Return the public notes that are stored with an article."""
    stored: list[ArticleNote] = [] if notes is None else orjson.loads(notes)
    return [{**note, "at": format_instant(cast("int", note["at"]), zone)} for note in stored]


def list_related(connection: Connection, key: str, params: QueryParams) -> RelatedList:
    """Return “Read also” by itself; NotFoundError, ArticleMoved, ArticleWithdrawnError."""
    row, edition = get_public_article(connection, key, params)
    return {"items": _related(connection, row.id, edition, RenderedEntries({}, {})), "next": None}


def get_public_article(connection: Connection, key: str, params: QueryParams) -> tuple[AnyRow, EditionView]:
    """Return the row of a public article by id or slug, with its edition.

    NotFoundError, ArticleMoved, ArticleWithdrawnError; the latter also under the former slugs of a withdrawn article,
    since its current slug may repeat words of its headline.
    """
    if is_id(key):
        depend_on_article(parse_id(key))
        row = _BY_ID.first(connection, {"article_id": parse_id(key)})
        edition = None if row is None else get_edition_by_id(connection, row.edition_id)
    else:
        edition = get_edition_view(connection, params.edition)
        key = key if key.isascii() else normalize("NFC", key)
        named = {"edition_id": edition.id, "slug": key}
        row = _BY_SLUG.first(connection, named)
        if row is not None:
            depend_on_article(row.id)
        elif (moved := connection.execute(_MOVED, named).first()) is not None:
            depend_on_article(moved.id)
            raise _withdrawn(moved) if moved.status == ArticleStatus.WITHDRAWN else ArticleMoved(moved.slug)
        if row is None or row.status not in {ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN}:
            depend_on_slugs(edition.id)
    if row is None or edition is None or row.status not in {ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN}:
        raise NotFoundError(f"There is no article '{key[:120]}'.")
    if row.status == ArticleStatus.WITHDRAWN:
        raise _withdrawn(row)
    return row, edition


def _withdrawn(row: AnyRow) -> ArticleWithdrawnError:
    return ArticleWithdrawnError(format_id(row.id), row.withdrawal_notice, at=row.withdrawn_at)


def _related(
    connection: Connection, article_id: int, edition: EditionView, entries: RenderedEntries
) -> list[LinkedItem]:
    rows = _RELATED.all(connection, {"article_id": article_id})
    once: dict[int, AnyRow] = {}
    for row in rows:
        # An article that is both curated and recommended has the position that the editors chose.
        once.setdefault(row.id, row)
    once.pop(article_id, None)
    chosen = list(once.values())[:MAX_RELATED]
    depend_on_shown_entries(chosen)
    return render_linked_items(chosen, edition, edition.zone, entries)


def _neighbours(connection: Connection, row: AnyRow, edition: EditionView, entries: RenderedEntries) -> Neighbours:
    """Return the articles before and after it in the timeline; none for a page, which the timeline does not have."""
    if row.format == PAGE:
        return {"previous": None, "next": None}
    here = (row.published_at, row.id)
    bound = {"edition_id": edition.id, "published_at": row.published_at, "article_id": row.id}
    rows = _NEIGHBOURS.all(connection, bound)
    depend_on_shown_entries(rows)
    items = render_linked_items(rows, edition, edition.zone, entries)
    sides = {(each.published_at, each.id) < here: (each, item) for each, item in zip(rows, items, strict=True)}
    older, previous = sides.get(True, (None, None))
    newer, following = sides.get(False, (None, None))
    ListSelection((((edition.id, Facet.EDITION, 0),),)).record_dependency(
        MIN_SORT_KEY[0] if older is None else older.published_at,
        MAX_SORT_KEY[0] if newer is None else newer.published_at,
    )
    return {"previous": previous, "next": following}
