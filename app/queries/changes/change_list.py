"""Queries of the change feed: the changes after a position, each article in its current state."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Connection, bindparam, func, or_, select

from app.db.base import AnyRow
from app.db.prepared import PreparedQuery
from app.domain.calendar import day_at
from app.domain.cursor import decode_number, encode_number
from app.domain.instant import format_instant
from app.domain.language import day_heading
from app.domain.sequence_gap import NAME as GAPS
from app.domain.sequence_gap import unknown_position_reason
from app.domain.tsid import MAX_ID, format_id, parse_id
from app.domain.webhook import REMOVAL_TYPES
from app.errors import FieldError, InvalidInputError
from app.interchange.statements import IDS, LATEST_SEQ, TRAIT_COLUMNS
from app.invalidation.dependencies import depend_on_log
from app.models.article import articles
from app.models.change import changes
from app.models.key_value import key_value
from app.net.base_path import href_of
from app.queries.articles.cards import TEXT_COLUMNS, has_cards, read_cards
from app.queries.articles.items import (
    ARTICLES_WITH_ENTRIES,
    ITEM_COLUMNS,
    render_item,
    render_local_time,
    select_fields,
)
from app.queries.changes.change_filter import ChangeFilter
from app.queries.changes.changed_catalogue import find_public_entries
from app.queries.changes.translated_editions import TranslatedEditions
from app.queries.keyset.entry_names import find_merged_ids
from app.queries.keyset.pages import link_next
from app.queries.resolve import ResolvedQuery, resolve_params
from app.schemas.change import ChangeItem, ChangeList, ChangeListParams
from app.schemas.params import EVERY_EDITION

PATH = "/v1/changes"
MAX_SCANNED = 500  # rows of the log examined for one page: with a full page 5 to 10 ms of an event loop

_EDITIONS: BindParameter[list[int]] = bindparam("editions", expanding=True)
_SINCE = changes.c.seq > bindparam("since")

_NEWEST = PreparedQuery(LATEST_SEQ)
_AHEAD = select(changes.c.seq).where(_SINCE).order_by(changes.c.seq).limit(bindparam("scanned")).subquery()
_GAPS = select(key_value.c.value).where(key_value.c.name == GAPS).scalar_subquery().label("gaps")
_END = select(LATEST_SEQ.scalar_subquery().label("latest"), _GAPS)
_REACH = _END.add_columns(select(func.max(_AHEAD.c.seq)).scalar_subquery().label("reach"))
ROW_COLUMNS = (
    changes.c.seq,
    changes.c.type,
    changes.c.at,
    changes.c.edition_id,
    changes.c.article_id,
    changes.c.surrogate_keys,
    changes.c.details,
)
_ROWS = (
    select(*ROW_COLUMNS)
    .where(_SINCE, changes.c.seq <= bindparam("reach"))
    .order_by(changes.c.seq)
    .limit(bindparam("most"))
)
_ROWS_OF_EDITIONS = _ROWS.where(or_(changes.c.article_id.is_(None), changes.c.edition_id.in_(_EDITIONS)))
_ROWS_OF_ARTICLES = _ROWS.where(or_(changes.c.article_id.is_(None), changes.c.article_id.in_(IDS)))
_STATES = (
    select(*ITEM_COLUMNS, *TRAIT_COLUMNS, articles.c.status, articles.c.has_further_sections)
    .select_from(ARTICLES_WITH_ENTRIES)
    .where(articles.c.id.in_(IDS))
)
_STATES_OF_CARDS = _STATES.add_columns(*TEXT_COLUMNS)


def latest_seq(connection: Connection) -> int:
    """Return the last change of this snapshot; 0 before the first."""
    seq: int = _NEWEST.all(connection, {})[0][0]
    return seq


def validate_position(connection: Connection, since: int | None) -> int:
    """Return the log position after this change, None for the end; InvalidInputError for a position of another log."""
    end = connection.execute(_END).one()
    if since is None:
        return int(end.latest)
    _require_known_position(since, end, where="since")
    return since


def list_changes(connection: Connection, params: ChangeListParams) -> ChangeList:
    """Return the changes after a position, in order, each article as in this snapshot.

    Examines at most 500 rows of the log: `next` is present whenever the log continues, also on a page without items.
    At most nine statements, whatever the limit, and one for each other edition that changed. InvalidInputError,
    NotFoundError, InvalidCursorError, CursorMismatchError.
    """
    depend_on_log()
    query = resolve_params(connection, params, tz=params.tz)
    digest = query.digests[0]
    since = params.since if params.cursor is None else decode_number(params.cursor, *query.digests)
    end = connection.execute(_REACH, {"since": min(since, MAX_ID), "scanned": MAX_SCANNED}).one()
    latest, reach = end.latest, end.reach
    _require_known_position(since, end, where="since" if params.cursor is None else "cursor")
    change_filter = ChangeFilter(query, find_merged_ids(connection, query.selection.entry_ids))
    others = TranslatedEditions(connection, query.editions)
    rows, as_of = _scan(connection, params, change_filter, others, since=since, reach=since if reach is None else reach)
    items = _render(connection, params, change_filter, rows, others.slugs)
    page: ChangeList = {"items": items, "as_of": as_of, "next": None}
    if as_of < latest:
        page["next"] = link_next(
            encode_number(as_of, digest), lambda cursor: params.url_for(PATH, cursor=cursor, since=None)
        )
    return page


def _require_known_position(since: int, end: AnyRow, *, where: str) -> None:
    unknown = unknown_position_reason(since, latest=end.latest, stored=end.gaps)
    if unknown is not None:
        raise InvalidInputError(FieldError(where, unknown))


def _scan(
    connection: Connection,
    params: ChangeListParams,
    change_filter: ChangeFilter,
    others: TranslatedEditions,
    *,
    since: int,
    reach: int,
) -> tuple[list[AnyRow], int]:
    """Return the relevant rows, and the change up to which none is missing."""
    most = MAX_SCANNED if change_filter.reads_keys else params.limit + 1
    ids, editions = [parse_id(text) for text in params.id], list(change_filter.query.editions)
    statement = _ROWS_OF_ARTICLES if ids else _ROWS_OF_EDITIONS
    bound = {"ids": ids} if ids else {"editions": editions}
    relevant: list[AnyRow] = []
    seen, seq = 0, since
    with connection.execute(statement, {"since": since, "reach": reach, "most": most, **bound}) as rows:
        for row in rows:
            is_wanted = change_filter.may_match(row) or others.include(row)
            if is_wanted and len(relevant) == params.limit:
                return relevant, seq
            relevant += [row] if is_wanted else []
            seen, seq = seen + 1, row.seq
    return relevant, reach if seen < most else seq


def _render(
    connection: Connection,
    params: ChangeListParams,
    change_filter: ChangeFilter,
    rows: Sequence[AnyRow],
    others: Mapping[int, str],
) -> list[ChangeItem]:
    states = _read_states(connection, params, [row.article_id for row in rows if row.article_id is not None])
    memberships = change_filter.find_memberships(connection, states.values())
    of_entries = [row for row in rows if row.article_id is None]
    entries = find_public_entries(connection, change_filter.query, of_entries, others)
    of_articles = {row.seq: row for row in rows if row.article_id is not None}
    types = {
        seq: change_filter.effective_type(row.type, states.get(row.article_id), memberships)
        for seq, row in of_articles.items()
    }
    shown_ids = {row.article_id for seq, row in of_articles.items() if types[seq] not in REMOVAL_TYPES}
    shown = _render_articles(connection, params, change_filter.query, [states[each] for each in sorted(shown_ids)])
    items: list[ChangeItem] = []
    for row in rows:
        if row.seq in types:
            kind, at = types[row.seq], format_instant(row.at, _zone(row.edition_id, change_filter.query, params))
            article = _identity(row.article_id) if kind in REMOVAL_TYPES else shown[row.article_id]
            items.append({"seq": row.seq, "type": kind, "at": at, "article": article})
        elif row.seq in entries:
            at = format_instant(row.at, change_filter.query.zone)
            items.append({"seq": row.seq, "type": row.type, "at": at, "article": None, "entry": entries[row.seq]})
    return items


def _read_states(connection: Connection, params: ChangeListParams, ids: Iterable[int]) -> dict[int, AnyRow]:
    """Return the articles as they are now, by id."""
    wanted = sorted(set(ids))
    statement = _STATES_OF_CARDS if has_cards(params.fields) else _STATES
    return {row.id: row for row in connection.execute(statement, {"ids": wanted})} if wanted else {}


def _zone(edition_id: int, query: ResolvedQuery, params: ChangeListParams) -> ZoneInfo:
    """Return the requested zone for a change of an article; over all editions each article's own."""
    if params.edition == EVERY_EDITION and params.tz is None:
        return query.editions[edition_id].zone
    return query.zone


def _identity(article_id: int) -> Mapping[str, Any]:
    text = format_id(article_id)
    return {"id": text, "href": href_of(f"/v1/articles/{text}")}


def _render_articles(
    connection: Connection, params: ChangeListParams, query: ResolvedQuery, states: Sequence[AnyRow]
) -> dict[int, Mapping[str, Any]]:
    """Return these articles by id, each with the day under which a timeline shows it, as far as `fields` names it."""
    is_own_zone = params.edition == EVERY_EDITION and params.tz is None
    cards = read_cards(connection, states, query.editions, None if is_own_zone else query.zone, params.fields)
    shown: dict[int, Mapping[str, Any]] = {}
    for state in states:
        edition, zone = query.editions[state.edition_id], _zone(state.edition_id, query, params)
        item = render_item(state, edition, zone)
        local = render_local_time(state.published_at, item["time"], zone, edition.language)
        heading = day_heading(day_at(state.published_at, zone).date, query.language)
        whole = {**item, **cards.get(state.id, {}), "local": local, "heading": heading}
        shown[state.id] = select_fields(whole, params.fields)
    return shown
