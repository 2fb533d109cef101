"""Queries of feeds: pages of an edition's articles, its days as archive documents, and news sitemaps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from app.db.base import AnyRow
from app.domain.article_members import is_omitted_from_sitemaps
from app.domain.article_status import BodyFormat, FeedContent
from app.domain.calendar import UTC, Day, day_at, parse_day
from app.domain.instant import SECOND_US, format_short_instant
from app.domain.list_filter import Facet
from app.errors import InvalidValueError, NotFoundError
from app.invalidation.dependencies import depend_on_entry, expires_at
from app.queries.articles.article import get_article
from app.queries.articles.article_list import ARTICLE_COLUMNS, read_page, render_articles
from app.queries.articles.details import render_edited_details
from app.queries.articles.items import fetch_articles, translate
from app.queries.articles.translations import find_translations, render_translations
from app.queries.catalogue.editions import EditionView, depend_on_default_language, get_edition_view
from app.queries.resolve import ResolvedQuery, resolve_params
from app.schemas.article import Article, FeedItem
from app.schemas.feed import MAX_NEWS_PARTS, CurrentFeedParams, FeedParams, NewsSitemapParams
from app.schemas.params import ArticleParams

MIN_CURRENT = 40
"""Minimum number of articles in a subscription document, however few today has."""
NEWS_PERIOD_US = 48 * 3600 * SECOND_US
NEWS_PART = 1_000


@dataclass(frozen=True, slots=True)
class Feed:
    """Articles of an edition, newest first, and what follows: a cursor, or days with news before and after.

    `names` are the display names of the filter values, by kind and code, for listed entries.
    """

    edition: EditionView
    items: Sequence[FeedItem]
    names: Mapping[tuple[Facet, str], str]
    cursor: str | None = None
    older: date | None = None
    newer: date | None = None


@dataclass(frozen=True, slots=True)
class NewsSitemap:
    """Articles of the last 48 hours in one part of a thousand, newest first.

    `parts` has the last change of the articles of each part (RFC 3339); it is empty without news.
    """

    edition: EditionView
    items: Sequence[FeedItem]
    parts: Sequence[str]


@dataclass(frozen=True, slots=True)
class ArticleWithEdition:
    """Article as its page has it, with its edition."""

    article: Article
    edition: EditionView


def get_feed(connection: Connection, params: FeedParams) -> Feed:
    """Return a page of a feed; NotFoundError, InvalidInputError, InvalidCursorError, CursorMismatchError."""
    query = resolve_params(connection, params)
    page = read_page(connection, query, params.articles(_body(query.edition)), path="")
    names, following = _names(query), page.next
    items = _render(connection, page.rows, query)
    return Feed(query.edition, items, names, cursor=None if following is None else following["cursor"])


def get_subscription_document(connection: Connection, params: CurrentFeedParams, *, now: int) -> Feed:
    """Return all articles of today in the edition's zone, and at least the newest 40; `older` is the last finished day.

    NotFoundError, InvalidInputError.
    """
    query = resolve_params(connection, params)
    today = day_at(now, query.zone)
    expires_at(today.ends_at)
    begins = (today.starts_at, 0)
    rows = fetch_articles(connection, query, ARTICLE_COLUMNS, limit=MIN_CURRENT)
    is_everything = len(rows) < MIN_CURRENT  # then it includes older articles that are published later
    if not is_everything and rows[-1].published_at >= today.starts_at:
        rows = fetch_articles(connection, query.narrowed(begins, query.upper), ARTICLE_COLUMNS, limit=None)
    older = fetch_articles(connection, query.narrowed(query.lower, begins), limit=1)
    is_open = is_everything or not older
    query.record_dependency(first=None if is_open else min(rows[-1].published_at, older[0].published_at))
    items = _render(connection, rows, query)
    return Feed(query.edition, items, _names(query), older=_date(older[0].published_at, query) if older else None)


def get_archive_document(connection: Connection, day_text: str, params: CurrentFeedParams, *, now: int) -> Feed:
    """Return one whole finished day of the edition's zone, with the finished days around it that have news.

    NotFoundError also for an unfinished day, NoSuchDayError for a skipped one.
    """
    query = resolve_params(connection, params)
    today = day_at(now, query.zone)
    expires_at(today.ends_at)
    day = _finished(day_text, query, today)
    rows = fetch_articles(connection, query.narrowed((day.starts_at, 0), (day.ends_at, 0)), ARTICLE_COLUMNS, limit=None)
    older = fetch_articles(connection, query.narrowed(query.lower, (day.starts_at, 0)), limit=1)
    after = query.narrowed((day.ends_at, 0), (today.starts_at, 0))
    newer = fetch_articles(connection, after, limit=1, oldest_first=True)
    query.record_dependency(
        first=older[0].published_at if older else None,
        last=newer[0].published_at if newer else max(day.ends_at, today.starts_at) - 1,
    )
    return Feed(
        query.edition,
        _render(connection, rows, query),
        _names(query),
        older=_date(older[0].published_at, query) if older else None,
        newer=_date(newer[0].published_at, query) if newer else None,
    )


def get_news_sitemap(connection: Connection, params: NewsSitemapParams, *, now: int) -> NewsSitemap:
    """Return articles first published within 48 hours, a thousand in each part; NotFoundError for an unknown part.

    An article that only a bump made recent is no news to a search engine, which uses the first public time.
    """
    query, since = resolve_params(connection, params), now - NEWS_PERIOD_US
    recent = query.narrowed((since, 0), query.upper)
    recent.record_dependency()
    recent_rows = fetch_articles(connection, recent, ARTICLE_COLUMNS, limit=MAX_NEWS_PARTS * NEWS_PART)
    rows = [row for row in recent_rows if row.first_published_at >= since and not is_omitted_from_sitemaps(row.details)]
    if rows:
        expires_at(min(row.first_published_at for row in rows) + NEWS_PERIOD_US)
    parts = [rows[first : first + NEWS_PART] for first in range(0, len(rows), NEWS_PART)]
    number = params.part or 1
    if number > max(1, len(parts)):
        raise NotFoundError(f"The news sitemap has no part {number}.")
    is_index = params.part is None and len(parts) > 1
    shown = parts[number - 1] if parts and not is_index else []
    items = _render(connection, shown, query, BodyFormat.NONE)
    return NewsSitemap(query.edition, items, [_last_change(part) for part in parts])


def get_published(connection: Connection, key: str, params: ArticleParams) -> ArticleWithEdition:
    """Return an article's page with its edition; NotFoundError, ArticleMoved, ArticleWithdrawnError."""
    article = get_article(connection, key, params)
    return ArticleWithEdition(article, get_edition_view(connection, article["edition"]))


