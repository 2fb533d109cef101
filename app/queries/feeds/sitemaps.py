"""Queries of sitemaps: the weeks of an edition that have news, and the pages of one week."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal_column,
    select,
)

from app.db.base import AnyRow
from app.db.prepared import PreparedQuery
from app.domain.calendar import UTC
from app.domain.instant import DAY_US, format_short_instant
from app.domain.list_filter import Facet
from app.invalidation.dependencies import depend_on_article
from app.models.article import articles
from app.models.listing import listings
from app.queries.articles.details import is_omitted_from_sitemaps
from app.queries.articles.items import ITEM_COLUMNS, fetch_articles
from app.queries.articles.translations import FoundTranslation, find_translations
from app.queries.catalogue.editions import EditionView, get_edition_view
from app.queries.resolve import edition_and_pages
from app.schemas.feed import SitemapParams

MAX_WEEKS = 50_000
MAX_PAGES = 50_000
_COLUMNS = (*ITEM_COLUMNS, articles.c.details, articles.c.language, articles.c.translation_group)
WEEK_US = 7 * DAY_US
_MONDAY_US = 60_000 * WEEK_US - 4 * DAY_US
"""Offset from the epoch, a Thursday, to a Monday (UTC) before all instants."""

_EPOCH = date(1970, 1, 1)


class SitemapUrl(NamedTuple):
    """Article's page on the front end, its last change (RFC 3339), and the languages of it and its translations."""

    url: str
    changed_at: str
    languages: Sequence[tuple[str, str]] = ()


class SitemapIndex(NamedTuple):
    """Mondays (UTC) of the weeks that have news, newest first."""

    edition: EditionView
    mondays: Sequence[date]


class WeekSitemap(NamedTuple):
    """Public URLs of one week, newest first."""

    edition: EditionView
    pages: Sequence[SitemapUrl]


def list_weeks(connection: Connection, params: SitemapParams) -> SitemapIndex:
    """Return the weeks of an edition that have news or pages; four statements, two seek them. NotFoundError."""
    edition = get_edition_view(connection, params.edition)
    edition_and_pages(edition).record_dependency()
    rows = [
        row
        for place in (edition.id, -edition.id)
        for row in _WEEKS.all(connection, {"edition_id": place, "most": MAX_WEEKS})
    ]
    starts = sorted({row.at - (row.at + _MONDAY_US) % WEEK_US for row in rows}, reverse=True)[:MAX_WEEKS]
    return SitemapIndex(edition, [_EPOCH + timedelta(microseconds=at) for at in starts])


def get_week(connection: Connection, monday: date, params: SitemapParams) -> WeekSitemap:
    """Return the pages published in the week (UTC) from this Monday on, at most 50,000. NotFoundError."""
    edition = get_edition_view(connection, params.edition)
    first = (monday - _EPOCH).days * DAY_US  # the first week begins before all instants
    query = edition_and_pages(edition).narrowed((first, 0), (first + WEEK_US, 0))
    query.record_dependency()
    found = fetch_articles(connection, query, _COLUMNS, limit=MAX_PAGES)
    rows = [row for row in found if not is_omitted_from_sitemaps(row)]
    translations = find_translations(connection, rows)
    return WeekSitemap(
        edition,
        [
            SitemapUrl(
                edition.url_of_row(row),
                format_short_instant(max(row.published_at, row.updated_at or row.published_at), UTC),
                _languages(edition, row, translations.get(row.id, ())),
            )
            for row in rows
        ],
    )


def _languages(edition: EditionView, row: AnyRow, translations: Iterable[FoundTranslation]) -> list[tuple[str, str]]:
    """Return the language and URL of an article and of its translations in sitemaps, one for each language.

    Search engines ignore languages unless every page lists all of them, itself included.
    """
    own = row.language or edition.language
    pages = {own.lower(): (own, edition.url_of_row(row))}
    for each in translations:
        depend_on_article(each.row.id)  # an update of the other page alone may leave it out
        if not is_omitted_from_sitemaps(each.row):
            pages.setdefault(each.language.lower(), (each.language, each.edition.url_of_row(each.row)))
    return list(pages.values()) if len(pages) > 1 else []


def _number(value: int) -> ColumnElement[int]:
    """Return a number written into the statement itself."""
    return literal_column(str(value), BigInteger)


def _newest(*before: ColumnElement[bool]) -> Select[tuple[int]]:
    return select(func.max(listings.c.published_at).label("at")).where(
        listings.c.edition_id == bindparam("edition_id"),
        listings.c.kind == _number(int(Facet.EDITION)),
        listings.c.facet_id == _number(0),
        *before,
    )


def _weeks() -> Select[tuple[int]]:
    """Step from the newest article to the newest one before its week, and so on."""
    walk = _newest().cte("walk", recursive=True)
    start = walk.c.at - (walk.c.at + _number(_MONDAY_US)) % _number(WEEK_US)
    older: ScalarSelect[int] = _newest(listings.c.published_at < start).correlate(walk).scalar_subquery()
    walk = walk.union_all(select(older.label("at")).select_from(walk).where(walk.c.at.is_not(None)))
    return select(walk.c.at).where(walk.c.at.is_not(None)).limit(bindparam("most", type_=Integer))


_WEEKS = PreparedQuery(_weeks())
