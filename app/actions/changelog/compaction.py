"""Compaction of the old part of the change log: of all rows about one thing, only the last remains.

The surrogate keys of deleted rows are merged into the remaining one, so that a client that last polled long ago still
receives everything that an article has left since.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import BindParameter, Connection, bindparam, delete, select, update

from app.actions.changelog.changes import begin_log_transaction
from app.db.base import AnyRow
from app.db.bulk import chunked
from app.domain.instant import DAY_US
from app.interchange.key_value import compare_and_set, get_value
from app.invalidation.surrogate_keys import ALL_TIMESTAMPS, is_timestamp_key, normalized_keys
from app.models.change import changes

RETENTION_US = 7 * DAY_US
MAX_PLACES = 50
MARK = "changes_compacted"

_COLUMNS = select(changes.c.seq, changes.c.type, changes.c.at, changes.c.article_id, changes.c.surrogate_keys)
_AHEAD = _COLUMNS.where(changes.c.seq > bindparam("mark")).order_by(changes.c.seq).limit(bindparam("most"))
_BEHIND = _COLUMNS.where(changes.c.seq <= bindparam("mark"))
_NUMBERS: BindParameter[list[int]] = bindparam("numbers", expanding=True)
_TYPES: BindParameter[list[str]] = bindparam("types", expanding=True)
_OF_ARTICLES = _BEHIND.where(changes.c.article_id.in_(_NUMBERS))
_OF_ENTRIES = _BEHIND.where(changes.c.article_id.is_(None), changes.c.type.in_(_TYPES))
_DELETE = delete(changes).where(changes.c.seq.in_(_NUMBERS))
_RENAME = update(changes).where(changes.c.seq == bindparam("b_seq")).values(surrogate_keys=bindparam("b_keys"))


def compact_changes(connection: Connection, *, now: int, most: int) -> int:
    """Continue where the last call stopped, over at most this number of rows that are older than 7 days.

    Return the number of rows examined: fewer than `most` at the end of the old part. The last row of the log always
    remains, and so does the last of every article; every public resource has a row.
    """
    begin_log_transaction(connection)
    value = get_value(connection, MARK)
    checkpoint = 0 if value is None else int(value)
    rows = _old_rows(connection, checkpoint, now, most)
    if not rows:
        return 0
    _merge([*_rows_behind(connection, rows, checkpoint), *rows], connection)
    compare_and_set(connection, MARK, old=value, new=str(rows[-1].seq).encode())
    return len(rows)


def _old_rows(connection: Connection, checkpoint: int, now: int, most: int) -> list[AnyRow]:
    """Return the rows after the position, up to the first that is not old enough.

    A row dated by a clock far ahead counts as being as old as its neighbours.
    """
    rows: list[AnyRow] = []
    for row in connection.execute(_AHEAD, {"mark": checkpoint, "most": most}):
        if now - RETENTION_US <= row.at <= now:
            break
        rows.append(row)
    return rows


def _rows_behind(connection: Connection, rows: Sequence[AnyRow], checkpoint: int) -> list[AnyRow]:
    """Return the remaining rows up to the position of the articles and kinds of entry in these rows."""
    rows_behind: list[AnyRow] = []
    for numbers in chunked(sorted({row.article_id for row in rows if row.article_id is not None})):
        rows_behind += connection.execute(_OF_ARTICLES, {"mark": checkpoint, "numbers": numbers})
    types = sorted({row.type for row in rows if row.article_id is None})
    if types:
        rows_behind += connection.execute(_OF_ENTRIES, {"mark": checkpoint, "types": types})
    return sorted(rows_behind, key=lambda row: row.seq)


def _merge(rows: Iterable[AnyRow], connection: Connection) -> None:
    """Keep the last of the rows (oldest first) about the same thing, with the surrogate keys of all."""
    by_subject: dict[Any, list[AnyRow]] = {}
    for row in rows:
        # An entry is identified by its keys, which are the same at every edit.
        by_subject.setdefault((row.type, row.surrogate_keys) if row.article_id is None else row.article_id, []).append(
            row
        )
    superseded: list[int] = []
    renamed: list[dict[str, Any]] = []
    for same in by_subject.values():
        *earlier, last = same
        superseded += [row.seq for row in earlier]
        names = _dump_names(same)
        if names != last.surrogate_keys:
            renamed.append({"b_seq": last.seq, "b_keys": names})
    for numbers in chunked(sorted(superseded)):
        connection.execute(_DELETE, {"numbers": numbers})
    if renamed:
        connection.execute(_RENAME, renamed)


def _dump_names(rows: Sequence[AnyRow]) -> str:
    """Return the surrogate keys of all of these rows; more than fifty timestamps are merged into one."""
    if len(rows) == 1:
        return str(rows[0].surrogate_keys)
    names = {name for row in rows for name in orjson.loads(row.surrogate_keys)}
    places = {name for name in names if is_timestamp_key(name)}
    if len(places) > MAX_PLACES:
        names = names - places | {ALL_TIMESTAMPS}
    return orjson.dumps(normalized_keys(names)).decode()
