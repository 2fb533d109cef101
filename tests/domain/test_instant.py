"""Instants are parsed exactly or refused, and their written form parses to the same instant."""

from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calendar import find_zone
from app.domain.instant import (
    DAY_US,
    EARLIEST,
    LATEST,
    SECOND_US,
    drop_zero_fraction,
    format_instant,
    format_short_instant,
    from_datetime,
    parse_instant,
    to_datetime,
    utc_offset,
)
from app.errors import InvalidValueError

EVENING = 1_730_568_600_000_000  # 2024-11-02T17:30:00Z
YEAR_US = 366 * DAY_US
ZONES = sorted(set(files("tzdata").joinpath("zones").read_text(encoding="ascii").split()) - {"Factory"})

instants = st.integers(EARLIEST, LATEST) | st.integers(-100 * YEAR_US, 100 * YEAR_US)
zones = st.sampled_from(ZONES).map(find_zone)


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-02T17:30:00Z",
        "2024-11-02t17:30:00z",
        "2024-11-02 17:30:00Z",
        "2024-11-02T19:30:00+02:00",
        "2024-11-02T19:30:00 02:00",
        "2024-11-02 19:30:00 02:00",
        "2024-11-02T13:30:00-04:00",
        "2024-11-02T17:30:00-00:00",
        "2024-11-03T07:15:00+13:45",
        "2024-11-03T17:29:00+23:59",
        "2024-11-02T17:30:00.0Z",
        "2024-11-02T17:30:00.000000Z",
        "2024-11-02T17:30:00.000000000000Z",
        "2024-11-02T17:30:00+0000",
        "2024-11-02T17:30:00.000-0000",
        "2024-11-02T19:30:00+0200",
        "2024-11-02 19:30:00 0200",
        "2024-11-02T24:00:00+0630",
        "2024-11-02T24:00:00.000+06:30",
    ],
)
def test_parse_instant_accepts_every_notation(text: str) -> None:
    assert parse_instant(text) == EVENING


@pytest.mark.parametrize(
    ("fraction", "microseconds"),
    [
        (".5", 500_000),
        (".05", 50_000),
        (".000001", 1),
        (".999999", 999_999),
        (".12", 120_000),
        (".1234560", 123_456),
        (".100000000", 100_000),
    ],
)
def test_parse_instant_is_exact_to_the_microsecond(fraction: str, microseconds: int) -> None:
    assert parse_instant(f"2024-11-02T17:30:00{fraction}Z") == EVENING + microseconds
    assert parse_instant(f"2024-11-02T19:30:00{fraction} 02:00") == EVENING + microseconds


