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
    "One or more parameters or members cannot be used. `errors` names each of them and says what is expected; "
    "correct them and ask again. A parameter that an address does not know is refused too, so that a slip of "
    "the keyboard is never mistaken for a filter.",
)
CURSOR_INVALID = ProblemType(
    "cursor-invalid",
    400,
    "Invalid cursor",
    "Cursors are opaque: pass them on exactly as `next.cursor` gave them. Begin again without one.",
)
CURSOR_MISMATCH = ProblemType(
    "cursor-mismatch",
    400,
    "Cursor does not match the query",
    "A cursor goes with the edition, filters, range and time zone it was given out for (not with `limit`, "
    "`fields` or `total`). Follow `next.href`, which repeats them, or begin again without a cursor.",
)
NOT_FOUND = ProblemType(
    "not-found",
    404,
    "Not found",
    "Nothing public has this address now. Drafts and scheduled articles are not found either, until they are "
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
    "The newsroom took this article back. `notice` is what it tells the public. Remove copies of it.",
)
UNAUTHENTICATED = ProblemType(
    "unauthenticated",
    401,
    "Authentication required",
    "Send `Authorization: Bearer dl_…` with a key that was given out, has not expired and was not revoked. "
    "`WWW-Authenticate` says `invalid_token` when a key was sent and is not good.",
)
FORBIDDEN = ProblemType(
    "forbidden",
    403,
    "Insufficient scope",
    "The key is good, but has none of the scopes that this takes; `WWW-Authenticate` names them. Whoever manages "
    "the keys can give out one that has.",
)
CONFLICT = ProblemType(
    "conflict",
    409,
    "Conflict with the current state",
    "Something of that name exists already, or is in a state in which this cannot be done; `detail` says which. "
    "Look at it as it is now before asking again.",
)
REQUEST_IN_PROGRESS = ProblemType(
    "request-in-progress",
    409,
    "Request in progress",
    "A request with the same `Idempotency-Key` has not been answered yet. Send it again after `Retry-After` seconds: "
    "its answer will be the one that was made meanwhile.",
)
IDEMPOTENCY_KEY_REUSED = ProblemType(
    "idempotency-key-reused",
    422,
    "Idempotency-Key was used with another request",
    "An `Idempotency-Key` goes with one request: the same method, address and body, for 24 hours. Make a new one "
    "for each new request.",
)
ARTICLE_GONE = ProblemType(
    "article-gone",
    410,
    "Article of this request was erased",
    "The article that a request with this `Idempotency-Key` made was erased since, so the request is not done "
    "again. Remove your copy of it. To make another article, send it with another key.",
)
PREVIEW_EXPIRED = ProblemType(
    "preview-expired",
    410,
    "Preview expired",
    "Addresses of previews are good for a while only. The newsroom can make a new one.",
)
PRECONDITION_FAILED = ProblemType(
    "precondition-failed",
    412,
    "Precondition failed: the resource has changed",
    "`If-Match` names a revision that is not the current one any more. Read it again, put the edit to what it says "
    "now, and send the new `ETag` in `If-Match`.",
)
CONTENT_TOO_LARGE = ProblemType(
    "content-too-large",
    413,
    "Request body too large",
    "`detail` says how much is read.",
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
    "An edit carries `If-Match` with the `ETag` of what it was made from, so that nobody's work is overwritten unseen.",
)
RATE_LIMITED = ProblemType(
    "rate-limited",
    429,
    "Too many requests",
    "`Retry-After` says in how many seconds to come back; `RateLimit-Policy` and `RateLimit` tell the limit and "
    "what is left of it. Requests without a key count for their address, those with one for the key.",
)
TOO_MANY_STREAMS = ProblemType(
    "too-many-streams",
    503,
    "Too many open streams",
    "As many streams are open as one process serves, or the process is about to end. Open yours again after "
    "`Retry-After` seconds with the last id you have, or ask `/v1/changes` meanwhile: it tells the same.",
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    405,
    "Method not allowed",
    "`Allow` lists the methods that the address takes.",
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
    "The server speaks HTTP/1.1 and HTTP/1.0. Other versions end at the proxy in front of it.",
)
NOT_READY = ProblemType(
    "not-ready",
    503,
    "Service not ready",
    "The database cannot be reached, its file was lost, or this release cannot work with its schema; `detail` says "
    "which.",
)
BUSY = ProblemType(
    "busy",
    503,
    "Too many concurrent requests",
    "Only so many answers of this kind are made at a time: ask again after `Retry-After` seconds.",
)
UNAVAILABLE = ProblemType(
    "unavailable",
    503,
    "Database temporarily unavailable",
    "Send the request again after `Retry-After` seconds. A read is safe to repeat; repeat a write with its "
    "`Idempotency-Key` or `If-Match`, since it may have been done. Where this lasts, `/health/ready` and the server's "
    "log name the cause.",
)
INTERNAL_ERROR = ProblemType(
    "internal-error",
    500,
    "Internal server error",
    "The request was understood, but answering it failed. A read is safe to repeat; repeat a write with its "
    "`Idempotency-Key` or `If-Match`, since it may have been done.",
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
