"""Feeds: pages of an edition's articles, its days as archive documents, and what a news sitemap holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from app.domain.article import BodyForm
from app.domain.calendar import Day, find_day, parse_day
from app.domain.feed import FeedContent
from app.domain.footprint import note_entry, note_until
from app.domain.instant import SECOND_US
from app.domain.scope import Facet
from app.errors import InvalidValue, NotFound
from app.queries.article import get_article
from app.queries.articles import ARTICLE_COLUMNS, list_asked, render_articles
from app.queries.editions import EditionView, find_edition
from app.queries.items import read_rows, translate
from app.queries.scope import Asked, resolve
from app.schemas.article import Article, ArticleItem
from app.schemas.feed import NEWS_PARTS_MOST, CurrentQuestion, FeedQuestion, NewsQuestion
from app.schemas.question import ArticleQuestion

CURRENT_LEAST = 40
"""How many articles a current document holds at least, however few today has."""
NEWS_FOR_US = 48 * 3600 * SECOND_US
NEWS_PART = 1_000


@dataclass(frozen=True, slots=True)
class Feed:
    """Articles of an edition, newest first, and what follows: a cursor, or days with news before and after.

    `names` are those of what was asked for, by kind and code, as far as the catalogue lists it.
    """

    edition: EditionView
    items: Sequence[ArticleItem]
    names: Mapping[tuple[Facet, str], str]
    cursor: str | None = None
    older: date | None = None
    newer: date | None = None


@dataclass(frozen=True, slots=True)
class News:
    """The articles of the last 48 hours in one part of a thousand, newest first; `parts` counts them all."""

    edition: EditionView
    items: Sequence[ArticleItem]
    parts: int


@dataclass(frozen=True, slots=True)
class Published:
    """An article as its page has it, with its edition."""

    article: Article
    edition: EditionView


def get_feed(connection: Connection, question: FeedQuestion) -> Feed:
    """A page of a feed; NotFound, InvalidInput, CursorInvalid, CursorMismatch."""
    asked = resolve(connection, question)
    page = list_asked(connection, asked, question.articles(_body(asked.edition)), path="")
    following, names = page["next"], _names(asked)
    return Feed(asked.edition, page["items"], names, cursor=None if following is None else following["cursor"])


def get_current(connection: Connection, question: CurrentQuestion, *, now: int) -> Feed:
    """Everything of today in the edition's zone, and at least the newest 40; `older` is the last finished day.

    NotFound, InvalidInput.
    """
    asked = resolve(connection, question)
    today = find_day(now, asked.zone)
    note_until(today.ends_at)
    begins = (today.starts_at, 0)
    rows = read_rows(connection, asked, ARTICLE_COLUMNS, limit=CURRENT_LEAST)
    is_everything = len(rows) < CURRENT_LEAST  # then older ones that are yet to come belong to it, too
    if not is_everything and rows[-1].published_at >= today.starts_at:
        rows = read_rows(connection, asked.between(begins, asked.upper), ARTICLE_COLUMNS, limit=None)
    older = read_rows(connection, asked.between(asked.lower, begins), limit=1)
    is_open = is_everything or not older
    asked.note(first=None if is_open else min(rows[-1].published_at, older[0].published_at))
    items = render_articles(connection, rows, asked.editions, _body(asked.edition))
    return Feed(asked.edition, items, _names(asked), older=_date(older[0].published_at, asked) if older else None)


def get_archive(connection: Connection, day_text: str, question: CurrentQuestion, *, now: int) -> Feed:
    """One finished day of the edition's zone, whole, with the finished days around it that have news.

    NotFound also for a day that is not over, NoSuchDay for one that the zone left out.
    """
    asked = resolve(connection, question)
    today = find_day(now, asked.zone)
    note_until(today.ends_at)
    day = _finished(day_text, asked, today)
    rows = read_rows(connection, asked.between((day.starts_at, 0), (day.ends_at, 0)), ARTICLE_COLUMNS, limit=None)
    older = read_rows(connection, asked.between(asked.lower, (day.starts_at, 0)), limit=1)
    after = asked.between((day.ends_at, 0), (today.starts_at, 0))
    newer = read_rows(connection, after, limit=1, oldest_first=True)
    asked.note(
        first=older[0].published_at if older else None,
        last=newer[0].published_at if newer else max(day.ends_at, today.starts_at) - 1,
    )
    return Feed(
        asked.edition,
        render_articles(connection, rows, asked.editions, _body(asked.edition)),
        _names(asked),
        older=_date(older[0].published_at, asked) if older else None,
        newer=_date(newer[0].published_at, asked) if newer else None,
    )


def get_news(connection: Connection, question: NewsQuestion, *, now: int) -> News:
    """What was first published within the last 48 hours, a thousand at a time; NotFound where there is no such part.

    What only a bump made recent is not news to a search engine, which wants the first public time.
    """
    asked, since = resolve(connection, question), now - NEWS_FOR_US
    recent = asked.between((since, 0), asked.upper)
    recent.note()
    found = read_rows(connection, recent, ARTICLE_COLUMNS, limit=NEWS_PARTS_MOST * NEWS_PART)
    rows = [row for row in found if row.first_published_at >= since]
    if rows:
        note_until(min(row.first_published_at for row in rows) + NEWS_FOR_US)
    parts = max(1, -(-len(rows) // NEWS_PART))
    number = question.part or 1
    if number > parts:
        raise NotFound(f"The news sitemap has no part {number}.")
    shown = [] if question.part is None and parts > 1 else rows[(number - 1) * NEWS_PART : number * NEWS_PART]
    return News(asked.edition, render_articles(connection, shown, asked.editions, BodyForm.NONE), parts)


def get_published(connection: Connection, key: str, question: ArticleQuestion) -> Published:
    """An article's page with its edition; NotFound, ArticleMoved, ArticleWithdrawn."""
    article = get_article(connection, key, question)
    return Published(article, find_edition(connection, article["edition"]))


def _names(asked: Asked) -> dict[tuple[Facet, str], str]:
    """What readers call that which was asked for; noted, since the feed is titled by it."""
    found = {}
    for kind, number, code, text, texts in asked.selection.names:
        note_entry(kind, number)
        found[kind, code] = translate(text, texts, asked.edition.language)
    return found


def _body(edition: EditionView) -> BodyForm:
    return BodyForm.HTML if edition.feed_content is FeedContent.FULL else BodyForm.NONE


def _date(instant: int, asked: Asked) -> date:
    return find_day(instant, asked.zone).date


def _finished(text: str, asked: Asked, today: Day) -> Day:
    try:
        day = parse_day(text)
    except InvalidValue as error:
        raise NotFound(f"There is no such archive: {error.detail}") from None
    found = asked.whole_day(day)
    if found.ends_at > today.starts_at:
        raise NotFound(f"{text} is not over in {asked.zone.key}.")
    return found
