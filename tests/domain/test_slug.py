"""Slugs made from headlines, and slugs and codes that are given."""
# ruff: noqa: RUF001 - Cyrillic letters and all kinds of apostrophes are the subject here

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.slug import SlugStyle, slugify, validate_code, validate_slug, with_suffix
from app.domain.tsid import is_id
from app.errors import InvalidValueError

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        *[("Алушта", "alushta"), ("Борщагівка", "borshchahivka"), ("Вишгород", "vyshhorod")],
        *[("Гадяч", "hadiach"), ("Згорани", "zghorany"), ("Розгін", "rozghin"), ("Ґалаґан", "galagan")],
        *[
            ("Єнакієве", "yenakiieve"),
            ("Наєнко", "naienko"),
            ("Житомир", "zhytomyr"),
            ("Закарпаття", "zakarpattia"),
        ],
        *[("Медвин", "medvyn"), ("Іршава", "irshava"), ("Їжакевич", "yizhakevych"), ("Кадиївка", "kadyivka")],
        *[
            ("Йосипівка", "yosypivka"),
            ("Стрий", "stryi"),
            ("Гоща", "hoshcha"),
            ("Юрій", "yurii"),
            ("Крюківка", "kriukivka"),
        ],
        *[
            ("Яготин", "yahotyn"),
            ("Костянтин", "kostiantyn"),
            ("Знам'янка", "znamianka"),
            ("Феодосія", "feodosiia"),
        ],
        *[
            ("Ужгород", "uzhhorod"),
            ("Харків", "kharkiv"),
            ("Щербухи", "shcherbukhy"),
            ("Біла Церква", "bila-tserkva"),
        ],
        *[
            ("Русь", "rus"),
            ("ЗГУРІВКА", "zghurivka"),
            ("Ново-Яворівськ", "novo-yavorivsk"),
            ("«Юність»", "yunist"),
        ],
    ],
)
def test_slugify_romanises_ukrainian_by_the_national_standard(name: str, slug: str) -> None:
    assert slugify(name) == slug


@pytest.mark.parametrize("apostrophe", list("'’ʼ`′‘´ʹ＇"))
def test_slugify_joins_words_at_any_apostrophe(apostrophe: str) -> None:
    assert slugify(f"Комп{apostrophe}ютер в об{apostrophe}їзд") == "kompiuter-v-obizd"
    assert slugify(f"Editors don{apostrophe}t wait") == "editors-dont-wait"


def test_slugify_composes_letters() -> None:
    assert slugify("Киі\u0308в і и\u0306ого") == slugify("Київ і його") == "kyiv-i-yoho"


def test_slugify_ignores_stress_marks_and_invisible_characters() -> None:
    assert slugify("за\u0301мок") == "zamok"
    assert slugify("роз\u00adгін, re\u00adopen, ка\u200dє") == "rozghin-reopen-kaie"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Прем'єра «Операції Ы» в Києві", "premiera-operatsii-y-v-kyievi"),
        ("NATO і Україна: 5 питань", "nato-i-ukraina-5-pytan"),
        ("Горы и объезд", "gory-i-obezd"),
        ("Газета «Наша ніва» ў горадзе", "gazeta-nasha-niva-u-goradze"),
    ],
)
def test_slugify_detects_ukrainian_by_the_whole_text(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("North Korean soldiers: what’s next?", "north-korean-soldiers-whats-next"),
        ("Über Straßen & Flüsse", "uber-strassen-flusse"),
        ("Ærø, Łódź, İstanbul — naïve", "aero-lodz-istanbul-naive"),
        ("العربية", "lrbyh"),
        ("हिन्दी समाचार", "hindi-smacar"),
        ("$5 or €5, ½ price", "5-or-5-1-2-price"),
        ("--A__b//C--", "a-b-c"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full-width"),
    ],
)
def test_slugify_converts_every_script_to_ascii(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize("text", ["", "  ", "😀🎉👍🏽", "🇺🇦", "❤️", "—…«»", "'", "ь", "\u200b", "\ud800"])
def test_slugify_of_a_text_without_words_is_empty(text: str) -> None:
    assert slugify(text) == ""


def test_slugify_cuts_a_long_headline_between_words() -> None:
    words = "one more word " * 20
    slug = slugify(words)
    assert 80 - len("-word") <= len(slug) <= 80
    assert set(slug.split("-")) == {"one", "more", "word"}


def test_slugify_includes_a_word_that_just_fits() -> None:
    assert slugify("a" * 40 + " " + "b" * 39) == "a" * 40 + "-" + "b" * 39
    assert slugify("a" * 40 + " " + "b" * 39 + " c") == "a" * 40 + "-" + "b" * 39
    assert slugify("a" * 40 + " " + "b" * 40) == "a" * 40


def test_slugify_cuts_a_single_long_word() -> None:
    assert slugify("a" * 300 + " b") == "a" * 80


@given(
    st.text() | st.text(st.characters(min_codepoint=0x400, max_codepoint=0x52F)) | st.text("зг' єїйa-", max_size=200)
)
def test_slugify_is_idempotent_and_well_formed_or_empty(text: str) -> None:
    slug = slugify(text)
    assert len(slug) <= 80
    assert slug == "" or SLUG.fullmatch(slug)
    assert slugify(slug) == slug


@pytest.mark.parametrize("slug", ["a", "1", "el-salvador", "2024", "a" * 120, "01m8x3c7k2v9", "editors-dont-wait"])
def test_validate_slug_accepts_words(slug: str) -> None:
    assert validate_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "-a",
        "a-",
        "a--b",
        "A",
        "a b",
        "a_b",
        "a.b",
        "a/b",
        "a?b",
        "a#b",
        "*",
        "Київ",
        "\u0301a",
        "a-\u0301b",
        "київ--а",
        "a%20b",
        "київ/а",
        "a\n",
        "a" * 121,
        "є" * 121,
        "emoji😀",
    ],
)
def test_validate_slug_rejects_other_text(slug: str) -> None:
    with pytest.raises(InvalidValueError, match="1 to 120 lower-case letters"):
        validate_slug(slug)


