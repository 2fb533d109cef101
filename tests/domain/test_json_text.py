"""JSON texts: a repeated member and text in another encoding are named."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.json_text import TextPosition, load_json
from app.errors import InvalidValueError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(':"\\{a', max_size=4), inner, max_size=4),
    max_leaves=20,
)


REPEATED = st.recursive(
    st.builds("{{{0}:1,{0}:{1}}}".format, st.text('":\\ a', max_size=3).map(json.dumps), VALUES.map(json.dumps)),
    lambda inner: st.builds("[{},{}]".format, VALUES.map(json.dumps), inner) | st.builds('{{" :":{}}}'.format, inner),
    max_leaves=3,
)


@given(VALUES, st.integers(0, 3), st.booleans())
def test_load_json_returns_the_value(value: object, indent: int, is_ascii: bool) -> None:  # noqa: FBT001
    text = json.dumps(value, indent=indent or None, ensure_ascii=is_ascii, separators=(" ,", " : "))
    assert load_json(text.encode()) == value
    assert load_json(orjson.dumps(value)) == value


@given(REPEATED)
def test_load_json_rejects_any_repeated_member(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is repeated in one object"):
        load_json(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a" :1,"a"\n:2}',
        '{"a":1,"\\u0061":2}',
        '{"\\u0022:":1,"b":[{"c":1,"c":2}]}',
        r'{"a":"\u0022:","b":{"c":"\":","c":"\":"}}',
        '{"a":" \\u003a","b":{"c":1,"c":1}}',
        "[" * 500 + '{"a":1,"a":1}' + "]" * 500,
    ],
)
def test_load_json_rejects_repeated_members_beside_misleading_text(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is repeated in one object"):
        load_json(text.encode())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"headline":"First","headline":"Second"}', "the member 'headline' is repeated in one object"),
        (b'{"a":[{"b":":"},{"c":1, "\\u0063":2}]}', "the member 'c' is repeated in one object"),
        ('{"lead":"Café"}'.encode("latin-1"), "not UTF-8: octet 0xE9 in column 13;"),
        ('{"é":"舟'.encode() + b'\xe9"}\n', "not UTF-8: octet 0xE9 in column 8 (byte 11);"),
        (b'{\n "a": 1,\n "b": "\xe9"\n}', "not UTF-8: octet 0xE9 in line 3, column 8;"),
        (b"\xff\xfe{\x00", "not UTF-8: octet 0xFF in column 1; text in UTF-16 has to be converted first"),
        (b'{"a":', "not JSON: unexpected end of data in column 6"),
        ('{"é":nope}'.encode(), "not JSON: invalid literal, expected 'null' in column 6 (byte 7)"),
        (b'{\n"a":1,\n"b":x}', "not JSON: unexpected character, expected a JSON value in line 3, column 5"),
    ],
)
def test_load_json_describes_errors_with_their_place(raw: bytes, reason: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        load_json(raw)
    assert refused.value.detail.startswith(reason)


def test_load_json_counts_lines_and_bytes_from_the_start_of_the_file() -> None:
    with pytest.raises(InvalidValueError, match=r"in line 42, column 5$"):
        load_json(b'{\n"a":x}', TextPosition(41, 9))
    with pytest.raises(InvalidValueError, match=r"in byte 14$"):
        load_json(b'{"a":x}\n', TextPosition(41, 9))
