"""Public articles in bulk: every one that a question asks for, oldest first or as named, as lines of JSON."""

from collections.abc import Generator, Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import Connection

from app.db.base import AnyRow
from app.domain.ids import LARGEST
from app.queries.articles import ARTICLE_COLUMNS, in_order_of, render_articles
from app.queries.changes import latest_seq
from app.queries.items import choose_members, read_rows
from app.queries.listing import LATEST, Key
from app.queries.scope import Asked, resolve
from app.schemas.article import ArticleItem
from app.schemas.question import ExportQuestion

BATCH = 100  # articles at a time: with bodies some 300 KB, and 10 ms

_ENDS_OF_LINES = ((b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029"), (b"\xc2\x85", b"\\u0085"))
"""What JSON may hold as it is, and what many a reader of lines takes for the end of one."""


class Portion(NamedTuple):
    """Some of the lines, and the last change of the snapshot that all of them are from."""

    as_of: int
    lines: bytes


def export_articles(connection: Connection, question: ExportQuestion) -> Generator[Portion]:
    """All the articles under the filters (`id` is for `read_named`), oldest first, each as lists of articles show it.

    At least one portion. At most five statements a portion, and three before the first; before that InvalidInput,
    NotFound.
    """
    as_of = latest_seq(connection)
    asked = resolve(connection, question)
    rest, goes_on = asked, True
    while goes_on:
        rows = read_rows(connection, rest, ARTICLE_COLUMNS, limit=BATCH, oldest_first=True)
        yield _portion(connection, as_of, asked, question, rows)
        goes_on = len(rows) == BATCH
        if goes_on:
            rest = asked.between(_after(rows[-1]), LATEST)


def read_named(connection: Connection, question: ExportQuestion) -> Portion:
    """The articles that `id` names, in the order given: one portion. InvalidInput, NotFound."""
    as_of = latest_seq(connection)
    asked = resolve(connection, question)
    rows = read_rows(connection, asked, ARTICLE_COLUMNS, ids=question.id, limit=None)
    return _portion(connection, as_of, asked, question, in_order_of(question.id, rows))


def _portion(
    connection: Connection, as_of: int, asked: Asked, question: ExportQuestion, rows: Sequence[AnyRow]
) -> Portion:
    items = render_articles(connection, rows, asked.editions, question.body)
    return Portion(as_of, b"".join([_line(choose_members(item, question.fields)) for item in items]))


def _after(row: AnyRow) -> Key:
    """The least key that is greater than that of a row."""
    return (row.published_at, row.id + 1) if row.id < LARGEST else (row.published_at + 1, 0)


def _line(item: ArticleItem) -> bytes:
    line = orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE)
    for end, escaped in _ENDS_OF_LINES:
        if end in line:
            line = line.replace(end, escaped)
    return line
