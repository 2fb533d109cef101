"""Feeds of an edition for readers, news systems and search engines; parameters they do not know are ignored."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import Path, Request, Response

from app import clock
from app.api.deps import database_of
from app.api.feed_documents import channel_of, pages_base, pages_home, publication_of
from app.api.freshness import feed_interest, outlook_of
from app.api.openapi import documented
from app.api.query import read_known
from app.api.responses import document_answer
from app.api.routes import resource
from app.db.session import Connection
from app.errors import NotFound
from app.queries import feeds, sitemaps
from app.queries.feeds import Feed, News
from app.queries.sitemaps import Week, Weeks
from app.schemas import feed_examples as examples
from app.schemas import feed_json_examples as json_examples
from app.schemas.article import ArticleItem
from app.schemas.feed import CurrentQuestion, FeedQuestion, NewsQuestion, SitemapQuestion
from app.schemas.question import Filters, Question
from app.syndication import atom, json_feed, ninjs, rss, sitemap
from app.syndication.channel import Channel
from app.syndication.sitemap import Place

router = resource("Feeds", prefix="/feeds")

R = TypeVar("R")

Edition = Annotated[str, Path(description="The edition's slug.", examples=["harbour"])]
PROBLEMS = (400, 404, 422)


@router.get(
    "/{edition}/rss.xml",
    summary="RSS 2.0",
    **documented(FeedQuestion, str, examples.RSS, problems=PROBLEMS, media_type=rss.MEDIA_TYPE),
)
async def get_rss(request: Request, edition: Edition) -> Response:
    """The newest articles; `atom:link rel="next"` leads to older ones."""
    return await _page(request, edition, "rss.xml", rss.render, rss.MEDIA_TYPE)


@router.get(
    "/{edition}/feed.json",
    summary="JSON Feed 1.1",
    **documented(
        FeedQuestion, dict[str, Any], json_examples.JSON_FEED, problems=PROBLEMS, media_type=json_feed.MEDIA_TYPE
    ),
)
async def get_json_feed(request: Request, edition: Edition) -> Response:
    """The newest articles; `next_url` leads to older ones."""
    return await _page(request, edition, "feed.json", json_feed.render, json_feed.MEDIA_TYPE)


@router.get(
    "/{edition}/ninjs.json",
    summary="ninjs 3.1",
    **documented(FeedQuestion, dict[str, Any], json_examples.NINJS, problems=PROBLEMS, media_type=ninjs.MEDIA_TYPE),
)
async def get_ninjs_feed(request: Request, edition: Edition) -> Response:
    """The newest articles as the associations of one composite news object; its rendition `next` has older ones."""
    return await _page(request, edition, "ninjs.json", ninjs.render_list, ninjs.MEDIA_TYPE)


@router.get(
    "/{edition}/atom.xml",
    summary="Atom (RFC 4287)",
    **documented(CurrentQuestion, str, examples.ATOM, problems=PROBLEMS, media_type=atom.MEDIA_TYPE),
)
async def get_atom(request: Request, edition: Edition) -> Response:
    """All of today, and at least the newest 40 articles; `prev-archive` (RFC 5005) leads to the last finished day."""
    question, now = read_known(request, CurrentQuestion, edition=edition), clock.now()

    def render(feed: Feed) -> bytes:
        older_href = _archive(question, feed.older)
        href = _href(question, "atom.xml")
        return atom.render(channel_of(request, feed, question, href=href, older_href=older_href), feed.items)

    return await _document(
        request, question, lambda each: feeds.get_current(each, question, now=now), render, atom.MEDIA_TYPE
    )


@router.get(
    "/{edition}/atom/{day}.xml",
    summary="Atom, one finished day",
    **documented(CurrentQuestion, str, examples.ATOM_ARCHIVE, problems=PROBLEMS, media_type=atom.MEDIA_TYPE),
)
async def get_atom_archive(
    request: Request,
    edition: Edition,
    day: Annotated[str, Path(description="A local date that is over.", examples=["2026-11-19"])],
) -> Response:
    """One whole day in the edition's zone, an archive document (RFC 5005) between its neighbours that have news."""
    question, now = read_known(request, CurrentQuestion, edition=edition), clock.now()

    def render(feed: Feed) -> bytes:
        channel = channel_of(
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
        request, question, lambda each: feeds.get_archive(each, day, question, now=now), render, atom.MEDIA_TYPE
    )


