"""What can go wrong, in the newsroom's words; `api/problems.py` says it in HTTP, `cli` in one sentence.

DaylineError
├── InvalidValue      a value nobody can use (also a ValueError, so that models report it in place)
├── InvalidInput      a question or a record with one or more flaws, each with its place
├── CursorInvalid     a cursor that was damaged or never ours
├── CursorMismatch    a cursor that belongs to a list with other filters
├── NotFound          nothing of that name is public here
├── NoSuchDay         a date that the zone's calendar skipped
├── ArticleWithdrawn  it was public once and is not any more
├── ArticleMoved      it lives under a new slug
└── OperatorError     what the person at the command line must mend first
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with an input: `where` (a parameter or a path such as `body.2.html`) and a sentence."""

    where: str
    message: str


class DaylineError(Exception):
    """The root; `detail` is one sentence for a person."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidValue(DaylineError, ValueError):  # noqa: N818 - reads as the newsroom says it
    """A single value that cannot be used; models turn it into a flaw with its place."""


class InvalidInput(DaylineError):  # noqa: N818 - same
    """One or more flaws of a question or a record."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__("; ".join(f"{flaw.where}: {flaw.message}" for flaw in flaws))
        self.flaws = flaws


class CursorInvalid(DaylineError):  # noqa: N818 - same
    """A cursor that was damaged or was never given out."""


class CursorMismatch(DaylineError):  # noqa: N818 - same
    """A cursor that was given out for other filters than those it came with."""


class NotFound(DaylineError):  # noqa: N818 - same
    """Nothing of that name is public here."""


class NoSuchDay(NotFound):
    """A calendar date that never happened in the zone, such as 2011-12-30 in Pacific/Apia."""


class ArticleMoved(DaylineError):  # noqa: N818 - same
    """The article answers to a new slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"The article is now called '{slug}'.")
        self.slug = slug


class ArticleWithdrawn(DaylineError):  # noqa: N818 - same
    """The article was public once; `notice` is what the newsroom tells the public, if anything."""

    def __init__(self, article_id: str, notice: str | None) -> None:
        super().__init__("This article has been withdrawn.")
        self.article_id = article_id
        self.notice = notice


class OperatorError(DaylineError):
    """Something only the person at the command line can mend: one sentence, exit status 2."""
