"""Members of one line: white space collapsed, direction marks balanced, and visible characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.one_line import one_line, visible_line, visible_text
from app.errors import InvalidValueError


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("Fog", "Fog"),
        ("  Fog\r\non the\tquay \n", "Fog on the quay"),
        ("Prix\xa0: 5\u202f€", "Prix\xa0: 5\u202f€"),
        ("港の\u3000霧", "港の\u3000霧"),
        ("a\xa0\xa0b", "a\xa0b"),
        ("a \xa0b", "a b"),
        ("a\u2028b\x85c", "a b c"),
        ("\ufeff\u2003a\u2003", "a"),
        ("\u202babc", "\u202babc\u202c"),
        ("\u2067abc\u202ed", "\u2067abc\u202ed\u202c\u2069"),
        ("abc\u2069\u202c", "abc"),
        ("\u2067a\u2069 b", "\u2067a\u2069 b"),
        ("\u2067\u202ba\u2069", "\u2067\u202ba\u202c\u2069"),
        ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
        ("می‌خواهم", "می‌خواهم"),
    ],
)
def test_one_line_returns(value: str, line: str) -> None:
    assert one_line(value) == line
    assert visible_line(value) == line


@pytest.mark.parametrize(
    "value",
    [
        "", " \n", "\u200b", "\u200b \u200d", "\u2800", "\u3164", "\u115f\u1160", "\uffa0", "\u0301\u0302", "\ufe0f",
        "\U000e0041\U000e007f", "\xad", "\u202e\u202c", "\ufeff", "\u2060\u2063", "\u034f", "\U000e0100", "\u180e",
    ],
)  # fmt: skip
def test_check_visible_rejects_text_without_visible_characters(value: str) -> None:
    for check in (visible_line, visible_text):
        with pytest.raises(InvalidValueError):
            check(value)


@pytest.mark.parametrize("value", ["?", "—", "5", "é", "e\u0301", "👍🏽", "☃\ufe0f", "ش", "한", "🇺🇦", "\ufffd"])
def test_check_visible_accepts_one_visible_character(value: str) -> None:
    assert visible_line(value) == value


def test_visible_text_preserves_line_breaks() -> None:
    assert visible_text("One voice.\n\nNot the paper's.") == "One voice.\n\nNot the paper's."


@given(st.text(st.sampled_from("a \t\n\xa0\u3000\u202a\u202b\u202c\u202e\u2066\u2067\u2069\u200b\u0301é"), max_size=30))
def test_one_line_is_idempotent(value: str) -> None:
    line = one_line(value)
    assert one_line(line) == line
    assert line.replace("\u202c", "").count("a") == value.count("a")
