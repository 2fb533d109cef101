"""Checks of the timeline: order, pages, days, cursors."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from app.conformance.check import Check, Context, SkippedError, expect, expect_status
from app.conformance.exchange import Received

PAGE = 5
MAX_PAGES = 5


def items_of(page: Any) -> list[dict[str, Any]]:
    """Return the items of a page or of a day document, newest first."""
    days = page["days"] if "days" in page else [page["day"]]
    return [item for day in days for item in day["items"]]


def walk(context: Context) -> list[tuple[Received, Any]]:
    """Return the first pages of the timeline, each with its response; SkippedError without a second page."""
    url: str | None = context.url("/v1/timeline", limit=PAGE)
    found: list[tuple[Received, Any]] = []
    while url is not None and len(found) < MAX_PAGES:
        page = context.load(url)
        received = context.get(url)
        found.append((received, page))
        url = received.follow(page["next"]["href"]) if page["next"] else None
    if len(found) == 1:
        raise SkippedError(f"the edition has at most {PAGE} articles")
    return found


def check_order(context: Context) -> None:
    """Check that items are newest first, across pages."""
    newer: dict[str, Any] | None = None
    for received, page in walk(context):
        for item in items_of(page):
            if newer is not None:
                is_older = datetime.fromisoformat(item["published_at"]) <= datetime.fromisoformat(newer["published_at"])
                expect(is_older, received, "items newest first", f"{item['id']} below {newer['id']}, which is older")
            newer = item


def check_no_repeat(context: Context) -> None:
    """Check that no item is on two pages, or twice on one."""
    seen: set[str] = set()
    for received, page in walk(context):
        for item in items_of(page):
            expect(item["id"] not in seen, received, "each item once", f"{item['id']} a second time")
            seen.add(item["id"])


def check_limit(context: Context) -> None:
    """Check that a page has `limit` items where there are as many."""
    for received, page in walk(context):
        count = len(items_of(page))
        expect(count == PAGE or page["next"] is None, received, f"{PAGE} items", f"{count} items")


def check_next_link(context: Context) -> None:
    """Check that the next page is in the body and in the field `Link`."""
    for received, page in walk(context):
        links = [link for link in received.fields.get("link", "").split(",") if 'rel="next"' in link]
        expected = [f"<{page['next']['href']}>"] if page["next"] else []
        found = [link.partition(";")[0].strip() for link in links]
        expect(found == expected, received, f"Link rel=next {expected}", found)


def check_days(context: Context) -> None:
    """Check that each item is within its day."""
    for received, page in walk(context):
        for day in page["days"]:
            begin, end = (datetime.fromisoformat(day[name]) for name in ("starts_at", "ends_at"))
            for item in day["items"]:
                at = datetime.fromisoformat(item["published_at"])
                expect(begin <= at < end, received, f"items of {day['date']}", f"{item['id']} at {at.isoformat()}")


def check_pieces(context: Context) -> None:
    """Check that `continued` and `complete` say where a day is on two pages."""
    pages = walk(context)
    received, first = pages[0]
    expect(not first["days"][0]["continued"], received, "continued false on the first page", True)
    for (above, page), (below, following) in pairwise(pages):
        last, day = page["days"][-1], following["days"][0]
        is_cut = last["date"] == day["date"]
        expect(day["continued"] is is_cut, below, f"continued {is_cut} for {day['date']}", day["continued"])
        expect(last["complete"] is not is_cut, above, f"complete {not is_cut} for {last['date']}", last["complete"])


def check_upward(context: Context) -> None:
    """Check that `newer_page` of the second page is the first one."""
    (_, first), (received, second) = walk(context)[:2]
    newer = second["newer_page"]
    expect(newer, received, "newer_page", newer)
    above = context.load(received.follow(newer["href"]))
    ids = [item["id"] for item in items_of(first)]
    found = [item["id"] for item in items_of(above)]
    expect(found == ids, context.get(received.follow(newer["href"])), f"the first page, {ids}", found)


def check_position(context: Context) -> None:
    """Check that the first page has the position of the change feed, others have none."""
    (received, first), (below, second) = walk(context)[:2]
    is_complete = isinstance(first.get("as_of"), int) and "href" in first.get("newer", {})
    expect(is_complete, received, "as_of and newer.href", {name: first.get(name) for name in ("as_of", "newer")})
    expect("as_of" not in second, below, "no as_of on a page by cursor", second.get("as_of"))


def check_fields(context: Context) -> None:
    """Check that `fields` names the members of items."""
    url = context.url("/v1/timeline", limit=2, fields="headline")
    for item in items_of(context.load(url)):
        expect(set(item) == {"id", "href", "headline"}, context.get(url), "id, href and headline", sorted(item))


def check_wall_clock(context: Context) -> None:
    """Check that `time` is the wall clock of the public time."""
    for received, page in walk(context):
        for item in items_of(page):
            expect(item["time"] == item["published_at"][11:16], received, item["published_at"][11:16], item["time"])


def check_mismatch(context: Context) -> None:
    """Check that a cursor is bound to its filters."""
    (_, first), *_ = walk(context)
    url = context.url("/v1/timeline", cursor=first["next"]["cursor"], section="conformance-no-such-section")
    _expect_problem(context.get(url), 400, "cursor-mismatch")


def check_damaged(context: Context) -> None:
    """Check that a damaged cursor is refused."""
    _expect_problem(context.get(context.url("/v1/timeline", cursor="damaged")), 400, "cursor-invalid")


def _expect_problem(received: Received, status: int, code: str) -> None:
    expect_status(received, status)
    found = (received.json() or {}).get("type", "")
    expect(found.endswith(f"/problems/{code}"), received, f"problem {code}", found)


CHECKS = (
    Check("timeline.order", "items are newest first, across pages", check_order),
    Check("timeline.no-repeat", "no item comes twice", check_no_repeat),
    Check("timeline.limit", "pages have `limit` items", check_limit),
    Check("timeline.next-link", "Link rel=next is next.href", check_next_link),
    Check("timeline.days", "items are within their day", check_days),
    Check("timeline.pieces", "continued and complete say where a day is cut", check_pieces),
    Check("timeline.upward", "newer_page leads back", check_upward),
    Check("timeline.position", "the first page has as_of and newer", check_position),
    Check("timeline.fields", "fields names the members of items", check_fields),
    Check("timeline.wall-clock", "time is the wall clock of published_at", check_wall_clock),
    Check("cursors.mismatch", "a cursor with other filters is 400 cursor-mismatch", check_mismatch),
    Check("cursors.damaged", "a damaged cursor is 400 cursor-invalid", check_damaged),
)
