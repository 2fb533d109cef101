"""Making the old part of the change log short: of everything that changed, only the last row that says so stays.

What a row named goes into the row that stays in its place, so that whoever last asked long ago still hears of all
that an article has left since.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import BindParameter, Connection, bindparam, delete, select, update

from app.actions.changelog.changes import begin_log_transaction
from app.db.base import AnyRow
from app.db.bulk import chunked
from app.domain.instant import DAY_US
from app.interchange.installation import compare_and_set, get_value
from app.invalidation.surrogate_keys import ALL_TIMESTAMPS, is_timestamp_key, normalized_keys
from app.models.change import changes

KEPT_US = 7 * DAY_US
MAX_PLACES = 50
MARK = "changes_compacted"

_COLUMNS = select(changes.c.seq, changes.c.type, changes.c.at, changes.c.article_id, changes.c["keys"].label("names"))
_AHEAD = _COLUMNS.where(changes.c.seq > bindparam("mark")).order_by(changes.c.seq).limit(bindparam("most"))
_BEHIND = _COLUMNS.where(changes.c.seq <= bindparam("mark"))
_NUMBERS: BindParameter[list[int]] = bindparam("numbers", expanding=True)
_TYPES: BindParameter[list[str]] = bindparam("types", expanding=True)
_OF_ARTICLES = _BEHIND.where(changes.c.article_id.in_(_NUMBERS))
_OF_ENTRIES = _BEHIND.where(changes.c.article_id.is_(None), changes.c.type.in_(_TYPES))
_DELETE = delete(changes).where(changes.c.seq.in_(_NUMBERS))
_RENAME = update(changes).where(changes.c.seq == bindparam("b_seq")).values({"keys": bindparam("b_keys")})


def compact_changes(connection: Connection, *, now: int, most: int) -> int:
    """Go on where the last call stopped, over at most so many rows that are older than 7 days.

    How many were looked at: fewer than `most` when all that is old has been seen. The last row of the log always
    stays, and so does the last of every article; nothing that is public is ever without a row.
    """
    begin_log_transaction(connection)
    value = get_value(connection, MARK)
    mark = 0 if value is None else int(value)
    rows = _old_rows(connection, mark, now, most)
    if not rows:
        return 0
    _merge([*_rows_behind(connection, rows, mark), *rows], connection)
    compare_and_set(connection, MARK, old=value, new=str(rows[-1].seq).encode())
    return len(rows)


def _old_rows(connection: Connection, mark: int, now: int, most: int) -> list[AnyRow]:
    """The rows behind the mark, up to the first that is not old enough.

    A row that was written by a clock far ahead is as old as its neighbours: it stops nothing.
    """
    rows: list[AnyRow] = []
    for row in connection.execute(_AHEAD, {"mark": mark, "most": most}):
        if now - KEPT_US <= row.at <= now:
            break
        rows.append(row)
    return rows


def _rows_behind(connection: Connection, rows: Sequence[AnyRow], mark: int) -> list[AnyRow]:
    """What stayed, up to the mark, of the articles and the kinds of entry that these rows speak of."""
    found: list[AnyRow] = []
    for numbers in chunked(sorted({row.article_id for row in rows if row.article_id is not None})):
        found += connection.execute(_OF_ARTICLES, {"mark": mark, "numbers": numbers})
    types = sorted({row.type for row in rows if row.article_id is None})
    if types:
        found += connection.execute(_OF_ENTRIES, {"mark": mark, "types": types})
    return sorted(found, key=lambda row: row.seq)


def _merge(rows: Iterable[AnyRow], connection: Connection) -> None:
    """Of rows (oldest first) that speak of the same, let only the last stay, with the names of them all."""
    told: dict[Any, list[AnyRow]] = {}
    for row in rows:
        # An entry is told by its names: they are the same whenever it is edited.
        told.setdefault((row.type, row.names) if row.article_id is None else row.article_id, []).append(row)
    superseded: list[int] = []
    renamed: list[dict[str, Any]] = []
    for same in told.values():
        *earlier, last = same
        superseded += [row.seq for row in earlier]
        names = _dump_names(same)
        if names != last.names:
            renamed.append({"b_seq": last.seq, "b_keys": names})
    for numbers in chunked(sorted(superseded)):
        connection.execute(_DELETE, {"numbers": numbers})
    if renamed:
        connection.execute(_RENAME, renamed)


def _dump_names(rows: Sequence[AnyRow]) -> str:
    """The names of all of these rows; places beyond fifty are not told apart any more."""
    if len(rows) == 1:
        return str(rows[0].names)
    names = {name for row in rows for name in orjson.loads(row.names)}
    places = {name for name in names if is_timestamp_key(name)}
    if len(places) > MAX_PLACES:
        names = names - places | {ALL_TIMESTAMPS}
    return orjson.dumps(normalized_keys(names)).decode()
