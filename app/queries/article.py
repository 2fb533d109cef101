"""One article with everything its page shows."""

from typing import cast
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, bindparam, literal_column, select, union_all

from app.db.base import AnyRow
from app.db.prepared import Prepared
from app.domain.article import BodyForm, Status
from app.domain.footprint import note_article, note_slugs
from app.domain.ids import LARGEST, format_id, looks_like_id, parse_id
from app.domain.instant import format_instant
from app.domain.scope import Facet
from app.errors import ArticleMoved, ArticleWithdrawn, NotFound
from app.models.article import article_bodies, article_picks, article_related, article_slugs, articles
from app.queries.articles import ARTICLE_COLUMNS, render_articles, render_body
from app.queries.editions import EditionView, edition_of, feed_alternates, find_edition
from app.queries.items import ITEM_COLUMNS, WITH_BADGE, note_badges, render_item
from app.queries.listing import EARLIEST, LATEST, Key, Selection, selection_values
from app.queries.positions import in_order, positions
from app.schemas.article import Article, ArticleNote, Item, Neighbours, RelatedList
from app.schemas.question import ArticleQuestion, Question

RELATED_MOST = 8

STANDING = (articles.c.status, articles.c.withdrawal_notice, articles.c.withdrawn_at, articles.c.notes)
WITH_BODY = WITH_BADGE.join(article_bodies, article_bodies.c.article_id == articles.c.id)

_ONE = select(*ARTICLE_COLUMNS, *STANDING, article_bodies.c.blocks).select_from(WITH_BODY)
_BY_ID = Prepared(_ONE.where(articles.c.id == bindparam("article_id")))
_BY_SLUG = Prepared(_ONE.where(articles.c.edition_id == bindparam("edition_id"), articles.c.slug == bindparam("slug")))
_MOVED = (
    select(articles.c.slug, articles.c.id, articles.c.status, articles.c.withdrawal_notice, articles.c.withdrawn_at)
    .join(article_slugs, article_slugs.c.article_id == articles.c.id)
    .where(
        article_slugs.c.edition_id == bindparam("edition_id"),
        article_slugs.c.slug == bindparam("slug"),
        articles.c.status.in_([Status.PUBLISHED, Status.WITHDRAWN]),
    )
)

_CURATED = select(
    article_related.c.related_id.label("article_id"),
    literal_column("0").label("rank"),
    article_related.c.position,
).where(article_related.c.article_id == bindparam("article_id"))
_PICKED = select(
    article_picks.c.picked_id.label("article_id"),
    literal_column("1").label("rank"),
    article_picks.c.position,
).where(article_picks.c.article_id == bindparam("article_id"))
_CHOSEN = union_all(_CURATED, _PICKED).subquery("chosen")
_RELATED = Prepared(
    select(*ITEM_COLUMNS)
    .select_from(_CHOSEN.join(WITH_BADGE, articles.c.id == _CHOSEN.c.article_id))
    .where(articles.c.status == literal_column("'published'"))
    .order_by(_CHOSEN.c.rank, _CHOSEN.c.position)
)


def _beside(*, newer: bool) -> Prepared:
    keys = positions((False,), oldest_first=newer)
    joined = keys.join(WITH_BADGE, articles.c.id == keys.c.article_id)
    return Prepared(select(*ITEM_COLUMNS).select_from(joined).order_by(*in_order(keys.c, oldest_first=newer)))


_OLDER, _NEWER = _beside(newer=False), _beside(newer=True)


def get_article(connection: Connection, key: str, question: ArticleQuestion) -> Article:
    """A public article by id or slug, with related ones, neighbours and alternates; statements: at most nine.

    NotFound, ArticleMoved (an old slug), ArticleWithdrawn.
    """
    row, edition = find_public(connection, key, question)
    return render_page(connection, row, edition, question.body)


