"""Lists of articles, and one article with everything its page shows."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Request, Response

from app.api.dependencies import get_database
from app.api.http.path_params import IdOrSlug
from app.api.http.query_params import parse_query
from app.api.http.responses import CROSS_ORIGIN, NO_CACHE, PUBLIC, document_response, json_response, redirect_response
from app.api.http.schedule_dependencies import (
    article_schedule_dependency,
    articles_schedule_dependency,
    get_cache_control_builder,
    related_schedule_dependency,
)
from app.api.openapi.document import operation, with_extra_response
from app.api.public.feed_channel import to_publication
from app.api.router import make_router
from app.db.database import Connection
from app.domain.article_status import BodyFormat
from app.domain.calendar import UTC
from app.domain.instant import format_instant
from app.errors import ArticleMoved, ArticleWithdrawnError, NotFoundError
from app.invalidation.schedule_snapshot import ScheduleDependency
from app.queries.articles import article, article_list, history
from app.queries.feeds import feeds
from app.schemas.article import Article, ArticleList, RelatedList
from app.schemas.examples import feed_json, reading
from app.schemas.history import ArticleHistory
from app.schemas.json_ld import JsonLd
from app.schemas.ninjs import NinjsObject
from app.schemas.params import ArticleListParams, ArticleParams, HistoryParams, QueryParams
from app.syndication import json_ld, ninjs

router = make_router("Articles")

Q = TypeVar("Q", bound=QueryParams)
P = TypeVar("P")


@router.get(
    "/articles",
    summary="List articles",
    **operation(ArticleListParams, ArticleList, reading.ARTICLES, errors=(400, 404, 422)),
)
async def list_articles(request: Request) -> Response:
    """List articles newest first, without bodies unless `body` adds them; with `id`, in the order of the ids."""
    params = parse_query(request, ArticleListParams)
    builder = get_cache_control_builder(request)
    page = await get_database(request).read(article_list.list_articles, params, path="/v1/articles")
    return json_response(page, cache_control=builder.header_value(articles_schedule_dependency(params)))


@router.get(
    "/articles/{id_or_slug}",
    summary="Retrieve an article",
    **operation(ArticleParams, Article, reading.ARTICLE, errors=(404, 410, 422), redirects=True),
)
async def get_article(request: Request, id_or_slug: IdOrSlug) -> Response:
    """Return an article with everything its page shows, by id or slug.

    `edition` is where a slug is looked up; with an id it is ignored, even if unknown. A former slug redirects (308)
    to the current one. After a withdrawal the id and the slugs are 410, but a published article may take a former slug
    of any article.
    """
    params = parse_query(request, ArticleParams)
    return await _respond_or_redirect(
        request, id_or_slug, article.get_article, params, lambda _, page: article_schedule_dependency(page)
    )


@router.get(
    "/articles/{id_or_slug}/related",
    summary="List related articles",
    **operation(QueryParams, RelatedList, reading.RELATED, errors=(404, 410, 422), redirects=True),
)
async def list_related(request: Request, id_or_slug: IdOrSlug) -> Response:
    """List the related articles: the editors' choice first, then recommendations; at most eight."""
    params = parse_query(request, QueryParams)
    return await _respond_or_redirect(
        request,
        id_or_slug,
        article.list_related,
        params,
        lambda name, _: related_schedule_dependency(name),
        member="/related",
    )


@router.get(
    "/articles/{id_or_slug}/history",
    summary="List public versions",
    **operation(HistoryParams, ArticleHistory, reading.HISTORY, errors=(400, 404, 410, 422), redirects=True),
)
async def get_history(request: Request, id_or_slug: IdOrSlug) -> Response:
    """List the changes of an article that the public saw, the latest first, with public notes."""
    params = parse_query(request, HistoryParams)
    return await _respond_or_redirect(request, id_or_slug, history.get_history, params, None, member="/history")


@router.get(
    "/articles/{id_or_slug}/json-ld",
    summary="Retrieve JSON-LD",
    **operation(
        QueryParams,
        JsonLd,
        feed_json.JSON_LD,
        errors=(404, 410, 422),
        redirects=True,
        media_type=json_ld.MEDIA_TYPE,
    ),
)
async def get_json_ld(request: Request, id_or_slug: IdOrSlug) -> Response:
    """Return the schema.org description of an article, escaped for a `script` element of its page."""
    return await _render_format(
        request, id_or_slug, "/json-ld", json_ld.render, json_ld.MEDIA_TYPE, body=BodyFormat.BLOCKS
    )


@router.get(
    "/articles/{id_or_slug}/ninjs",
    summary="Retrieve ninjs",
    **with_extra_response(
        operation(
            QueryParams,
            NinjsObject,
            feed_json.NINJS_ARTICLE,
            errors=(404, 422),
            redirects=True,
            media_type=ninjs.MEDIA_TYPE,
        ),
        HTTPStatus.GONE,
        NinjsObject,
        feed_json.NINJS_CANCELED,
    ),
)
async def get_ninjs(request: Request, id_or_slug: IdOrSlug) -> Response:
    """Return the article as a ninjs object; a withdrawn one (410) has only its identity and `pubStatus` `canceled`."""
    try:
        return await _render_format(request, id_or_slug, "/ninjs", ninjs.render, ninjs.MEDIA_TYPE, body=BodyFormat.HTML)
    except ArticleWithdrawnError as gone:
        stub = ninjs.canceled(gone.article_id, at=format_instant(gone.at, UTC), notice=gone.notice)
        return Response(
            stub,
            status_code=HTTPStatus.GONE,
            headers={"cache-control": NO_CACHE, **CROSS_ORIGIN},
            media_type=ninjs.MEDIA_TYPE,
        )


async def _render_format(
    request: Request, key: str, member: str, render: Callable[..., bytes], media_type: str, *, body: BodyFormat
) -> Response:
    params = parse_query(request, QueryParams)

    def query(connection: Connection, key: str, params: QueryParams) -> feeds.ArticleWithEdition:
        return feeds.get_published(connection, key, ArticleParams(edition=params.edition, body=body))

    def respond(found: feeds.ArticleWithEdition, directives: str) -> Response:
        written = render(found.article, publication=to_publication(found.edition))
        return document_response(written, media_type=media_type, cache_control=directives)

    return await _respond_or_redirect(
        request,
        key,
        query,
        params,
        lambda _, found: article_schedule_dependency(found.article),
        member=member,
        respond=respond,
    )


def _json(page: Mapping[str, Any], directives: str) -> Response:
    return json_response(page, cache_control=directives)


async def _respond_or_redirect(
    request: Request,
    key: str,
    query: Callable[[Connection, str, Q], P],
    params: Q,
    dependency: Callable[[str, P], ScheduleDependency] | None,
    *,
    member: str = "",
    respond: Callable[[Any, str], Response] = _json,
) -> Response:
    """Respond with the result of a query of one article, or redirect from its former slug with the same lifetime."""
    builder, read = get_cache_control_builder(request), get_database(request).read
    try:
        page = await read(query, key, params)
    except ArticleMoved as moved:
        directives = PUBLIC
        if dependency is not None:
            with suppress(ArticleMoved, NotFoundError):  # an article withdrawn since then is 410 here as well
                page = await read(query, moved.slug, params)
                directives = builder.header_value(dependency(moved.slug, page))
        return redirect_response(request.scope, f"/v1/articles/{quote(moved.slug)}{member}", cache_control=directives)
    directives = PUBLIC if dependency is None else builder.header_value(dependency(key, page))
    return respond(page, directives)
