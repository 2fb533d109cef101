"""Revisions: one row for each write of an article, and the blocks of its former content once that is replaced."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.actions.articles.pending_revision import PendingRevision
from app.actions.articles.revision_blocks import FormerContent, store_blocks
from app.db.bulk import bulk_insert, bulk_update
from app.domain.body import dump_body
from app.interchange.articles import read_records
from app.interchange.revision_contents import SplitContent, split_record
from app.models.revision import revisions
from app.schemas.interchange import Content, Note, RevisionRecord


class RevisionContent(NamedTuple):
    """The content of a revision, split into blocks."""

    article_id: int
    revision: int
    content: SplitContent


def snapshot_content(connection: Connection, latest: Mapping[int, int]) -> None:
    """Store the content of these articles with their latest revision (id to number), before it is replaced."""
    if not latest:
        return
    records = read_records(connection, sorted(latest), instants=_as_stored)
    store_contents(
        connection, [RevisionContent(number, latest[number], split_record(each)) for number, each in records.items()]
    )


def _as_stored(instant: int, _zone: ZoneInfo) -> int:
    return instant


def store_contents(connection: Connection, contents: Sequence[RevisionContent]) -> None:
    """Store these contents with their revisions; at least one."""
    blocks = store_blocks(connection, [FormerContent(each.article_id, each.content.blocks) for each in contents])
    rows = [
        {
            "article_id": each.article_id,
            "revision": each.revision,
            "blocks": numbers,
            "updated_at": each.content.updated_at,
            "content": None,
        }
        for each, numbers in zip(contents, blocks, strict=True)
    ]
    bulk_update(connection, revisions, rows)


def append_revisions(
    connection: Connection, pending_revisions: Sequence[PendingRevision], *, now: int, actor: str
) -> None:
    """Insert a row for each of these revisions, and for the imported ones."""
    bulk_insert(connection, revisions, [row for pending in pending_revisions for row in _rows(pending, now, actor)])
    imported = [
        RevisionContent(pending.article_id, each.revision, _split(each.content))
        for pending in pending_revisions
        for each in pending.imported_revisions
        if each.content is not None
    ]
    if imported:
        store_contents(connection, imported)


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
        }


def _past_row(article_id: int, revision: RevisionRecord) -> dict[str, Any]:
    return {
        "article_id": article_id,
        **{name: getattr(revision, name) for name in ("revision", "version", "status", "published_at")},
        **{name: getattr(revision, name) for name in ("action", "at", "actor")},
        **_note_columns(revision.note),
    }


def _note_columns(note: Note | None) -> dict[str, str | None]:
    return {"note_type": None if note is None else note.type, "note_text": None if note is None else note.text}


def _split(content: Content) -> SplitContent:
    return split_record(content.model_dump(exclude={"body"}) | {"body": dump_body(content.body)})
