"""Days start, end and exist as the clocks of their zone say, for known difficult dates."""

from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calendar import (
    FIRST_DAY,
    LAST_DAY,
    Day,
    _load_zone,
    date_at,
    day_at,
    days_between,
    find_zone,
    has_day,
    next_day,
    parse_date_or_instant,
    parse_day,
    previous_day,
    start_of_day,
)
from app.domain.instant import (
    DAY_US,
    EARLIEST,
    LATEST,
    SECOND_US,
    format_short_instant,
    parse_instant,
    utc_offset,
    wall_time,
)
from app.errors import InvalidValueError

HOUR_US = 3_600 * SECOND_US
NAMES = sorted(set(files("tzdata").joinpath("zones").read_text(encoding="ascii").split()) - {"Factory"})


def day(text: str) -> date:
    return date.fromisoformat(text)


def written_start(text: str, zone: str) -> str:
    return format_short_instant(start_of_day(day(text), find_zone(zone)), find_zone("UTC")).removesuffix("+00:00")


def length(text: str, zone: str) -> float:
    starts_at = start_of_day(day(text), find_zone(zone))
    return (start_of_day(day(text) + timedelta(days=1), find_zone(zone)) - starts_at) / HOUR_US


# Zones


def test_find_zone_returns_every_listed_zone_by_its_name() -> None:
    for name in NAMES:
        zone = find_zone(name)
        assert zone.key == name
        assert find_zone(name) is zone
    assert {"Europe/Kyiv", "Europe/Kiev", "UTC", "America/Argentina/ComodRivadavia"} <= set(NAMES)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        "../zones",
        "/etc/localtime",
        "localtime",
        "Factory",
        "posixrules",
        "posix/Europe/Kyiv",
        "zone.tab",
        "zone1970.tab",
        "tzdata.zi",
        "Europe",
        "Europe/",
        "Europe/../Europe/Kyiv",
        "europe/kyiv",
        "EUROPE/KYIV",
        "utc",
        "Europe/Kyiv ",
        "Europe/Kyiv\n",
        "Europe/Kyiv\0",
        "+02:00",
        "EET-2EEST",
        "__init__.py",
    ],
)
def test_find_zone_rejects_other_names(name: str) -> None:
    with pytest.raises(InvalidValueError, match="IANA"):
        find_zone(name)


def test_zones_are_those_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("zoneinfo._common.load_tzdata", refuse)
    monkeypatch.setattr("zoneinfo._tzpath.find_tzfile", refuse)
    ZoneInfo.clear_cache()
    _load_zone.cache_clear()
    assert wall_time(0, find_zone("Europe/Kyiv")) == "03:00"


# Dates and moments


