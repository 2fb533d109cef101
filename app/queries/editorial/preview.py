"""Queries of previews: the link of one, and the article as its page would look."""

from sqlalchemy import BigInteger, Connection, Label, bindparam, case, func, select

from app.db.base import AnyRow
from app.domain.article_status import ArticleStatus
from app.domain.instant import format_instant
from app.domain.preview_token import Preview, make_token, read_token
from app.domain.tsid import format_id, is_id, parse_id
from app.errors import ArticleWithdrawnError, NotFoundError
from app.models.article import article_bodies, articles
from app.net.base_path import href_of
from app.queries.articles.article import STATUS_COLUMNS, WITH_BODY, render_article
from app.queries.articles.article_list import ARTICLE_COLUMNS
from app.queries.catalogue.editions import get_edition_by_id, list_all_editions
from app.queries.keys import find_signing_secret
from app.schemas.preview import PreviewedArticle, PreviewLink, PreviewParams

PATH = "/v1/editorial/previews"

_NOW = bindparam("now", type_=BigInteger)
_WOULD_BE: dict[str, Label[int]] = {
    "published_at": func.coalesce(articles.c.published_at, _NOW).label("published_at"),
    "first_published_at": func.coalesce(articles.c.first_published_at, articles.c.published_at, _NOW).label(
        "first_published_at"
    ),
    "version": case((articles.c.version > 0, articles.c.version), else_=1).label("version"),
}
_COLUMNS = [_WOULD_BE.get(column.name, column) for column in ARTICLE_COLUMNS]
_ONE = (
    select(*_COLUMNS, *STATUS_COLUMNS, articles.c.revision, article_bodies.c.blocks, article_bodies.c.extra)
    .select_from(WITH_BODY)
    .where(articles.c.id == bindparam("article_id"))
)
_STATUS = select(articles.c.id, articles.c.edition_id, articles.c.slug, *STATUS_COLUMNS).where(
    articles.c.id == bindparam("article_id")
)


def get_preview_link(connection: Connection, key: str, secret: bytes, *, expires_at: int) -> PreviewLink:
    """Return the link at which an article can be read until an instant; NotFoundError, ArticleWithdrawnError."""
    row = connection.execute(_STATUS, {"article_id": parse_id(key)}).first() if is_id(key) else None
    row = _check(row)
    token = make_token(secret, Preview(row.id, expires_at))
    edition = get_edition_by_id(connection, row.edition_id)
    return {
        "href": href_of(f"{PATH}/{token}"),
        "url": edition.preview_url_of(article_id=format_id(row.id), slug=row.slug, token=token),
        "expires_at": format_instant(expires_at, edition.zone),
    }


def get_preview(connection: Connection, token: str, params: PreviewParams, *, now: int) -> tuple[PreviewedArticle, int]:
    """Return the article of a token as its page would look, and its revision; eight statements.

    An article without a date is dated `now`; a public article is shown as it is. NotFoundError (also for a damaged or
    forged token), PreviewExpiredError, ArticleWithdrawnError.
    """
    secret = find_signing_secret(connection)
    if secret is None:
        raise NotFoundError("There is no such preview.")
    preview = read_token(secret, token, now=now)
    row = _check(connection.execute(_ONE, {"article_id": preview.article_id, "now": now}).first())
    edition = next(view for view in list_all_editions(connection) if view.id == row.edition_id)
    page: PreviewedArticle = {
        **render_article(connection, row, edition, params.body),
        "status": ArticleStatus(row.status),
        "preview": {"expires_at": format_instant(preview.expires_at, edition.zone)},
    }
    return page, row.revision


def _check(row: AnyRow | None) -> AnyRow:
    if row is None:
        raise NotFoundError("There is no such article.")
    if row.status == ArticleStatus.WITHDRAWN:
        raise ArticleWithdrawnError(format_id(row.id), row.withdrawal_notice, at=row.withdrawn_at)
    return row
