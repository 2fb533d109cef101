"""Invented problems for the API document, one for each status; each follows its schema, and a test holds it to that."""

from app.schemas.problem import Problem

ID = "0s9et2dg0bgsr"

PROBLEMS: dict[int, Problem] = {
    400: {
        "type": "/problems/cursor-mismatch",
        "title": "Cursor does not match the query",
        "status": 400,
        "detail": "The cursor belongs to a list with other filters; begin again without one.",
        "instance": "/v1/timeline",
    },
    401: {
        "type": "/problems/unauthenticated",
        "title": "Authentication required",
        "status": 401,
        "detail": "Authentication required: send Authorization: Bearer dl_…",
        "instance": f"/v1/editorial/articles/{ID}",
    },
    403: {
        "type": "/problems/forbidden",
        "title": "Insufficient scope",
        "status": 403,
        "detail": "The key does not have the scope articles:publish.",
        "instance": f"/v1/editorial/articles/{ID}",
    },
    404: {
        "type": "/problems/not-found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no article 'night-trams-retire' here.",
        "instance": "/v1/articles/night-trams-retire",
    },
    409: {
        "type": "/problems/conflict",
        "title": "Conflict with the current state",
        "status": 409,
        "detail": "The key was revoked; create another.",
        "instance": "/v1/editorial/keys/k7q2m5xw3f/rotation",
    },
    410: {
        "type": "/problems/article-withdrawn",
        "title": "Article withdrawn",
        "status": 410,
        "detail": "This article has been withdrawn.",
        "instance": f"/v1/articles/{ID}",
        "id": ID,
        "notice": "The timetable was last year's.",
    },
    412: {
        "type": "/problems/precondition-failed",
        "title": "Precondition failed: the resource has changed",
        "status": 412,
        "detail": "The article is at revision 8 now.",
        "instance": f"/v1/editorial/articles/{ID}",
    },
    413: {
        "type": "/problems/content-too-large",
        "title": "Request body too large",
        "status": 413,
        "detail": "A body may have at most 2 MiB.",
        "instance": f"/v1/editorial/articles/{ID}",
    },
    415: {
        "type": "/problems/unsupported-media-type",
        "title": "Request body is not JSON",
        "status": 415,
        "detail": "Send JSON in UTF-8, with Content-Type: application/json.",
        "instance": f"/v1/editorial/articles/{ID}",
    },
    422: {
        "type": "/problems/invalid-input",
        "title": "Invalid request parameters or body",
        "status": 422,
        "detail": "limit: Input should be less than or equal to 200",
        "instance": "/v1/timeline",
        "errors": [{"where": "limit", "message": "Input should be less than or equal to 200"}],
    },
    428: {
        "type": "/problems/precondition-required",
        "title": "If-Match is required",
        "status": 428,
        "detail": "An edit needs If-Match with the ETag of what it was made from.",
        "instance": f"/v1/editorial/articles/{ID}",
    },
    429: {
        "type": "/problems/rate-limited",
        "title": "Too many requests",
        "status": 429,
        "detail": "No more than 600 requests in 60 seconds; come back in 12 seconds.",
        "instance": "/v1/timeline",
    },
    503: {
        "type": "/problems/not-ready",
        "title": "Service not ready",
        "status": 503,
        "detail": "The database cannot be reached.",
        "instance": "/health/ready",
    },
}
