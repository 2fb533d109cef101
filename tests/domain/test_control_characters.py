"""Control characters of incoming JSON: repaired to those of Windows-1252, or refused with path and code."""

from typing import Any

import orjson
import pytest

from app.domain.control_characters import MAX_ERRORS, repair_texts
from app.errors import InvalidInputError

ALLOWED = "\t\n\r"
WITHOUT_MEANING = "\x81\x8d\x8f\x90\x9d"
C1 = "".join(chr(code) for code in range(0x80, 0xA0) if chr(code) not in WITHOUT_MEANING)
REFUSED = [chr(code) for code in (*range(0x20), 0x7F) if chr(code) not in ALLOWED] + list(WITHOUT_MEANING)


def repair(value: dict[str, Any], raw: bytes | None = None, **options: bool) -> tuple[dict[str, Any], list[str]]:
    """Return the repaired value and the repairs, each with its path."""
    repairs = repair_texts(value, orjson.dumps(value) if raw is None else raw, **options)
    return value, [f"{each.path}: {each}" for each in repairs]


def test_every_c1_character_with_a_meaning_is_repaired() -> None:
    value, repairs = repair({"lead": f"a{C1}b"})
    assert value == {"lead": "a€\u201a\u0192„…†‡\u02c6‰Š\u2039ŒŽ\u2018\u2019“”•\u2013—\u02dc™š\u203aœžŸb"}
    assert value["lead"] == f"a{C1}b".encode("latin-1").decode("cp1252")
    assert repairs[0].startswith(
        "lead: Control characters were replaced by those of Windows-1252 (27 times): U+0080 by €"
    )


def test_repairs_name_path_count_and_characters() -> None:
    value = {
        "headline": "It\x92s late",
        "body": [{"type": "paragraph", "html": "\x93No,\x94 he didn\x92t. It\x92s <b>late</b>."}, {"type": "divider"}],
        "extra": {"a": ["ok", {"b": "1 \x96 2"}]},
    }
    repaired, repairs = repair(value)
    assert repaired == {
        "headline": "It\u2019s late",
        "body": [{"type": "paragraph", "html": "“No,” he didn\u2019t. It\u2019s <b>late</b>."}, {"type": "divider"}],
        "extra": {"a": ["ok", {"b": "1 \u2013 2"}]},
    }
    sentence = "Control characters were replaced by those of Windows-1252"
    assert repairs == [
        f"headline: {sentence}: U+0092 by \u2019",
        f"body.0.html: {sentence} (4 times): U+0093 by “, U+0094 by ”, U+0092 by \u2019",
        f"extra.a.1.b: {sentence}: U+0096 by \u2013",
    ]


@pytest.mark.parametrize("raw", [rb'{"a":"\u0092\u009C"}', rb'{"a":"\u0092\u009c"}', b'{"a":"\xc2\x92\xc2\x9c"}'])
def test_escaped_and_literal_characters_are_repaired_alike(raw: bytes) -> None:
    assert repair(orjson.loads(raw), raw)[0] == {"a": "\u2019œ"}


@pytest.mark.parametrize("character", REFUSED, ids=lambda each: f"{ord(each):02x}")
def test_other_control_characters_are_refused_with_path_and_code(character: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        repair({"tags": ["a"], "image": {"alt": f"ab{character}\x92"}})
    [error] = raised.value.errors
    assert error.location == "image.alt"
    assert error.message == (
        f"Text must not contain control characters other than tab and line ends: U+{ord(character):04X} at character 3."
    )


@pytest.mark.parametrize("text", ["", ALLOWED, "naïve — “ok” \xa0\xad ÂÃ", r"\u0092 \b \f", "\u2028\ufeff\ufffd🌫"])
def test_other_texts_are_unchanged(text: str) -> None:
    assert repair({"a": text, "b": [text], text or "c": None}) == ({"a": text, "b": [text], text or "c": None}, [])


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\x7f", "\x92", "\x9d"])
def test_control_characters_in_names_are_refused(character: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        repair({"extra": {f"a{character}": 1}})
    [error] = raised.value.errors
    assert error.location == "extra"
    assert error.message.startswith("The name of a member must not contain control characters")
    assert f"U+{ord(character):04X} at character 2" in error.message


def test_c1_characters_are_refused_where_no_repair_can_be_reported() -> None:
    value = {"description": "It\x92s ours"}
    with pytest.raises(InvalidInputError, match=r"description: Text must not .*: U\+0092 at character 3"):
        repair(value, repairs_c1=False)
    assert value == {"description": "It\x92s ours"}


def test_errors_are_bounded_and_in_order() -> None:
    with pytest.raises(InvalidInputError) as raised:
        repair({"related": ["\x07"] * (MAX_ERRORS + 5)})
    assert [error.location for error in raised.value.errors] == [f"related.{number}" for number in range(MAX_ERRORS)]


def test_deep_values_are_walked_without_recursion() -> None:
    value: dict[str, Any] = {"a": "\x92"}
    for _ in range(2_000):
        value = {"a": value}
    [found] = repair_texts(value, b"\xc2\x92")
    assert found.path.count(".") == 2_000