@pytest.mark.parametrize("text", ["1000-01-01", "1900-02-28", "2000-02-29", "2024-02-29", "9998-12-31"])
def test_parse_day_returns_a_date(text: str) -> None:
    assert parse_day(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2024",
        "2024-11",
        "2024-1-2",
        "24-11-02",
        "20241102",
        "2024-W44-6",
        "2024-307",
        "2024/11/02",
        "02-11-2024",
        "2024-11-02T00:00:00Z",
        " 2024-11-02",
        "2024-11-02\n",
        "٢٠٢٤-11-02",
        "2023-02-29",
        "1900-02-29",
        "2024-13-01",
        "2024-00-01",
        "2024-11-31",
        "0000-01-01",
        "0999-12-31",
        "9999-01-01",
        "-2024-11-02",
        "12024-11-02",
    ],
)
def test_parse_day_rejects_other_text(text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        parse_day(text)
    assert refused.value.detail.endswith(".")


def test_parse_date_or_instant_accepts_an_instant_or_a_local_date() -> None:
    kyiv = find_zone("Europe/Kyiv")
    assert parse_date_or_instant("2024-11-02", kyiv) == parse_instant("2024-11-01T22:00:00Z")
    assert parse_date_or_instant("2024-11-02T19:30:00 02:00", kyiv) == parse_instant("2024-11-02T17:30:00Z")
    assert parse_date_or_instant("2011-12-30", find_zone("Pacific/Apia")) == parse_instant("2011-12-30T10:00:00Z")


@pytest.mark.parametrize(
    "text", ["", "now", "2024", "2024-11-2", "2024-11-31", "0999-12-31", "2024-11-02T19:30:00", "2024-11-02 "]
)
def test_parse_date_or_instant_rejects_other_text(text: str) -> None:
    with pytest.raises(InvalidValueError):
        parse_date_or_instant(text, find_zone("Europe/Kyiv"))


# Days with a name


@pytest.mark.parametrize(
    ("text", "zone", "starts_at"),
    [
        ("2024-11-02", "Europe/Kyiv", "2024-11-01T22:00:00"),
        ("2024-07-01", "Europe/Kyiv", "2024-06-30T21:00:00"),
        ("2024-11-02", "UTC", "2024-11-02T00:00:00"),
        ("2024-11-02", "Pacific/Kiritimati", "2024-11-01T10:00:00"),
        ("2024-11-02", "Etc/GMT+12", "2024-11-02T12:00:00"),
        ("1000-01-01", "Europe/Kyiv", "0999-12-31T21:57:56"),
        ("1800-05-05", "America/New_York", "1800-05-05T04:56:02"),
    ],
)
def test_ordinary_day_starts_at_midnight(text: str, zone: str, starts_at: str) -> None:
    assert written_start(text, zone) == starts_at


@pytest.mark.parametrize(
    ("text", "zone", "starts_at", "shows"),
    [
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00", "01:00"),
        ("2024-03-31", "Asia/Beirut", "2024-03-30T22:00:00", "01:00"),
        ("2024-09-08", "America/Santiago", "2024-09-08T04:00:00", "01:00"),
        ("2024-03-10", "America/Havana", "2024-03-10T05:00:00", "01:00"),
        ("1919-03-31", "America/Toronto", "1919-03-31T04:30:00", "00:30"),
    ],
)
def test_day_without_midnight_starts_after_the_clock_change(text: str, zone: str, starts_at: str, shows: str) -> None:
    assert written_start(text, zone) == starts_at
    assert wall_time(parse_instant(starts_at + "Z"), find_zone(zone)) == shows
    assert date_at(parse_instant(starts_at + "Z") - 1, find_zone(zone)) == day(text) - timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "zone", "first", "second"),
    [
        ("2024-11-03", "America/Havana", "2024-11-03T04:00:00", "2024-11-03T05:00:00"),
        ("2024-10-27", "Atlantic/Azores", "2024-10-27T00:00:00", "2024-10-27T01:00:00"),
    ],
)
def test_day_with_two_midnights_starts_at_the_first(text: str, zone: str, first: str, second: str) -> None:
    assert written_start(text, zone) == first
    for midnight in (first, second):
        assert wall_time(parse_instant(midnight + "Z"), find_zone(zone)) == "00:00"
    assert length(text, zone) == 25


def test_day_continues_when_the_clock_is_set_back_across_midnight() -> None:
    zone = find_zone("America/St_Johns")
    starts_at, step = parse_instant("2010-11-07T02:30:00Z"), parse_instant("2010-11-07T02:31:00Z")
    assert start_of_day(day("2010-11-07"), zone) == starts_at
    assert wall_time(starts_at, zone) == "00:00"
    assert wall_time(step, zone) == "23:01"
    assert format_short_instant(step, zone) == "2010-11-06T23:01:00-03:30"
    assert date_at(starts_at - 1, zone) == day("2010-11-06")
    for instant in (starts_at, step - 1, step, step + HOUR_US):
        assert date_at(instant, zone) == day("2010-11-07")
    assert day_at(step, zone) == Day(day("2010-11-07"), starts_at, parse_instant("2010-11-08T03:30:00Z"))


def test_repeated_date_is_one_long_day() -> None:
    """Juneau left the Asian date in 1867: 19 October began, then 18 October came again."""
    zone = find_zone("America/Juneau")
    assert written_start("1867-10-19", "America/Juneau") == "1867-10-18T08:57:41"
    assert written_start("1867-10-20", "America/Juneau") == "1867-10-20T08:57:41"
    again = parse_instant("1867-10-19T02:00:00Z")
    assert format_short_instant(again + utc_offset(again, zone), find_zone("UTC")).startswith("1867-10-18")
    assert date_at(again, zone) == day("1867-10-19")


