"""Pagination as a front end does it, and the properties of consecutive pages."""

from itertools import groupby
from typing import Any

import httpx

Page = dict[str, Any]


async def get_page(client: httpx.AsyncClient, address: str, status: int = 200, /, **parameters: Any) -> Page:
    """Return the JSON of a response, which has this status."""
    response = await client.get(address, params=parameters or None)
    assert response.status_code == status, response.text
    page: Page = response.json()
    return page


async def follow_pages(
    client: httpx.AsyncClient, address: str, max_pages: int = 10_000, /, **parameters: Any
) -> list[Page]:
    """Return every page of a list, following `next.href`, which `Link` repeats."""
    pages: list[Page] = []
    cursors: set[str] = set()
    response = await client.get(address, params=parameters or None)
    while True:
        assert response.status_code == 200, response.text
        pages.append(page := response.json())
        assert response.headers.get("link", "") == links_of(page)
        if page["next"] is None:
            return pages
        assert page["next"]["href"].startswith("/v1/")
        assert page["next"]["cursor"] not in cursors, "the walk goes in circles"
        cursors.add(page["next"]["cursor"])
        if len(pages) == max_pages:
            return pages
        response = await client.get(page["next"]["href"])


def links_of(page: Page) -> str:
    """Return the value of `Link` of a page; an empty one for no field."""
    beside = ((page.get("newer_page"), "prev"), (page["next"], "next"))
    return ", ".join(f'<{each["href"]}>; rel="{relation}"' for each, relation in beside if each is not None)


async def follow_newer_pages(client: httpx.AsyncClient, page: Page) -> list[Page]:
    """Return every page above this one, the nearest first, following `newer_page.href`."""
    pages: list[Page] = []
    while page["newer_page"] is not None:
        assert page["newer_page"]["href"].startswith("/v1/")
        response = await client.get(page["newer_page"]["href"])
        assert response.status_code == 200, response.text
        pages.append(page := response.json())
        assert response.headers.get("link", "") == links_of(page)
    return pages


def join_pages(pages: list[Page]) -> list[Page]:
    """Join the pages of a timeline into days, one for each date, with the items of all its parts.

    Checks the flags that front ends print headings by: `continued` on exactly the first day of a page that continues
    the page before, `complete` on every day but one that the next page continues, no day twice.
    """
    days: list[Page] = []
    for page in pages:
        dates = [day["date"] for day in page["days"]]
        assert dates == sorted(set(dates), reverse=True)
        for place, day in enumerate(page["days"]):
            assert day["items"], "empty days never appear"
            is_continued = bool(days) and days[-1]["date"] == day["date"]
            assert day["continued"] is is_continued
            assert not day["complete"] or day["starts_at"] < day["ends_at"]
            if is_continued:
                assert place == 0
                assert not days[-1]["complete"], "a complete day is continued"
                days[-1] = {**day, "continued": False, "items": days[-1]["items"] + day["items"]}
            else:
                assert not days or (days[-1]["complete"] and days[-1]["date"] > day["date"])
                days.append(day)
    assert not days or days[-1]["complete"] or pages[-1]["next"] is not None
    return days


def by_date(days: list[Page]) -> list[tuple[str, list[str]]]:
    """Return dates with the ids below them."""
    return [(day["date"], [item["id"] for item in day["items"]]) for day in days]


def grouped_by_day(filed: Any, zone: str) -> list[tuple[str, list[str]]]:
    """Return the same of an archive, by brute force."""
    groups = groupby(filed, key=lambda each: each.day_in(zone).isoformat())
    return [(day, [each.id for each in group]) for day, group in groups]


def error_locations(problem: Page) -> list[str]:
    """Return the locations that a 422 names."""
    assert problem["type"] == "/problems/invalid-input"
    return [error["where"] for error in problem["errors"]]
