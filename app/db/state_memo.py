"""Values read from the committed state of an embedded database, dropped with the next commit of any process.

A reader proves that its snapshot shows that state: nothing was committed between the request for the values and the end
of its first statement, which began the snapshot.
"""

from collections.abc import Callable, Hashable
from typing import Any

from sqlalchemy import Connection

Values = dict[Hashable, Any]
_INFO_KEY = "state_memo"


class StateMemo:
    """Values of one connection, which one thread uses; `read_token` returns what every commit changes."""

    def __init__(self, read_token: Callable[[], bytes | None]) -> None:
        self._read_token = read_token
        self._token: bytes | None = None
        self._values: Values = {}

    def get_values(self) -> Values | None:
        """Return the values of the latest committed state; None where commits cannot be detected."""
        token = self._read_token()
        if token != self._token:
            self._token, self._values = token, {}
        return None if token is None else self._values

    def is_current(self, values: Values) -> bool:
        """Return whether nothing has been committed since `get_values` returned these."""
        return values is self._values and self._read_token() == self._token


def add_state_memo(connection: Connection, read_token: Callable[[], bytes | None]) -> None:
    """Give a connection a StateMemo, which ends with it."""
    connection.info[_INFO_KEY] = StateMemo(read_token)


def find_state_memo(connection: Connection) -> StateMemo | None:
    """Return the StateMemo of a connection; None for a server, and for connections of threads."""
    memo: StateMemo | None = connection.info.get(_INFO_KEY)
    return memo
