"""Language tags, lookup and dates in words."""
# ruff: noqa: RUF001 - Ukrainian words are the expectation

import unicodedata
from datetime import date, timedelta

import pytest

from app.domain.cldr.records import list_locale_names
from app.domain.language import (
    day_heading,
    describe_time,
    direction_of,
    drop_extensions,
    find_date_language,
    is_same_language,
    lookup_language,
    validate_language,
)
from app.errors import InvalidValueError

SATURDAY = date(2024, 11, 2)


def ascii_digits(text: str) -> str:
    """Return the text with the decimal digits of every script as ASCII."""
    return "".join(str(unicodedata.decimal(char, char)) for char in text)


@pytest.mark.parametrize(
    "tag",
    [
        *(
            "en",
            "en-GB",
            "uk",
            "sr-Latn-RS",
            "zh-Hant",
            "es-419",
            "EN-gb",
            "xx",
            "tlh",
            "de-1901",
            "de-CH-1996",
        ),
        *("sl-rozaj-biske", "zh-yue-HK", "zh-min-nan", "de-DE-u-co-phonebk", "en-a-bbb-x-a-ccc", "x-house"),
        *("hy-Latn-IT-arevela", "art-lojban", "i-default", "en-GB-oed", "qaa-Qaaa-QM-x-southern"),
    ],
)
def test_validate_language_returns_a_well_formed_tag_unchanged(tag: str) -> None:
    assert validate_language(tag) == tag


@pytest.mark.parametrize(
    "tag",
    [
        *("", " ", "e", "en_GB", "en-", "-en", "en--GB", "en-GB ", " en", "en-GB\n", "english", "ukrainian"),
        *("en-GB-US", "de-419-DE", "a-DE", "ar-a", "x", "x-", "en-x", "en-waytoolongsubtag", "ук", "en-ＧＢ"),
        *("de-DE-1901-1901", "sl-rozaj-ROZAJ", "en-a-bbb-a-ccc", "*", "en-*", "i-invented", "12"),
        "en-x" + "-abcdefgh" * 8,
    ],
)
def test_validate_language_rejects_a_malformed_tag(tag: str) -> None:
    with pytest.raises(InvalidValueError, match="BCP 47"):
        validate_language(tag)


def test_validate_language_allows_repeats_in_a_private_use_part_only() -> None:
    assert validate_language("en-x-a-b-a") == "en-x-a-b-a"


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("en-GB", "en-gb"),
        ("en-AU", "en"),
        ("EN-gb", "en-gb"),
        ("en", "en"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-Hans-CN", None),
        ("uk-UA", None),
        ("de-u-co-phonebk", "DE"),
        ("de-a", "DE"),
    ],
)
def test_lookup_truncates_the_tag_until_a_translation_matches(language: str, found: str | None) -> None:
    assert lookup_language(("en", "en-gb", "zh-Hant", "de-u", "DE"), language) == found


def test_lookup_drops_a_single_character_subtag_with_its_successor() -> None:
    assert lookup_language(("zh-Hant-CN-x", "zh-Hant-CN"), "zh-Hant-CN-x-private1-private2") == "zh-Hant-CN"
    assert lookup_language(("x",), "x-house") is None


@pytest.mark.parametrize(
    ("available", "language", "found"),
    [
        ("he", "iw", True),
        ("iw", "he-IL", True),
        ("sr-Latn", "sh", True),
        ("sr", "sh", False),
        ("zh-Hant", "zh-TW", True),
        ("zh-TW", "zh-Hant-TW", True),
        ("zh-TW", "zh-Hant", False),
        ("zh-Hans", "zh-TW", False),
        ("yue", "zh-yue-HK", True),
        ("fa-AF", "prs", True),
        ("eng", "en-GB", True),
        ("ca-valencia", "cat", False),
        ("en-x-house", "eng", False),
        ("x-house", "x-other", False),
        ("nb", "no", True),
        ("no", "nb-NO", True),
        ("nn", "no", False),
    ],
)
def test_lookup_compares_canonical_tags(available: str, language: str, *, found: bool) -> None:
    assert lookup_language((available,), language) == (available if found else None)


def test_lookup_prefers_the_script_of_the_language() -> None:
    assert lookup_language(("zh", "zh-Hant"), "zh-TW") == "zh-Hant"
    assert lookup_language(("zh",), "zh-TW") == "zh"
    assert lookup_language(("zh", "zh-hant-tw"), "zh-TW") == "zh-hant-tw"


