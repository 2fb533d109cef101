"""Language tags, lookup and dates in words."""
# ruff: noqa: RUF001 - Ukrainian words are the expectation

import unicodedata
from datetime import date, timedelta

import pytest
from babel import Locale
from babel.dates import format_date
from babel.localedata import locale_identifiers

from app.domain.digits import is_numbering_system, write_digits
from app.domain.language import (
    day_heading,
    direction_of,
    get_locale,
    long_datetime,
    lookup_translation,
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
        ("en-GB", "British"),
        ("en-AU", "English"),
        ("EN-gb", "British"),
        ("en", "English"),
        ("zh-Hant-TW", "Traditional"),
        ("zh-Hans-CN", None),
        ("uk-UA", None),
        ("de-u-co-phonebk", "plain"),
        ("de-a", "plain"),
    ],
)
def test_lookup_truncates_the_tag_until_a_translation_matches(language: str, found: str | None) -> None:
    available = {
        "en": "English",
        "en-gb": "British",
        "zh-Hant": "Traditional",
        "de-u": "never",
        "DE": "plain",
    }
    assert lookup_translation(available, language) == found


def test_lookup_drops_a_single_character_subtag_with_its_successor() -> None:
    available = {"zh-Hant-CN-x": 1, "zh-Hant-CN": 2}
    assert lookup_translation(available, "zh-Hant-CN-x-private1-private2") == 2
    assert lookup_translation({"x": 1}, "x-house") is None


def test_lookup_never_returns_a_more_specific_language() -> None:
    assert lookup_translation({"en-GB": 1}, "en") is None
    assert lookup_translation({}, "en") is None


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("en-GB", "en_GB"),
        ("en-gb", "en_GB"),
        ("en-GB-oxendict", "en_GB"),
        ("uk-UA", "uk_UA"),
        ("uk-XX", "uk"),
        ("sr-Latn-RS", "sr_Latn_RS"),
        ("zh-TW", "zh_Hant_TW"),
        ("zh-Hant", "zh_Hant"),
        ("de-DE-u-co-phonebk", "de_DE"),
        ("xx", "en"),
        ("tlh-Piqd", "en"),
        ("x-house", "en"),
        ("i-klingon", "en"),
        ("zh-min-nan", "zh"),
    ],
)
def test_get_locale_returns_the_nearest_cldr_locale(language: str, locale: str) -> None:
    assert str(get_locale(language)) == locale


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
    ("language", "year", "day", "full", "time"),
    [
        ("fa", "۲۰۲۴", "۲ نوامبر", "شنبه ۲ نوامبر ۲۰۲۴", "۱۸:۰۵"),
        ("ne", "२०२४", "नोभेम्बर २", "२०२४ नोभेम्बर २, शनिबार", "१८:०५"),
        ("bn", "২০২৪", "২ নভেম্বর", "শনিবার, ২ নভেম্বর, ২০২৪", "১৮:০৫"),
        ("mr", "२०२४", "२ नोव्हेंबर", "शनिवार, २ नोव्हेंबर, २०२४", "१८:०५"),
        ("ar-EG", "٢٠٢٤", "٢ نوفمبر", "السبت، ٢ نوفمبر ٢٠٢٤", "١٨:٠٥"),
        ("ar", "2024", "2 نوفمبر", "السبت، 2 نوفمبر 2024", "18:05"),
        ("my", "၂၀၂၄", "နိုဝင်ဘာ ၂", "၂၀၂၄ နိုဝင်ဘာ ၂ စနေ", "၁၈:၀၅"),
        ("dz", "༢༠༢༤", "ཟླ་བཅུ་གཅིག་པ་ ༢", "གཟའ་ཉི་མ་, སྤྱི་ལོ་༢༠༢༤ ཟླ་བཅུ་གཅིག་པ་ ཚེས་༠༢", "༡༨:༠༥"),
        ("ckb", "٢٠٢٤", "تشرینی دووەم ٢", "٢٠٢٤ تشرینی دووەم ٢, شەممە", "١٨:٠٥"),
        ("ur-IN", "۲۰۲۴", "۲ نومبر", "ہفتہ، ۲ نومبر، ۲۰۲۴", "۱۸:۰۵"),
        ("sat", "᱒᱐᱒᱔", "ᱱᱟᱣᱟᱢᱵᱟᱨ ᱒", "ᱧᱩᱦᱩᱢ, ᱒ ᱱᱟᱣᱟᱢᱵᱟᱨ ᱒᱐᱒᱔", "᱑᱘:᱐᱕"),
    ],
)
def test_day_heading_digits_follow_the_language(language: str, year: str, day: str, full: str, time: str) -> None:
    # The expectation is ICU's (Intl.DateTimeFormat with the Gregorian calendar, Node 20).
    parts = day_heading(SATURDAY, language)
    assert (parts["year"], parts["day"]) == (year, day)
    text = long_datetime(SATURDAY, "18:05", language)
    assert full in text
    assert time in text


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
    ],
)
def test_day_heading_digits_follow_the_numbering_system_of_the_tag(language: str, year: str) -> None:
    assert day_heading(SATURDAY, language)["year"] == year


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


