"""Moving articles from one status or public time to another, their text untouched: one of them, or many at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.actions.consequences import complete_saves
from app.actions.links import read_standings
from app.actions.listings import Standing
from app.actions.notes import join_notes
from app.actions.saves import Save
from app.db.base import AnyRow
from app.db.bulk import update_rows
from app.domain.article import Status
from app.domain.editor import Editor
from app.errors import NotFound, PreconditionFailed
from app.models.article import articles
from app.schemas.record import Note

_COLUMNS = (
    articles.c.id,
    articles.c.edition_id,
    articles.c.status,
    articles.c.version,
    articles.c.revision,
    articles.c.published_at,
    articles.c.first_published_at,
    articles.c.section_id,
    articles.c.label_id,
    articles.c.withdrawal_reason,
    articles.c.withdrawal_notice,
    articles.c.withdrawn_at,
    articles.c.notes,
    articles.c.erased_at,
)
MOVABLE = select(*_COLUMNS)
"""What has to be known of articles that are moved."""

_ONE = MOVABLE.where(articles.c.id == bindparam("article_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An article (a row of MOVABLE), where it comes to stand, and the columns that change beside that."""

    row: AnyRow
    status: Status
    published_at: int | None
    note: Note | None = None
    columns: dict[str, Any] = field(default_factory=dict)


def find_movable(connection: Connection, article_id: int, *, expected: Collection[int] | None = None) -> AnyRow:
    """The article; NotFound, PreconditionFailed where it is not at a revision that is expected."""
    row = connection.execute(_ONE, {"article_id": article_id}).first()
    if row is None:
        raise NotFound("There is no such article.")
    check_revision(row.revision, expected)
    return row


def check_revision(current: int, expected: Collection[int] | None) -> None:
    """PreconditionFailed unless the current revision is an expected one, where any is."""
    if expected is not None and current not in expected:
        raise PreconditionFailed(f"The article is at revision {current} now; read it again and repeat the change.")


def move_articles(connection: Connection, moves: Sequence[Move], *, now: int, editor: Editor) -> None:
    """Carry these moves out, each with its revision and what follows; `begin_changes` came first. Forbidden."""
    for move in moves:
        editor.check(Status(move.row.status), move.status)
    standings = read_standings(connection, [move.row for move in moves])
    saves = [_save(move, standings[move.row.id]) for move in moves]
    update_rows(connection, articles, [_columns(move, save, now) for move, save in zip(moves, saves, strict=True)])
    complete_saves(connection, saves, now=now, actor=editor.actor)


def _save(move: Move, before: Standing) -> Save:
    after = before.moved(move.status, move.published_at)
    version = move.row.version + after.is_public
    return Save(before=before, after=after, revision=move.row.revision + 1, version=version, note=move.note)


def _columns(move: Move, save: Save, now: int) -> dict[str, Any]:
    first = move.row.first_published_at
    return {
        "id": move.row.id,
        "status": move.status,
        "published_at": move.published_at,
        "first_published_at": move.published_at if first is None and save.after.is_public else first,
        "revision": save.revision,
        "version": save.version,
        "modified_at": now,
        "notes": join_notes(move.row.notes, save, now),
        **move.columns,
    }