def render_page(connection: Connection, row: AnyRow, edition: EditionView, body: BodyForm) -> Article:
    """The page of an article whose row has a date, with a body in this form; five statements."""
    item = render_articles(connection, [row], {edition.id: edition}, BodyForm.NONE)[0]
    article = cast("Article", item)  # the page is the item and more
    if body is not BodyForm.NONE:
        article["body"] = render_body(row.blocks, body)
    article["related"] = _related(connection, row.id, edition)
    article["neighbours"] = _neighbours(connection, row, edition)
    article["notes"] = render_notes(row.notes, edition.zone)
    article["history"] = {"href": f"{article['href']}/history"}
    article["alternates"] = [
        {"rel": "canonical", "type": "text/html", "href": article["url"]},
        {"rel": "alternate", "type": "application/ld+json", "href": f"{article['href']}/json-ld", "title": "JSON-LD"},
        {"rel": "alternate", "type": "application/json", "href": f"{article['href']}/ninjs", "title": "ninjs"},
        *feed_alternates(edition),
    ]
    return article


def render_notes(notes: str | None, zone: ZoneInfo) -> list[ArticleNote]:
    """The notes to the public that are stored with an article."""
    found: list[ArticleNote] = [] if notes is None else orjson.loads(notes)
    return [{**note, "at": format_instant(cast("int", note["at"]), zone)} for note in found]


def list_related(connection: Connection, key: str, question: Question) -> RelatedList:
    """“Read also” by itself; NotFound, ArticleMoved, ArticleWithdrawn."""
    row, edition = find_public(connection, key, question)
    return {"items": _related(connection, row.id, edition), "next": None}


def find_public(connection: Connection, key: str, question: Question) -> tuple[AnyRow, EditionView]:
    """The row of a public article by id or slug, with its edition; NotFound, ArticleMoved, ArticleWithdrawn.

    A withdrawn one is ArticleWithdrawn under its old slugs too: the one it has now may be words of its headline.
    """
    if looks_like_id(key):
        note_article(parse_id(key))
        row = _BY_ID.first(connection, {"article_id": parse_id(key)})
        edition = None if row is None else edition_of(connection, row.edition_id)
    else:
        edition = find_edition(connection, question.edition)
        named = {"edition_id": edition.id, "slug": key}
        row = _BY_SLUG.first(connection, named)
        if row is not None:
            note_article(row.id)
        elif (moved := connection.execute(_MOVED, named).first()) is not None:
            note_article(moved.id)
            raise _withdrawn(moved) if moved.status == Status.WITHDRAWN else ArticleMoved(moved.slug)
        if row is None or row.status not in {Status.PUBLISHED, Status.WITHDRAWN}:
            note_slugs(edition.id)
    if row is None or edition is None or row.status not in {Status.PUBLISHED, Status.WITHDRAWN}:
        raise NotFound(f"There is no article '{key[:120]}' here.")
    if row.status == Status.WITHDRAWN:
        raise _withdrawn(row)
    return row, edition


def _withdrawn(row: AnyRow) -> ArticleWithdrawn:
    return ArticleWithdrawn(format_id(row.id), row.withdrawal_notice, at=row.withdrawn_at)


def _related(connection: Connection, article_id: int, edition: EditionView) -> list[Item]:
    rows = _RELATED.all(connection, {"article_id": article_id})
    once: dict[int, AnyRow] = {}
    for row in rows:
        once.setdefault(row.id, row)  # one that was chosen by hand and picked too stands where the editors put it
    once.pop(article_id, None)
    chosen = list(once.values())[:RELATED_MOST]
    note_badges(chosen)
    return [render_item(row, edition, edition.zone) for row in chosen]


def _neighbours(connection: Connection, row: AnyRow, edition: EditionView) -> Neighbours:
    timeline = Selection((((edition.id, Facet.EDITION, 0),),))

    def beside(statement: Prepared, lower: Key, upper: Key) -> AnyRow | None:
        return statement.first(connection, selection_values(timeline, lower, upper) | {"limit": 1})

    def shown(found: AnyRow | None) -> Item | None:
        return None if found is None else render_item(found, edition, edition.zone)

    here = (row.published_at, row.id)
    behind = (row.published_at, row.id + 1) if row.id < LARGEST else (row.published_at + 1, 0)
    older, newer = beside(_OLDER, EARLIEST, here), beside(_NEWER, behind, LATEST)
    note_badges(filter(None, (older, newer)))
    timeline.note(
        EARLIEST[0] if older is None else older.published_at, LATEST[0] if newer is None else newer.published_at
    )
    return {"previous": shown(older), "next": shown(newer)}
