"""Keyset pagination: one page of a list, and the cursor of the next one.

A page begins after the sort key of the last row of the page before, so its cost does not depend on how deep it is, and
rows that are added or deleted in between shift nothing. Every statement reads one row more than the page holds: that
row shows whether there is a next page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, Select

from app.db.base import AnyRow
from app.domain.cursor import (
    decode_collation_key,
    decode_name,
    decode_number,
    decode_positioned_name,
    encode_collation_key,
    encode_name,
    encode_number,
    encode_positioned_name,
)
from app.domain.revision import MAX_REVISION
from app.domain.tsid import MAX_ID
from app.schemas.pagination import NextPage

K = TypeVar("K", str, int, bytes, tuple[int, str])
R = TypeVar("R")


class PageParams(Protocol):
    """The query parameters of a page."""

    @property
    def cursor(self) -> str | None:
        """The position after which it begins; None for the first page."""

    @property
    def limit(self) -> int:
        """The maximum number of its rows."""


class Page(NamedTuple, Generic[R]):
    """The rows of a page, the first row after it, and the link to the next page: both None at the end of the list."""

    rows: Sequence[R]
    following: R | None
    next: NextPage | None


@dataclass(frozen=True, slots=True)
class Keyset(Generic[K]):
    """A list in the order of a sort key: `encode` and `decode` are the form of its values in a cursor.

    `start` is before the first value. A statement takes the bind `limit`, and the sort key as those of `binds`.
    """

    key: Callable[[AnyRow], K]
    start: K
    encode: Callable[[K, bytes], str]
    decode: Callable[[str, bytes], K]
    binds: Callable[[K], dict[str, Any]]

    def read_page(
        self,
        connection: Connection,
        statement: Select[Any],
        params: PageParams,
        *,
        digest: bytes,
        href: Callable[[str], str],
        binds: dict[str, Any] | None = None,
    ) -> Page[AnyRow]:
        """Return a page; `href` is the address of the next one for its cursor.

        InvalidCursorError, CursorMismatchError for a cursor of a list with another digest.
        """
        after = self.start if params.cursor is None else self.decode(params.cursor, digest)
        bound = {**(binds or {}), **self.binds(after), "limit": params.limit + 1}
        rows = connection.execute(statement, bound).all()
        return cut_page(rows, params.limit, cursor=lambda last: self.encode(self.key(last), digest), href=href)


def by_name(column: str) -> Keyset[str]:
    """Return the keyset of a list in ascending order of a name."""
    return Keyset(attrgetter(column), "", encode_name, decode_name, _after)


def by_number(column: str) -> Keyset[int]:
    """Return the keyset of a list in ascending order of a number."""
    return Keyset(attrgetter(column), 0, encode_number, decode_number, _after)


def by_number_descending(column: str) -> Keyset[int]:
    """Return the keyset of a list in descending order of an id or a log position."""
    return Keyset(attrgetter(column), MAX_ID, encode_number, decode_number, _after)


def by_collation_key(column: str) -> Keyset[bytes]:
    """Return the keyset of a list in ascending order of a collation key; the digest of the list has the collation."""
    return Keyset(attrgetter(column), b"", encode_collation_key, decode_collation_key, _after)


def by_positioned_name(position: str, name: str) -> Keyset[tuple[int, str]]:
    """Return the keyset of a list in ascending order of a position and a name; it takes the bind `after_position`."""
    return Keyset(
        attrgetter(position, name),
        (0, ""),
        encode_positioned_name,
        decode_positioned_name,
        lambda key: {"after_position": key[0], "after": key[1]},
    )


def _after(key: str | int | bytes) -> dict[str, Any]:
    return {"after": key}


BY_REVISION: Keyset[int] = Keyset(attrgetter("revision"), MAX_REVISION, encode_number, decode_number, _after)
"""The revisions of an article, the latest first."""


def cut_page(rows: Sequence[R], limit: int, *, cursor: Callable[[R], str], href: Callable[[str], str]) -> Page[R]:
    """Return the first `limit` rows as a page; `cursor` encodes the sort key of its last row."""
    shown = rows[:limit]
    if len(rows) <= limit:
        return Page(shown, None, None)
    return Page(shown, rows[limit], link_next(cursor(shown[-1]), href))


def link_next(cursor: str, href: Callable[[str], str]) -> NextPage:
    """Return the link to the page that begins at a cursor."""
    return {"cursor": cursor, "href": href(cursor)}
