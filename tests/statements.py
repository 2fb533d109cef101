"""Counting of the SQL statements of a response, on either database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event

from app.db.prepared import PreparedQuery

_is_counting: ContextVar[bool] = ContextVar("is_counting", default=False)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that the block itself runs, without those that begin and end transactions.

    Concurrent ones, such as those of background tasks, run in other contexts and do not count.
    """
    statements: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if _is_counting.get() and not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            statements.append(statement)

    run_prepared = PreparedQuery.all

    def run_recorded(prepared: PreparedQuery, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        rows = run_prepared(prepared, connection, values)
        record(None, None, prepared.bind(connection, values)[0])
        return rows

    token = _is_counting.set(True)
    event.listen(Engine, "before_cursor_execute", record)
    PreparedQuery.all = run_recorded  # type: ignore[method-assign, assignment]  # the driver has no event for it
    try:
        yield statements
    finally:
        PreparedQuery.all = run_prepared  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", record)
        _is_counting.reset(token)
