"""Bulk export of public articles as JSON Lines: all that match the filters, oldest first, or those given by id."""

from collections.abc import Generator, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from app.db.base import AnyRow
from app.queries.articles.article_list import ARTICLE_COLUMNS, render_articles, sorted_like
from app.queries.articles.items import fetch_articles, select_fields
from app.queries.changes.change_list import latest_seq
from app.queries.keyset.list_index import MAX_SORT_KEY, key_above
from app.queries.resolve import ResolvedQuery, resolve_params
from app.schemas.article import ArticleItem
from app.schemas.params import ExportParams

BATCH = 100  # articles at a time: with bodies some 300 KB, and 10 ms

_ENDS_OF_LINES = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"), (b"\xc2\x85", b"\\u0085"))
"""Characters that are valid in JSON and that many line readers treat as line ends."""


class ExportChunk(NamedTuple):
    """Some of the lines, and the last change of the snapshot of all of them."""

    as_of: int
    lines: bytes


def export_articles(connection: Connection, params: ExportParams) -> Generator[ExportChunk]:
    """Yield all articles that match the filters (`id` is for `export_by_ids`), oldest first, as list items.

    At least one chunk. At most five statements for each, and three before the first; before that InvalidInputError,
    NotFoundError.
    """
    as_of = latest_seq(connection)
    query = resolve_params(connection, params)
    rest, has_more = query, True
    while has_more:
        rows = fetch_articles(connection, rest, ARTICLE_COLUMNS, limit=BATCH, oldest_first=True)
        yield _portion(connection, as_of, query, params, rows)
        has_more = len(rows) == BATCH
        if has_more:
            rest = query.narrowed(key_above(rows[-1]), MAX_SORT_KEY)


def export_by_ids(connection: Connection, params: ExportParams) -> ExportChunk:
    """Return the articles given by `id`, in that order, as one chunk. InvalidInputError, NotFoundError."""
    as_of = latest_seq(connection)
    query = resolve_params(connection, params)
    rows = fetch_articles(connection, query, ARTICLE_COLUMNS, ids=params.id, limit=None)
    return _portion(connection, as_of, query, params, sorted_like(params.id, rows))


def _portion(
    connection: Connection, as_of: int, query: ResolvedQuery, params: ExportParams, rows: Sequence[AnyRow]
) -> ExportChunk:
    items = render_articles(connection, rows, query.editions, params.body, params.fields, links=params.links)
    return ExportChunk(as_of, b"".join([_line(select_fields(item, params.fields)) for item in items]))


def _line(item: ArticleItem) -> bytes:
    line = orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE)
    for end, escaped in _ENDS_OF_LINES:
        if end in line:
            line = line.replace(end, escaped)
    return line
