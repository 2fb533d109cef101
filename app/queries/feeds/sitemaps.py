"""Queries of sitemaps: the weeks of an edition that have news, and the pages of one week."""

from collections.abc import Iterable, Sequence
from itertools import islice
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
from app.domain.article_members import is_omitted_from_sitemaps
from app.domain.calendar import UTC
from app.domain.instant import format_short_instant
from app.domain.iso_week import MONDAY_US, WEEK_US, start_of_week
from app.domain.language import drop_extensions
from app.domain.list_filter import Facet
from app.errors import NotFoundError
from app.invalidation.dependencies import depend_on_article
from app.models.article import articles
from app.models.edition import former_article_urls
from app.models.listing import listings
from app.models.sitemap_week import sitemap_weeks
from app.queries.articles.items import ITEM_COLUMNS, fetch_articles
from app.queries.articles.translations import FoundTranslation, find_translations
from app.queries.catalogue.editions import EditionView, get_edition_view
from app.queries.resolve import ResolvedQuery, edition_and_pages
from app.schemas.feed import SitemapParams, WeekSitemapParams

MAX_INDEX_ENTRIES = 50_000
MAX_PAGES = 50_000
_COLUMNS = (*ITEM_COLUMNS, articles.c.details, articles.c.language, articles.c.translation_group)


class SitemapUrl(NamedTuple):
    """Article's page on the front end, its last change (RFC 3339), and the languages of it and its translations."""

    url: str
    changed_at: str
    languages: Sequence[tuple[str, str]] = ()


class WeekPart(NamedTuple):
    """Sitemap of a week, or of a part of one with more pages than a sitemap may have; `part` counts from 1.

    `starts_at` is the first instant of the week (µs), `changed_at` the last change of the sitemap (RFC 3339), if known.
    """

    starts_at: int
    part: int
    changed_at: str | None


class SitemapIndex(NamedTuple):
    """Sitemaps of the weeks (UTC) that have news, newest first."""

    edition: EditionView
    weeks: Sequence[WeekPart]


class WeekSitemap(NamedTuple):
    """Public URLs of one week, newest first."""

    edition: EditionView
    pages: Sequence[SitemapUrl]


def list_weeks(connection: Connection, params: SitemapParams) -> SitemapIndex:
    """Return the weeks of an edition that have news or pages; four statements, two seek them. NotFoundError.

    A week changes with its articles, and with everything that the URLs of the edition's articles consist of.
    """
    edition = get_edition_view(connection, params.edition)
    edition_and_pages(edition).record_dependency()
    rows = [
        row
        for place in (edition.id, -edition.id)
        for row in _WEEKS.all(connection, {"edition_id": place, "most": MAX_INDEX_ENTRIES})
    ]
    known = {row.starts_at: row for row in _KNOWN.all(connection, {"edition_id": edition.id})}
    starts = sorted({start_of_week(row.at) for row in rows}, reverse=True)
    parts = (part for start in starts for part in _parts(start, known.get(start)))
    return SitemapIndex(edition, list(islice(parts, MAX_INDEX_ENTRIES)))


def _parts(start: int, week: AnyRow | None) -> Iterable[WeekPart]:
    if week is None:
        return [WeekPart(start, 1, None)]
    changed_at = format_short_instant(max(week.modified_at, week.urls_changed_at or week.modified_at), UTC)
    return (WeekPart(start, number + 1, changed_at) for number in range(max(1, -(-week.articles // MAX_PAGES))))


def get_week(connection: Connection, starts_at: int, params: WeekSitemapParams) -> WeekSitemap:
    """Return the pages published in the week (UTC) from this instant on, or a part of 50,000. NotFoundError."""
    edition = get_edition_view(connection, params.edition)
    query = edition_and_pages(edition).narrowed((starts_at, 0), (starts_at + WEEK_US, 0))
    query.record_dependency()
    found = fetch_articles(connection, _from_part(connection, query, params.part), _COLUMNS, limit=MAX_PAGES)
    if not found and params.part > 1:
        raise _no_part(params.part)
    rows = [row for row in found if not is_omitted_from_sitemaps(row.details)]
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


def _from_part(connection: Connection, query: ResolvedQuery, part: int) -> ResolvedQuery:
    """Return the query from the first article of a part on; NotFoundError."""
    for _ in range(part - 1):
        before = fetch_articles(connection, query, limit=MAX_PAGES)
        if len(before) < MAX_PAGES:
            raise _no_part(part)
        query = query.narrowed(query.lower, (before[-1].published_at, before[-1].id))
    return query


def _no_part(part: int) -> NotFoundError:
    return NotFoundError(f"The sitemap of this week has no part {part}.")


def _languages(edition: EditionView, row: AnyRow, translations: Iterable[FoundTranslation]) -> list[tuple[str, str]]:
    """Return the language and URL of an article and of its translations in sitemaps, one for each language.

    Search engines ignore languages unless every page lists all of them, itself included.
    """
    own = drop_extensions(row.language or edition.language)
    pages = {own.lower(): (own, edition.url_of_row(row))}
    for each in translations:
        depend_on_article(each.row.id)  # an update of the other page alone may leave it out
        if not is_omitted_from_sitemaps(each.row.details):
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
    start = walk.c.at - (walk.c.at + _number(MONDAY_US)) % _number(WEEK_US)
    older: ScalarSelect[int] = _newest(listings.c.published_at < start).correlate(walk).scalar_subquery()
    walk = walk.union_all(select(older.label("at")).select_from(walk).where(walk.c.at.is_not(None)))
    return select(walk.c.at).where(walk.c.at.is_not(None)).limit(bindparam("most", type_=Integer))


_WEEKS = PreparedQuery(_weeks())
_KNOWN = PreparedQuery(
    select(
        sitemap_weeks.c.starts_at,
        sitemap_weeks.c.articles,
        sitemap_weeks.c.modified_at,
        select(func.max(former_article_urls.c.until))
        .where(former_article_urls.c.edition_id == bindparam("edition_id"))
        .scalar_subquery()
        .label("urls_changed_at"),
    ).where(sitemap_weeks.c.edition_id == bindparam("edition_id"))
)
