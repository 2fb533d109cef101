"""Response header fields that do not depend on the request: browser security policy and CORS."""

RawFields = list[tuple[bytes, bytes]]

DEFAULT_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""For responses that are no pages: a browser that renders one as a document loads and runs nothing."""

SECURITY_FIELDS: dict[str, str] = {
    "x-content-type-options": "nosniff",
    "content-security-policy": DEFAULT_CONTENT_POLICY,
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}
"""Defaults for every response with content; pages have a Content-Security-Policy of their own."""
RAW_SECURITY_FIELDS: RawFields = [(name.encode(), value.encode()) for name, value in SECURITY_FIELDS.items()]

PROBLEM_CORS: dict[str, str] = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": (
        "Allow, ETag, Link, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate, X-Request-ID"
    ),
}
"""CORS fields of errors: a script can read when to retry and which credentials are required."""
