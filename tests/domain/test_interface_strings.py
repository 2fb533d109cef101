"""Interface strings are complete, readable and never keys."""
# ruff: noqa: RUF001 - Ukrainian words are the expectation

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.interface_strings import STRINGS, complete_strings

LANGUAGES = sorted(STRINGS)


def test_interface_strings_are_shipped_in_english_and_ukrainian() -> None:
    assert LANGUAGES == ["en", "uk"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert STRINGS[language].keys() == STRINGS["en"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_is_snake_case_and_every_text_starts_with_a_capital(language: str) -> None:
    for key, text in STRINGS[language].items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", key)
        assert text == text.strip()
        assert text[0].isupper(), key
        assert "'" not in text, f"{key}: the apostrophe is ’"


def test_ukrainian_texts_have_no_foreign_letters() -> None:
    for key, text in STRINGS["uk"].items():
        assert not re.search(r"[a-zA-Zыэъё]", text.replace("RSS", "")), key


def test_english_interface_strings_of_the_contract_exist() -> None:
    promised = {
        "news": "News",
        "more_news": "More news",
        "read_also": "Read also",
        "tags": "Tags",
        "source": "Source",
        "about_author": "About the author",
    }
    assert promised.items() <= STRINGS["en"].items()


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Read also"), ("en-GB", "Read also"), ("uk", "Читайте також"), ("uk-UA", "Читайте також")],
)
def test_complete_strings_returns_every_string_in_the_language(language: str, text: str) -> None:
    strings = complete_strings(language, {})
    assert strings["read_also"] == text
    assert strings.keys() == STRINGS["en"].keys()


@pytest.mark.parametrize("language", ["tlh", "de-AT", "x-house"])
def test_complete_strings_of_an_unknown_language_are_english(language: str) -> None:
    assert complete_strings(language, {}) == STRINGS["en"]


def test_complete_strings_falls_back_to_english_for_a_missing_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STRINGS, "de", {"news": "Nachrichten"})
    assert complete_strings("de-AT", {}) == {**STRINGS["en"], "news": "Nachrichten"}


def test_edition_overrides_strings_and_adds_keys() -> None:
    strings = complete_strings("uk", {"news": "Стрічка", "live_now": "Наживо", "account": "my_outlet"})
    assert strings["news"] == "Стрічка"
    assert strings["live_now"] == "Наживо"
    assert strings["account"] == "my_outlet"
    assert strings["tags"] == "Теги"
    assert list(strings) == sorted(strings)


@pytest.mark.parametrize(
    "lost",
    [
        "",
        "  \n",
        "read_also",
        " read_also ",
        "client/title.read_also",
        "client/title.list_title",
        "READ_ALSO",
    ],
)
def test_blank_override_uses_the_shipped_text(lost: str) -> None:
    assert complete_strings("uk", {"read_also": lost})["read_also"] == "Читайте також"


def test_missing_text_of_an_added_key_is_written_as_words() -> None:
    lost = {"live_now": "", "list_title": "client/title.list_title", "ads.top": "ads.top", "_": "_"}
    strings = complete_strings("en", lost)
    assert strings["live_now"] == "Live now"
    assert strings["list_title"] == "List title"
    assert strings["ads.top"] == "Ads top"
    assert "_" not in strings


def test_complete_strings_does_not_change_shipped_strings() -> None:
    complete_strings("en", {})["news"] = "scribbled"
    assert complete_strings("en", {})["news"] == "News"


@given(
    language=st.sampled_from(["en-GB", "uk", "xx"]),
    overrides=st.dictionaries(st.sampled_from([*STRINGS["en"], "own", "Own"]) | st.text(), st.text()),
)
def test_complete_strings_has_no_blank_text_and_no_key_as_text(language: str, overrides: dict[str, str]) -> None:
    strings = complete_strings(language, overrides)
    assert strings.keys() >= STRINGS["en"].keys()
    for key, text in strings.items():
        assert text.strip()
        assert text.strip() != key
