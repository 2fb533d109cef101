"""Babel's locale data, which `app.domain.locales` copies."""

from datetime import date

from babel import Locale
from babel.dates import DateTimeFormat, parse_pattern
from babel.localedata import LocaleDataDict, exists, load

from app.domain.locales import IsolatedLocale


def test_locales_read_everything_from_their_data() -> None:
    assert isinstance(vars(Locale)["_data"], property)
    locale = IsolatedLocale("de")
    assert isinstance(locale._data, LocaleDataDict)
    assert locale._data is locale._data
    assert locale._data["days"] is not Locale("de")._data["days"]
    assert exists("de")
    assert load("de")["months"]["format"]["wide"][11] == "November"


def test_locale_is_isolated_from_data_that_babel_has_wrapped() -> None:
    wide = Locale("nn").days["format"]["wide"]
    isolated = IsolatedLocale("nn").days["format"]["wide"]
    assert isolated is not wide
    assert dict(isolated) == dict(wide)


def test_isolated_locales_share_no_data() -> None:
    before = dict(IsolatedLocale("de").days["format"]["wide"])
    frisian, german = IsolatedLocale("fy"), IsolatedLocale("de")
    frisian.days["format"]["wide"][0] = "changed"
    assert dict(german.days["format"]["wide"]) == before == dict(Locale("de").days["format"]["wide"])


def test_patterns_are_formatted_field_by_field() -> None:
    fields = DateTimeFormat(date(2026, 11, 20), IsolatedLocale("de"))
    assert (fields["EEEE"], fields["d"], fields["MMMM"]) == ("Freitag", "20", "November")
    assert str(parse_pattern("d. MMMM").format) % fields == "20. November"
