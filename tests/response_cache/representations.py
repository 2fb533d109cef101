"""Representations of a public response: methods, encodings, and conditional requests."""

from collections.abc import Mapping
from random import Random

from app.api.http.media_types import find_offered_types
from tests.api.newsroom import BROWSER
from tests.response_cache.plain_messages import Headers, Request

ENCODINGS = (
    "gzip",
    "br",
    "zstd",
    "gzip, deflate, br, zstd",
    "gzip;q=0.5, br;q=0.8",
    "identity;q=0, gzip",
    "*",
    "identity",
)
MEDIA_TYPES = (
    BROWSER["accept"],
    BROWSER["accept"],
    "application/json",
    "text/markdown",
    "text/*;q=0.2, */*;q=0.1",
    "image/png",
)
PLAIN = 0.5  # of all requests
DATES = ("Thu, 01 Jan 2026 00:00:00 GMT", "Fri, 01 Jan 2027 00:00:00 GMT", "yesterday")


def in_some_form(random: Random, target: str, known: Mapping[str, str]) -> Request:
    """Return a request for a target; `known` are the values of ETag and Last-Modified from earlier responses."""
    accept = _accept(random, target)
    what = random.random()
    if what < PLAIN:
        return Request(target, headers=accept)
    headers = accept
    if random.random() < 0.5:
        headers += (("accept-encoding", random.choice(ENCODINGS)),)
    method = "HEAD" if random.random() < 0.2 else "GET"
    if what > 0.7:
        headers += _conditions(random, known)
    return Request(target, method, headers)


def for_browser(target: str) -> Request:
    """Return the request of a browser, which gets the page at an address that has one."""
    return Request(target, headers=(("accept", BROWSER["accept"]),))


def _accept(random: Random, target: str) -> Headers:
    """Return the field that chooses a media type where an address has several."""
    if find_offered_types(target.partition("?")[0]) is None:
        return ()
    return random.choice(((), *((("accept", each),) for each in MEDIA_TYPES)))


def _conditions(random: Random, known: Mapping[str, str]) -> Headers:
    tag = known.get("etag", '"never-given"')
    conditions = {
        "if-none-match": random.choice((tag, tag, tag, f'"other", {tag}', f"W/{tag}", "*", '"other"')),
        "if-modified-since": random.choice((known.get("last-modified", DATES[0]), *DATES)),
    }
    names = random.choice((("if-none-match",), ("if-none-match",), ("if-modified-since",), tuple(conditions)))
    return tuple((name, conditions[name]) for name in names)
