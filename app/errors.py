"""What can go wrong, in the newsroom's words; `api/problems.py` says it in HTTP, `cli` in one sentence.

DaylineError
├── InvalidValueError      a value nobody can use (also a ValueError, so that models report it in place)
├── InvalidInputError      a question or a record with one or more flaws, each with its place
├── InvalidCursorError     a cursor that was damaged or never ours
├── CursorMismatchError    a cursor that belongs to a list with other filters
├── NotFoundError          nothing of that name is public here
├── NoSuchDayError         a date that the zone's calendar skipped
├── ArticleWithdrawnError  it was public once and is not any more
├── ArticleMoved      it lives under a new slug
├── Unauthenticated   no key was shown, or one that is not good
├── Forbidden         the key has none of the scopes that this takes
├── PreviewExpiredError    the address of a preview that was good once
├── Conflict          what is there already does not allow it
│   └── ArticleErasedError     it was erased by law and cannot come back
│   └── RequestInProgressError   the same request is being answered at this moment
├── ArticleGone       a request sent again whose article was erased since
├── IdempotencyKeyReusedError    an Idempotency-Key that came with another request before
├── PreconditionRequiredError, PreconditionFailedError   an edit names the revision it was made from, the current one
├── RateLimitedError       too many requests; when to come back
├── TooManyStreamsError    as many streams are open as one process serves; when to come back
├── Busy              too much of the same is under way; when to come back
├── ContentTooLargeError, UnsupportedMediaTypeError      a body nobody reads
└── ConfigurationError     what the person at the command line must mend first
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with an input: `where` (a parameter or a path such as `body.2.html`) and a sentence."""

    location: str
    message: str


class DaylineError(Exception):
    """The root; `detail` is one sentence for a person."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidValueError(DaylineError, ValueError):
    """A single value that cannot be used; models turn it into a flaw with its place."""


class InvalidInputError(DaylineError):
    """One or more flaws of a question or a record."""

    def __init__(self, *flaws: FieldError) -> None:
        sentences = [f"{flaw.location}: {flaw.message}" for flaw in flaws]
        super().__init__("; ".join([each.removesuffix(".") for each in sentences[:-1]] + sentences[-1:]))
        self.errors = flaws


class InvalidCursorError(DaylineError):
    """A cursor that was damaged or was never given out."""


class CursorMismatchError(DaylineError):
    """A cursor that was given out for other filters than those it came with."""


class NotFoundError(DaylineError):
    """Nothing of that name is public here."""


class NoSuchDayError(NotFoundError):
    """A calendar date that never happened in the zone, such as 2011-12-30 in Pacific/Apia."""


class ArticleMoved(DaylineError):  # noqa: N818 - same
    """The article answers to a new slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"The article is now called '{slug}'.")
        self.slug = slug


class ArticleWithdrawnError(DaylineError):
    """The article was public once, until `at` (µs); `notice` is what the newsroom tells the public, if anything."""

    def __init__(self, article_id: str, notice: str | None, *, at: int) -> None:
        super().__init__("This article has been withdrawn.")
        self.article_id = article_id
        self.notice = notice
        self.at = at


class UnauthenticatedError(DaylineError):
    """No key was shown, or (`invalid_credentials`) one that is malformed, unknown, expired or revoked."""

    def __init__(self, detail: str, *, is_refused: bool = False) -> None:
        super().__init__(detail)
        self.is_refused = is_refused


class ForbiddenError(DaylineError):
    """The key is good and has none of these scopes, any one of which would do."""

    def __init__(self, *scopes: str) -> None:
        super().__init__(f"The key does not have the scope {' or '.join(scopes)}.")
        self.scopes = scopes


class ConflictError(DaylineError):
    """What is there already, or its state, does not allow it."""


class RequestInProgressError(ConflictError):
    """A request with the same Idempotency-Key is being answered; it is worth asking again in a second."""

    retry_after = 1

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is being answered.")


class ArticleGone(DaylineError):  # noqa: N818 - same
    """A repeated request with an Idempotency-Key whose article was erased since."""

    def __init__(self) -> None:
        super().__init__("The article that this request made was erased since; it is not made again.")


class IdempotencyKeyReusedError(DaylineError):
    """An Idempotency-Key that the same API key sent with another request within a day."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was sent with another request before.")


class PreviewExpiredError(DaylineError):
    """The address of a preview that was good once."""

    def __init__(self) -> None:
        super().__init__("This preview has expired; the newsroom can make a new one.")


class ArticleErasedError(ConflictError):
    """An article that was erased, here (`erased_locally`) or where the record comes from."""

    def __init__(self, article_id: str, *, erased_locally: bool) -> None:
        super().__init__(
            f"Article {article_id} was erased and cannot come back."
            if erased_locally
            else f"Article {article_id} was erased where this comes from; erase it here with 'dayline erase'."
        )
        self.article_id = article_id


class PreconditionRequiredError(DaylineError):
    """An edit that does not say which revision it was made from."""


class PreconditionFailedError(DaylineError):
    """An edit made from a revision that is not the current one any more."""


class RateLimitedError(DaylineError):
    """Too many requests; it is worth coming back after `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class BusyError(DaylineError):
    """Too much of the same is under way here; it is worth coming back after `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooManyStreamsError(DaylineError):
    """This process opens no further stream now; it is worth coming back after `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ContentTooLargeError(DaylineError):
    """A body beyond what is read."""


class UnsupportedMediaTypeError(DaylineError):
    """A body in a form that is not read here."""


class ConfigurationError(DaylineError):
    """Something only the person at the command line can mend: one sentence, exit status 2."""
