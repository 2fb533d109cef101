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
├── Unauthenticated   no key was shown, or one that is not good
├── Forbidden         the key has none of the scopes that this takes
├── PreviewExpired    the address of a preview that was good once
├── Conflict          what is there already does not allow it
│   └── ArticleErased     it was erased by law and cannot come back
│   └── RequestInProgress   the same request is being answered at this moment
├── ArticleGone       a request sent again whose article was erased since
├── IdempotencyKeyReused    an Idempotency-Key that came with another request before
├── PreconditionRequired, PreconditionFailed   an edit has to name the revision it was made from, and the current one
├── RateLimited       too many requests; when to come back
├── TooManyStreams    as many streams are open as one process serves; when to come back
├── Busy              too much of the same is under way; when to come back
├── ContentTooLarge, UnsupportedMediaType      a body nobody reads
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
        sentences = [f"{flaw.where}: {flaw.message}" for flaw in flaws]
        super().__init__("; ".join([each.removesuffix(".") for each in sentences[:-1]] + sentences[-1:]))
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
    """The article was public once, until `at` (µs); `notice` is what the newsroom tells the public, if anything."""

    def __init__(self, article_id: str, notice: str | None, *, at: int) -> None:
        super().__init__("This article has been withdrawn.")
        self.article_id = article_id
        self.notice = notice
        self.at = at


class Unauthenticated(DaylineError):  # noqa: N818 - same
    """No key was shown, or (`is_refused`) one that is malformed, unknown, expired or revoked."""

    def __init__(self, detail: str, *, is_refused: bool = False) -> None:
        super().__init__(detail)
        self.is_refused = is_refused


class Forbidden(DaylineError):  # noqa: N818 - same
    """The key is good and has none of these scopes, any one of which would do."""

    def __init__(self, *scopes: str) -> None:
        super().__init__(f"The key does not have the scope {' or '.join(scopes)}.")
        self.scopes = scopes


class Conflict(DaylineError):  # noqa: N818 - same
    """What is there already, or its state, does not allow it."""


class RequestInProgress(Conflict):
    """A request with the same Idempotency-Key is being answered; it is worth asking again in a second."""

    retry_after = 1

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is being answered.")


class ArticleGone(DaylineError):  # noqa: N818 - same
    """A repeated request with an Idempotency-Key whose article was erased since."""

    def __init__(self) -> None:
        super().__init__("The article that this request made was erased since; it is not made again.")


class IdempotencyKeyReused(DaylineError):  # noqa: N818 - same
    """An Idempotency-Key that the same API key sent with another request within a day."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was sent with another request before.")


class PreviewExpired(DaylineError):  # noqa: N818 - same
    """The address of a preview that was good once."""

    def __init__(self) -> None:
        super().__init__("This preview has expired; the newsroom can make a new one.")


class ArticleErased(Conflict):
    """An article that was erased, here (`is_here`) or where the record comes from."""

    def __init__(self, article_id: str, *, is_here: bool) -> None:
        super().__init__(
            f"Article {article_id} was erased and cannot come back."
            if is_here
            else f"Article {article_id} was erased where this comes from; erase it here with 'dayline erase'."
        )
        self.article_id = article_id


class PreconditionRequired(DaylineError):  # noqa: N818 - same
    """An edit that does not say which revision it was made from."""


class PreconditionFailed(DaylineError):  # noqa: N818 - same
    """An edit made from a revision that is not the current one any more."""


class RateLimited(DaylineError):  # noqa: N818 - same
    """Too many requests; it is worth coming back after `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Busy(DaylineError):  # noqa: N818 - same
    """Too much of the same is under way here; it is worth coming back after `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooManyStreams(DaylineError):  # noqa: N818 - same
    """This process opens no further stream now; it is worth coming back after `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ContentTooLarge(DaylineError):  # noqa: N818 - same
    """A body beyond what is read."""


class UnsupportedMediaType(DaylineError):  # noqa: N818 - same
    """A body in a form that is not read here."""


class OperatorError(DaylineError):
    """Something only the person at the command line can mend: one sentence, exit status 2."""
