"""Keyset pagination: one page of a list, and the cursor of the next one.

A page begins after the sort key of the last row of the page before, so its cost does not depend on how deep it is, and
rows that are added or deleted in between shift nothing. Every statement reads one row more than the page holds: that
row shows whether there is a next page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, Select

from app.db.base import AnyRow
from app.domain.cursor import decode_name, decode_number, encode_name, encode_number
from app.domain.revision import MAX_REVISION
from app.domain.tsid import MAX_ID
from app.schemas.pagination import NextPage

K = TypeVar("K", str, int)
R = TypeVar("R")


class PageParams(Protocol):
    """The query parameters of a page."""

    cursor: str | None
    limit: int


class Page(NamedTuple, Generic[R]):
    """The rows of a page, the first row after it, and the link to the next page: both None at the end of the list."""

    rows: Sequence[R]
    following: R | None
    next: NextPage | None


@dataclass(frozen=True, slots=True)
class Keyset(Generic[K]):
    """A list in the order of one column: `encode` and `decode` are the form of its values in a cursor.

    `start` is before the first value. A statement takes the binds `after` and `limit`.
    """

    column: str
    start: K
    encode: Callable[[K, bytes], str]
    decode: Callable[[str, bytes], K]

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
        bound = {**(binds or {}), "after": after, "limit": params.limit + 1}
        rows = connection.execute(statement, bound).all()
        return cut_page(
            rows, params.limit, cursor=lambda last: self.encode(getattr(last, self.column), digest), href=href
        )


def by_name(column: str) -> Keyset[str]:
    """Return the keyset of a list in ascending order of a name."""
    return Keyset(column, "", encode_name, decode_name)


def by_number(column: str) -> Keyset[int]:
    """Return the keyset of a list in ascending order of a number."""
    return Keyset(column, 0, encode_number, decode_number)


def by_number_descending(column: str) -> Keyset[int]:
    """Return the keyset of a list in descending order of an id or a log position."""
    return Keyset(column, MAX_ID, encode_number, decode_number)


BY_REVISION: Keyset[int] = Keyset("revision", MAX_REVISION, encode_number, decode_number)
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
