"""Dates of HTTP header fields in the three forms of RFC 9110, section 5.6.7."""

from email.utils import formatdate
from time import asctime, gmtime, strftime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.http_date import parse_http_date
from app.domain.instant import parse_instant

NOW = parse_instant("2026-11-20T12:00:00Z")
RFC_EXAMPLE = 784_111_777  # the instant of the examples in RFC 9110


@pytest.mark.parametrize(
    "text", ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
)
def test_http_date_examples_of_the_rfc_are_one_instant(text: str) -> None:
    assert parse_http_date(text, now=NOW) == RFC_EXAMPLE


@given(st.integers(parse_instant("1977-01-01T00:00:00Z") // 10**6, parse_instant("2076-12-31T23:59:59Z") // 10**6))
def test_http_date_forms_of_one_instant_agree(seconds: int) -> None:
    forms = (
        formatdate(seconds, usegmt=True),
        strftime("%A, %d-%b-%y %H:%M:%S GMT", gmtime(seconds)),
        asctime(gmtime(seconds)),
    )
    assert [parse_http_date(form, now=NOW) for form in forms] == [seconds] * 3


@pytest.mark.parametrize(
    ("now", "year", "expected"),
    [
        ("2026-11-20T12:00:00Z", "26", "2026"),
        ("2026-11-20T12:00:00Z", "76", "2076"),
        ("2026-11-20T12:00:00Z", "77", "1977"),
        ("2099-12-31T23:59:59Z", "00", "2100"),
        ("2099-12-31T23:59:59Z", "50", "2050"),
    ],
)
def test_http_date_year_of_two_digits_is_at_most_fifty_years_ahead(now: str, year: str, expected: str) -> None:
    found = parse_http_date(f"Friday, 20-Nov-{year} 12:00:00 GMT", now=parse_instant(now))
    assert found == parse_instant(f"{expected}-11-20T12:00:00Z") // 10**6


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "Fri, 20 Nov 2026 12:00:00",
        "Fri, 20 Nov 2026 12:00:00 +0000",
        "Fri, 20 Nov 2026 12:00:00 EST",
        "fri, 20 nov 2026 12:00:00 gmt",
        "Fri, 31 Nov 2026 12:00:00 GMT",
        "Fri, 20 Nov 2026 24:00:00 GMT",
        "Fri, 20 Nov 2026 12:00:61 GMT",
        "Fri, 20 Nov 0000 12:00:00 GMT",
        "Fri, \u0662\u0660 Nov 2026 12:00:00 GMT",
        "Friday, 20-Nov-2026 12:00:00 GMT",
        "Fri Nov 20 12:00:00 2026 GMT",
        "2026-11-20T12:00:00Z",
    ],
)
def test_http_date_of_no_valid_form_is_none(text: str) -> None:
    assert parse_http_date(text, now=NOW) is None


def test_http_date_may_be_a_leap_second() -> None:
    assert parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", now=NOW) == 1_483_228_800