def test_parse_instant_before_1970_is_negative_and_exact() -> None:
    assert parse_instant("1969-12-31T23:59:59.999999Z") == -1
    assert format_instant(-1, find_zone("UTC")) == "1969-12-31T23:59:59.999999+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z",
        "now",
        "1730568600",
        "2024-11-02",
        "2024-11-02T",
        "2024-11-02T17:30Z",
        "2024-11-02T17:30:00",
        "2024-11-02T17:30:00+02",
        "2024-11-02T17:30:00+020",
        "2024-11-02T17:30:00+2400",
        "2024-11-02T17:30:00+02::00",
        "2024-11-02T17:30:00+02:00:00",
        "2024-11-02T17:30:00+24:00",
        "2024-11-02T17:30:00+02:60",
        "2024-11-02T17:30:00 +02:00",
        "2024-11-02T17:30:00 Z",
        "2024-11-02T17:30:00.Z",
        "2024-11-02T17:30:00,5Z",
        "2024-11-02T17:30:00000Z",
        "2024-11-02T17:30:00.1234567Z",
        "2024-11-02T17:30:00.0000001Z",
        "2024-11-02T24:00:01Z",
        "2024-11-02T24:00:00.000001Z",
        "2024-11-02T24:30:00Z",
        "2024-11-31T24:00:00Z",
        "9999-12-31T24:00:00Z",
        "2024-11-02T17:60:00Z",
        "2024-11-02T17:30:61Z",
        "2016-12-31T23:59:60Z",
        "2024-11-02_17:30:00Z",
        "2024-11-02  17:30:00Z",
        " 2024-11-02T17:30:00Z",
        "2024-11-02T17:30:00Z\n",
        "2024-11-02T17:30:00Z ",
        "20241102T173000Z",
        "2024-W44-6T17:30:00Z",
        "2024-307T17:30:00Z",
        "2023-02-29T17:30:00Z",
        "2024-13-01T17:30:00Z",
        "2024-00-01T17:30:00Z",
        "2024-11-00T17:30:00Z",
        "0000-01-01T00:00:00Z",
        "+02024-11-02T17:30:00Z",
        "-2024-11-02T17:30:00Z",
        "\N{FULLWIDTH DIGIT TWO}024-11-02T17:30:00Z",
        "٢٠٢٤-11-02T17:30:00Z",
        "2024-11-02T17:30:00\N{MINUS SIGN}02:00",
        "2024-11-02T17:30:00Z\x00",
        "2024-11-02T17:30:00\ud800",
    ],
)
def test_parse_instant_rejects_other_text_with_one_sentence(text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        parse_instant(text)
    assert refused.value.detail.endswith(".")
    assert "\n" not in refused.value.detail


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("2016-12-31T23:59:60Z", "Leap seconds"),
        ("2016-12-31T23:59:60.5+00:00", "Leap seconds"),
        ("2024-11-02T17:30:00.1234567Z", "six digits"),
        ("2024-11-02T17:30:00", "offset"),
        ("2024-11-02T17:30", "seconds"),
        ("2024-11-02T17:30Z", "seconds"),
        ("2024-11-02T17:30+0200", "seconds"),
        ("2024-11-02T24:30:00Z", "end of a day, 24:00:00"),
        ("2024-11-02T24:00:00.5Z", "end of a day, 24:00:00"),
        ("2024-11-02T17:30:00+02", "offset from UTC needs its minutes"),
        ("20241102T173000Z", "hyphens and colons"),
        ("2023-02-29T17:30:00Z", "calendar"),
        ("0999-12-31T23:59:59Z", "1000-01-01"),
        ("yesterday", "RFC 3339"),
    ],
)
def test_parse_instant_names_common_mistakes(text: str, word: str) -> None:
    with pytest.raises(InvalidValueError, match=word):
        parse_instant(text)


def test_parse_instant_reads_the_end_of_a_day_as_the_next_date() -> None:
    assert parse_instant("2024-02-29T24:00:00Z") == parse_instant("2024-03-01T00:00:00Z")
    assert parse_instant("2024-12-31T24:00:00+02:00") == parse_instant("2025-01-01T00:00:00+02:00")
    assert parse_instant("0999-12-31T24:00:00Z") == EARLIEST


def test_parse_instant_range_ends_at_the_first_and_last_microsecond() -> None:
    assert parse_instant("1000-01-01T00:00:00Z") == EARLIEST
    assert parse_instant("9998-12-31T23:59:59.999999Z") == LATEST
    assert parse_instant("0999-12-31T23:00:00-01:00") == EARLIEST
    assert parse_instant("9999-01-01T00:59:59.999999+01:00") == LATEST
    for outside in (
        "0999-12-31T23:59:59.999999Z",
        "1000-01-01T00:59:59+01:00",
        "9999-01-01T00:00:00Z",
        "9998-12-31T23:00:00-01:00",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
    ):
        with pytest.raises(InvalidValueError):
            parse_instant(outside)


@pytest.mark.parametrize(
    ("instant", "zone", "text"),
    [
        (EVENING, "Europe/Kyiv", "2024-11-02T19:30:00.000000+02:00"),
        (EVENING, "Europe/Kiev", "2024-11-02T19:30:00.000000+02:00"),
        (EVENING, "UTC", "2024-11-02T17:30:00.000000+00:00"),
        (EVENING, "America/New_York", "2024-11-02T13:30:00.000000-04:00"),
        (EVENING, "Asia/Kathmandu", "2024-11-02T23:15:00.000000+05:45"),
        (EVENING, "Pacific/Kiritimati", "2024-11-03T07:30:00.000000+14:00"),
        (EVENING, "Pacific/Marquesas", "2024-11-02T08:00:00.000000-09:30"),
        (EVENING + 1, "Europe/Kyiv", "2024-11-02T19:30:00.000001+02:00"),
        (EVENING + 500_000, "Europe/Kyiv", "2024-11-02T19:30:00.500000+02:00"),
        (EVENING + 59 * SECOND_US, "Europe/Kyiv", "2024-11-02T19:30:59.000000+02:00"),
    ],
)
def test_format_instant_uses_the_offset_of_the_zone(instant: int, zone: str, text: str) -> None:
    assert format_instant(instant, find_zone(zone)) == text


