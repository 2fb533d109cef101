"""Days of a timeline: rows grouped by local day, with headings and items in the zone and language of a query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.db.base import AnyRow
from app.domain.calendar import Day, day_at
from app.domain.instant import format_instant
from app.domain.language import day_heading
from app.queries.articles.cards import Cards, read_cards
from app.queries.articles.items import RenderedEntries, render_items, select_fields
from app.queries.resolve import ResolvedQuery
from app.schemas.article import DayHeading, TimelineItem
from app.schemas.timeline import TimelineDay


@dataclass(slots=True)
class DayRenderer:
    """Renderer of days for a query: `cards` are the members that `fields` adds; `entries` as `render_items` has it."""

    query: ResolvedQuery
    fields: list[str]
    cards: Cards
    entries: RenderedEntries = field(default_factory=lambda: RenderedEntries({}, {}))

    def render_days(self, rows: Sequence[AnyRow]) -> list[TimelineDay]:
        """Return the days of these rows, newest first as they are."""
        return [self.render_day(day, group) for day, group in _by_day(rows, self.query)]

    def render_day(self, day: Day, rows: Sequence[AnyRow]) -> TimelineDay:
        """Return one day with these rows, from its beginning to its end."""
        zone, heading = self.query.zone, day_heading(day.date, self.query.language)
        return {
            "date": day.date.isoformat(),
            "heading": heading,
            "starts_at": format_instant(day.starts_at, zone),
            "ends_at": format_instant(day.ends_at, zone),
            "continued": False,
            "complete": True,
            "items": self._render_items(rows, heading),
        }

    def _render_items(self, rows: Sequence[AnyRow], heading: DayHeading) -> list[Any]:
        query, fields, cards = self.query, self.fields, self.cards
        items: list[Any] = (
            self._render_each(rows)
            if query.spans_editions
            else [*render_items(rows, query.edition, query.zone, self.entries)]
        )
        if "heading" in fields:
            items = [{**item, "heading": heading} for item in items]
        if cards:
            items = [{**item, **cards[row.id]} for row, item in zip(rows, items, strict=True)]
        return [select_fields(item, fields) for item in items] if fields else items

    def _render_each(self, rows: Sequence[AnyRow]) -> list[TimelineItem]:
        """Return the items of several editions, each in the language of its own."""
        editions, zone = self.query.editions, self.query.zone
        entries = {row.edition_id: RenderedEntries({}, {}) for row in rows}
        items = (render_items([row], editions[row.edition_id], zone, entries[row.edition_id]) for row in rows)
        return [item for found in items for item in found]


def make_day_renderer(
    connection: Connection, query: ResolvedQuery, rows: Sequence[AnyRow], fields: list[str], entries: RenderedEntries
) -> DayRenderer:
    """Return the renderer of these rows, after reading the members of cards that `fields` names."""
    cards = read_cards(connection, rows, query.editions, query.zone, fields)
    return DayRenderer(query, fields, cards, entries)


def _by_day(rows: Sequence[AnyRow], query: ResolvedQuery) -> Iterator[tuple[Day, Sequence[AnyRow]]]:
    """Group rows, newest first, by day."""
    first = 0
    while first < len(rows):
        day = day_at(rows[first].published_at, query.zone)
        after = first + 1
        while after < len(rows) and rows[after].published_at >= day.starts_at:
            after += 1
        yield day, rows[first:after]
        first = after
