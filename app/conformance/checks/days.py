"""Checks of days: documents, neighbours, changes of clocks, the calendar."""

from datetime import date, datetime, timedelta
from typing import Any

from app.conformance.check import Check, Context, SkippedError, expect, expect_status
from app.conformance.checks.timeline import items_of, walk

MAX_COMPARED = 200


def _finished_day(context: Context) -> str:
    """Return a day with news before the newest one, which an editor hardly changes."""
    dates = dict.fromkeys(day["date"] for _, page in walk(context) for day in page["days"])
    return str(list(dates)[1] if len(dates) > 1 else next(iter(dates)))


def _day_url(context: Context, day: str, **params: Any) -> str:
    return context.url(f"/v1/timeline/{day}", **params)


def check_document(context: Context) -> None:
    """Check that a day's document has the items of the timeline."""
    day = _finished_day(context)
    document = context.load(_day_url(context, day))
    page = context.load(context.url("/v1/timeline", newest_day=day, limit=MAX_COMPARED))
    listed = [item["id"] for each in page["days"] if each["date"] == day for item in each["items"]]
    found = [item["id"] for item in items_of(document)][: len(listed)]
    expect(found == listed, context.get(_day_url(context, day)), f"the items of the timeline, {listed}", found)


def check_neighbours(context: Context) -> None:
    """Check that `previous` and `next` of a day lead to each other."""
    day = _finished_day(context)
    document = context.load(_day_url(context, day))
    received = context.get(_day_url(context, day))
    if document["previous"] is None:
        raise SkippedError(f"{day} is the oldest day with news")
    url = received.follow(document["previous"]["href"])
    older = context.load(url)
    expect(older["day"]["date"] == document["previous"]["date"] < day, received, "an older day", older["day"]["date"])
    back = (older["next"] or {}).get("date")
    expect(back == day, context.get(url), f"next {day}", back)


def _check_length(context: Context, day: str, zone: str, hours: int) -> None:
    url = _day_url(context, day, tz=zone)
    received = context.get(url)
    expect_status(received, 200)
    found = received.json()["day"]
    begin, end = (datetime.fromisoformat(found[name]) for name in ("starts_at", "ends_at"))
    length = (end - begin) / timedelta(hours=1)
    expect(length == hours, received, f"{hours} hours in {zone}", f"{length:g} hours")


def check_long_day(context: Context) -> None:
    """Check that a day on which clocks go back has 25 hours."""
    _check_length(context, "2026-10-25", "Europe/Kyiv", 25)


def check_short_day(context: Context) -> None:
    """Check that a day on which clocks go forward has 23 hours."""
    _check_length(context, "2026-03-08", "America/New_York", 23)


def check_skipped_day(context: Context) -> None:
    """Check that a date that the zone skipped is 404."""
    received = context.get(_day_url(context, "2011-12-30", tz="Pacific/Apia"))
    expect_status(received, 404)
    found = (received.json() or {}).get("type", "")
    expect(found.endswith("/problems/no-such-day"), received, "problem no-such-day", found)


def check_empty_day(context: Context) -> None:
    """Check that a day without news is 200 with no items."""
    received = context.get(_day_url(context, "1000-01-02"))
    expect_status(received, 200)
    expect(received.json()["day"]["items"] == [], received, "no items", received.json()["day"]["items"])


def check_calendar(context: Context) -> None:
    """Check that the calendar counts the items of a day."""
    day = _finished_day(context)
    following = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    url = context.url("/v1/timeline/calendar", **{"from": day, "to": following})
    counted = [(each["date"], each["total"]) for each in context.load(url)["days"]]
    total = len(items_of(context.load(_day_url(context, day))))
    expect(counted == [(day, total)], context.get(url), [[day, total]].__repr__(), counted)


CHECKS = (
    Check("days.document", "a day's document has the items of the timeline", check_document),
    Check("days.neighbours", "previous and next lead to each other", check_neighbours),
    Check("days.25-hours", "2026-10-25 in Europe/Kyiv has 25 hours", check_long_day),
    Check("days.23-hours", "2026-03-08 in America/New_York has 23 hours", check_short_day),
    Check("days.skipped", "2011-12-30 in Pacific/Apia is 404 no-such-day", check_skipped_day),
    Check("days.empty", "a day without news is 200", check_empty_day),
    Check("days.calendar", "the calendar counts the items of a day", check_calendar),
)
