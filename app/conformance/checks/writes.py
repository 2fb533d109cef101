"""Checks that write: paging under change, publication, withdrawal, redirects. They take a key, and permission to write.

They write into one edition, `conformance`, which they create, and withdraw each article afterwards. Deleting what was
public is not possible, so that edition remains, without a public article, and the next run uses it again.
"""

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from app.conformance.check import Check, Context, SkippedError, expect, expect_status
from app.conformance.checks.problems import expect_problem
from app.conformance.checks.timeline import items_of
from app.conformance.exchange import Received

EDITION = "conformance"
RECORD = {
    "slug": EDITION,
    "name": "Conformance",
    "language": "en",
    "timezone": "UTC",
    "site_url": "https://conformance.example",
}
HOURS = range(2, 12, 2)
"""Public times of the articles that are there from the beginning, on one day of the past."""
LATEST = 20
BETWEEN = 7
OLDER = 3
NOTICE = "Published to check this installation."
_nonces = random.Random()  # noqa: S311 - for URLs that no cache has, not for secrets


def _at(hour: int) -> str:
    return f"2001-02-03T{hour:02}:00:00Z"


@dataclass(slots=True)
class Newsroom:
    """Writes into the edition of the checks; `nonce` makes URLs that no cache has a response for."""

    context: Context
    nonce: str
    written: set[int] = field(default_factory=set)

    def send(self, method: str, path: str, record: Mapping[str, Any], *, is_cleanup: bool = False) -> Received:
        """Send a write, with the key."""
        exchange = self.context.exchange
        return exchange.request(
            exchange.url(f"/v1/editorial{path}"),
            method=method,
            fields={"Content-Type": "application/json"},
            content=json.dumps(record),
            with_key=True,
            is_cleanup=is_cleanup,
        )

    def put(self, hour: int, **members: Any) -> dict[str, Any]:
        """Publish the article of an hour, or restore it, and return it; FailedError unless it is acknowledged."""
        record = {"headline": f"Conformance {hour}", "published_at": _at(hour), "status": "published", **members}
        self.written.add(hour)
        received = self.send("PUT", f"/editions/{EDITION}/articles/conformance:{hour}", record)
        if received.status in {401, 403}:
            raise SkippedError(f"the key may not publish in the edition '{EDITION}' (status {received.status})")
        expect(received.status in {200, 201}, received, "status 200 or 201", f"status {received.status}")
        article: dict[str, Any] = received.json()
        return article

    def withdraw(self, hour: int, *, is_cleanup: bool = False) -> Received:
        """Withdraw the article of an hour."""
        path = f"/editions/{EDITION}/articles/conformance:{hour}/withdrawal"
        return self.send("PUT", path, {"reason": "conformance", "notice": NOTICE}, is_cleanup=is_cleanup)

    def url(self, path: str, **params: Any) -> str:
        """Return a URL of the edition that no cache has a response for."""
        return self.context.exchange.url(path, edition=EDITION, exclude=f"conformance-{self.nonce}", **params)


def _create_edition(newsroom: Newsroom) -> None:
    if (
        newsroom.context.exchange.request(newsroom.context.exchange.url(f"/v1/editions/{EDITION}")).status
        == HTTPStatus.OK
    ):
        return
    received = newsroom.send("POST", "/editions", RECORD)
    if received.status not in {201, 409}:
        raise SkippedError(f"the key may not create the edition '{EDITION}' (status {received.status})")


@contextmanager
def open_newsroom(context: Context) -> Iterator[Newsroom]:
    """Create the edition if it is absent; withdraw afterwards whatever was published."""
    if context.exchange.key is None:
        raise SkippedError("it needs an API key")
    if not context.may_write:
        raise SkippedError("it needs --write")
    newsroom = Newsroom(context, f"{_nonces.randrange(16**12):012x}")
    _create_edition(newsroom)
    try:
        yield newsroom
    finally:
        for hour in newsroom.written:
            newsroom.withdraw(hour, is_cleanup=True)


