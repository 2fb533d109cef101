"""Rates as operators write them."""

import pytest

from app.errors import InvalidValueError
from app.net.rate import parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [("600/minute", "600/minute"), (" 5 / second ", "5/second"), ("1/day", "1/day"), ("", None), (" ", None)],
)
def test_parse_rate_returns_number_and_unit(text: str, rate: str | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["600", "600/minutes", "0/minute", "-1/hour", "x/minute", "600 per hour", "1/second;2/day"]
)
def test_parse_rate_error_describes_the_format(text: str) -> None:
    with pytest.raises(InvalidValueError, match="600/minute"):
        parse_rate(text)