def test_lookup_never_returns_a_more_specific_language() -> None:
    assert lookup_language(("en-GB",), "en") is None
    assert lookup_language((), "en") is None


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        *(("ar-EG-u-nu-latn", "ar-EG"), ("de-1996-u-co-phonebk-x-house", "de-1996"), ("en-x-house", "en")),
        *(("zh-Hant-HK", "zh-Hant-HK"), ("x-house", "x-house"), ("i-default", "i-default")),
    ],
)
def test_drop_extensions_leaves_what_names_the_language(tag: str, language: str) -> None:
    assert drop_extensions(tag) == language


@pytest.mark.parametrize(
    ("language", "weekday", "day"),
    [
        ("en-GB", "Saturday", "2 November"),
        ("en", "Saturday", "November 2"),
        ("en-US", "Saturday", "November 2"),
        ("uk", "субота", "2 листопада"),
        ("uk-UA", "субота", "2 листопада"),
        ("fr", "samedi", "2 novembre"),
        ("xx", "Saturday", "November 2"),
    ],
)
def test_day_heading_is_in_the_language(language: str, weekday: str, day: str) -> None:
    assert day_heading(SATURDAY, language) == {"year": "2024", "weekday": weekday, "day": day}


def test_day_heading_year_follows_the_language() -> None:
    assert day_heading(SATURDAY, "sr-Latn-RS") == {"year": "2024.", "weekday": "subota", "day": "2. novembar"}
    assert day_heading(SATURDAY, "ja") == {"year": "2024年", "weekday": "土曜日", "day": "11月2日"}


@pytest.mark.parametrize(
    ("language", "year"),
    [
        ("ar-u-nu-arab", "٢٠٢٤"),
        ("ar-EG-u-nu-latn", "2024"),
        ("hi-u-ca-gregory-nu-deva", "२०२४"),
        ("AR-EG-U-NU-LATN", "2024"),
        ("ar-EG-u-nu-roman", "٢٠٢٤"),
        ("ar-EG-x-u-nu-latn", "٢٠٢٤"),
        ("fa-u-ca-gregory", "۲۰۲۴"),
        ("zh-u-nu-hanidec", "二〇二四年"),
        ("en-u-hc-h23-nu-arab", "٢٠٢٤"),
        ("en-u-nu-arab-nu-deva", "٢٠٢٤"),
        ("en-t-hi-u-nu-deva", "२०२४"),
        ("en-u-nu-deva-t-ar", "२०२४"),
        ("en-u-attribute-nu-deva", "२०२४"),
    ],
)
def test_day_heading_digits_follow_the_numbering_system_of_the_tag(language: str, year: str) -> None:
    assert day_heading(SATURDAY, language)["year"] == year


@pytest.mark.parametrize(
    ("language", "found"),
    [
        *(("en-GB", None), ("sh", None), ("zh-TW", None), ("uz-AF", None), ("xx", "en"), ("x-house", "en")),
        *(("tlh", "en"), ("az-Arab", "az"), ("ar-aeb", "ar"), ("ar-Latn", "ar"), ("ht", "fr"), ("ht-HT", "fr")),
        *(("zh-HK", None), ("zh-MO", None), ("zh-Hant-HK", None), ("zh-Hant-MO-u-nu-latn", None)),
        *(("no", None), ("nb", None), ("nyn", None), ("rwk", None), ("vun", None), ("sr-XK", None), ("hi-Latn", None)),
    ],
)
def test_find_date_language_names_another_language(language: str, found: str | None) -> None:
    assert find_date_language(language) == found


def test_find_date_language_is_null_for_every_locale_with_names_of_its_own() -> None:
    assert {name: found for name in list_locale_names() if (found := find_date_language(name))} == {"ht": "fr"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("en", "en-GB", True),
        ("eng", "en-US-u-hc-h23", True),
        ("sh", "sr-ME", True),
        ("sr", "sr-Latn", False),
        ("zh-TW", "zh-Hant", True),
        ("zh", "zh-HK", False),
        ("uk", "ru", False),
        ("x-house", "en", False),
        ("no", "nb", True),
        ("no", "nn", False),
    ],
)
def test_is_same_language_compares_language_and_script(one: str, other: str, *, same: bool) -> None:
    assert is_same_language(one, other) is is_same_language(other, one) is same


@pytest.mark.parametrize(
    "language",
    [
        *("ar", "ar-EG-u-nu-latn", "fa", "prs", "he", "iw", "yi", "ji", "ur", "ps", "sd", "ug", "ckb", "ks", "dv"),
        *("pa-PK", "pa-Arab", "PA-ARAB-pk", "az-IR", "uz-AF", "uz-af", "kk-CN", "ku-Arab", "en-Hebr", "ff-Adlm"),
        *("nqo", "syr", "ur-IN"),
    ],
)
def test_direction_is_right_to_left_by_script(language: str) -> None:
    assert direction_of(language) == "rtl"


