"""Queries of an article's revisions for editors, and the diff of two of them."""

from collections.abc import Mapping
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, or_, select

from app.db.base import AnyRow
from app.domain.calendar import find_zone
from app.domain.diff import Difference, MemberDifference, diff_articles
from app.domain.instant import format_instant
from app.domain.list_filter import ListFilter
from app.domain.revision import MAX_REVISION
from app.domain.tsid import format_id
from app.errors import FieldError, InvalidInputError, NotFoundError
from app.interchange.articles import EDITORIAL_FIELDS, complete_content, read_records, show_extra
from app.interchange.revision_contents import read_content
from app.models.article import articles
from app.models.edition import editions
from app.models.revision import revisions
from app.net.base_path import href_of
from app.queries.editorial.actors import find_key_names, show_actor
from app.queries.editorial.editorial_articles import PATH, parse_article_id
from app.queries.keyset.pages import BY_REVISION
from app.schemas.editorial import (
    Revision,
    RevisionItem,
    RevisionList,
    RevisionListParams,
    RevisionParams,
)

_COLUMNS_WITHOUT_CONTENT = tuple(
    column for column in revisions.c if column.name not in {"content", "blocks", "updated_at"}
)
_ZONE = (
    select(editions.c.timezone)
    .join(articles, articles.c.edition_id == editions.c.id)
    .where(articles.c.id == bindparam("article_id"))
)
_PAGE = (
    select(*_COLUMNS_WITHOUT_CONTENT)
    .where(revisions.c.article_id == bindparam("article_id"), revisions.c.revision < bindparam("after"))
    .order_by(revisions.c.revision.desc())
    .limit(bindparam("limit"))
)
_ONE = select(*_COLUMNS_WITHOUT_CONTENT).where(
    revisions.c.article_id == bindparam("article_id"), revisions.c.revision == bindparam("revision")
)
_CONTENT = (
    select(revisions.c.article_id, revisions.c.content, revisions.c.blocks, revisions.c.updated_at)
    .where(
        revisions.c.article_id == bindparam("article_id"),
        revisions.c.revision >= bindparam("revision"),
        or_(revisions.c.blocks.is_not(None), revisions.c.content.is_not(None)),
    )
    .order_by(revisions.c.revision)
    .limit(1)
)


def list_revisions(connection: Connection, key: str, params: RevisionListParams) -> RevisionList:
    """Return the revisions of an article, the latest first; NotFoundError, InvalidCursorError, CursorMismatchError."""
    article_id, zone = _find(connection, key)
    page = BY_REVISION.read_page(
        connection,
        _PAGE,
        params,
        digest=ListFilter(edition=f"revisions {article_id}").digest(),
        href=lambda cursor: f"{_href(article_id)}?limit={params.limit}&cursor={cursor}",
        binds={"article_id": article_id},
    )
    names = find_key_names(connection, [row.actor for row in page.rows])
    return {"items": [_item(row, zone, names) for row in page.rows], "next": page.next}


def get_revision(connection: Connection, key: str, number: int, params: RevisionParams) -> Revision:
    """Return one revision with its content and its diff to another; NotFoundError, InvalidInputError."""
    article_id, zone = _find(connection, key)
    row = _one(connection, article_id, number)
    if row is None:
        raise NotFoundError(f"Article {key} has no revision {number}.")
    against = params.against
    if against is None:
        earlier = connection.execute(_PAGE, {"article_id": article_id, "after": number, "limit": 1}).first()
        other = earlier
    else:
        other = _one(connection, article_id, against)
        if other is None:
            raise InvalidInputError(FieldError("against", f"There is no revision {against}."))
    content_now = _content_at(connection, row, zone)
    content_before = {} if other is None else _content_at(connection, other, zone)
    return {
        **_item(row, zone, find_key_names(connection, [row.actor])),
        "content": show_extra({name: content_now[name] for name in EDITORIAL_FIELDS}),
        "against": None if other is None else other.revision,
        "differences": []
        if other is None
        else list(map(_with_shown_extra, diff_articles(content_before, content_now))),
    }


def _find(connection: Connection, key: str) -> tuple[int, ZoneInfo]:
    article_id = parse_article_id(key)
    zone = connection.execute(_ZONE, {"article_id": article_id}).scalar()
    if zone is None:
        raise NotFoundError(f"There is no article '{key}'.")
    return article_id, find_zone(zone)


def _one(connection: Connection, article_id: int, number: int) -> AnyRow | None:
    if number > MAX_REVISION:
        return None
    return connection.execute(_ONE, {"article_id": article_id, "revision": number}).first()


def _content_at(connection: Connection, row: AnyRow, zone: ZoneInfo) -> dict[str, Any]:
    """Return the content of the article at a revision, with its status and public time then."""
    holder = connection.execute(_CONTENT, {"article_id": row.article_id, "revision": row.revision}).first()
    content = (
        complete_content(read_records(connection, [row.article_id])[row.article_id])
        if holder is None
        else read_content(connection, holder, zone)
    )
    state = {"status": row.status, "published_at": _text(row.published_at, zone)}
    return {**state, **{name: content[name] for name in EDITORIAL_FIELDS}}


def _with_shown_extra(difference: Difference) -> Difference:
    """Return a difference in which an `extra` is JSON, not the text that was compared."""
    if difference["member"] != "extra":
        return difference
    changed = cast("MemberDifference", difference)
    before, after = (show_extra({"extra": changed[side]})["extra"] for side in ("before", "after"))
    return {**changed, "before": before, "after": after}


def _item(row: AnyRow, zone: ZoneInfo, names: Mapping[str, str]) -> RevisionItem:
    item = {
        "revision": row.revision,
        "href": f"{_href(row.article_id)}/{row.revision}",
        "version": row.version,
        "status": row.status,
        "published_at": _text(row.published_at, zone),
        "action": row.action,
        "at": format_instant(row.at, zone),
        **show_actor(row.actor, names),
        "note": None if row.note_type is None else {"type": row.note_type, "text": row.note_text},
    }
    return cast("RevisionItem", item)


def _href(article_id: int) -> str:
    return href_of(f"{PATH}/{format_id(article_id)}/revisions")


def _text(instant: int | None, zone: ZoneInfo) -> str | None:
    return None if instant is None else format_instant(instant, zone)
