"""Count of the rows that a query examines, by its database, and its duration.

SQLite counts the steps of its virtual machine: every examined row costs at least one, so they bound the rows.
PostgreSQL reports the rows of every scan (a look-up that finds nothing counts as one) and the pages read, for the
statements and values that the query ran, on the plan that a prepared statement settles for in seven runs.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, event

from app.db.prepared import PreparedQuery

Query = Callable[[Connection], Any]

RUNS_UNTIL_SETTLED = 7  # PostgreSQL plans the first five runs and then decides whether to use a generic plan


@dataclass(frozen=True, slots=True)
class Examined:
    """Work of a query: `steps` on SQLite, `rows` and `pages` on PostgreSQL, over its statements."""

    statements: int
    rows: int = 0
    pages: int = 0
    steps: int = 0


def examine(connection: Connection, query: Query) -> Examined:
    """Return what a query examines on this connection's database."""
    ran = _statements(connection, query)
    if connection.dialect.name == "sqlite":
        return Examined(statements=len(ran), steps=_steps(connection, query))
    return _examine_plans(connection, ran)


def time_ms(connection: Connection, query: Query, *, repeats: int) -> tuple[float, float]:
    """Return the median and the shortest time of a query that ran before, in milliseconds."""
    query(connection)
    times = sorted(_times(connection, query, repeats))
    return median(times), times[0]


def _times(connection: Connection, query: Query, repeats: int) -> Iterator[float]:
    for _ in range(repeats):
        begun = perf_counter()
        query(connection)
        yield (perf_counter() - begun) * 1000


def _statements(connection: Connection, query: Query) -> list[tuple[str, tuple[Any, ...]]]:
    ran: list[tuple[str, tuple[Any, ...]]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: Any) -> None:
        ran.append((statement, tuple(values)))

    run_prepared = PreparedQuery.all

    def run_noted(prepared: PreparedQuery, connection: Connection, given: Mapping[str, Any]) -> list[Any]:
        ran.append(prepared.bind(connection, given))
        return run_prepared(prepared, connection, given)

    event.listen(connection, "before_cursor_execute", note)
    PreparedQuery.all = run_noted  # type: ignore[method-assign, assignment]  # SQLAlchemy has no event for it
    try:
        query(connection)
    finally:
        PreparedQuery.all = run_prepared  # type: ignore[method-assign]
        event.remove(connection, "before_cursor_execute", note)
    return ran


def _steps(connection: Connection, query: Query) -> int:
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(step, 1)
    try:
        query(connection)
    finally:
        driver.set_progress_handler(None, 1)
    return steps


def _examine_plans(connection: Connection, ran: list[tuple[str, tuple[Any, ...]]]) -> Examined:
    rows = pages = 0
    for statement, values in ran:
        if not statement.lstrip().startswith(("SELECT", "WITH")):
            continue  # a write is not repeated; its look-ups use full keys
        plan = _settled_plan(connection, statement, values)
        rows += round(sum(_rows_of(node) for node in _nodes(plan)))
        pages += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return Examined(statements=len(ran), rows=rows, pages=pages)


def _settled_plan(connection: Connection, statement: str, values: tuple[Any, ...]) -> dict[str, Any]:
    connection.exec_driver_sql(f"PREPARE examined AS {statement}")
    given = f"({', '.join(_literal(value) for value in values)})" if values else ""
    try:
        for _ in range(RUNS_UNTIL_SETTLED - 1):
            connection.exec_driver_sql(f"EXPLAIN EXECUTE examined{given}").close()  # plans it like a run, at no cost
        explain = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE examined{given}"
        plan_json = connection.exec_driver_sql(explain).scalar_one()
    finally:
        connection.exec_driver_sql("DEALLOCATE examined")
    plan: dict[str, Any] = (json.loads(plan_json) if isinstance(plan_json, str) else plan_json)[0]["Plan"]
    return plan


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(int(value)) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _rows_of(node: dict[str, Any]) -> float:
    """Return the rows of a table or index that a node examined, over all its loops."""
    if "Relation Name" not in node and node["Node Type"] != "Bitmap Index Scan":
        return 0
    removed = sum(count for name, count in node.items() if name.startswith("Rows Removed by"))
    each: float = node["Actual Rows"] + removed
    loops: int = node["Actual Loops"]
    return max(each, 1) * loops