def check_paging(context: Context) -> None:
    """Check that no item is repeated or skipped, whatever is published, back-dated and withdrawn between two pages."""
    with open_newsroom(context) as newsroom:
        for hour in HOURS:
            newsroom.put(hour)
        url = newsroom.url("/v1/timeline", limit=3, fields="headline")
        received = context.exchange.request(url)
        expect_status(received, 200)
        page = received.json()
        first = [item["headline"] for item in items_of(page)]
        expected = [f"Conformance {hour}" for hour in reversed(HOURS)]
        expect(first == expected[:3], received, f"the newest articles, {expected[:3]}", first)
        newsroom.put(LATEST)
        newsroom.put(BETWEEN)
        newsroom.put(OLDER)
        newsroom.withdraw(HOURS[-3])  # the anchor of the cursor
        rest: list[str] = []
        while page["next"]:
            received = context.exchange.request(received.follow(page["next"]["href"]))
            expect_status(received, 200)
            page = received.json()
            rest += [item["headline"] for item in items_of(page)]
        remaining = [*expected[3:-1], f"Conformance {OLDER}", expected[-1]]
        expect(rest == remaining, received, f"on the later pages {remaining}", rest)


def check_at_once(context: Context) -> None:
    """Check that what was acknowledged is in the next response."""
    with open_newsroom(context) as newsroom:
        article = newsroom.put(LATEST)
        received = context.exchange.request(newsroom.url("/v1/timeline", limit=3))
        expect_status(received, 200)
        found = [item["id"] for item in items_of(received.json())]
        expect(found[:1] == [article["id"]], received, f"{article['id']} first", found)


def check_withdrawn(context: Context) -> None:
    """Check that a withdrawn article is 410 with its notice, and in no list."""
    with open_newsroom(context) as newsroom:
        article = newsroom.put(BETWEEN)
        expect_status(newsroom.withdraw(BETWEEN), 200)
        url = context.exchange.url(f"/v1/articles/{article['id']}", edition=EDITION, body="none")
        received = context.exchange.request(url)
        expect_problem(received, 410, "article-withdrawn")
        expect(received.json().get("notice") == NOTICE, received, f"notice {NOTICE}", received.json().get("notice"))
        listed = context.exchange.request(newsroom.url("/v1/timeline", limit=20))
        ids = [item["id"] for item in items_of(listed.json())]
        expect(article["id"] not in ids, listed, f"a list without {article['id']}", ids)


def check_changes(context: Context) -> None:
    """Check that the change feed has what happened since a page was read, in order."""
    with open_newsroom(context) as newsroom:
        received = context.exchange.request(newsroom.url("/v1/timeline", limit=1))
        since = received.json()["as_of"]
        article = newsroom.put(LATEST)
        newsroom.put(LATEST, headline="Conformance, corrected")
        newsroom.withdraw(LATEST)
        url = newsroom.url("/v1/changes", since=since, fields="headline", limit=100)
        feed = context.exchange.request(url)
        expect_status(feed, 200)
        items = [item for item in feed.json()["items"] if (item["article"] or {}).get("id") == article["id"]]
        numbers = [item["seq"] for item in items]
        is_ordered = numbers == sorted(set(numbers)) and all(number > since for number in numbers)
        expect(items and is_ordered, feed, f"changes of {article['id']} after {since}, in order", numbers)
        last = items[-1]["type"]
        expect(last == "article.withdrawn", feed, "article.withdrawn as the last change", last)


def check_former_slug(context: Context) -> None:
    """Check that a former slug redirects to the present one, with the query."""
    with open_newsroom(context) as newsroom:
        former, present = (f"conformance-{_nonces.randrange(500)}-{place}" for place in ("before", "after"))
        newsroom.put(LATEST, slug=former)
        newsroom.put(LATEST, slug=present)
        url = context.exchange.url(f"/v1/articles/{former}", edition=EDITION, body="text")
        received = context.exchange.request(url)
        expect_status(received, 308)
        target = urlsplit(received.follow(received.fields.get("location", "")))
        expected = context.exchange.url(f"/v1/articles/{present}")
        found = target._replace(query="").geturl()
        expect(found == expected, received, f"Location {expected}", found)
        is_repeated = "body=text" in target.query and f"edition={EDITION}" in target.query
        expect(is_repeated, received, "Location with the query of the request", target.query)


CHECKS = (
    Check("writes.paging", "pages are exact while articles are published and withdrawn", check_paging),
    Check("writes.at-once", "what was acknowledged is in the next response", check_at_once),
    Check("writes.withdrawn", "a withdrawn article is 410 with its notice", check_withdrawn),
    Check("writes.changes", "the change feed has what happened, in order", check_changes),
    Check("redirects.former-slug", "a former slug redirects, with the query", check_former_slug),
)
