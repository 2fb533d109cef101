"""Checks of CORS: scripts of other origins may read responses."""

from app.conformance.check import Check, Context, SkippedError, expect
from app.conformance.exchange import Received

ORIGIN = "https://conformance.example"


def _listed(received: Received) -> bool:
    """Return whether the installation lists its origins, and this one is not among them."""
    vary = {name.strip().lower() for name in received.fields.get("vary", "").split(",")}
    return "access-control-allow-origin" not in received.fields and "origin" in vary


def _read(context: Context, url: str) -> Received:
    received = context.exchange.request(url, fields={"Origin": ORIGIN})
    if _listed(received):
        raise SkippedError("the installation lists its origins (DAYLINE_CORS_ORIGINS)")
    return received


def check_allowed(context: Context) -> None:
    """Check that any origin may read."""
    received = _read(context, context.url("/v1/timeline", limit=3))
    found = received.fields.get("access-control-allow-origin")
    expect(found in {"*", ORIGIN}, received, "Access-Control-Allow-Origin: *", found)


def check_exposed(context: Context) -> None:
    """Check that scripts may read ETag and Link."""
    received = _read(context, context.url("/v1/timeline", limit=3))
    names = {name.strip().lower() for name in received.fields.get("access-control-expose-headers", "").split(",")}
    expect({"etag", "link"} <= names, received, "Access-Control-Expose-Headers: ETag, Link", sorted(names))


def check_preflight(context: Context) -> None:
    """Check that a preflight permits GET with a conditional header field."""
    fields = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    received = context.exchange.request(context.url("/v1/timeline", limit=3), method="OPTIONS", fields=fields)
    if _listed(received):
        raise SkippedError("the installation lists its origins (DAYLINE_CORS_ORIGINS)")
    expect(received.status in {200, 204}, received, "status 204", f"status {received.status}")
    methods = received.fields.get("access-control-allow-methods", "").upper()
    expect("GET" in methods, received, "Access-Control-Allow-Methods with GET", methods)
    allowed = received.fields.get("access-control-allow-headers", "").lower()
    expect("if-none-match" in allowed, received, "Access-Control-Allow-Headers with If-None-Match", allowed)


def check_errors(context: Context) -> None:
    """Check that scripts may read problems too."""
    received = _read(context, context.url("/v1/timeline", colour="red"))
    found = received.fields.get("access-control-allow-origin")
    expect(found in {"*", ORIGIN}, received, "Access-Control-Allow-Origin: *", found)


CHECKS = (
    Check("cors.allowed", "scripts of any origin may read", check_allowed),
    Check("cors.exposed", "scripts may read ETag and Link", check_exposed),
    Check("cors.preflight", "a preflight permits conditional requests", check_preflight),
    Check("cors.problems", "scripts may read problems", check_errors),
)
