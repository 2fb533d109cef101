"""Checks of the service document and of every link."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from app.conformance.check import Check, Context, SkippedError, expect, expect_status
from app.conformance.exchange import Received

MAX_LINKS = 40
"""Links of one document that are followed."""

_NOT_FOLLOWED = ("/v1/stream", "/v1/export")
"""Responses without an end, or as large as the archive."""


def hrefs(document: object) -> Iterator[str]:
    """Yield the links of a document that lead to this installation: paths, not URLs."""
    if isinstance(document, dict):
        for name, value in document.items():
            is_link = name == "href" or (name == "links" and isinstance(value, dict))
            for link in (value.values() if isinstance(value, dict) else [value]) if is_link else ():
                if isinstance(link, str) and link.startswith("/"):
                    yield link
            yield from hrefs(value)
    elif isinstance(document, list):
        for each in document:
            yield from hrefs(each)


def documents(context: Context) -> list[Received]:
    """Return the documents whose links are checked: service, editions, edition, timeline, article."""
    urls = [context.exchange.url("/v1"), context.exchange.url("/v1/editions")]
    urls += [context.exchange.url(f"/v1/editions/{context.edition}"), context.url("/v1/timeline", limit=5)]
    article = first_item(context)
    found = [context.get(url) for url in urls]
    return [*found, context.get(found[-1].follow(article["href"]))] if article else found


def first_item(context: Context) -> dict[str, Any] | None:
    """Return the newest item of the timeline, None without news."""
    days = context.load(context.url("/v1/timeline", limit=5))["days"]
    return days[0]["items"][0] if days else None


def check_service(context: Context) -> None:
    """Check that the service document names version, editions and links."""
    received = context.get(context.exchange.url("/v1"))
    expect_status(received, 200)
    document = received.json()
    missing = [name for name in ("name", "version", "editions", "links") if name not in document]
    expect(not missing, received, "members name, version, editions and links", f"without {', '.join(missing)}")
    expect(received.media_type == "application/json", received, "application/json", received.media_type)


def check_default_edition(context: Context) -> None:
    """Check that one edition is the default."""
    received = context.get(context.exchange.url("/v1"))
    defaults = [edition["slug"] for edition in received.json()["editions"] if edition["default"]]
    expect(len(defaults) <= 1, received, "one default edition", defaults)


def check_links(context: Context) -> None:
    """Check that each link leads to a resource."""
    for document in documents(context):
        for href in list(dict.fromkeys(hrefs(document.json())))[:MAX_LINKS]:
            if href.partition("?")[0].endswith(_NOT_FOLLOWED):
                continue
            received = context.get(document.follow(href))
            expect(
                received.status == HTTPStatus.OK,
                received,
                "a link that leads to status 200",
                f"status {received.status}",
            )


def check_base_path(context: Context) -> None:
    """Check that each link is a path from the root of the host that begins with the path of the installation."""
    prefix = f"{context.exchange.base_path}/"
    service = context.get(context.exchange.url("/v1"))
    timeline = service.json()["links"]["timeline"]
    expect(timeline == f"{prefix}v1/timeline", service, f"the link {prefix}v1/timeline", timeline)
    for document in documents(context):
        for href in hrefs(document.json()):
            expect(href.startswith(prefix), document, f"links that begin with {prefix}", href)


def check_same_host(context: Context) -> None:
    """Check that no address of the API redirects to another."""
    feed = context.exchange.url(f"/feeds/{context.edition}/rss.xml")
    for url in (context.exchange.url("/v1"), context.url("/v1/articles", limit=1), feed):
        received = context.get(url)
        location = received.fields.get("location")
        expect(location is None, received, "no redirect", f"status {received.status}, Location {location}")


def check_start(context: Context) -> None:
    """Check that / is a page or the service document, as `Accept` prefers, and that caches can distinguish them."""
    url = context.exchange.url("/")
    document = context.exchange.request(url, fields={"Accept": "application/json"})
    parsed = document.json()
    if not isinstance(parsed, dict) or "editions" not in parsed:
        raise SkippedError(f"{url} is not served by Dayline")
    page = context.exchange.request(url, fields={"Accept": "text/html"})
    expect(page.media_type == "text/html", page, "text/html", page.media_type)
    for received in (document, page):
        varying = str(received.fields.get("vary", ""))
        names = [name.strip().lower() for name in varying.split(",")]
        expect("accept" in names, received, "Vary: Accept", varying or "none")


def check_export(context: Context) -> None:
    """Check that an export of one article has it, and states the position to continue from."""
    item = first_item(context)
    if item is None:
        raise SkippedError("it needs an article")
    received = context.get(context.url("/v1/export", id=item["id"]))
    expect_status(received, HTTPStatus.OK)
    position = str(received.fields.get("dayline-as-of", ""))
    expect(position.isdecimal(), received, "Dayline-As-Of with a position", position or "none")
    found = [json.loads(line).get("id") for line in received.decoded().splitlines()]
    expect(found == [item["id"]], received, f"one line, of {item['id']}", found)


CHECKS = (
    Check("service.document", "/v1 names version, editions and links", check_service),
    Check("service.default-edition", "at most one edition is the default", check_default_edition),
    Check("service.start", "/ is a page or the service document by Accept, with Vary: Accept", check_start),
    Check("service.export", "/v1/export has the article and Dayline-As-Of", check_export),
    Check("redirects.none", "no address of the API redirects", check_same_host),
    Check("links.base-path", "links are paths below the path of the installation", check_base_path),
    Check("links.followed", "each link leads to a resource", check_links),
)
