"""Date formats of languages: which locale, which digits, and patterns of UTS 35."""

import unicodedata
from datetime import date
from importlib.resources import files

import pytest

from app.domain.cldr.date_formats import find_locale, get_date_formats
from app.domain.cldr.date_pattern import DatePattern, Moment, replace_fields
from app.domain.cldr.records import list_locale_names, load_supplement

EVENING = Moment(date(2024, 11, 2), 18, 5)
MIDNIGHT = Moment(date(2025, 7, 9), 0, 30)
NAMES = {"MMMM": [f"month {n}" for n in range(1, 13)], "a": ["before", "after"], "B": [f"hour {n}" for n in range(24)]}
MAX_BYTES = 1_000_000


@pytest.mark.parametrize(
    ("pattern", "evening", "midnight"),
    [
        ("d. MMMM y", "2. month 11 2024", "9. month 7 2025"),
        ("dd/MM M", "02/11 11", "09/07 7"),
        ("H:mm HH:m", "18:05 18:5", "0:30 00:30"),
        ("h:mm a", "6:05 after", "12:30 before"),
        ("K:mm", "6:05", "0:30"),
        ("k:mm", "18:05", "24:30"),
        ("h 'hours' B", "6 hours hour 18", "12 hours hour 0"),
        ("'MMMM' {d}", "MMMM {2}", "MMMM {9}"),
    ],
)
def test_pattern_writes_fields_and_quoted_text(pattern: str, evening: str, midnight: str) -> None:
    compiled = DatePattern(pattern, NAMES, None)
    assert compiled.write(EVENING) == evening
    assert compiled.write(MIDNIGHT) == midnight


def test_pattern_writes_numbers_in_its_digits_and_text_unchanged() -> None:
    assert DatePattern("MMMM '5' dd", NAMES, "٠١٢٣٤٥٦٧٨٩").write(EVENING) == "month 11 5 ٠٢"


def test_replace_fields_leaves_quoted_text_unchanged() -> None:
    assert replace_fields("HH 'h' mm B", {"h": "K", "B": "a"}) == "HH 'h' mm a"
    assert replace_fields("hh:mm", {"h": "K"}) == "KK:mm"


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("fr-CA", "fr-CA"),
        ("fr-ca", "fr-CA"),
        ("en-GB-oxendict", "en-150"),
        ("uk-UA", "uk"),
        ("uk-XX", "uk"),
        ("sr-Latn-RS", "sr-Latn"),
        ("sr-ME", "sr-Latn-ME"),
        ("zh-TW", "zh-Hant"),
        ("zh-US", "zh-Hant"),
        ("zh-Hans-TW", "zh"),
        ("uz-AF", "uz-Arab"),
        ("de-DE-u-co-phonebk", "de"),
        ("el-polyton", "el-polyton"),
        ("az-Arab", "az"),
        ("xx", "en"),
        ("tlh-Piqd", "en"),
        ("x-house", "en"),
        ("i-klingon", "en"),
        ("ar-aeb", "ar"),
        ("zh-min-nan", "zh"),
        ("kkj", "en"),
    ],
)
def test_find_locale_returns_the_nearest_locale_with_names(language: str, locale: str) -> None:
    assert find_locale(language).record["locale"] == locale


def test_every_locale_finds_its_own_record() -> None:
    names = list_locale_names()
    found = {name: find_locale(name).record["locale"] for name in names}
    assert len(names) > 500
    assert {own for name, own in found.items() if own != name} <= {name for name, own in found.items() if own == name}


def test_every_default_numbering_system_has_ten_digits() -> None:
    digits = load_supplement()["digits"]
    assert {len(set(written)) for written in digits.values()} == {10}
    for system in {find_locale(name).record["digits"] for name in list_locale_names()}:
        assert [unicodedata.decimal(digit) for digit in digits[system]] == list(range(10)), system


def test_tags_of_one_locale_share_its_formats() -> None:
    assert {id(get_date_formats(f"uk-x-desk{number}")) for number in range(50)} == {id(get_date_formats("uk"))}


def test_packed_files_are_bounded_and_carry_their_licence() -> None:
    package = files("app.domain.cldr")
    assert sum(len(package.joinpath(name).read_bytes()) for name in ("locales.jsonl", "supplement.json")) < MAX_BYTES
    assert "UNICODE LICENSE V3" in package.joinpath("LICENSE").read_text(encoding="utf-8")
