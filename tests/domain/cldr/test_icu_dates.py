"""Dates in words against those of ICU 78, which has the CLDR 48 that the packed files are from."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.language import day_heading, describe_time
from tests.domain.cldr.icu import GOLDEN, run_icu

GOLDEN_DATES = GOLDEN / "icu_dates.jsonl"
KYIV = ZoneInfo("Europe/Kyiv")
WALL_CLOCKS = [
    at.astimezone(KYIV)
    for at in (
        datetime(2024, 11, 2, 16, 5, tzinfo=UTC),
        datetime(2025, 12, 31, 22, 0, tzinfo=UTC),
        datetime(2024, 2, 29, 10, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(1999, 7, 7, 3, 9, tzinfo=UTC),
    )
]
"""The instants of icu_dates.mjs."""


def with_plain_blanks(text: str) -> str:
    """Return the text as V8 changes it: CLDR's narrow no-break space is a space."""
    return text.replace("\u202f", " ")


def dates_of(language: str) -> dict[str, Any]:
    """Return what icu_dates.mjs writes for a language."""
    headings = [day_heading(clock.date(), language) for clock in WALL_CLOCKS]
    texts = [describe_time(clock.date(), f"{clock:%H:%M}", language)["text"] for clock in WALL_CLOCKS]
    return {
        "language": language,
        "year": with_plain_blanks(headings[0]["year"]),
        "weekday": [with_plain_blanks(heading["weekday"]) for heading in headings],
        "day": [with_plain_blanks(heading["day"]) for heading in headings],
        "text": [with_plain_blanks(text) for text in texts],
    }


def test_dates_equal_those_of_icu() -> None:
    expected = [json.loads(line) for line in GOLDEN_DATES.read_text(encoding="utf-8").splitlines()]
    assert len(expected) >= 208
    assert [dates_of(each["language"]) for each in expected] == expected


def test_golden_dates_are_those_of_icu() -> None:
    assert run_icu("icu_dates.mjs", GOLDEN_DATES) == GOLDEN_DATES.read_text(encoding="utf-8")
