"""Following a list to its end as a front end does, and what must hold of the pages on the way."""

from itertools import groupby
from typing import Any

import httpx

Page = dict[str, Any]


async def get_page(client: httpx.AsyncClient, address: str, status: int = 200, /, **parameters: Any) -> Page:
    """The JSON of an answer, which has this status."""
    answer = await client.get(address, params=parameters or None)
    assert answer.status_code == status, answer.text
    page: Page = answer.json()
    return page


async def walk(client: httpx.AsyncClient, address: str, pages_most: int = 10_000, /, **parameters: Any) -> list[Page]:
    """Every page of a list, following `next.href`, which `Link` repeats."""
    pages: list[Page] = []
    cursors: set[str] = set()
    answer = await client.get(address, params=parameters or None)
    while True:
        assert answer.status_code == 200, answer.text
        pages.append(page := answer.json())
        if page["next"] is None:
            assert "link" not in answer.headers
            return pages
        assert answer.headers["link"] == f'<{page["next"]["href"]}>; rel="next"'
        assert page["next"]["href"].startswith("/v1/")
        assert page["next"]["cursor"] not in cursors, "the walk goes in circles"
        cursors.add(page["next"]["cursor"])
        if len(pages) == pages_most:
            return pages
        answer = await client.get(page["next"]["href"])


def sew(pages: list[Page]) -> list[Page]:
    """The days of a walked timeline, one for each date, with the items of all its pieces.

    Asserts what a front end relies on to print headings: `continued` on exactly the first day of a page that
    goes on with the page before, `complete` on every day but one that goes on behind the page, no day twice.
    """
    days: list[Page] = []
    for page in pages:
        dates = [day["date"] for day in page["days"]]
        assert dates == sorted(set(dates), reverse=True)
        for place, day in enumerate(page["days"]):
            assert day["items"], "empty days never appear"
            goes_on = bool(days) and days[-1]["date"] == day["date"]
            assert day["continued"] is goes_on
            assert not day["complete"] or day["starts_at"] < day["ends_at"]
            if goes_on:
                assert place == 0
                assert not days[-1]["complete"], "a complete day goes on"
                days[-1] = {**day, "continued": False, "items": days[-1]["items"] + day["items"]}
            else:
                assert not days or (days[-1]["complete"] and days[-1]["date"] > day["date"])
                days.append(day)
    assert not days or days[-1]["complete"] or pages[-1]["next"] is not None
    return days


def dated(days: list[Page]) -> list[tuple[str, list[str]]]:
    """Dates with the ids below them."""
    return [(day["date"], [item["id"] for item in day["items"]]) for day in days]


def grouped_by_day(filed: Any, zone: str) -> list[tuple[str, list[str]]]:
    """The same of an archive, by brute force."""
    groups = groupby(filed, key=lambda each: each.day_in(zone).isoformat())
    return [(day, [each.id for each in group]) for day, group in groups]


def where_of(problem: Page) -> list[str]:
    """The parameters that a 422 names."""
    assert problem["type"] == "/problems/invalid-input"
    return [flaw["where"] for flaw in problem["errors"]]
