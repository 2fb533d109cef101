"""The notes to the public that an article shows, kept with it so that its page needs no look at its past."""

from typing import Any

import orjson

from app.actions.articles.pending_revision import PendingRevision
from app.domain.article import ArticleStatus
from app.schemas.interchange import Note


def merge_notes(before: str | None, save: PendingRevision, now: int) -> str | None:
    """The notes to the public that an article shows after a save, as they are stored: oldest first."""
    notes: list[dict[str, Any]] = [] if before is None else orjson.loads(before)
    told = [(each.note, each.at, each.version, each.status) for each in save.imported_revisions]
    if not save.already_recorded:
        told.append((save.note, now, save.version, save.after.status))
    notes += [
        _note(note, at, version) for note, at, version, status in told if note and status is ArticleStatus.PUBLISHED
    ]
    return orjson.dumps(notes).decode() if notes else None


def _note(note: Note, at: int, version: int) -> dict[str, Any]:
    return {"type": note.type, "text": note.text, "at": at, "version": version}
