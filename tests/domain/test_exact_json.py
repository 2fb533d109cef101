"""The member `extra`: its order, its numbers and its bounds."""

import pytest

from app.domain.exact_json import dump_extra, load_extra
from app.domain.json_text import load_json
from app.errors import InvalidValueError

EXTRA = b'{"z":18446744073709551617,"a":[1.10,-0.0,1E+2,-7],"m":{"\xc3\xbc":null,"b":true,"s":"\\u2028/"}}'


def test_extra_has_its_order_and_its_numbers() -> None:
    value = load_json(b'{"headline":"A","n":1.5,"extra":' + EXTRA + b"}")
    assert value["n"] == 1.5
    assert dump_extra(value["extra"]).encode() == EXTRA
    assert dump_extra(load_extra(EXTRA.decode())).encode() == EXTRA


def test_extra_of_a_revision_has_its_numbers() -> None:
    line = b'{"revisions":[{"content":null},{"content":{"extra":' + EXTRA + b"}}]}"
    assert dump_extra(load_json(line)["revisions"][1]["content"]["extra"]).encode() == EXTRA


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([], "Must be a JSON object."),
        ("{}", "Must be a JSON object."),
        ({"a": [[[[[[[[1]]]]]]]]}, "Must have at most 8 levels of objects and arrays."),
        ({"a": "ü" * 8_192}, "Must have at most 16 KiB as JSON in UTF-8."),
    ],
)
def test_extra_is_a_bounded_object(value: object, reason: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        dump_extra(value)
    assert refused.value.detail == reason


def test_extra_of_eight_levels_and_16_kib_is_accepted() -> None:
    assert dump_extra({"a": [[[[[[[1]]]]]]]}) == '{"a":[[[[[[[1]]]]]]]}'
    assert len(dump_extra({"a": "b" * (16 * 1024 - 8)})) == 16 * 1024


def test_extra_nested_beyond_the_stack_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        dump_extra(load_json(b'{"extra":' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}")["extra"])
