"""SQLAlchemy's dialects in the suite: a process compiles a statement once, however many engines it opens.

Each test has engines of its own, and each engine would compile every statement again and repeat the queries of a first
connection.
"""

from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

MAX_STATEMENTS = 5_000

_statements: LRUCache[Any, Any] = LRUCache(MAX_STATEMENTS)
_first_queries: dict[Any, dict[str, Any]] = {}


def share_statements() -> None:
    """Let all engines that this process creates from here on share their compiled statements."""
    registry.register("sqlite.pysqlite", __name__, "SharedSqlite")
    registry.register("postgresql.asyncpg", __name__, "SharedPostgresql")


def _store_first_queries(dialect: Any, connection: Connection, request: Any) -> None:
    """Store the results of an engine's first connection; queried once for each kind of engine."""
    kind = type(dialect), dialect._on_connect_isolation_level
    if kind not in _first_queries:
        before = dict(vars(dialect))
        request(connection)
        _first_queries[kind] = {
            name: value for name, value in vars(dialect).items() if before.get(name, ...) is not value
        }
    vars(dialect).update(_first_queries[kind])


class _Sharing:
    """Base of dialects that share; all of a kind are equal."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    def initialize(self, connection: Connection) -> None:
        """Query the server or library."""
        _store_first_queries(self, connection, super().initialize)  # type: ignore[misc]  # a dialect's, which stands behind it

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Give the engine the compiled statements of others."""
        engine._compiled_cache = _statements


class SharedSqlite(_Sharing, SQLiteDialect_pysqlite):
    """SQLAlchemy's dialect, sharing."""

    supports_statement_cache = True


class SharedPostgresql(_Sharing, PGDialect_asyncpg):
    """SQLAlchemy's dialect, sharing."""

    supports_statement_cache = True
