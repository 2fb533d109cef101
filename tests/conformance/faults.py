"""One fault or more for each check: what a server, a proxy or a CDN gets wrong."""

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import httpx

from tests.conformance.recorded import Change, Response

Edit = Callable[[Any], None]
UNKNOWN_TAG = '"conformance-unknown"'


def on(pattern: str, change: Callable[[Response], None], *, method: str = "GET", **fields: str) -> Change:
    """Return the change for requests whose path and query match, and whose fields match these expressions."""
    expression = re.compile(pattern)

    def apply(request: httpx.Request, response: Response) -> None:
        url = request.url.raw_path.decode()
        is_given = all(re.search(fields[name], request.headers.get(name.replace("_", "-"), "")) for name in fields)
        if is_given and re.fullmatch(method, request.method) and expression.search(url):
            change(response)

    return apply


def edit(change: Edit) -> Callable[[Response], None]:
    """Return a change of a JSON document."""

    def apply(response: Response) -> None:
        if not response.body:  # of HEAD, or 304
            return
        document = json.loads(response.body)
        change(document)
        response.body = json.dumps(document, ensure_ascii=False).encode()

    return apply


def with_fields(**fields: str | None) -> Callable[[Response], None]:
    """Return a change of header fields; None removes one."""

    def apply(response: Response) -> None:
        for name, value in fields.items():
            response.fields.pop(name.replace("_", "-"), None)
            if value is not None:
                response.fields[name.replace("_", "-")] = value

    return apply


def with_status(status: int) -> Callable[[Response], None]:
    """Return a change of the status."""

    def apply(response: Response) -> None:
        response.status = status

    return apply


def replaced(before: bytes, after: bytes, count: int = -1) -> Callable[[Response], None]:
    """Return a change of bytes of the body."""

    def apply(response: Response) -> None:
        assert before in response.body or not response.body
        response.body = response.body.replace(before, after, count)

    return apply


def compressed(response: Response) -> None:
    """Compress what should be plain."""
    response.body = gzip.compress(response.body)
    response.fields["content-encoding"] = "gzip"


def _set(document: Any, *path: Any, value: Any) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


def setting(*path: Any, value: Any) -> Callable[[Response], None]:
    """Return a change of one member."""
    return edit(lambda document: _set(document, *path, value=value))


def _second_page(change: Edit) -> Change:
    """Change pages that have a newer and an older one: not the first, nor the one that leads back to it."""

    def apply(document: Any) -> None:
        if document.get("newer_page") and document["next"]:
            change(document)

    return on(r"/v1/timeline\?.*cursor=.*limit=5$", edit(apply))


def _longest(document: Any) -> Any:
    return max(document["days"], key=lambda day: len(day["items"]))["items"]


def _swap(items: list[Any]) -> None:
    items[:1], items[-1:] = items[-1:], items[:1]


def _repeat(items: list[Any]) -> None:
    items[1] = items[0]


def _same_tags(request: httpx.Request, response: Response) -> None:
    """Give gzip and brotli one ETag, and revalidate it in both."""
    if re.search(r"/v1/articles\?.*limit=20$", str(request.url)) and request.headers["accept-encoding"] in {
        "gzip",
        "br",
    }:
        response.fields["etag"] = '"one-for-both"'
        if request.headers.get("if-none-match") == '"one-for-both"':
            response.status, response.body = 304, b""


def _keyed(request: httpx.Request, response: Response) -> None:
    """Take a key for reading, and yet let shared caches store responses."""
    if "authorization" not in request.headers:
        response.status = 401


RSS = r"/feeds/harbour/rss\.xml$"
LISTED = r"/v1/articles\?.*limit=20$"
DAY = r"/v1/timeline/\d{4}-\d\d-\d\d\?edition=harbour$"
THREE = r"/v1/timeline\?.*limit=3$"

