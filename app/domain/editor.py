"""Who writes, and what they may do."""

from dataclasses import dataclass

from app.domain.article import Status
from app.errors import Forbidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Whoever a change is put down to; `may_write` is about drafts, `may_publish` about all that the public sees."""

    actor: str
    may_write: bool = True
    may_publish: bool = True

    def check(self, before: Status | None, after: Status | None) -> None:
        """Forbidden unless this editor may take an article from one status (None: none yet) to another (None: gone).

        A scheduled article will be public without anybody's further doing, so it counts as what the public sees.
        """
        if before in {None, Status.DRAFT} and after in {None, Status.DRAFT}:
            if not self.may_write:
                raise Forbidden("articles:write")
        elif not self.may_publish:
            raise Forbidden("articles:publish")


IMPORT = Editor(actor="import")
SCHEDULE = Editor(actor="schedule")
COMMAND = Editor(actor="command")
