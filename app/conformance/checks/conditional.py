"""Checks of conditional requests and of HEAD."""

from app.conformance.check import Check, Context, SkippedError, expect, expect_status
from app.conformance.checks.service import first_item

UNKNOWN_TAG = '"conformance-unknown"'
_COMPARED = ("content-type", "etag", "link")
"""Fields that HEAD and GET share whenever they are sent; `Cache-Control` may count down between the two."""


def resources(context: Context) -> list[str]:
    """Return the URLs of one response of each kind."""
    urls = [
        context.exchange.url("/v1"),
        context.exchange.url(f"/v1/editions/{context.edition}"),
        context.url("/v1/timeline", limit=3),
        context.exchange.url(f"/feeds/{context.edition}/rss.xml"),
    ]
    item = first_item(context)
    return [*urls, context.get(urls[2]).follow(item["href"])] if item else urls


def _tag(context: Context, url: str) -> str:
    received = context.get(url)
    if not (tag := received.fields.get("etag")):
        raise SkippedError(f"it needs an ETag of {url}")
    return str(tag)


def check_strong_tags(context: Context) -> None:
    """Check that every response has a strong ETag."""
    for url in resources(context):
        tag = context.get(url).fields.get("etag", "")
        is_strong = tag[:1] == tag[-1:] == '"' and len(tag) > len('""')
        expect(is_strong, context.get(url), "a strong ETag", tag or "none")


def check_not_modified(context: Context) -> None:
    """Check that a request with the ETag returns 304 without a body."""
    for url in resources(context):
        tag = _tag(context, url)
        received = context.exchange.request(url, fields={"If-None-Match": tag})
        expect_status(received, 304)
        expect(not received.raw, received, "no body", f"{len(received.raw)} bytes")
        expect(received.fields.get("etag") == tag, received, f"ETag {tag}", received.fields.get("etag"))


def check_tag_list(context: Context) -> None:
    """Check that one of several tags, also a weak one, is enough."""
    for url in resources(context)[:3]:
        tags = f"{UNKNOWN_TAG}, W/{_tag(context, url).removeprefix('W/')}"
        expect_status(context.exchange.request(url, fields={"If-None-Match": tags}), 304)


def check_other_tag(context: Context) -> None:
    """Check that another tag returns the whole response."""
    for url in resources(context)[:3]:
        received = context.exchange.request(url, fields={"If-None-Match": UNKNOWN_TAG})
        expect_status(received, 200)
        expect(received.raw, received, "a body", "none")


def check_modified_since(context: Context) -> None:
    """Check that an edition is 304 since its Last-Modified, and no timeline has one."""
    url = context.exchange.url(f"/v1/editions/{context.edition}")
    modified = context.get(url).fields.get("last-modified")
    expect(modified, context.get(url), "Last-Modified", "none")
    expect_status(context.exchange.request(url, fields={"If-Modified-Since": str(modified)}), 304)
    timeline = context.get(context.url("/v1/timeline", limit=3))
    found = timeline.fields.get("last-modified")
    expect(found is None, timeline, "no Last-Modified, since the response changes with its articles", found)


def check_head(context: Context) -> None:
    """Check that HEAD has the status and the fields of GET, and no body."""
    for url in resources(context):
        got = context.get(url)
        received = context.exchange.request(url, method="HEAD")
        expect_status(received, got.status)
        for name in _COMPARED:
            expected, found = got.fields.get(name), received.fields.get(name)
            expect(found == expected, received, f"{name}: {expected}", f"{name}: {found}")
        length, found = (each.fields.get("content-length") for each in (got, received))
        expect(None in {length, found} or found == length, received, f"content-length: {length}", found)
        expect(not received.raw, received, "no body", f"{len(received.raw)} bytes")


CHECKS = (
    Check("conditional.etag", "every response has a strong ETag", check_strong_tags),
    Check("conditional.not-modified", "If-None-Match with the ETag is 304", check_not_modified),
    Check("conditional.tag-list", "If-None-Match takes several tags, weak ones too", check_tag_list),
    Check("conditional.other-tag", "If-None-Match with another tag is 200", check_other_tag),
    Check("conditional.modified-since", "If-Modified-Since is 304 on an edition", check_modified_since),
    Check("conditional.head", "HEAD is GET without a body", check_head),
)