FAULTS: tuple[tuple[str, Change], ...] = (
    ("service.document", on("/v1$", edit(lambda it: it.pop("version")))),
    ("service.start", on("/api/$", with_fields(vary="Accept-Encoding"))),
    ("service.start", on("/api/$", with_fields(content_type="application/json"), accept="html")),
    ("service.export", on("/v1/export", with_fields(dayline_as_of=None))),
    ("service.export", on("/v1/export", lambda it: setattr(it, "body", b""))),
    ("service.default-edition", on("/v1$", setting("editions", 1, "default", value=True))),
    ("redirects.none", on(r"/v1/articles\?.*limit=1$", with_fields(location="https://other.example/v1"))),
    ("links.base-path", on("/v1/editions/harbour$", replaced(b'"/api/', b'"/'))),
    ("links.followed", on(r"/v1/articles/0\w+$", replaced(b"/authors/", b"/nobody/"))),
    ("timeline.order", _second_page(lambda it: _swap(_longest(it)))),
    ("timeline.no-repeat", _second_page(lambda it: _repeat(_longest(it)))),
    ("timeline.limit", _second_page(lambda it: _longest(it).pop())),
    ("timeline.next-link", on(r"/v1/timeline\?.*cursor=.*limit=5$", with_fields(link='</api/v1>; rel="next"'))),
    ("timeline.days", _second_page(lambda it: _set(it, "days", 0, "ends_at", value=it["days"][0]["starts_at"]))),
    (
        "timeline.pieces",
        _second_page(lambda it: _set(it, "days", 0, "continued", value=not it["days"][0]["continued"])),
    ),
    (
        "timeline.pieces",
        _second_page(lambda it: _set(it, "days", -1, "complete", value=not it["days"][-1]["complete"])),
    ),
    ("timeline.upward", on(r"/v1/timeline\?.*cursor=.*limit=5$", setting("newer_page", value=None))),
    ("timeline.position", on(r"/v1/timeline\?[^&]*&limit=5$", edit(lambda it: it.pop("as_of")))),
    ("timeline.fields", on(r"limit=2&fields=headline$", setting("days", 0, "items", 0, "lead", value="more"))),
    ("timeline.wall-clock", _second_page(lambda it: _set(_longest(it), 0, "time", value="25:00"))),
    ("cursors.mismatch", on("section=conformance-no-such-section", with_status(200))),
    ("cursors.damaged", on("cursor=damaged", setting("type", value="/api/problems/not-found"))),
    ("days.document", on(DAY, edit(lambda it: _swap(it["day"]["items"])))),
    ("days.neighbours", on(DAY, setting("next", value=None))),
    ("days.25-hours", on("2026-10-25.*tz=", setting("day", "ends_at", value="2026-10-26T00:00:00+03:00"))),
    ("days.25-hours", on("2026-10-25.*tz=", setting("day", "ends_at", value="2026-10-25T23:00:00+02:00"))),
    ("days.23-hours", on("2026-03-08.*tz=", setting("day", "ends_at", value="2026-03-09T01:00:00-04:00"))),
    ("days.skipped", on("2011-12-30", with_status(200))),
    ("days.empty", on("1000-01-02", with_status(404))),
    (
        "days.calendar",
        on("/calendar.*from=", edit(lambda it: _set(it, "days", 0, "total", value=it["days"][0]["total"] + 1))),
    ),
    ("conditional.etag", on(RSS, lambda it: with_fields(etag=f"W/{it.fields['etag']}")(it), method="GET|HEAD")),
    ("conditional.etag", on("/v1$", lambda it: with_fields(etag=f"W/{it.fields['etag']}")(it), method="GET|HEAD")),
    ("conditional.not-modified", on(RSS, with_status(200), if_none_match='"')),
    ("conditional.not-modified", on("/v1$", lambda it: setattr(it, "body", b"more"), if_none_match='"')),
    ("conditional.tag-list", on("/v1$", with_status(200), if_none_match=f"{UNKNOWN_TAG}, W/")),
    (
        "conditional.other-tag",
        on(THREE, lambda it: setattr(it, "status", 304) if it.body else None, if_none_match=UNKNOWN_TAG),
    ),
    ("conditional.modified-since", on("/v1/editions/harbour$", with_fields(last_modified=None))),
    ("conditional.modified-since", on(THREE, with_fields(last_modified="Fri, 20 Nov 2026 12:00:00 GMT"))),
    ("conditional.head", on(RSS, with_fields(content_type="text/html"), method="HEAD")),
    ("conditional.head", on("/v1$", with_fields(content_length="1"), method="HEAD")),
    ("encodings.identity", on(LISTED, compressed, accept_encoding="^identity$")),
    ("encodings.gzip", on(LISTED, with_fields(content_encoding=None), accept_encoding="^gzip$", if_none_match="")),
    ("encodings.br", on(LISTED, lambda it: setattr(it, "body", it.body[:-9]), accept_encoding="^br$")),
    ("encodings.zstd", on(LISTED, with_fields(content_encoding="gzip"), accept_encoding="^zstd$")),
    ("encodings.etags", _same_tags),
    ("encodings.not-modified", on(LISTED, with_status(200), accept_encoding="^zstd$", if_none_match='"')),
    ("encodings.vary", on(LISTED, with_fields(vary=None), accept_encoding="^gzip$")),
    ("encodings.refused", on(LISTED, compressed, accept_encoding="q=0")),
    ("caching.public", on(RSS, with_fields(cache_control="private, max-age=30"))),
    ("caching.max-age", on(RSS, with_fields(cache_control="public, max-age=86400"))),
    ("caching.private", _keyed),
    ("caching.cookies", on(RSS, with_fields(set_cookie="balancer=a"))),
    ("caching.cookies", on(RSS, with_fields(vary="Accept-Encoding, Cookie"))),
    ("cors.allowed", on(THREE, with_fields(access_control_allow_origin=None), origin="https:")),
    ("cors.exposed", on(THREE, with_fields(access_control_expose_headers="Link"), origin="https:")),
    ("cors.preflight", on(THREE, with_status(405), method="OPTIONS")),
    ("cors.preflight", on(THREE, with_fields(access_control_allow_headers="accept"), method="OPTIONS")),
    ("cors.problems", on("colour=red", with_fields(access_control_allow_origin=None), origin="https:")),
    ("problems.not-found", on("no-such-address", with_fields(content_type="text/html"))),
    ("problems.article", on("no-such-article", with_status(500))),
    ("problems.method", on("/v1/timeline", with_fields(allow=None), method="DELETE")),
    ("problems.unknown-parameter", on("colour=red$", edit(lambda it: it.pop("errors")))),
    ("problems.bound", on("limit=201", with_status(200))),
    ("problems.type-page", on("/problems/not-found", with_status(404))),
    ("problems.not-cached", on("no-such-address", with_fields(cache_control="public, max-age=60"))),
    ("feeds.rss", on(RSS, replaced(b"</rss>", b"</rsx>"))),
    (
        "feeds.atom",
        on(
            r"/feeds/harbour/atom\.xml$", lambda it: setattr(it, "body", re.sub(rb"<id>[^<]*", b"<id>urn:one", it.body))
        ),
    ),
    (
        "feeds.json",
        on(r"/feeds/harbour/feed\.json$", edit(lambda it: _set(it, "items", 1, "id", value=it["items"][0]["id"]))),
    ),
    ("feeds.json", on(r"/feeds/harbour/feed\.json$", setting("items", 0, "url", value="/an-article"))),
    ("feeds.sitemaps", on(r"/feeds/harbour/sitemap\.xml$", replaced(b"<loc>http", b"<loc>ftp"))),
    ("feeds.unknown-parameter", on("utm_source", with_status(422))),
    ("changes.position", on(r"/v1/changes\?.*since=[1-9]\d{0,9}&fields", setting("as_of", value=0))),
    ("changes.newer", on(r"/v1/changes\?since=[1-9]\d{0,9}&edition", edit(lambda it: it.pop("items")))),
    ("changes.order", on(r"/v1/changes\?.*since=0", edit(lambda it: _swap(it["items"])))),
    ("changes.foreign-position", on("since=9007199254740991", with_status(200))),
    ("stream.head", on("/v1/stream", with_fields(content_type="text/plain"), accept_encoding="gzip")),
    ("stream.head", on("/v1/stream", with_fields(cache_control="public"), accept_encoding="^gzip$")),
    ("stream.first-event", on("/v1/stream.*since=0", replaced(b"event: ", b"event: x"))),
    ("stream.resume", on("/v1/stream", replaced(b"\nid: ", b"\nid: 9"), last_event_id=r"\d")),
)
"""The check that fails, and the fault; no other check may fail."""

WRITE_FAULTS: tuple[tuple[str, Change], ...] = (
    (
        "writes.paging",
        on(r"edition=conformance.*cursor=", edit(lambda it: it["days"] and it["days"][0]["items"].pop(0))),
    ),
    ("writes.at-once", on(r"exclude=conformance-\w+&limit=3$", edit(lambda it: it["days"][0]["items"].pop(0)))),
    ("writes.withdrawn", on("body=none", with_status(200))),
    ("writes.withdrawn", on("body=none", setting("notice", value=None))),
    ("writes.changes", on(r"/v1/changes.*edition=conformance", edit(lambda it: it["items"].clear()))),
    ("redirects.former-slug", on("/v1/articles/conformance-", with_fields(location="/api/v1/articles/conformance"))),
    ("redirects.former-slug", on("/v1/articles/conformance-", with_status(301))),
)
"""As above, for the checks that write."""