def test_validate_slug_rejects_the_format_of_an_id() -> None:
    with pytest.raises(InvalidValueError, match="form of an article id"):
        validate_slug("01m8x3c7k2v9q")
    assert validate_slug("81m8x3c7k2v9q") == "81m8x3c7k2v9q"


@pytest.mark.parametrize("code", ["money-fx", "el-salvador", "u.s", "top_news", "x", "a" * 80, "01m8x3c7k2v9q", "5"])
def test_validate_code_accepts_underscores_dots_and_the_format_of_an_id(code: str) -> None:
    assert validate_code(code) == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        ".",
        "..",
        "a..b",
        "-a",
        "_a",
        "a.",
        "a_-b",
        "A",
        "a b",
        "a/b",
        "a?",
        "#a",
        "*",
        "ї",
        "a" * 81,
        "a\n",
    ],
)
def test_validate_code_rejects_other_text(code: str) -> None:
    with pytest.raises(InvalidValueError, match="1 to 80 lower-case letters"):
        validate_code(code)


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ("київ-столиця", "київ-столиця"),
        ("الميناء-٣", "الميناء-٣"),
        ("東京で地震", "東京で地震"),
        ("हिन्दी", "हिन्दी"),
        ("cafe\u0301", "café"),
        ("%d0%ba%d0%b8%d1%97%d0%b2", "київ"),
        ("%D0%BA-2019", "к-2019"),
        ("cafe%cc%81", "café"),
    ],
)
def test_validate_slug_accepts_any_script_also_percent_encoded(given: str, slug: str) -> None:
    assert validate_slug(given) == slug
    assert validate_slug(slug) == slug


def test_validate_slug_names_text_that_was_cut() -> None:
    with pytest.raises(InvalidValueError, match="percent-encoded, but not text in UTF-8"):
        validate_slug("%d0%ba%d0")


@pytest.mark.parametrize("text", ["東京で地震", "北京的春天", "Tokyo 発売", "漢"])
def test_slugify_gives_han_characters_no_reading(text: str) -> None:
    assert slugify(text) == ""


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("東京で、地震！", "東京で-地震"),
        ("Київ — столиця", "київ-столиця"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("I don’t 😀 know", "i-dont-know"),
        ("Cafe\u0301 _ au lait", "café-au-lait"),
        ("За\u0301мок", "замок"),
        ("٣ أخبار", "٣-أخبار"),
    ],
)
def test_slugify_preserves_every_script_in_unicode(text: str, slug: str) -> None:
    assert slugify(text, SlugStyle.UNICODE) == slug
    assert validate_slug(slug) == slug


@given(st.text())
@example("\U00011435")
@example("a \U00011435 b\U00011435")
def test_unicode_slug_is_valid_or_empty(text: str) -> None:
    slug = slugify(text, SlugStyle.UNICODE)
    assert slug == "" or is_id(slug) or validate_slug(slug) == slug
    assert slugify(slug, SlugStyle.UNICODE) == slug


def test_with_suffix_appends_the_suffix() -> None:
    assert with_suffix("talks-resume", "7k2v9q") == "talks-resume-7k2v9q"
    assert with_suffix("", "7k2v9q") == "article-7k2v9q"


@given(
    words=st.lists(st.text("abc1", min_size=1, max_size=100), max_size=30),
    suffix=st.text("xyz2", min_size=1, max_size=72),
)
def test_with_suffix_is_well_formed_and_bounded(words: list[str], suffix: str) -> None:
    whole = with_suffix("-".join(words), suffix)
    assert len(whole) <= 80
    assert SLUG.fullmatch(whole)
    assert whole.endswith(f"-{suffix}")


def test_with_suffix_cuts_a_long_slug_between_words() -> None:
    assert with_suffix("a" * 60 + "-" + "b" * 19, "7k2v9q") == "a" * 60 + "-7k2v9q"
    assert with_suffix("a" * 60 + "-" + "b" * 12, "7k2v9q") == "a" * 60 + "-" + "b" * 12 + "-7k2v9q"
    assert with_suffix("a" * 80, "7k2v9q") == "a" * 73 + "-7k2v9q"


def test_display_name_in_place_of_a_code_is_refused_with_the_slug_that_it_makes() -> None:
    with pytest.raises(InvalidValueError, match="Expected a slug or code, such as 'ines-kovary', not a display name"):
        validate_code("Ines Kovary")
