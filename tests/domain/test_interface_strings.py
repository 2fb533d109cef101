"""Interface strings are complete, readable and never keys."""
# ruff: noqa: RUF001 - words of other scripts are the expectation

import json
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cldr.records import load_supplement
from app.domain.interface_strings import (
    CATEGORIES,
    LANGUAGES,
    complete_plurals,
    complete_strings,
    find_string_languages,
    is_proofread,
    load_strings,
)
from app.domain.language import get_plural_categories
from tests.node_packages import NODE

ENGLISH = load_strings("en")["strings"]
CASED = ("de", "en", "es", "fr", "it", "pl", "pt", "uk")
SAME_AS_ENGLISH = {
    "de": {"archive", "photo"},
    "es": set[str](),
    "fr": {"menu", "photo", "source"},
    "it": {"menu", "home", "tag"},
    "pl": {"menu", "tag"},
    "pt": {"menu"},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_string_as_a_text(language: str) -> None:
    strings = load_strings(language)["strings"]
    assert strings.keys() == ENGLISH.keys()
    for key, text in strings.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", key)
        assert text == text.strip() != ""
        assert language not in CASED or text[0].isupper(), key
        assert "'" not in text, f"{key}: the apostrophe is ’"
    same = {key for key in strings if strings[key] == ENGLISH[key]}
    assert language == "en" or same <= SAME_AS_ENGLISH.get(language, set()) | {"rss_feed"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_exactly_its_plural_categories(language: str) -> None:
    plurals = load_strings(language)["plurals"]
    assert plurals.keys() == load_strings("en")["plurals"].keys()
    for forms in plurals.values():
        assert tuple(forms) == get_plural_categories(language)
        assert all("{count}" in text for category, text in forms.items() if category in {"few", "many", "other"})
    assert complete_plurals(language, {}) == plurals


@pytest.mark.parametrize(
    ("language", "letters"), [("uk", "а-щьюяєіїґ"), ("ar", "ء-\u0652"), ("fa", "ء-\u06cc\u200c"), ("ja", "ぁ-ヿ一-龯")]
)
def test_texts_in_other_scripts_have_no_foreign_letters(language: str, letters: str) -> None:
    for key, text in load_strings(language)["strings"].items():
        assert re.fullmatch(f"[{letters}\\s’…-]+", text.replace("RSS", "").lower()), key


def test_no_language_is_marked_as_proof_read() -> None:
    assert not any(is_proofread(language) for language in (*LANGUAGES, "cs"))


def test_edition_overrides_plural_forms() -> None:
    own = {"new_stories.one": "{count} нова", "new_stories.few": " "}
    shipped = load_strings("uk")["plurals"]["new_stories"]
    assert complete_plurals("uk-UA", own)["new_stories"] == {**shipped, "one": "{count} нова"}
    own["new_stories.other"] = "Нових: {count}"
    forms = {"one": "{count} нова", **dict.fromkeys(("few", "many", "other"), "Нових: {count}")}
    assert complete_plurals("uk-UA", own)["new_stories"] == forms
    assert not {key for key in complete_strings("uk", own) if "." in key}


def test_plural_forms_have_the_categories_of_the_edition_language_in_english_as_well() -> None:
    assert complete_plurals("cs", {})["new_stories"] == {
        "one": "{count} new story",
        **dict.fromkeys(("few", "many", "other"), "{count} new stories"),
    }
    assert complete_plurals("tlh", {})["new_stories"] == {"other": "{count} new stories"}
    assert {"new_stories", "new_stories.one", "new_stories.many"} <= find_string_languages("cs", {}).keys()
    own = find_string_languages("cs", {"new_stories.other": "Nové zprávy: {count}"})
    assert not {key for key in own if key.startswith("new_stories.")}


def test_plural_categories_equal_those_of_icu() -> None:
    program = (
        "const found = {}; for (const tag of JSON.parse(process.argv[1])) if (Intl.PluralRules.supportedLocalesOf(tag)"
        ".length) found[tag] = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;"
        "console.log(JSON.stringify(found))"
    )
    tags = json.dumps([*load_supplement()["plurals"]])
    done = subprocess.run([NODE, "-e", program, tags], capture_output=True, check=True, timeout=30)  # noqa: S603
    found: dict[str, list[str]] = json.loads(done.stdout)
    assert len(found) > 150
    for tag, categories in found.items():
        assert set(categories) <= CATEGORIES
        assert sorted(categories) == sorted(get_plural_categories(tag)), tag


def test_english_interface_strings_of_the_contract_exist() -> None:
    promised = {
        "news": "News",
        "more_news": "More news",
        "read_also": "Read also",
        "tags": "Tags",
        "source": "Source",
        "about_author": "About the author",
    }
    assert promised.items() <= ENGLISH.items()


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Read also"), ("en-GB", "Read also"), ("uk", "Читайте також"), ("uk-UA", "Читайте також")],
)
def test_complete_strings_returns_every_string_in_the_language(language: str, text: str) -> None:
    strings = complete_strings(language, {})
    assert strings["read_also"] == text
    assert strings.keys() == ENGLISH.keys()


@pytest.mark.parametrize("language", ["tlh", "cs-CZ", "x-house"])
def test_complete_strings_of_an_unknown_language_are_english(language: str) -> None:
    assert complete_strings(language, {}) == ENGLISH


@pytest.mark.parametrize(("language", "shipped"), [("ar-Latn", "ar"), ("uk-Latn-UA", "uk"), ("en-Shaw", "en")])
def test_shipped_strings_in_another_script_are_marked_as_such(language: str, shipped: str) -> None:
    own = {"news": "Akhbar", "live_now": "", "new_stories.other": "{count}"}
    languages = find_string_languages(language, own)
    assert languages == {**dict.fromkeys(ENGLISH.keys() - {"news"}, shipped), "live_now": "en"}
    assert list(languages) == sorted(languages)
    forms = {f"new_stories.{category}": shipped for category in get_plural_categories(language)}
    assert forms.items() <= find_string_languages(language, {}).items()


@pytest.mark.parametrize("language", ["en-US", "ar-EG-u-nu-latn", "pt-PT", "uk-Cyrl"])
def test_shipped_strings_in_the_language_and_script_are_not_marked(language: str) -> None:
    assert find_string_languages(language, {}) == {}


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
    overrides=st.dictionaries(st.sampled_from([*ENGLISH, "own", "Own", "new_stories.one"]) | st.text(), st.text()),
)
def test_complete_strings_has_no_blank_text_and_no_key_as_text(language: str, overrides: dict[str, str]) -> None:
    strings = complete_strings(language, overrides)
    assert strings.keys() >= ENGLISH.keys()
    for key, text in strings.items():
        assert text.strip()
        assert text.strip() != key
