"""Feeds of an edition for readers, news systems and search engines; unknown parameters are ignored."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import Query

from app import clock
from app.api.dependencies import ServicesDep
from app.api.http.feed_route import FeedRoute, params_of_edition
from app.api.http.path_params import EditionSlug, IsoWeek, PastDay
from app.api.http.responses import TypedResponse, document_response
from app.api.http.schedule_dependencies import CacheControlBuilder, feed_schedule_dependency
from app.api.openapi.document import documented
from app.api.public.feed_channel import build_channel, pages_home, sitemap_base, to_publication
from app.api.router import ordinary_router
from app.db.database import Connection
from app.domain.iso_week import format_week, parse_week
from app.errors import InvalidValueError, NotFoundError
from app.invalidation.max_age import CONTENT
from app.net.base_path import href_of
from app.queries.feeds import feeds, sitemaps
from app.queries.feeds.feeds import Feed, NewsSitemap
from app.queries.feeds.sitemaps import SitemapIndex, WeekPart, WeekSitemap
from app.schemas.article import FeedItem
from app.schemas.examples import feed as examples
from app.schemas.examples import feed_json as json_examples
from app.schemas.feed import CurrentFeedParams, FeedParams, NewsSitemapParams, SitemapParams, WeekSitemapParams
from app.schemas.json_feed import JsonFeed
from app.schemas.ninjs import NinjsObject
from app.schemas.params import FilterParams, QueryParams
from app.services import Services
from app.syndication import atom, json_feed, ninjs, rss, sitemap
from app.syndication.feed_document import FeedDocument
from app.syndication.sitemap import SitemapEntry

router = ordinary_router("Feeds", prefix="/feeds", route_class=FeedRoute)

R = TypeVar("R")

Page = Annotated[FeedParams, Query()]
Current = Annotated[CurrentFeedParams, Query()]
Sitemap = Annotated[SitemapParams, Query()]
PROBLEMS = (400, 404, 422)


@router.get(
    "/{edition}/rss.xml",
    summary="RSS 2.0 feed",
    **documented(examples.RSS, errors=PROBLEMS, media_type=rss.MEDIA_TYPE, cacheable=True),
)
async def get_rss(services: ServicesDep, edition: EditionSlug, params: Page) -> TypedResponse[str]:
    """Return the newest articles as RSS; `atom:link rel="next"` leads to older ones."""
    params = params_of_edition(params, edition)
    return await _page(services, params, "rss.xml", rss.render, rss.MEDIA_TYPE)


@router.get(
    "/{edition}/feed.json",
    summary="JSON Feed 1.1 feed",
    **documented(json_examples.JSON_FEED, errors=PROBLEMS, media_type=json_feed.MEDIA_TYPE, cacheable=True),
)
async def get_json_feed(services: ServicesDep, edition: EditionSlug, params: Page) -> TypedResponse[JsonFeed]:
    """Return the newest articles as JSON Feed; `next_url` leads to older ones."""
    return await _page(
        services, params_of_edition(params, edition), "feed.json", json_feed.render, json_feed.MEDIA_TYPE
    )


@router.get(
    "/{edition}/ninjs.json",
    summary="ninjs 3.1 feed",
    **documented(json_examples.NINJS, errors=PROBLEMS, media_type=ninjs.MEDIA_TYPE, cacheable=True),
)
async def get_ninjs_feed(services: ServicesDep, edition: EditionSlug, params: Page) -> TypedResponse[NinjsObject]:
    """Return the newest articles as one composite ninjs object; its rendition `next` leads to older ones."""
    params = params_of_edition(params, edition)
    return await _page(services, params, "ninjs.json", ninjs.render_list, ninjs.MEDIA_TYPE)


@router.get(
    "/{edition}/atom.xml",
    summary="Atom feed (RFC 4287)",
    **documented(examples.ATOM, errors=(404, 422), media_type=atom.MEDIA_TYPE, cacheable=True),
)
async def get_atom(services: ServicesDep, edition: EditionSlug, params: Current) -> TypedResponse[str]:
    """Return today's articles, at least the newest 40; `prev-archive` (RFC 5005) leads to the last finished day."""
    params, now = params_of_edition(params, edition), clock.now()

    builder = CacheControlBuilder(services.scheduler, CONTENT)
    feed = await services.database.read_in_thread(feeds.get_subscription_document, params, now=now)
    channel = build_channel(
        services.settings.public_url,
        feed,
        params,
        href=_href(params, "atom.xml"),
        hub_href=services.settings.hub_href,
        older_href=_archive(params, feed.older),
    )
    return document_response(
        atom.render(channel, feed.items),
        media_type=atom.MEDIA_TYPE,
        cache_control=builder.header_value(feed_schedule_dependency(params)),
        links=_links(channel),
    )


@router.get(
    "/{edition}/atom/{day}.xml",
    summary="Atom archive document for a day",
    **documented(examples.ATOM_ARCHIVE, errors=(404, 422), media_type=atom.MEDIA_TYPE, cacheable=True),
)
async def get_atom_archive(
    services: ServicesDep, edition: EditionSlug, day: PastDay, params: Current
) -> TypedResponse[str]:
    """Return a finished day of the edition's zone as an Atom archive document (RFC 5005), linked to its neighbours."""
    params, now = params_of_edition(params, edition), clock.now()

    def render(feed: Feed) -> bytes:
        channel = build_channel(
            services.settings.public_url,
            feed,
            params,
            href=_href(params, f"atom/{day}.xml"),
            current_href=_href(params, "atom.xml"),
            older_href=_archive(params, feed.older),
            newer_href=_archive(params, feed.newer),
        )
        return atom.render(channel, feed.items)

    return await _document(
        services,
        params,
        lambda each: feeds.get_archive_document(each, day, params, now=now),
        render,
        atom.MEDIA_TYPE,
    )


