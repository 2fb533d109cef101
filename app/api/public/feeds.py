"""Feeds of an edition for readers, news systems and search engines; parameters they do not know are ignored."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import Path, Request, Response

from app import clock
from app.api.dependencies import get_database
from app.api.http.cache_control import feed_schedule_dependency, get_cache_control_builder
from app.api.http.query_params import parse_feed_query
from app.api.http.responses import document_response
from app.api.openapi.document import operation
from app.api.public.feed_channel import build_channel, page_origin, pages_home, to_publication
from app.api.router import make_router
from app.db.database import Connection
from app.errors import NotFoundError
from app.queries.feeds import feeds, sitemaps
from app.queries.feeds.feeds import Feed, NewsSitemap
from app.queries.feeds.sitemaps import SitemapIndex, WeekSitemap
from app.schemas.article import ArticleItem
from app.schemas.examples import feed as examples
from app.schemas.examples import feed_json as json_examples
from app.schemas.feed import CurrentFeedParams, FeedParams, NewsSitemapParams, SitemapParams
from app.schemas.params import FilterParams, QueryParams
from app.syndication import atom, json_feed, ninjs, rss, sitemap
from app.syndication.feed_document import FeedDocument
from app.syndication.sitemap import SitemapEntry

router = make_router("Feeds", prefix="/feeds")

R = TypeVar("R")

Edition = Annotated[str, Path(description="The edition's slug.", examples=["harbour"])]
PROBLEMS = (400, 404, 422)


@router.get(
    "/{edition}/rss.xml",
    summary="RSS 2.0",
    **operation(FeedParams, str, examples.RSS, errors=PROBLEMS, media_type=rss.MEDIA_TYPE),
)
async def get_rss(request: Request, edition: Edition) -> Response:
    """The newest articles; `atom:link rel="next"` leads to older ones."""
    return await _page(request, edition, "rss.xml", rss.render, rss.MEDIA_TYPE)


@router.get(
    "/{edition}/feed.json",
    summary="JSON Feed 1.1",
    **operation(FeedParams, dict[str, Any], json_examples.JSON_FEED, errors=PROBLEMS, media_type=json_feed.MEDIA_TYPE),
)
async def get_json_feed(request: Request, edition: Edition) -> Response:
    """The newest articles; `next_url` leads to older ones."""
    return await _page(request, edition, "feed.json", json_feed.render, json_feed.MEDIA_TYPE)


@router.get(
    "/{edition}/ninjs.json",
    summary="ninjs 3.1",
    **operation(FeedParams, dict[str, Any], json_examples.NINJS, errors=PROBLEMS, media_type=ninjs.MEDIA_TYPE),
)
async def get_ninjs_feed(request: Request, edition: Edition) -> Response:
    """The newest articles as the associations of one composite news object; its rendition `next` has older ones."""
    return await _page(request, edition, "ninjs.json", ninjs.render_list, ninjs.MEDIA_TYPE)


@router.get(
    "/{edition}/atom.xml",
    summary="Atom (RFC 4287)",
    **operation(CurrentFeedParams, str, examples.ATOM, errors=PROBLEMS, media_type=atom.MEDIA_TYPE),
)
async def get_atom(request: Request, edition: Edition) -> Response:
    """All of today, and at least the newest 40 articles; `prev-archive` (RFC 5005) leads to the last finished day."""
    question, now = parse_feed_query(request, CurrentFeedParams, edition=edition), clock.now()

    def render(feed: Feed) -> bytes:
        older_href = _archive(question, feed.older)
        href = _href(question, "atom.xml")
        return atom.render(build_channel(request, feed, question, href=href, older_href=older_href), feed.items)

    return await _document(
        request,
        question,
        lambda each: feeds.get_subscription_document(each, question, now=now),
        render,
        atom.MEDIA_TYPE,
    )


@router.get(
    "/{edition}/atom/{day}.xml",
    summary="Atom, one finished day",
    **operation(CurrentFeedParams, str, examples.ATOM_ARCHIVE, errors=PROBLEMS, media_type=atom.MEDIA_TYPE),
)
async def get_atom_archive(
    request: Request,
    edition: Edition,
    day: Annotated[str, Path(description="A local date that is over.", examples=["2026-11-19"])],
) -> Response:
    """One whole day in the edition's zone, an archive document (RFC 5005) between its neighbours that have news."""
    question, now = parse_feed_query(request, CurrentFeedParams, edition=edition), clock.now()

    def render(feed: Feed) -> bytes:
        channel = build_channel(
            request,
            feed,
            question,
            href=_href(question, f"atom/{day}.xml"),
            current_href=_href(question, "atom.xml"),
            older_href=_archive(question, feed.older),
            newer_href=_archive(question, feed.newer),
        )
        return atom.render(channel, feed.items)

    return await _document(
        request,
        question,
        lambda each: feeds.get_archive_document(each, day, question, now=now),
        render,
        atom.MEDIA_TYPE,
    )