@router.get(
    "/{edition}/news-sitemap.xml",
    summary="Sitemap of the last 48 hours' news",
    **documented(NewsQuestion, str, examples.NEWS_SITEMAP, problems=PROBLEMS, media_type=sitemap.MEDIA_TYPE),
)
async def get_news_sitemap(request: Request, edition: Edition) -> Response:
    """What was first published within 48 hours, for Google News; an index of parts where that is over a thousand."""
    question, now = read_known(request, NewsQuestion, edition=edition), clock.now()

    def render(news: News) -> bytes:
        if question.part is not None or news.parts == 1:
            home = pages_home(news.edition)
            return sitemap.render_news(publication_of(news.edition), news.items, home=home)
        base = pages_base(news.edition)
        parts = (_href(question, "news-sitemap.xml", part=str(part + 1)) for part in range(news.parts))
        return sitemap.render_index([Place(base + href, None) for href in parts], home=pages_home(news.edition))

    return await _document(
        request, question, lambda each: feeds.get_news(each, question, now=now), render, sitemap.MEDIA_TYPE
    )


@router.get(
    "/{edition}/sitemap.xml",
    summary="Index of sitemaps",
    **documented(SitemapQuestion, str, examples.SITEMAP_INDEX, problems=(404, 422), media_type=sitemap.MEDIA_TYPE),
)
async def get_sitemap_index(request: Request, edition: Edition) -> Response:
    """A sitemap for every week (UTC) that has news, newest first; to be passed on by the front end's host."""
    question = read_known(request, SitemapQuestion, edition=edition)

    def render(weeks: Weeks) -> bytes:
        base = pages_base(weeks.edition) + f"/feeds/{edition}/sitemap"
        places = [Place(f"{base}/{_week_name(monday)}.xml", None) for monday in weeks.mondays]
        return sitemap.render_index(places, home=pages_home(weeks.edition))

    return await _document(
        request, question, lambda each: sitemaps.list_weeks(each, question), render, sitemap.MEDIA_TYPE
    )


@router.get(
    "/{edition}/sitemap/{week}.xml",
    summary="Sitemap of a week",
    **documented(SitemapQuestion, str, examples.SITEMAP, problems=(404, 422), media_type=sitemap.MEDIA_TYPE),
)
async def get_sitemap(
    request: Request,
    edition: Edition,
    week: Annotated[str, Path(description="An ISO week.", examples=["2026-W47"])],
) -> Response:
    """The pages of what was published in one ISO week (UTC), newest first."""
    question, monday = read_known(request, SitemapQuestion, edition=edition), _monday(week)

    def render(found: Week) -> bytes:
        return sitemap.render([Place(*page) for page in found.pages], home=pages_home(found.edition))

    return await _document(
        request, question, lambda each: sitemaps.get_week(each, monday, question), render, sitemap.MEDIA_TYPE
    )


async def _document(
    request: Request,
    question: Question,
    query: Callable[[Connection], R],
    render: Callable[[R], bytes],
    media_type: str,
) -> Response:
    """What a query that may take its time has, as a document."""
    outlook = outlook_of(request)
    body = render(await database_of(request).read_long(query))
    return document_answer(body, media_type=media_type, cache_control=outlook.directives(feed_interest(question)))


async def _page(
    request: Request,
    edition: str,
    name: str,
    render: Callable[[Channel, Sequence[ArticleItem]], bytes],
    media_type: str,
) -> Response:
    question = read_known(request, FeedQuestion, edition=edition)
    outlook = outlook_of(request)
    feed = await database_of(request).read(feeds.get_feed, question)
    href = _href(question, name)
    next_href = None if feed.cursor is None else _href(question, name, cursor=feed.cursor)
    body = render(channel_of(request, feed, question, href=href, next_href=next_href), feed.items)
    directives = outlook.directives(feed_interest(question))
    return document_answer(body, media_type=media_type, cache_control=directives, next_href=next_href)


def _href(question: Filters, name: str, **changed: str | None) -> str:
    return question.href(f"/feeds/{question.edition}/{name}", edition=None, **changed)


def _archive(question: Filters, day: date | None) -> str | None:
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
        raise NotFound("There is no such week: 2026-W47 is how one is written.")
    return monday