def _last_change(rows: Iterable[AnyRow]) -> str:
    return format_short_instant(max(max(row.published_at, row.updated_at or row.published_at) for row in rows), UTC)


def _render(
    connection: Connection, rows: Sequence[AnyRow], query: ResolvedQuery, body: BodyFormat | None = None
) -> list[FeedItem]:
    """Return the items of a feed with these bodies, by default those of the edition's feeds."""
    items = render_articles(connection, rows, query.editions, _body(query.edition) if body is None else body)
    found = find_translations(connection, rows)
    return [
        {**item, **render_edited_details(row), "translations": render_translations(found.get(row.id, ()))}
        for row, item in zip(rows, items, strict=True)
    ]


def _names(query: ResolvedQuery) -> dict[tuple[Facet, str], str]:
    """Return the display names of the filter values, and record dependencies on them: they are in the feed's title."""
    names = {}
    for kind, number, code, text, texts in query.selection.matched:
        depend_on_entry(kind, number)
        if texts != "{}":
            depend_on_default_language(query.edition)
        names[kind, code] = translate(text, texts, query.edition).text
    return names


def _body(edition: EditionView) -> BodyFormat:
    return BodyFormat.HTML if edition.feed_content is FeedContent.FULL else BodyFormat.NONE


def _date(instant: int, query: ResolvedQuery) -> date:
    return day_at(instant, query.zone).date


def _finished(text: str, query: ResolvedQuery, today: Day) -> Day:
    try:
        day = parse_day(text)
    except InvalidValueError as error:
        raise NotFoundError(f"There is no such archive: {error.detail}") from None
    day_range = query.day_range(day)
    if day_range.ends_at > today.starts_at:
        raise NotFoundError(f"{text} has not ended yet in {query.zone.key}.")
    return day_range
