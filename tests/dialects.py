"""SQLAlchemy's dialects as the suite uses them: a process compiles a statement once, however many engines it opens.

Each test has engines of its own, and each engine would compile every statement of the program anew and ask its server
what the one before has learnt already.
"""

from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

MAX_STATEMENTS = 5_000

_statements: LRUCache[Any, Any] = LRUCache(MAX_STATEMENTS)
_learnt: dict[Any, dict[str, Any]] = {}


def share_statements() -> None:
    """Have all engines that this process makes from here on share what they compile."""
    registry.register("sqlite.pysqlite", __name__, "SharedSqlite")
    registry.register("postgresql.asyncpg", __name__, "SharedPostgresql")


def _learn(dialect: Any, connection: Connection, ask: Any) -> None:
    """What is asked of a server when an engine connects for the first time; asked once for each kind of engine."""
    kind = type(dialect), dialect._on_connect_isolation_level
    if kind not in _learnt:
        before = dict(vars(dialect))
        ask(connection)
        _learnt[kind] = {name: value for name, value in vars(dialect).items() if before.get(name, ...) is not value}
    vars(dialect).update(_learnt[kind])


class _Sharing:
    """What makes a dialect one that shares; all of a kind are equal."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    def initialize(self, connection: Connection) -> None:
        """Learn about the server or library."""
        _learn(self, connection, super().initialize)  # type: ignore[misc]  # a dialect's, which stands behind it

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Give it what others have compiled."""
        engine._compiled_cache = _statements


class SharedSqlite(_Sharing, SQLiteDialect_pysqlite):
    """The usual one, sharing."""

    supports_statement_cache = True


class SharedPostgresql(_Sharing, PGDialect_asyncpg):
    """The usual one, sharing."""

    supports_statement_cache = True
