"""Checks of the change feed: positions and order."""

from itertools import pairwise

from app.conformance.check import Check, Context, SkippedError, expect, expect_status
from app.conformance.checks.problems import expect_problem

BEYOND = 2**53 - 1


def _changes_url(context: Context, since: int, **params: object) -> str:
    return context.url("/v1/changes", since=since, **params)


def check_position(context: Context) -> None:
    """Check that the position of the timeline's first page is valid, and the feed ends at or after it."""
    url = context.url("/v1/timeline", limit=5)
    page = context.load(url)
    if "as_of" not in page:
        raise SkippedError("it needs as_of of the timeline")
    received = context.exchange.request(_changes_url(context, page["as_of"], fields="headline"))
    expect_status(received, 200)
    found = received.json()["as_of"]
    expect(found >= page["as_of"], received, f"as_of of at least {page['as_of']}", found)


def check_newer(context: Context) -> None:
    """Check that `newer.href` of the timeline is the feed from its position on."""
    url = context.url("/v1/timeline", limit=5)
    newer = context.load(url).get("newer")
    if newer is None:
        raise SkippedError("it needs newer of the timeline")
    received = context.exchange.request(context.get(url).follow(newer["href"]))
    expect_status(received, 200)
    expect({"items", "as_of"} <= set(received.json()), received, "items and as_of", sorted(received.json()))


def check_order(context: Context) -> None:
    """Check that sequence numbers increase, across pages."""
    url = _changes_url(context, 0, limit=10, fields="headline")
    page = context.load(url)
    received = context.get(url)
    numbers = [item["seq"] for item in page["items"]]
    if page["next"]:
        received = context.get(received.follow(page["next"]["href"]))
        numbers += [item["seq"] for item in received.json()["items"]]
    for earlier, later in pairwise(numbers):
        expect(earlier < later, received, "increasing seq", [earlier, later])


def check_foreign_position(context: Context) -> None:
    """Check that a position of another log is refused."""
    expect_problem(context.get(_changes_url(context, BEYOND)), 422, "invalid-input")


CHECKS = (
    Check("changes.position", "as_of of the timeline is a position of the feed", check_position),
    Check("changes.newer", "newer.href of the timeline is the feed", check_newer),
    Check("changes.order", "seq increases, across pages", check_order),
    Check("changes.foreign-position", "a position of another log is 422", check_foreign_position),
)
