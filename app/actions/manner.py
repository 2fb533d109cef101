"""How records are stored, and what came of it."""

from collections import Counter
from dataclasses import dataclass, field

from app.actions.catalogue import Outcome
from app.domain.editor import IMPORT, Editor
from app.errors import DaylineError


@dataclass(slots=True)
class Stored:
    """What storing came to and the article's id, for each record in turn, and how many entries were made from codes.

    The id is 0 where there is none.
    """

    outcomes: list[Outcome | DaylineError]
    ids: list[int]
    made: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How records are stored.

    `is_strict` refuses unknown sections, labels and authors, schedules in the past and updates in the
    future; `renames_drafts` lets the slug of what was
    never public follow its headline; `counts_note` takes a note alone for a change; `stamps_update` dates the update
    of an article that has been public now.
    """

    editor: Editor = IMPORT
    is_strict: bool = False
    renames_drafts: bool = False
    counts_note: bool = False
    stamps_update: bool = False
