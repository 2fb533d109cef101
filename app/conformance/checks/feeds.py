"""Checks of feeds: well-formed, with unique ids and absolute links."""

from collections.abc import Sequence
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from app.conformance.check import Check, Context, expect, expect_status
from app.conformance.exchange import Received

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def _feed(context: Context, name: str, media_types: Sequence[str]) -> Received:
    received = context.get(context.exchange.url(f"/feeds/{context.edition}/{name}"))
    expect_status(received, 200)
    expect(received.media_type in media_types, received, " or ".join(media_types), received.media_type)
    return received


def _parse(received: Received) -> ET.Element:
    """Return the root of an XML document; FailedError if it is not well-formed, or has a document type."""
    expect(b"<!DOCTYPE" not in received.raw, received, "no document type", "<!DOCTYPE")
    try:
        return ET.fromstring(received.raw)  # noqa: S314 - without a document type there are no entities
    except ET.ParseError as error:
        expect(False, received, "well-formed XML", str(error))
        raise


def _expect_unique(received: Received, ids: Sequence[str | None]) -> None:
    repeated = {each for each in ids if each is None or ids.count(each) > 1}
    expect(not repeated, received, "an id of its own for each entry", [str(each) for each in repeated])


def _expect_absolute(received: Received, urls: Sequence[str | None]) -> None:
    wrong = [url for url in urls if urlsplit(url or "").scheme not in {"http", "https"}]
    expect(not wrong, received, "absolute URLs", wrong)


def _expect_self(received: Received, url: str | None) -> None:
    path, found = urlsplit(received.sent.url).path, urlsplit(url or "").path
    expect(path.endswith(found) and "/feeds/" in found, received, f"a link to itself, …{path}", url)


def check_rss(context: Context) -> None:
    """Check that RSS is well-formed, with unique ids and absolute links."""
    received = _feed(context, "rss.xml", ["application/rss+xml"])
    root = _parse(received)
    items = root.findall("channel/item")
    _expect_unique(received, [item.findtext("guid") for item in items])
    _expect_absolute(received, [item.findtext("link") for item in items])
    links = {link.get("rel"): link.get("href") for link in root.findall(f"channel/{ATOM}link")}
    _expect_self(received, links.get("self"))


def check_atom(context: Context) -> None:
    """Check that Atom is well-formed, with unique ids and absolute links."""
    received = _feed(context, "atom.xml", ["application/atom+xml"])
    root = _parse(received)
    entries = root.findall(f"{ATOM}entry")
    _expect_unique(received, [entry.findtext(f"{ATOM}id") for entry in entries])
    found = [entry.find(f"{ATOM}link[@rel='alternate']") for entry in entries]
    _expect_absolute(received, [None if link is None else link.get("href") for link in found])
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    _expect_self(received, links.get("self"))


def check_json(context: Context) -> None:
    """Check that JSON Feed has unique ids and absolute links."""
    received = _feed(context, "feed.json", ["application/feed+json", "application/json"])
    feed = received.json()
    version = "https://jsonfeed.org/version/1.1"
    expect(feed["version"] == version, received, version, feed["version"])
    _expect_unique(received, [item["id"] for item in feed["items"]])
    _expect_absolute(received, [item["url"] for item in feed["items"]])
    _expect_self(received, feed["feed_url"])


def check_sitemap(context: Context) -> None:
    """Check that the sitemaps of news and of the archive are well-formed, with absolute URLs."""
    for name in ("news-sitemap.xml", "sitemap.xml"):
        received = _feed(context, name, ["application/xml", "text/xml"])
        locations = [element.text for element in _parse(received).iter(f"{SITEMAP}loc")]
        _expect_absolute(received, locations)
        _expect_unique(received, locations)


def check_unknown_parameter(context: Context) -> None:
    """Check that feeds ignore unknown parameters, which readers add."""
    url = context.exchange.url(f"/feeds/{context.edition}/rss.xml", utm_source="conformance")
    expect_status(context.get(url), 200)


CHECKS = (
    Check("feeds.rss", "RSS is well-formed, ids are unique, links absolute", check_rss),
    Check("feeds.atom", "Atom is well-formed, ids are unique, links absolute", check_atom),
    Check("feeds.json", "JSON Feed has unique ids and absolute links", check_json),
    Check("feeds.sitemaps", "sitemaps are well-formed, with absolute URLs", check_sitemap),
    Check("feeds.unknown-parameter", "feeds ignore unknown parameters", check_unknown_parameter),
)
