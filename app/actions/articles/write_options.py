"""Options and result of writing records."""

from collections import Counter
from dataclasses import dataclass, field

from app.actions.catalogue.entries import Outcome
from app.domain.actor import IMPORT_ACTOR, Actor
from app.errors import DaylineError
from app.schemas.write_warning import WriteWarning


@dataclass(slots=True)
class WriteResult:
    """Outcome and article id of each record in order, and the number of entries created from codes.

    The id is 0 where there is none. `warnings` result from comparison with stored articles, by position.
    """

    outcomes: list[Outcome | DaylineError]
    ids: list[int]
    created_entries: Counter[str] = field(default_factory=Counter)
    warnings: dict[int, list[WriteWarning]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """Options for storing records.

    `reject_unknown` rejects unknown sections, labels and authors, and schedules in the past;
    `reslug_drafts` lets the slug of an article that was never public follow its headline; `note_counts_as_change` makes
    a revision for a note alone; `touch_updated_at` dates the update of a public article now; `edits_translations` reads
    `translations` as the complete group, unchanged where absent; `is_strict` rejects a record of which a part would not
    be stored.
    """

    editor: Actor = IMPORT_ACTOR
    reject_unknown: bool = False
    reslug_drafts: bool = False
    note_counts_as_change: bool = False
    touch_updated_at: bool = False
    edits_translations: bool = False
    is_strict: bool = False
