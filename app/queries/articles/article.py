"""Query of one article with everything that its page shows."""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from unicodedata import normalize
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    literal_column,
    select,
    tuple_,
    union_all,
)

from app.db.base import AnyRow
from app.db.prepared import PreparedQuery
from app.domain.article_status import ArticleStatus, BodyFormat, LinkForm
from app.domain.instant import format_instant
from app.domain.list_filter import Facet
from app.domain.traits import PAGE
from app.domain.tsid import format_id, is_id, parse_id
from app.errors import ArticleMoved, ArticleWithdrawnError, NotFoundError
from app.invalidation.dependencies import depend_on_article, depend_on_entry, depend_on_slugs
from app.models.article import article_bodies, articles
from app.models.article_links import article_recommendations, article_related, slug_redirects
from app.models.edition import editions
from app.models.listing import listings
from app.queries.articles.article_list import ARTICLE_COLUMNS, render_articles, render_body
from app.queries.articles.details import render_details
from app.queries.articles.items import (
    ARTICLES_WITH_ENTRIES,
    ITEM_COLUMNS,
    RenderedEntries,
    depend_on_shown_entries,
    join_entries,
    render_linked_items,
)
from app.queries.articles.translations import read_translations
from app.queries.catalogue.editions import (
    JOINED_COLUMNS,
    EditionView,
    edition_from_row,
    edition_not_found,
    feed_alternates,
)
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

_ONE = select(*ARTICLE_COLUMNS, *STATUS_COLUMNS, article_bodies.c.blocks, article_bodies.c.extra, *JOINED_COLUMNS)
_EDITION_WIDTH = len(JOINED_COLUMNS)
_BY_ID = PreparedQuery(
    _ONE.select_from(WITH_BODY.join(editions, editions.c.id == articles.c.edition_id)).where(
        articles.c.id == bindparam("article_id")
    )
)


def _by_slug(edition: ColumnElement[bool]) -> PreparedQuery:
    """Return the query of an edition with its article of the bound slug; the article's columns are NULL without one."""
    is_named = (articles.c.edition_id == editions.c.id) & (articles.c.slug == bindparam("slug"))
    found = editions.outerjoin(articles, is_named).outerjoin(
        article_bodies, article_bodies.c.article_id == articles.c.id
    )
    return PreparedQuery(_ONE.select_from(join_entries(found)).where(edition))


_OF_DEFAULT_EDITION = _by_slug(editions.c.is_default)
_OF_NAMED_EDITION = _by_slug(editions.c.slug == bindparam("edition"))
_MOVED = (
    select(articles.c.slug, articles.c.id, articles.c.status, articles.c.withdrawal_notice, articles.c.withdrawn_at)
    .join(slug_redirects, slug_redirects.c.article_id == articles.c.id)
    .where(
        slug_redirects.c.edition_id == bindparam("edition_id"),
        slug_redirects.c.slug == bindparam("slug"),
        articles.c.status.in_([ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN]),
    )
)


def _first_key(*, newer: bool) -> Select[Any]:
    """Return the article next to the bound sort key in the timeline of the bound edition."""
    key = tuple_(listings.c.published_at, listings.c.article_id)
    here = tuple_(bindparam("published_at", type_=BigInteger), bindparam("article_id", type_=BigInteger))
    in_timeline = (
        listings.c.edition_id == bindparam("edition_id"),
        listings.c.kind == literal_column(str(int(Facet.EDITION))),
        listings.c.facet_id == literal_column("0"),
    )
    return (
        select(listings.c.article_id)
        .where(*in_timeline, key > here if newer else key < here)
        .order_by(*timeline_order(listings.c, oldest_first=newer))
        .limit(literal_column("1"))
    )


def _linked(*choices: Select[Any]) -> PreparedQuery:
    """Return the query of the items that these name, with their rank; pages of the format `page` are never linked."""
    chosen = union_all(*choices).subquery("chosen")
    return PreparedQuery(
        select(*ITEM_COLUMNS, chosen.c.rank)
        .select_from(chosen.join(ARTICLES_WITH_ENTRIES, articles.c.id == chosen.c.article_id))
        .where(articles.c.status == literal_column("'published'"), articles.c.format != literal_column(f"'{PAGE}'"))
        .order_by(chosen.c.rank, chosen.c.position)
    )


_CURATED_RANK, _RECOMMENDED_RANK, _OLDER_RANK, _NEWER_RANK = range(4)
_CURATED = select(
    article_related.c.related_id.label("article_id"),
    literal_column(str(_CURATED_RANK)).label("rank"),
    article_related.c.position,
).where(article_related.c.article_id == bindparam("article_id"))
_RECOMMENDED = select(
    article_recommendations.c.recommended_id.label("article_id"),
    literal_column(str(_RECOMMENDED_RANK)).label("rank"),
    article_recommendations.c.position,
).where(article_recommendations.c.article_id == bindparam("article_id"))
_NEIGHBOURS = tuple(
    select(nearest.c.article_id, literal_column(str(rank)).label("rank"), literal_column("0").label("position"))
    for rank, nearest in (
        (_OLDER_RANK, _first_key(newer=False).subquery("older")),
        (_NEWER_RANK, _first_key(newer=True).subquery("newer")),
    )
)
_RELATED = _linked(_CURATED, _RECOMMENDED)
_RELATED_AND_NEIGHBOURS = _linked(_CURATED, _RECOMMENDED, *_NEIGHBOURS)


