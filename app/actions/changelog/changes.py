"""The only writer of the change log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, func, select

from app.db.bulk import bulk_insert
from app.db.commit_watch import notify_commit
from app.db.locks import lock_change_log
from app.domain.change import ChangeType
from app.invalidation.surrogate_keys import normalized_keys
from app.models.change import changes

_LATEST = select(func.coalesce(func.max(changes.c.seq), 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a row of the log says; `keys` name everything that answers can depend on, before and after."""

    type: ChangeType
    keys: Iterable[str]
    edition_id: int | None = None
    article_id: int | None = None


def begin_log_transaction(connection: Connection) -> None:
    """Take the writers' turn: from here to the commit nobody else appends, so sequence follows commits.

    Other processes hear of the commit, whether rows are appended or taken away.
    """
    lock_change_log(connection)
    notify_commit(connection)


def last_seq(connection: Connection) -> int:
    """Where the log ends, 0 before the first change; `begin_log_transaction` came first."""
    last: int = connection.execute(_LATEST).scalar_one()
    return last


def append_changes(
    connection: Connection, happened: Sequence[Change], *, now: int, actor: str, behind: int | None = None
) -> None:
    """Append rows in this order; `begin_log_transaction` came first in this transaction. `actor` says who did it.

    They are numbered from behind the last one on, or from behind a number beyond that.
    """
    if not happened:
        return
    latest = last_seq(connection) if behind is None else behind
    rows = [
        {
            "seq": seq,
            "type": change.type,
            "at": now,
            "edition_id": change.edition_id,
            "article_id": change.article_id,
            "actor": actor,
            "keys": orjson.dumps(normalized_keys(change.keys)).decode(),
        }
        for seq, change in enumerate(happened, start=latest + 1)
    ]
    bulk_insert(connection, changes, rows)