@router.get(
    "/{edition}/news-sitemap.xml",
    summary="News sitemap",
    **documented(examples.NEWS_SITEMAP, errors=(404, 422), media_type=sitemap.MEDIA_TYPE, cacheable=True),
)
async def get_news_sitemap(
    services: ServicesDep, edition: EditionSlug, params: Annotated[NewsSitemapParams, Query()]
) -> TypedResponse[str]:
    """Return the articles first published within 48 hours, for Google News; an index of parts beyond a thousand."""
    params, now = params_of_edition(params, edition), clock.now()

    def render(news: NewsSitemap) -> bytes:
        if params.part is not None or len(news.parts) <= 1:
            home = pages_home(news.edition)
            return sitemap.render_news(to_publication(news.edition), news.items, home=home)
        base = sitemap_base(services.settings.public_url, news.edition)
        parts = [
            SitemapEntry(base + _path(params, "news-sitemap.xml", part=str(part)), changed_at)
            for part, changed_at in enumerate(news.parts, start=1)
        ]
        return sitemap.render_index(parts, home=pages_home(news.edition))

    return await _document(
        services, params, lambda each: feeds.get_news_sitemap(each, params, now=now), render, sitemap.MEDIA_TYPE
    )


@router.get(
    "/{edition}/sitemap.xml",
    summary="Sitemap index",
    **documented(examples.SITEMAP_INDEX, errors=(404, 422), media_type=sitemap.MEDIA_TYPE, cacheable=True),
)
async def get_sitemap_index(services: ServicesDep, edition: EditionSlug, params: Sitemap) -> TypedResponse[str]:
    """Return the index of the weekly sitemaps (UTC), newest first, to be served by the front end's host."""
    params = params_of_edition(params, edition)

    def render(weeks: SitemapIndex) -> bytes:
        base = sitemap_base(services.settings.public_url, weeks.edition) + f"/feeds/{edition}/sitemap"
        entries = [SitemapEntry(f"{base}/{_week_path(week)}", week.changed_at) for week in weeks.weeks]
        return sitemap.render_index(entries, home=pages_home(weeks.edition))

    return await _document(services, params, lambda each: sitemaps.list_weeks(each, params), render, sitemap.MEDIA_TYPE)


@router.get(
    "/{edition}/sitemap/{week}.xml",
    summary="Weekly sitemap",
    **documented(examples.SITEMAP, errors=(404, 422), media_type=sitemap.MEDIA_TYPE, cacheable=True),
)
async def get_sitemap(
    services: ServicesDep, edition: EditionSlug, week: IsoWeek, params: Annotated[WeekSitemapParams, Query()]
) -> TypedResponse[str]:
    """Return the pages of the articles published in an ISO week (UTC), newest first, or one of its parts."""
    params, starts_at = params_of_edition(params, edition), _start_of_week(week)

    def render(found: WeekSitemap) -> bytes:
        return sitemap.render([SitemapEntry(*page) for page in found.pages], home=pages_home(found.edition))

    return await _document(
        services, params, lambda each: sitemaps.get_week(each, starts_at, params), render, sitemap.MEDIA_TYPE
    )


async def _document(
    services: Services,
    params: QueryParams,
    query: Callable[[Connection], R],
    render: Callable[[R], bytes],
    media_type: str,
) -> TypedResponse[Any]:
    """Return the result of a query that may take long as a document."""
    builder = CacheControlBuilder(services.scheduler, CONTENT)
    body = render(await services.database.read_in_thread(query))
    return document_response(
        body, media_type=media_type, cache_control=builder.header_value(feed_schedule_dependency(params))
    )


async def _page(
    services: Services,
    params: FeedParams,
    name: str,
    render: Callable[[FeedDocument, Sequence[FeedItem]], bytes],
    media_type: str,
) -> TypedResponse[Any]:
    builder = CacheControlBuilder(services.scheduler, CONTENT)
    feed = await services.database.read(feeds.get_feed, params)
    href = _href(params, name)
    next_href = None if feed.cursor is None else _href(params, name, cursor=feed.cursor)
    settings = services.settings
    channel = build_channel(
        settings.public_url, feed, params, href=href, hub_href=settings.hub_href, next_href=next_href
    )
    return document_response(
        render(channel, feed.items),
        media_type=media_type,
        cache_control=builder.header_value(feed_schedule_dependency(params)),
        links={**_links(channel), "next": next_href},
    )


def _links(channel: FeedDocument) -> dict[str, str]:
    """Return the links by which subscribers find the hub of a feed, and the URL that the hub knows it by."""
    return {} if channel.hub_href is None else {"self": channel.href, "hub": channel.hub_href}


def _href(params: FilterParams, name: str, **changed: str | None) -> str:
    return href_of(_path(params, name, **changed))


def _path(params: FilterParams, name: str, **changed: str | None) -> str:
    return params.path_for(f"/feeds/{params.edition}/{name}", edition=None, **changed)


def _archive(params: FilterParams, day: date | None) -> str | None:
    return None if day is None else _href(params, f"atom/{day.isoformat()}.xml")


def _week_path(week: WeekPart) -> str:
    path = f"{format_week(week.starts_at)}.xml"
    return path if week.part == 1 else f"{path}?part={week.part}"


def _start_of_week(text: str) -> int:
    try:
        return parse_week(text)
    except InvalidValueError as error:
        raise NotFoundError(f"There is no such week. {error.detail}") from None