def get_article(connection: Connection, key: str, params: ArticleParams) -> Article:
    """Return a public article by id or slug with everything its page shows; at most seven statements.

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
    """Return the page of an article whose row has a date, with a body in this format; at most five statements."""
    item = render_articles(connection, [row], {edition.id: edition}, BodyFormat.NONE)[0]
    article = cast("Article", {**item, **render_details(row, edition, row, read_translations(connection, row))})
    if body is not BodyFormat.NONE:
        base = article["url"] if links is LinkForm.ABSOLUTE else None
        article["body"] = render_body(row.blocks, body, base=base)
    article["related"], article["neighbours"] = _render_links(connection, row, edition)
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
    chosen = _choose_related(_RELATED.all(connection, {"article_id": row.id}), row.id)
    return {"items": _render_linked(chosen, edition), "next": None}


def get_public_article(connection: Connection, key: str, params: QueryParams) -> tuple[AnyRow, EditionView]:
    """Return the row of a public article by id or slug, with its edition.

    NotFoundError, ArticleMoved, ArticleWithdrawnError; the latter also under the former slugs of a withdrawn article,
    since its current slug may repeat words of its headline.
    """
    row = _find_by_id(connection, parse_id(key)) if is_id(key) else _find_by_slug(connection, key, params.edition)
    if row is None or row.status not in {ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN}:
        raise NotFoundError(f"There is no article '{key[:120]}'.")
    if row.status == ArticleStatus.WITHDRAWN:
        raise _withdrawn(row)
    return row, edition_from_row(row[-_EDITION_WIDTH:])


def _find_by_id(connection: Connection, article_id: int) -> AnyRow | None:
    """Return the row of an article of any status, with its edition."""
    depend_on_article(article_id)
    row = _BY_ID.first(connection, {"article_id": article_id})
    if row is not None:
        depend_on_entry(Facet.EDITION, row.edition_id)
    return row


def _find_by_slug(connection: Connection, slug: str, edition: str | None) -> AnyRow:
    """Return the same by its present slug; the row has an edition alone if there is none.

    NotFoundError for the edition, ArticleMoved, ArticleWithdrawnError.
    """
    slug = slug if slug.isascii() else normalize("NFC", slug)
    query = _OF_DEFAULT_EDITION if edition is None else _OF_NAMED_EDITION
    row = query.first(connection, {"edition": edition, "slug": slug})
    if row is None:
        raise edition_not_found(edition)
    depend_on_entry(Facet.EDITION, row.of_id)
    if row.id is not None:
        depend_on_article(row.id)
    elif (moved := connection.execute(_MOVED, {"edition_id": row.of_id, "slug": slug}).first()) is not None:
        depend_on_article(moved.id)
        raise _withdrawn(moved) if moved.status == ArticleStatus.WITHDRAWN else ArticleMoved(moved.slug)
    if row.status not in {ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN}:
        depend_on_slugs(row.of_id)
    return row


def _withdrawn(row: AnyRow) -> ArticleWithdrawnError:
    return ArticleWithdrawnError(format_id(row.id), row.withdrawal_notice, at=row.withdrawn_at)


def _choose_related(rows: Iterable[AnyRow], article_id: int) -> list[AnyRow]:
    """Return the related articles of these rows; one that is both curated and recommended where the editors put it."""
    once: dict[int, AnyRow] = {}
    for row in rows:
        if row.rank <= _RECOMMENDED_RANK:
            once.setdefault(row.id, row)
    once.pop(article_id, None)
    return list(once.values())[:MAX_RELATED]


def _render_linked(rows: Sequence[AnyRow], edition: EditionView) -> list[LinkedItem]:
    depend_on_shown_entries(rows)
    return render_linked_items(rows, edition, edition.zone, RenderedEntries({}, {}))


def _render_links(connection: Connection, row: AnyRow, edition: EditionView) -> tuple[list[LinkedItem], Neighbours]:
    """Return “Read also”, and the articles before and after it in the timeline; one statement.

    A page has no neighbours: the timeline does not have it.
    """
    if row.format == PAGE:
        chosen = _choose_related(_RELATED.all(connection, {"article_id": row.id}), row.id)
        return _render_linked(chosen, edition), {"previous": None, "next": None}
    bound = {"edition_id": edition.id, "published_at": row.published_at, "article_id": row.id}
    rows = _RELATED_AND_NEIGHBOURS.all(connection, bound)
    chosen, beside = _choose_related(rows, row.id), {each.rank: each for each in rows if each.rank > _RECOMMENDED_RANK}
    items = _render_linked([*chosen, *beside.values()], edition)
    neighbours = dict(zip(beside, items[len(chosen) :], strict=True))
    older, newer = beside.get(_OLDER_RANK), beside.get(_NEWER_RANK)
    ListSelection((((edition.id, Facet.EDITION, 0),),)).record_dependency(
        MIN_SORT_KEY[0] if older is None else older.published_at,
        MAX_SORT_KEY[0] if newer is None else newer.published_at,
    )
    return items[: len(chosen)], {"previous": neighbours.get(_OLDER_RANK), "next": neighbours.get(_NEWER_RANK)}