@router.get(
    "/{edition}/news-sitemap.xml",
    summary="Sitemap of the last 48 hours' news",
    **operation(NewsSitemapParams, str, examples.NEWS_SITEMAP, errors=PROBLEMS, media_type=sitemap.MEDIA_TYPE),
)
async def get_news_sitemap(request: Request, edition: Edition) -> Response:
    """What was first published within 48 hours, for Google News; an index of parts where that is over a thousand."""
    question, now = parse_feed_query(request, NewsSitemapParams, edition=edition), clock.now()

    def render(news: NewsSitemap) -> bytes:
        if question.part is not None or news.parts == 1:
            home = pages_home(news.edition)
            return sitemap.render_news(to_publication(news.edition), news.items, home=home)
        base = page_origin(news.edition)
        parts = (_href(question, "news-sitemap.xml", part=str(part + 1)) for part in range(news.parts))
        return sitemap.render_index([SitemapEntry(base + href, None) for href in parts], home=pages_home(news.edition))

    return await _document(
        request, question, lambda each: feeds.get_news_sitemap(each, question, now=now), render, sitemap.MEDIA_TYPE
    )


@router.get(
    "/{edition}/sitemap.xml",
    summary="Index of sitemaps",
    **operation(SitemapParams, str, examples.SITEMAP_INDEX, errors=(404, 422), media_type=sitemap.MEDIA_TYPE),
)
async def get_sitemap_index(request: Request, edition: Edition) -> Response:
    """A sitemap for every week (UTC) that has news, newest first; to be passed on by the front end's host."""
    question = parse_feed_query(request, SitemapParams, edition=edition)

    def render(weeks: SitemapIndex) -> bytes:
        base = page_origin(weeks.edition) + f"/feeds/{edition}/sitemap"
        places = [SitemapEntry(f"{base}/{_week_name(monday)}.xml", None) for monday in weeks.mondays]
        return sitemap.render_index(places, home=pages_home(weeks.edition))

    return await _document(
        request, question, lambda each: sitemaps.list_weeks(each, question), render, sitemap.MEDIA_TYPE
    )


@router.get(
    "/{edition}/sitemap/{week}.xml",
    summary="Sitemap of a week",
    **operation(SitemapParams, str, examples.SITEMAP, errors=(404, 422), media_type=sitemap.MEDIA_TYPE),
)
async def get_sitemap(
    request: Request,
    edition: Edition,
    week: Annotated[str, Path(description="An ISO week.", examples=["2026-W47"])],
) -> Response:
    """The pages of what was published in one ISO week (UTC), newest first."""
    question, monday = parse_feed_query(request, SitemapParams, edition=edition), _monday(week)

    def render(found: WeekSitemap) -> bytes:
        return sitemap.render([SitemapEntry(*page) for page in found.pages], home=pages_home(found.edition))

    return await _document(
        request, question, lambda each: sitemaps.get_week(each, monday, question), render, sitemap.MEDIA_TYPE
    )


async def _document(
    request: Request,
    question: QueryParams,
    query: Callable[[Connection], R],
    render: Callable[[R], bytes],
    media_type: str,
) -> Response:
    """What a query that may take its time has, as a document."""
    outlook = get_cache_control_builder(request)
    body = render(await get_database(request).read_in_thread(query))
    return document_response(
        body, media_type=media_type, cache_control=outlook.header_value(feed_schedule_dependency(question))
    )


async def _page(
    request: Request,
    edition: str,
    name: str,
    render: Callable[[FeedDocument, Sequence[ArticleItem]], bytes],
    media_type: str,
) -> Response:
    question = parse_feed_query(request, FeedParams, edition=edition)
    outlook = get_cache_control_builder(request)
    feed = await get_database(request).read(feeds.get_feed, question)
    href = _href(question, name)
    next_href = None if feed.cursor is None else _href(question, name, cursor=feed.cursor)
    body = render(build_channel(request, feed, question, href=href, next_href=next_href), feed.items)
    directives = outlook.header_value(feed_schedule_dependency(question))
    return document_response(body, media_type=media_type, cache_control=directives, next_href=next_href)


def _href(question: FilterParams, name: str, **changed: str | None) -> str:
    return question.url_for(f"/feeds/{question.edition}/{name}", edition=None, **changed)


def _archive(question: FilterParams, day: date | None) -> str | None:
    return None if day is None else _href(question, f"atom/{day.isoformat()}.xml")


def _week_name(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year:04}-W{week:02}"


def _monday(text: str) -> date:
    try:
        year, _, week = text.partition("-W")
        monday = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        monday = None
    if monday is None or _week_name(monday) != text:
        raise NotFoundError("There is no such week: 2026-W47 is how one is written.")
    return monday
