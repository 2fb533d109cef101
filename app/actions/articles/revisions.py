"""Revisions: one row for each write of an article, and its former content once that is replaced."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, update

from app.actions.articles.pending_revision import PendingRevision
from app.db.bulk import bulk_insert
from app.domain.body import dump_body
from app.interchange.articles import dump_content, read_records
from app.models.revision import revisions
from app.schemas.interchange import Content, Note, RevisionRecord

_KEEP = (
    update(revisions)
    .where(revisions.c.article_id == bindparam("b_article_id"), revisions.c.revision == bindparam("b_revision"))
    .values(content=bindparam("b_content"))
)


def snapshot_content(connection: Connection, latest: Mapping[int, int]) -> None:
    """Copy the content of these articles into their latest revision (id to number), before it is replaced."""
    if not latest:
        return
    records = read_records(connection, sorted(latest))
    connection.execute(
        _KEEP,
        [
            {"b_article_id": number, "b_revision": latest[number], "b_content": dump_content(record)}
            for number, record in records.items()
        ],
    )


def append_revisions(
    connection: Connection, pending_revisions: Sequence[PendingRevision], *, now: int, actor: str
) -> None:
    """Insert a row for each of these revisions, and for the imported ones."""
    bulk_insert(connection, revisions, [row for pending in pending_revisions for row in _rows(pending, now, actor)])


def _rows(pending: PendingRevision, now: int, actor: str) -> Iterator[dict[str, Any]]:
    for each in pending.imported_revisions:
        yield _past_row(pending.article_id, each)
    if not pending.already_recorded:
        yield {
            "article_id": pending.article_id,
            "revision": pending.revision,
            "version": pending.version,
            "status": pending.after.status,
            "published_at": pending.after.published_at,
            "action": pending.action,
            "at": now,
            "actor": actor,
            **_note_columns(pending.note),
            "content": None,
        }


def _past_row(article_id: int, revision: RevisionRecord) -> dict[str, Any]:
    return {
        "article_id": article_id,
        **{name: getattr(revision, name) for name in ("revision", "version", "status", "published_at")},
        **{name: getattr(revision, name) for name in ("action", "at", "actor")},
        **_note_columns(revision.note),
        "content": None if revision.content is None else _dump(revision.content),
    }


def _note_columns(note: Note | None) -> dict[str, str | None]:
    return {"note_type": None if note is None else note.type, "note_text": None if note is None else note.text}


def _dump(content: Content) -> str:
    members = content.model_dump(exclude={"body"})
    return orjson.dumps(members | {"body": dump_body(content.body)}).decode()