def test_every_default_numbering_system_of_cldr_has_ten_digits() -> None:
    for system in {Locale.parse(identifier).default_numbering_system for identifier in locale_identifiers()}:
        assert is_numbering_system(system)
        written = write_digits("0123456789", system)
        assert [unicodedata.decimal(char) for char in written] == list(range(10))


@pytest.mark.parametrize("year", [1000, 1582, 9998])
def test_day_heading_of_distant_years(year: int) -> None:
    assert day_heading(date(year, 1, 1), "en-GB")["year"] == str(year)


def test_day_heading_returns_a_new_dictionary() -> None:
    day_heading(SATURDAY, "en-GB")["day"] = "scribbled"
    assert day_heading(SATURDAY, "en-GB")["day"] == "2 November"


@pytest.mark.parametrize(
    "other", ["fy", "yi"]
)  # Babel returns their weekdays for every locale that is loaded after them
def test_locales_do_not_share_data(other: str) -> None:
    wednesday = date(2026, 11, 11)
    weekdays = {
        "de": "Mittwoch",
        "de-AT": "Mittwoch",
        "pl": "środa",
        "uk": "середа",
        "es": "miércoles",
        "nl": "woensdag",
    }
    get_locale.cache_clear()
    assert day_heading(wednesday, other)["weekday"] not in weekdays.values()
    wednesday += timedelta(days=7)  # not cached
    assert {language: day_heading(wednesday, language)["weekday"] for language in weekdays} == weekdays


def test_every_cldr_language_has_seven_weekdays_and_a_long_date() -> None:
    for identifier in locale_identifiers():
        if Locale.parse(identifier).territory is not None:
            continue  # regional differences are data of the same kind
        language = identifier.replace("_", "-")
        names = set(Locale.parse(identifier).days["stand-alone"]["wide"].values())
        names |= set(Locale.parse(identifier).days["format"]["wide"].values())
        weekdays = {day_heading(SATURDAY + timedelta(days=n), language)["weekday"] for n in range(7)}
        assert weekdays <= names, language
        text = long_datetime(SATURDAY, "17:21", language)
        assert "17:21" in ascii_digits(text), language
        assert "{" not in text, language
        assert "'" not in text.replace(day_heading(SATURDAY, language)["weekday"], ""), language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en-GB", "Saturday, 2 November 2024 at 17:21"),
        ("en", "Saturday, November 2, 2024 at 17:21"),
        ("uk", "субота, 2 листопада 2024\u202fр. о 17:21"),
        ("de", "Samstag, 2. November 2024, 17:21"),
        ("ja", "2024年11月2日土曜日 17:21"),
        ("tlh", "Saturday, November 2, 2024 at 17:21"),
    ],
)
def test_long_datetime_follows_the_language(language: str, text: str) -> None:
    assert long_datetime(SATURDAY, "17:21", language) == text


def test_composed_dates_equal_those_of_babel() -> None:
    days = (date(1000, 1, 1), date(1582, 2, 28), date(2024, 2, 29), date(2026, 11, 23), date(9998, 12, 31))
    for identifier in sorted(locale_identifiers())[::30]:
        language = identifier.replace("_", "-")
        locale = get_locale(language)
        patterns = locale.datetime_skeletons
        for day in days:
            parts = day_heading(day, language)
            assert ascii_digits(parts["year"]) == format_date(day, str(patterns["y"]), locale), (language, day)
            assert ascii_digits(parts["day"]) == ascii_digits(format_date(day, str(patterns["MMMMd"]), locale))
            full = ascii_digits(format_date(day, "full", locale))
            assert full in ascii_digits(long_datetime(day, "17:21", language)), (language, day)


def test_equal_locales_share_one_object() -> None:
    locales = {id(get_locale(f"uk-x-desk{number}")) for number in range(50)}
    assert locales == {id(get_locale("uk"))}
