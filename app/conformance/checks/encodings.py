"""Checks of content codings: each decodes to the same body and has an ETag of its own."""

from collections.abc import Callable
from functools import partial

from app.conformance.check import Check, Context, SkippedError, expect, expect_status
from app.conformance.exchange import Received

CODINGS = ("gzip", "br", "zstd")


def _url(context: Context) -> str:
    return context.url("/v1/articles", limit=20)


def _encoded(context: Context, coding: str) -> Received:
    """Return the response in a coding, requested once for all checks."""
    name = f"{coding} {_url(context)}"
    if name not in context.responses:
        context.responses[name] = context.exchange.request(_url(context), fields={"Accept-Encoding": coding})
    return context.responses[name]


def check_identity(context: Context) -> None:
    """Check that without a coding the body is plain JSON."""
    received = _encoded(context, "identity")
    expect_status(received, 200)
    expect(received.encoding == "identity", received, "no Content-Encoding", received.encoding)
    expect(isinstance(received.json(), dict), received, "JSON", received.raw[:40].hex())


def check_coding(context: Context, *, coding: str) -> None:
    """Check that the coding is used where it is accepted, and decodes to the plain body."""
    received = _encoded(context, coding)
    expect_status(received, 200)
    expect(received.encoding == coding, received, f"Content-Encoding: {coding}", received.encoding)
    try:
        body = received.decoded()
    except ValueError as error:
        expect(False, received, f"a body of {coding}", str(error))
        return
    plain = _encoded(context, "identity").decoded()
    expect(body == plain, received, "the body of identity", f"{len(body)} bytes, not {len(plain)} equal ones")


def check_tags(context: Context) -> None:
    """Check that each coding has an ETag of its own."""
    tags: dict[str, str] = {}
    for coding in ("identity", *CODINGS):
        received = _encoded(context, coding)
        tag = received.fields.get("etag", "")
        expect(tag not in tags, received, f"another ETag than {tags.get(tag)}", tag)
        if tag:
            tags[tag] = coding


def check_conditional(context: Context) -> None:
    """Check that a compressed response is revalidated by its own ETag."""
    for coding in CODINGS:
        tag = _encoded(context, coding).fields.get("etag")
        if tag is None:
            raise SkippedError(f"it needs an ETag in {coding}")
        fields = {"Accept-Encoding": coding, "If-None-Match": tag}
        expect_status(context.exchange.request(_url(context), fields=fields), 304)


def check_vary(context: Context) -> None:
    """Check that caches learn that responses differ by Accept-Encoding."""
    for coding in ("identity", "gzip"):
        received = _encoded(context, coding)
        names = {name.strip().lower() for name in received.fields.get("vary", "").split(",")}
        expect("accept-encoding" in names, received, "Vary: Accept-Encoding", received.fields.get("vary"))


def check_refused(context: Context) -> None:
    """Check that a coding with q=0 is not used."""
    fields = {"Accept-Encoding": "gzip;q=0, br;q=0, zstd;q=0"}
    received = context.exchange.request(_url(context), fields=fields)
    expect_status(received, 200)
    expect(received.encoding == "identity", received, "no Content-Encoding", received.encoding)


def _check_of(coding: str) -> Callable[[Context], None]:
    return partial(check_coding, coding=coding)


CHECKS = (
    Check("encodings.identity", "without a coding the body is plain", check_identity),
    *(Check(f"encodings.{coding}", f"{coding} decodes to the plain body", _check_of(coding)) for coding in CODINGS),
    Check("encodings.etags", "each coding has an ETag of its own", check_tags),
    Check("encodings.not-modified", "each coding is revalidated by its ETag", check_conditional),
    Check("encodings.vary", "Vary names Accept-Encoding", check_vary),
    Check("encodings.refused", "a coding with q=0 is not used", check_refused),
)
