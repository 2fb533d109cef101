"""Change log: the only module that appends to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from app.db.bulk import bulk_insert
from app.db.commit_watch import notify_commit
from app.db.locks import lock_change_log
from app.domain.change import ChangeType
from app.interchange.statements import LATEST_SEQ
from app.invalidation.surrogate_keys import normalized_keys
from app.models.change import changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Row of the log; its keys name everything that responses can depend on, before and after the change.

    `details` are names that tables no longer hold after it.
    """

    type: ChangeType
    keys: Iterable[str]
    edition_id: int | None = None
    article_id: int | None = None
    details: dict[str, str] | None = None


def begin_log_transaction(connection: Connection) -> None:
    """Lock the log: no other transaction appends until the commit, so that the sequence follows the commits.

    Other processes are notified of the commit, whether rows are appended or deleted.
    """
    lock_change_log(connection)
    notify_commit(connection)


def last_seq(connection: Connection) -> int:
    """Return the last sequence number, 0 before the first change; `begin_log_transaction` precedes it."""
    last: int = connection.execute(LATEST_SEQ).scalar_one()
    return last


def append_changes(
    connection: Connection, happened: Sequence[Change], *, now: int, actor: str, behind: int | None = None
) -> None:
    """Append rows in this order by `actor`; `begin_log_transaction` precedes it in this transaction.

    They are numbered from the last number on, or from `behind` if that is higher.
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
            "surrogate_keys": orjson.dumps(normalized_keys(change.keys)).decode(),
            "details": None if change.details is None else orjson.dumps(change.details).decode(),
        }
        for seq, change in enumerate(happened, start=latest + 1)
    ]
    bulk_insert(connection, changes, rows)