def test_format_instant_changes_the_offset_at_the_exact_microsecond() -> None:
    change = parse_instant("2024-10-27T01:00:00Z")
    zone = find_zone("Europe/Kyiv")
    assert format_instant(change - 1, zone) == "2024-10-27T03:59:59.999999+03:00"
    assert format_instant(change, zone) == "2024-10-27T03:00:00.000000+02:00"


def test_format_instant_writes_local_mean_time_in_utc() -> None:
    instant = parse_instant("1850-06-01T12:00:00.25Z")
    assert format_instant(instant, find_zone("Europe/Kyiv")) == "1850-06-01T12:00:00.250000Z"


def test_format_instant_writes_an_odd_offset_in_minutes() -> None:
    noon = parse_instant("1935-01-01T12:00:00Z")
    assert format_instant(noon, find_zone("Asia/Singapore")) == "1935-01-01T19:20:00.000000+07:20"


def test_drop_zero_fraction_removes_only_a_fraction_of_zero() -> None:
    assert drop_zero_fraction("2024-11-02T19:30:00.000000+02:00") == "2024-11-02T19:30:00+02:00"
    assert drop_zero_fraction("1900-06-15T10:00:00.000000Z") == "1900-06-15T10:00:00Z"
    assert drop_zero_fraction("2024-11-02T19:30:00.000001+02:00") == "2024-11-02T19:30:00.000001+02:00"
    assert format_short_instant(EVENING, find_zone("Europe/Kyiv")) == "2024-11-02T19:30:00+02:00"


def test_format_instant_writes_the_ends_of_the_range_in_every_zone() -> None:
    for name in ZONES:
        zone = find_zone(name)
        assert parse_instant(format_instant(LATEST, zone)) == LATEST
        assert parse_instant(format_instant(EARLIEST, zone)) == EARLIEST


@settings(deadline=None)  # the first example in a zone reads its file
@given(instants, zones)
def test_instants_round_trip(instant: int, zone: ZoneInfo) -> None:
    text = format_instant(instant, zone)
    assert parse_instant(text) == instant
    assert parse_instant(text.replace("+", " ").replace("T", " ").replace("Z", "z")) == instant


@settings(deadline=None)  # the first example in a zone reads its file
@given(instants, zones)
def test_format_instant_agrees_with_datetime(instant: int, zone: ZoneInfo) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    expected = moment.astimezone(zone)
    offset = expected.utcoffset()
    assert offset is not None
    if offset.total_seconds() % 60:
        assert format_instant(instant, zone) == moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    else:
        assert format_instant(instant, zone) == expected.isoformat(timespec="microseconds")
    assert utc_offset(instant, zone) == offset // timedelta(microseconds=1)


@settings(deadline=None)  # the first example in a zone reads its file
@given(instants, zones)
def test_datetime_conversion_round_trips(instant: int, zone: ZoneInfo) -> None:
    value = to_datetime(instant, zone)
    assert value.tzinfo is zone
    assert from_datetime(value) == instant
    assert from_datetime(value.astimezone(UTC)) == instant


def test_from_datetime_distinguishes_a_repeated_hour() -> None:
    zone = find_zone("Europe/Kyiv")
    first = datetime(2024, 10, 27, 3, 30, tzinfo=zone)
    assert from_datetime(first.replace(fold=1)) - from_datetime(first) == 3600 * SECOND_US


def test_from_datetime_rejects_naive_and_out_of_range_values() -> None:
    with pytest.raises(InvalidValueError, match="offset"):
        from_datetime(datetime(2024, 11, 2, 19, 30))  # noqa: DTZ001 - a naive datetime is refused
    with pytest.raises(InvalidValueError, match="1000-01-01"):
        from_datetime(datetime(9999, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidValueError, match="9998-12-31"):
        from_datetime(datetime(1000, 1, 1, tzinfo=timezone(timedelta(hours=1))))


@settings(deadline=None)  # the first example in a zone reads its file
@given(st.text(max_size=40) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]{5,12}[Zz+ -][0-9:]{0,6}"))
def test_parse_instant_raises_only_invalid_value(text: str) -> None:
    try:
        instant = parse_instant(text)
    except InvalidValueError:
        return
    assert EARLIEST <= instant <= LATEST
