"""JSON texts: a repeated member and text in another encoding are named."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.json_text import load_json
from app.errors import InvalidValueError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(':"\\{a', max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_load_json_returns_the_value(value: object) -> None:
    assert load_json(orjson.dumps(value)) == value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"headline":"First","headline":"Second"}', "the member 'headline' is repeated in one object"),
        (b'{"a":[{"b":":"},{"c":1, "\\u0063":2}]}', "the member 'c' is repeated in one object"),
        ('{"lead":"Café"}'.encode("latin-1"), "not UTF-8: octet 0xE9 in column 13"),
        (b'{"a":', "not JSON ("),
    ],
)
def test_load_json_describes_errors(raw: bytes, reason: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        load_json(raw)
    assert refused.value.detail.startswith(reason)