@pytest.mark.parametrize(
    ("text", "zone", "change"),
    [
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00"),
        ("2011-12-30", "Pacific/Fakaofo", "2011-12-30T11:00:00"),
        ("1993-08-21", "Pacific/Kwajalein", "1993-08-21T12:00:00"),
        ("1994-12-31", "Pacific/Enderbury", "1994-12-31T11:00:00"),
        ("1844-12-31", "Asia/Manila", "1844-12-31T15:56:08"),
    ],
)
def test_skipped_date_does_not_exist(text: str, zone: str, change: str) -> None:
    skipped, place = day(text), find_zone(zone)
    eve, morrow = skipped - timedelta(days=1), skipped + timedelta(days=1)
    assert not has_day(skipped, place)
    assert has_day(eve, place)
    assert has_day(morrow, place)
    assert written_start(text, zone) == change
    assert start_of_day(morrow, place) == start_of_day(skipped, place)
    assert next_day(eve, place) == morrow
    assert previous_day(morrow, place) == eve
    assert next_day(skipped, place) == morrow
    assert previous_day(skipped, place) == eve
    assert [found.date for found in days_between(eve, morrow, place)] == [eve, morrow]
    assert days_between(skipped, skipped, place) == []
    assert date_at(parse_instant(change + "Z") - 1, place) == eve
    assert date_at(parse_instant(change + "Z"), place) == morrow


@pytest.mark.parametrize(
    ("text", "zone", "hours"),
    [
        ("2024-11-02", "Europe/Kyiv", 24),
        ("2024-03-31", "Europe/Kyiv", 23),
        ("2024-10-27", "Europe/Kyiv", 25),
        ("2024-03-10", "America/New_York", 23),
        ("2024-11-03", "America/New_York", 25),
        ("2024-10-06", "Australia/Lord_Howe", 23.5),
        ("2024-04-07", "Australia/Lord_Howe", 24.5),
        ("1867-10-19", "America/Juneau", 48),
        ("2011-12-30", "Pacific/Apia", 0),
        ("2059-03-30", "Europe/Kyiv", 23),
    ],
)
def test_day_length_follows_clock_changes(text: str, zone: str, hours: float) -> None:
    assert length(text, zone) == hours


def test_days_between_are_adjacent_and_oldest_first() -> None:
    days = days_between(day("2024-03-30"), day("2024-04-02"), find_zone("Europe/Kyiv"))
    assert [found.date.day for found in days] == [30, 31, 1, 2]
    assert all(one.ends_at == other.starts_at for one, other in pairwise(days))
    assert days_between(day("2024-04-02"), day("2024-04-01"), find_zone("Europe/Kyiv")) == []


def test_first_and_last_date_are_valid_in_every_zone() -> None:
    for name in NAMES:
        zone = find_zone(name)
        for edge in (FIRST_DAY, LAST_DAY):
            starts_at = start_of_day(edge, zone)
            found = day_at(starts_at, zone)
            assert (found.date, found.starts_at) == (edge, starts_at)
            assert date_at(found.ends_at - 1, zone) == edge
            assert previous_day(next_day(edge, zone), zone) == edge
        for instant in (EARLIEST, LATEST):
            found = day_at(instant, zone)
            assert found.starts_at <= instant < found.ends_at
            assert abs((found.date - date(1970, 1, 1)).days - instant // DAY_US) <= 1


# Any day


@settings(deadline=None)  # the first example in a zone reads its file
@given(st.integers(EARLIEST, LATEST), st.sampled_from(NAMES))
def test_every_instant_is_in_exactly_one_day(instant: int, name: str) -> None:
    zone = find_zone(name)
    found = day_at(instant, zone)
    assert found.starts_at <= instant < found.ends_at
    assert found.starts_at == start_of_day(found.date, zone)
    assert found.ends_at == start_of_day(found.date + timedelta(days=1), zone)
    assert has_day(found.date, zone)
    assert day_at(found.ends_at, zone).date == next_day(found.date, zone)
    assert day_at(found.starts_at - 1, zone).date == previous_day(found.date, zone)
