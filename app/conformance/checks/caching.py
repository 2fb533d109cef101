"""Checks of cache headers."""

import re

from app.conformance.check import Check, Context, SkippedError, expect
from app.conformance.checks.conditional import resources

MAX_AGE_S = 60


def _directives(context: Context, url: str) -> dict[str, str]:
    field = context.get(url).fields.get("cache-control", "")
    return {name.lower(): value for name, value in re.findall(r"([\w-]+)(?:=\"?([^\",]*)\"?)?", field)}


def _require_public(context: Context) -> None:
    if context.exchange.reads_with_key:
        raise SkippedError("reading takes a key, so every response is private")


def check_public(context: Context) -> None:
    """Check that shared caches may store content."""
    _require_public(context)
    for url in resources(context):
        found = context.get(url).fields.get("cache-control")
        expect("public" in _directives(context, url), context.get(url), "Cache-Control: public", found)


def check_max_age(context: Context) -> None:
    """Check that content is fresh for at most a minute."""
    _require_public(context)
    for url in resources(context):
        found = _directives(context, url).get("max-age", "")
        is_bounded = found.isdigit() and int(found) <= MAX_AGE_S
        expect(is_bounded, context.get(url), f"max-age of at most {MAX_AGE_S}", found or "no max-age")


def check_private(context: Context) -> None:
    """Check that where reading takes a key, no shared cache stores a response."""
    if not context.exchange.reads_with_key:
        raise SkippedError("reading is public")
    for url in resources(context):
        found = context.get(url).fields.get("cache-control", "")
        expect("private" in found or "no-store" in found, context.get(url), "Cache-Control: private", found)


def check_cookies(context: Context) -> None:
    """Check that no response sets a cookie or varies by one, which would defeat shared caches."""
    for url in resources(context):
        received = context.get(url)
        found = received.fields.get("set-cookie")
        expect(found is None, received, "no Set-Cookie", found)
        vary = received.fields.get("vary", "").lower()
        expect("cookie" not in vary and "*" not in vary, received, "no Vary by Cookie or *", vary)


CHECKS = (
    Check("caching.public", "shared caches may store content", check_public),
    Check("caching.max-age", "content is fresh for at most a minute", check_max_age),
    Check("caching.private", "with keyed reading, responses are private", check_private),
    Check("caching.cookies", "no response depends on cookies", check_cookies),
)
