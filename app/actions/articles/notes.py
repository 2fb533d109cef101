"""Notes to the public, stored with the article so that its page needs no query of revisions."""

from typing import Any

import orjson

from app.actions.articles.pending_revision import PendingRevision
from app.domain.article_status import ArticleStatus
from app.schemas.interchange import Note


def merge_notes(before: str | None, pending: PendingRevision, now: int) -> str | None:
    """Return the notes of an article after a revision, as they are stored: oldest first."""
    notes: list[dict[str, Any]] = [] if before is None else orjson.loads(before)
    candidates = [(each.note, each.at, each.version, each.status) for each in pending.imported_revisions]
    if not pending.already_recorded:
        candidates.append((pending.note, now, pending.version, pending.after.status))
    notes += [
        _note(note, at, version)
        for note, at, version, status in candidates
        if note and status is ArticleStatus.PUBLISHED
    ]
    return orjson.dumps(notes).decode() if notes else None


def _note(note: Note, at: int, version: int) -> dict[str, Any]:
    return {"type": note.type, "text": note.text, "at": at, "version": version}
