"""Client of the Dayline news content API: `Dayline` is synchronous, `AsyncDayline` asynchronous."""

from dayline_client.async_client import AsyncDayline
from dayline_client.errors import (
    ArticleWithdrawnError,
    ConflictError,
    DaylineError,
    EmbargoedError,
    ForbiddenError,
    GoneError,
    IdempotencyKeyReusedError,
    InvalidCursorError,
    InvalidInputError,
    InvalidResponseError,
    InvalidSignatureError,
    NetworkError,
    NoSuchDayError,
    NotFoundError,
    PreconditionFailedError,
    ProblemError,
    RateLimitedError,
    RequestInProgressError,
    ServerError,
    TooManyStreamsError,
    UnauthenticatedError,
    UnavailableError,
    UnknownPositionError,
)
from dayline_client.following import ArticleBatch, ChangeBatch
from dayline_client.retries import Retries
from dayline_client.sync_client import Dayline
from dayline_client.version import __version__
from dayline_client.webhooks import verify

__all__ = [
    "ArticleBatch",
    "ArticleWithdrawnError",
    "AsyncDayline",
    "ChangeBatch",
    "ConflictError",
    "Dayline",
    "DaylineError",
    "EmbargoedError",
    "ForbiddenError",
    "GoneError",
    "IdempotencyKeyReusedError",
    "InvalidCursorError",
    "InvalidInputError",
    "InvalidResponseError",
    "InvalidSignatureError",
    "NetworkError",
    "NoSuchDayError",
    "NotFoundError",
    "PreconditionFailedError",
    "ProblemError",
    "RateLimitedError",
    "RequestInProgressError",
    "Retries",
    "ServerError",
    "TooManyStreamsError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnknownPositionError",
    "__version__",
    "verify",
]
