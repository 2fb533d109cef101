"""Counting the SQL statements of an answer, on either database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event

from app.db.prepared import PreparedQuery

_is_counting: ContextVar[bool] = ContextVar("is_counting", default=False)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block itself runs, in turn; what begins and ends transactions is left out.

    What runs beside it, such as the upkeep of the app under test, was started elsewhere and is not counted.
    """
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if _is_counting.get() and not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            statements.append(statement)

    run_prepared = PreparedQuery.all

    def run_noted(prepared: PreparedQuery, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        rows = run_prepared(prepared, connection, values)
        note(None, None, prepared.bind(connection, values)[0])
        return rows

    token = _is_counting.set(True)
    event.listen(Engine, "before_cursor_execute", note)
    PreparedQuery.all = run_noted  # type: ignore[method-assign, assignment]  # the driver itself tells nobody
    try:
        yield statements
    finally:
        PreparedQuery.all = run_prepared  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", note)
        _is_counting.reset(token)