@pytest.mark.parametrize(
    "language",
    [
        *("en-GB", "uk", "ja", "mn-Mong", "pa", "pa-IN", "ks-Deva", "sd-Deva", "ar-Latn", "az", "ku", "uz", "ha"),
        *("xx", "x-arab", "en-x-arab", "i-klingon", "und", "ms", "zh-min-nan"),
    ],
)
def test_direction_is_left_to_right_otherwise(language: str) -> None:
    assert direction_of(language) == "ltr"


@pytest.mark.parametrize("year", [1000, 1582, 9998])
def test_day_heading_of_distant_years(year: int) -> None:
    assert day_heading(date(year, 1, 1), "en-GB")["year"] == str(year)


def test_day_heading_returns_a_new_dictionary() -> None:
    day_heading(SATURDAY, "en-GB")["day"] = "scribbled"
    assert day_heading(SATURDAY, "en-GB")["day"] == "2 November"


def test_every_locale_has_seven_weekdays_twelve_months_and_a_long_date() -> None:
    for language in list_locale_names():
        weekdays = {day_heading(SATURDAY + timedelta(days=n), language)["weekday"] for n in range(7)}
        assert len(weekdays) == 7, language
        assert len({day_heading(date(2025, month, 7), language)["day"] for month in range(1, 13)}) == 12, language
        text = describe_time(SATURDAY, "18:05", language)["text"]
        digits = ascii_digits(text)
        assert "2024" in digits, language
        assert "2" in digits.replace("2024", ""), language
        assert "18" in digits or "6" in digits, language
        assert "{" not in text, language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en-GB", "Saturday, 2 November 2024 at 17:21"),
        ("en", "Saturday, November 2, 2024 at 5:21\u202fPM"),
        ("uk", "субота, 2 листопада 2024\u202fр. о 17:21"),
        ("de", "Samstag, 2. November 2024 um 17:21"),
        ("ja", "2024年11月2日土曜日 17:21"),
        ("zh-Hant", "2024年11月2日 星期六 下午5:21"),
        ("ar-EG", "السبت، ٢ نوفمبر ٢٠٢٤ في ٥:٢١ م"),
        ("vi", "lúc 17:21 Thứ Bảy, 2 tháng 11, 2024"),
        ("tlh", "Saturday, November 2, 2024 at 5:21\u202fPM"),
    ],
)
def test_describe_time_follows_the_language(language: str, text: str) -> None:
    assert describe_time(SATURDAY, "17:21", language)["text"] == text


@pytest.mark.parametrize(
    ("language", "midnight", "noon"),
    [
        ("en-US", "12:00\u202fAM", "12:00\u202fPM"),
        ("en-US-u-hc-h23", "00:00", "12:00"),
        ("en-US-u-hc-h24", "24:00", "12:00"),
        ("en-GB-u-hc-h12", "12:00\u202fam", "12:00\u202fpm"),
        ("en-GB-u-hc-h11", "0:00\u202fam", "0:00\u202fpm"),
        ("en-GB-u-hc-h25", "00:00", "12:00"),
        ("zh-TW", "凌晨12:00", "中午12:00"),
        ("zh-TW-u-hc-h12", "上午12:00", "下午12:00"),
    ],
)
def test_describe_time_has_the_clock_of_the_locale_or_of_the_tag(language: str, midnight: str, noon: str) -> None:
    assert describe_time(SATURDAY, "00:00", language)["text"].endswith(midnight)
    assert describe_time(SATURDAY, "12:00", language)["text"].endswith(noon)


@pytest.mark.parametrize(
    ("alias", "language"),
    [
        *(("sh", "sr-Latn"), ("prs", "fa-AF"), ("zh-cmn-Hant", "zh-Hant"), ("iw", "he"), ("mo", "ro"), ("tl", "fil")),
        *(("i-lux", "lb"), ("no-nyn", "nn"), ("zh-yue-HK", "yue"), ("zh-min-nan", "zh"), ("en-UK", "en-GB")),
    ],
)
def test_dates_of_an_alias_are_those_of_its_language(alias: str, language: str) -> None:
    assert day_heading(SATURDAY, alias) == day_heading(SATURDAY, language)
    assert describe_time(SATURDAY, "17:21", alias)["text"] == describe_time(SATURDAY, "17:21", language)["text"]
    assert direction_of(alias) == direction_of(language)
