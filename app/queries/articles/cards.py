"""Members of cards: what items of timelines, days and changes have beside the usual members if `fields` names them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.db.base import AnyRow
from app.domain.instant import instant_formatter
from app.models.article import articles
from app.queries.articles.article_list import (
    LinkedEntries,
    find_authors,
    find_further_sections,
    list_sections,
    render_author,
)
from app.queries.articles.items import ITEM_COLUMNS, render_local_time, render_section
from app.queries.catalogue.editions import EditionView, render_image
from app.schemas.article import CardMembers

CARD_MEMBERS = frozenset(CardMembers.__annotations__)
TEXT_COLUMNS = (articles.c.kicker, articles.c.lead, articles.c.image)
_TRAITS = (articles.c.access, articles.c.featured, articles.c.language)
CARD_COLUMNS = (*ITEM_COLUMNS, *TEXT_COLUMNS, *_TRAITS, articles.c.has_further_sections)

Cards = Mapping[int, dict[str, Any]]
"""Members of cards by the ids of their articles."""


def has_cards(fields: Iterable[str]) -> bool:
    """Return whether any of the fields is a member of cards."""
    return not CARD_MEMBERS.isdisjoint(fields)


def item_columns(fields: Iterable[str]) -> tuple[Any, ...]:
    """Return the columns that items with these fields are rendered from."""
    return CARD_COLUMNS if has_cards(fields) else ITEM_COLUMNS


def read_cards(
    connection: Connection,
    rows: Sequence[AnyRow],
    editions: Mapping[int, EditionView],
    zone: ZoneInfo | None,
    fields: Iterable[str],
) -> Cards:
    """Return the members of cards that the fields name, for rows of CARD_COLUMNS; none where they name none.

    Without a zone, times are in that of each article's edition. One statement for authors, and one for further sections
    if any article has some.
    """
    if not rows or not has_cards(fields):
        return {}
    wanted = {*fields}
    names = [name for name in CardMembers.__annotations__ if name in wanted]
    ids = [*dict.fromkeys(row.id for row in rows)]
    signed = find_authors(connection, ids) if "authors" in names else {}
    filed = find_further_sections(connection, rows) if "sections" in names else {}
    cards: dict[int, dict[str, Any]] = {}
    for row in rows:
        edition = editions[row.edition_id]
        linked = LinkedEntries((), signed.get(row.id, ()), filed.get(row.id, ()))
        cards[row.id] = {name: _RENDERERS[name](row, edition, zone or edition.zone, linked) for name in names}
    return cards


_RENDERERS: Final[Mapping[str, Callable[[AnyRow, EditionView, ZoneInfo, LinkedEntries], Any]]] = {
    "edition": lambda _row, edition, _zone, _linked: edition.slug,
    "kicker": lambda row, *_: row.kicker,
    "lead": lambda row, *_: row.lead,
    "image": lambda row, *_: render_image(row.image),
    "sections": lambda row, edition, _zone, linked: list_sections(
        render_section(row, edition), linked.sections, edition
    ),
    "authors": lambda _row, edition, _zone, linked: [render_author(each, edition) for each in linked.authors],
    "access": lambda row, *_: row.access,
    "featured": lambda row, *_: bool(row.featured),
    "language": lambda row, *_: row.language,
    "local": lambda row, edition, zone, _linked: render_local_time(
        row.published_at, instant_formatter(zone)(row.published_at)[0], zone, edition.language
    ),
}
