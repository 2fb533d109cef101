"""Problem types: stable codes, statuses, titles, and the explanation on the page of each."""

from dataclasses import dataclass

from app.server import refusals


@dataclass(frozen=True, slots=True)
class ProblemType:
    """Problem type (RFC 9457): its stable code, status and title, and the explanation on its page."""

    code: str
    status: int
    title: str
    explanation: str


INVALID_INPUT = ProblemType(
    "invalid-input",
    422,
    "Invalid request parameters or body",
    "One or more parameters or members are invalid. `errors` locates each of them and states what is allowed; "
    "correct them and repeat the request. Unknown parameters are rejected too, so that a typing error is "
    "never mistaken for a filter.",
)
CURSOR_INVALID = ProblemType(
    "cursor-invalid",
    400,
    "Invalid cursor",
    "Cursors are opaque: send them exactly as in `next.cursor`. Start again without one.",
)
CURSOR_MISMATCH = ProblemType(
    "cursor-mismatch",
    400,
    "Cursor does not match the query",
    "A cursor belongs to the edition, filters, range and time zone that it was issued for (not to `limit`, "
    "`fields` or `total`). Follow `next.href`, which repeats them, or start again without a cursor.",
)
NOT_FOUND = ProblemType(
    "not-found",
    404,
    "Not found",
    "No public resource has this URL now. Drafts and scheduled articles are not found either, until they are "
    "published.",
)
NO_SUCH_DAY = ProblemType(
    "no-such-day",
    404,
    "No such day in this time zone",
    "The time zone skipped this date: Pacific/Apia, for instance, went from 29 to 31 December 2011.",
)
ARTICLE_WITHDRAWN = ProblemType(
    "article-withdrawn",
    410,
    "Article withdrawn",
    "The newsroom has withdrawn this article. `notice` is its public explanation, if any. Remove copies of "
    "the article.",
)
UNAUTHENTICATED = ProblemType(
    "unauthenticated",
    401,
    "Authentication required",
    "Send `Authorization: Bearer dl_…` with an API key that has neither expired nor been revoked. "
    "`WWW-Authenticate` contains `invalid_token` if a key was sent and is not valid.",
)
FORBIDDEN = ProblemType(
    "forbidden",
    403,
    "Insufficient scope",
    "The API key is valid, but has none of the required scopes, which `WWW-Authenticate` names. Use a key "
    "that has one of them.",
)
CONFLICT = ProblemType(
    "conflict",
    409,
    "Conflict with the current state",
    "A resource of that name exists already, or its state does not allow the operation; `detail` states "
    "which. Read its current state before repeating the request.",
)
EMBARGOED = ProblemType(
    "embargoed",
    409,
    "Article under embargo",
    "The article must not be published before `embargoed_until`. Schedule it for that instant or later, or change its "
    "embargo.",
)
REQUEST_IN_PROGRESS = ProblemType(
    "request-in-progress",
    409,
    "Request in progress",
    "A request with the same `Idempotency-Key` is in progress. Repeat it after `Retry-After` seconds to get "
    "the response of the first one.",
)
IDEMPOTENCY_KEY_REUSED = ProblemType(
    "idempotency-key-reused",
    422,
    "Idempotency-Key was used with another request",
    "An `Idempotency-Key` belongs to one request: the same method, URL and body, for 24 hours. Use a new one "
    "for each new request.",
)
ARTICLE_GONE = ProblemType(
    "article-gone",
    410,
    "Article of this request was erased",
    "The article that a request with this `Idempotency-Key` created was erased since, so the request is not "
    "executed again. Remove your copy of the article. To create another one, send another key.",
)
PREVIEW_EXPIRED = ProblemType(
    "preview-expired",
    410,
    "Preview expired",
    "Preview URLs are valid for a limited time. An editor can create a new one.",
)
PRECONDITION_FAILED = ProblemType(
    "precondition-failed",
    412,
    "Precondition failed: the resource has changed",
    "`If-Match` names a revision that is no longer the current one. Read the resource again, apply the edit "
    "to its current content, and send the new `ETag` in `If-Match`.",
)
CONTENT_TOO_LARGE = ProblemType(
    "content-too-large",
    413,
    "Request body too large",
    "`detail` states the maximum size of a body.",
)
UNSUPPORTED_MEDIA_TYPE = ProblemType(
    "unsupported-media-type",
    415,
    "Request body is not JSON",
    "Bodies are JSON in UTF-8, sent with `Content-Type: application/json` and without a `Content-Encoding`.",
)
PRECONDITION_REQUIRED = ProblemType(
    "precondition-required",
    428,
    "If-Match is required",
    "An edit must carry `If-Match` with the `ETag` of the revision it was made from, so that it cannot "
    "overwrite the edit of another client.",
)
RATE_LIMITED = ProblemType(
    "rate-limited",
    429,
    "Too many requests",
    "Repeat the request after `Retry-After` seconds; `RateLimit-Policy` and `RateLimit` state the limit and "
    "the remaining quota. Requests without an API key count for their address, those with one for the key.",
)
TOO_MANY_STREAMS = ProblemType(
    "too-many-streams",
    503,
    "Too many open streams",
    "The process serves its maximum of streams, or is about to end. Open the stream again after `Retry-After` "
    "seconds with the last id received, or poll `/v1/changes`, which returns the same changes.",
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    405,
    "Method not allowed",
    "`Allow` lists the methods that the resource supports.",
)
BAD_REQUEST = ProblemType(
    *refusals.BAD_REQUEST,
    "The request does not follow HTTP/1.1; `detail` says where. A request has exactly one `Host` field (none is "
    "possible in HTTP/1.0), either `Content-Length` or `Transfer-Encoding: chunked` for a body, and no line breaks or "
    "control characters in its fields. The connection is closed.",
)
REQUEST_TIMEOUT = ProblemType(
    *refusals.REQUEST_TIMEOUT,
    "The head of a request arrives within 10 seconds, its body within 30 seconds or at 1 KB per second at least. The "
    "connection is closed; send the request again on a new one.",
)
URI_TOO_LONG = ProblemType(
    *refusals.URI_TOO_LONG,
    "The request line alone is longer than 64 KiB, which is the limit of a whole request head.",
)
HEADER_FIELDS_TOO_LARGE = ProblemType(
    *refusals.HEADER_FIELDS_TOO_LARGE,
    "A request head has at most 64 KiB and 1,000 fields. Send fewer or smaller fields; cookies are often the cause.",
)
NOT_IMPLEMENTED = ProblemType(
    *refusals.NOT_IMPLEMENTED,
    "The request uses a method or a transfer coding that this server does not support; `detail` says which."
    " `chunked` is the only transfer coding.",
)
TOO_MANY_CONNECTIONS = ProblemType(
    *refusals.TOO_MANY_CONNECTIONS,
    "The process has as many connections as it can serve, or this address has too many requests whose head or body is "
    "still arriving. Send the request again after `Retry-After` seconds.",
)
HTTP_VERSION_NOT_SUPPORTED = ProblemType(
    *refusals.HTTP_VERSION_NOT_SUPPORTED,
    "The server supports HTTP/1.1 and HTTP/1.0; a proxy in front of it translates other versions.",
)
NOT_READY = ProblemType(
    "not-ready",
    503,
    "Service not ready",
    "The database is unreachable, its file was lost, or this release cannot work with its schema; `detail` "
    "states which.",
)
BUSY = ProblemType(
    "busy",
    503,
    "Too many concurrent requests",
    "The process handles its maximum of concurrent operations of this kind: repeat the request after "
    "`Retry-After` seconds.",
)
UNAVAILABLE = ProblemType(
    "unavailable",
    503,
    "Database temporarily unavailable",
    "Repeat the request after `Retry-After` seconds. A read is safe to repeat; repeat a write with its "
    "`Idempotency-Key` or `If-Match`, since it may have taken effect. If this persists, `/health/ready` and "
    "the server's log name the cause.",
)
INTERNAL_ERROR = ProblemType(
    "internal-error",
    500,
    "Internal server error",
    "The request is valid, but the server failed to process it. A read is safe to repeat; repeat a write with "
    "its `Idempotency-Key` or `If-Match`, since it may have taken effect.",
)
PROBLEM_TYPES = {
    kind.code: kind
    for kind in (
        INVALID_INPUT,
        CURSOR_INVALID,
        CURSOR_MISMATCH,
        NOT_FOUND,
        NO_SUCH_DAY,
        ARTICLE_WITHDRAWN,
        UNAUTHENTICATED,
        FORBIDDEN,
        CONFLICT,
        EMBARGOED,
        REQUEST_IN_PROGRESS,
        IDEMPOTENCY_KEY_REUSED,
        ARTICLE_GONE,
        PREVIEW_EXPIRED,
        PRECONDITION_FAILED,
        CONTENT_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
        PRECONDITION_REQUIRED,
        RATE_LIMITED,
        TOO_MANY_STREAMS,
        METHOD_NOT_ALLOWED,
        BAD_REQUEST,
        REQUEST_TIMEOUT,
        URI_TOO_LONG,
        HEADER_FIELDS_TOO_LARGE,
        NOT_IMPLEMENTED,
        TOO_MANY_CONNECTIONS,
        HTTP_VERSION_NOT_SUPPORTED,
        NOT_READY,
        BUSY,
        UNAVAILABLE,
        INTERNAL_ERROR,
    )
}
