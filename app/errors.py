"""Errors in the newsroom's terms; `api/http/problems.py` maps them to HTTP, `cli` to one sentence.

DaylineError
├── InvalidValueError      a single invalid value (also a ValueError, so that models locate it)
├── InvalidInputError      parameters or a record with one or more errors, each with its location
├── InvalidCursorError     a damaged cursor
├── CursorMismatchError    a cursor that was issued for other filters
├── NotFoundError          no public resource of that name
├── NoSuchDayError         a date that the zone's calendar skipped
├── ArticleWithdrawnError  an article that is no longer public
├── ArticleMoved           an article with a new slug (control flow: a redirect)
├── EntryMoved             a catalogue entry with a new slug (control flow: a redirect)
├── UnauthenticatedError   no API key, or an invalid one
├── ForbiddenError         the API key has none of the required scopes
├── PreviewExpiredError    a preview token after its expiry
│   ├── EditionForbiddenError   an API key that is bound to other editions
│   └── PersonForbiddenError    an API key that is not trusted and names a person
├── ConflictError          the current state does not allow the request
│   ├── ArticleErasedError     an article that was erased by law and cannot be restored
│   └── RequestInProgressError an identical request is in progress
├── ArticleGone            a repeated request whose article was erased since
├── IdempotencyKeyReusedError   an Idempotency-Key that was sent with another request
├── PreconditionRequiredError, PreconditionFailedError   an edit without, or with an outdated, revision
├── RateLimitedError       too many requests; has the time of the next attempt
├── TooManyStreamsError    the process serves its maximum of streams; has the time of the next attempt
├── BusyError              too many concurrent operations; has the time of the next attempt
├── ContentTooLargeError, UnsupportedMediaTypeError   a body that is not accepted
└── ConfigurationError     an error that the operator must fix first
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """Error of one input: its location, a sentence, the code of a loss.

    The location is a parameter or a path such as `body.2.html`, empty for a body as a whole.
    """

    location: str
    message: str
    code: str | None = None


class DaylineError(Exception):
    """Base of all errors; `detail` is one sentence for a person."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidValueError(DaylineError, ValueError):
    """Single invalid value; models turn it into a field error with its location."""


class InvalidInputError(DaylineError):
    """One or more errors of query parameters or a record."""

    def __init__(self, *errors: FieldError) -> None:
        sentences = [f"{error.location}: {error.message}" if error.location else error.message for error in errors]
        super().__init__("; ".join([each.removesuffix(".") for each in sentences[:-1]] + sentences[-1:]))
        self.errors = errors


class InvalidCursorError(DaylineError):
    """Damaged cursor."""


class CursorMismatchError(DaylineError):
    """Cursor that was issued for other filters."""


class NotFoundError(DaylineError):
    """No public resource of that name."""


class NoSuchDayError(NotFoundError):
    """Calendar date that does not exist in the zone, such as 2011-12-30 in Pacific/Apia."""


class ArticleMoved(DaylineError):  # noqa: N818 - same
    """Article with a new slug; control flow for a redirect."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"The article is now called '{slug}'.")
        self.slug = slug


class EntryMoved(DaylineError):  # noqa: N818 - same
    """Catalogue entry with a new slug; control flow for a redirect."""

    def __init__(self, former: str, present: str) -> None:
        super().__init__(f"'{former}' is now '{present}'.")
        self.former = former
        self.present = present


class ArticleWithdrawnError(DaylineError):
    """Article that was public until `at` (µs); `notice` is its public notice, if any."""

    def __init__(self, article_id: str, notice: str | None, *, at: int) -> None:
        super().__init__("This article has been withdrawn.")
        self.article_id = article_id
        self.notice = notice
        self.at = at


class UnauthenticatedError(DaylineError):
    """No API key, or (`invalid_credentials`) a malformed, unknown, expired or revoked one."""

    def __init__(self, detail: str, *, is_refused: bool = False) -> None:
        super().__init__(detail)
        self.is_refused = is_refused


class ForbiddenError(DaylineError):
    """Valid API key without any of these scopes, one of which is required."""

    def __init__(self, *scopes: str) -> None:
        super().__init__(f"The key does not have the scope {' or '.join(scopes)}.")
        self.scopes = scopes


class EditionForbiddenError(ForbiddenError):
    """Valid API key that is bound to other editions."""

    def __init__(self) -> None:
        super().__init__()
        self.detail = "The key is bound to editions, and this is not one of them."


class PersonForbiddenError(ForbiddenError):
    """Valid API key that sends `Dayline-Actor` without being trusted."""

    def __init__(self) -> None:
        super().__init__()
        self.detail = "The key may not name the person it acts for: only trusted keys send Dayline-Actor."


class ConflictError(DaylineError):
    """Conflict with the current state."""


class EmbargoedError(ConflictError):
    """Publication before the end of the article's embargo, `until`, as an instant in the article's zone."""

    def __init__(self, until: str) -> None:
        super().__init__(f"The article is embargoed until {until}.")
        self.until = until


class RequestInProgressError(ConflictError):
    """A request with the same Idempotency-Key is in progress; clients may retry after a second."""

    retry_after = 1

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is in progress.")


class ArticleGone(DaylineError):  # noqa: N818 - same
    """Repeated request with an Idempotency-Key whose article was erased since."""

    def __init__(self) -> None:
        super().__init__("The article that this request created was erased since; it is not created again.")


class IdempotencyKeyReusedError(DaylineError):
    """Idempotency-Key that the same API key sent with another request within a day."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was sent with another request before.")


class PreviewExpiredError(DaylineError):
    """Preview token after its expiry."""

    def __init__(self) -> None:
        super().__init__("This preview has expired; an editor can create a new one.")


class ArticleErasedError(ConflictError):
    """Article that was erased, here (`erased_locally`) or at the source of the record."""

    def __init__(self, article_id: str, *, erased_locally: bool) -> None:
        super().__init__(
            f"Article {article_id} was erased and cannot come back."
            if erased_locally
            else f"Article {article_id} was erased where this comes from; erase it here with 'dayline erase'."
        )
        self.article_id = article_id


class PreconditionRequiredError(DaylineError):
    """Edit without a revision as precondition."""


class PreconditionFailedError(DaylineError):
    """Edit of an outdated revision."""


class RateLimitedError(DaylineError):
    """Too many requests; clients may retry after `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class BusyError(DaylineError):
    """Too many concurrent operations; clients may retry after `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class NotReadyError(DaylineError):
    """The process cannot serve requests: the database cannot be used; clients may retry after a second."""

    retry_after = 1


class TooManyStreamsError(DaylineError):
    """Maximum of streams in this process; clients may retry after `retry_after` seconds."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ContentTooLargeError(DaylineError):
    """Request body over the size limit."""


class UnsupportedMediaTypeError(DaylineError):
    """Request body of an unsupported media type."""


class ConfigurationError(DaylineError):
    """Error that the operator must fix: one sentence, exit status 2."""
