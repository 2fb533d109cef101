"""Slugs made from headlines, slugs and codes given by hand."""
# ruff: noqa: RUF001 - Cyrillic letters and all kinds of apostrophes are the subject here

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.slug import slugify, validate_code, validate_slug, with_suffix
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
def test_ukrainian_follows_the_national_romanisation(name: str, slug: str) -> None:
    assert slugify(name) == slug


@pytest.mark.parametrize("apostrophe", list("'’ʼ`′‘´ʹ＇"))
def test_an_apostrophe_of_any_kind_joins_what_it_stands_between(apostrophe: str) -> None:
    assert slugify(f"Комп{apostrophe}ютер в об{apostrophe}їзд") == "kompiuter-v-obizd"
    assert slugify(f"Editors don{apostrophe}t wait") == "editors-dont-wait"


def test_a_letter_in_two_pieces_is_the_same_letter() -> None:
    assert slugify("Киі\u0308в і и\u0306ого") == slugify("Київ і його") == "kyiv-i-yoho"


def test_a_stress_mark_or_an_invisible_character_does_not_part_a_word() -> None:
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
def test_the_whole_text_tells_whether_its_cyrillic_is_ukrainian(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("North Korean soldiers: what’s next?", "north-korean-soldiers-whats-next"),
        ("Über Straßen & Flüsse", "uber-strassen-flusse"),
        ("Ærø, Łódź, İstanbul — naïve", "aero-lodz-istanbul-naive"),
        ("中国新闻", "zhong-guo-xin-wen"),
        ("العربية", "lrbyh"),
        ("हिन्दी समाचार", "hindi-smacar"),
        ("$5 or €5, ½ price", "5-or-5-1-2-price"),
        ("--A__b//C--", "a-b-c"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full-width"),
    ],
)
def test_every_script_becomes_ascii_words(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize("text", ["", "  ", "😀🎉👍🏽", "🇺🇦", "❤️", "—…«»", "'", "ь", "\u200b", "\ud800"])
def test_a_text_without_words_has_no_slug(text: str) -> None:
    assert slugify(text) == ""


def test_a_long_headline_is_cut_between_words() -> None:
    words = "one more word " * 20
    slug = slugify(words)
    assert 80 - len("-word") <= len(slug) <= 80
    assert set(slug.split("-")) == {"one", "more", "word"}


def test_a_word_that_just_fits_is_kept() -> None:
    assert slugify("a" * 40 + " " + "b" * 39) == "a" * 40 + "-" + "b" * 39
    assert slugify("a" * 40 + " " + "b" * 39 + " c") == "a" * 40 + "-" + "b" * 39
    assert slugify("a" * 40 + " " + "b" * 40) == "a" * 40


def test_a_single_endless_word_is_cut_where_the_room_ends() -> None:
    assert slugify("a" * 300 + " b") == "a" * 80


@given(
    st.text() | st.text(st.characters(min_codepoint=0x400, max_codepoint=0x52F)) | st.text("зг' єїйa-", max_size=200)
)
def test_a_slug_is_empty_or_well_formed_and_its_own_slug(text: str) -> None:
    slug = slugify(text)
    assert len(slug) <= 80
    assert slug == "" or SLUG.fullmatch(slug)
    assert slugify(slug) == slug


@pytest.mark.parametrize("slug", ["a", "1", "el-salvador", "2024", "a" * 120, "01m8x3c7k2v9", "editors-dont-wait"])
def test_a_slug_of_words_is_taken_as_given(slug: str) -> None:
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
        "київ",
        "é",
        "a\n",
        "a" * 121,
        "٣",
    ],
)
def test_a_slug_of_anything_else_is_an_invalid_value(slug: str) -> None:
    with pytest.raises(InvalidValueError, match="1 to 120 lower-case letters"):
        validate_slug(slug)


def test_a_slug_never_looks_like_an_id() -> None:
    with pytest.raises(InvalidValueError, match="form of an identifier"):
        validate_slug("01m8x3c7k2v9q")
    assert validate_slug("81m8x3c7k2v9q") == "81m8x3c7k2v9q"


@pytest.mark.parametrize("code", ["money-fx", "el-salvador", "u.s", "top_news", "x", "a" * 80, "01m8x3c7k2v9q", "5"])
def test_a_code_may_have_underscores_and_dots_and_the_form_of_an_id(code: str) -> None:
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
def test_a_code_of_anything_else_is_an_invalid_value(code: str) -> None:
    with pytest.raises(InvalidValueError, match="1 to 80 lower-case letters"):
        validate_code(code)


def test_a_suffix_follows_the_slug() -> None:
    assert with_suffix("talks-resume", "7k2v9q") == "talks-resume-7k2v9q"
    assert with_suffix("", "7k2v9q") == "article-7k2v9q"


@given(
    words=st.lists(st.text("abc1", min_size=1, max_size=100), max_size=30),
    suffix=st.text("xyz2", min_size=1, max_size=72),
)
def test_a_slug_with_its_suffix_is_well_formed_and_fits(words: list[str], suffix: str) -> None:
    whole = with_suffix("-".join(words), suffix)
    assert len(whole) <= 80
    assert SLUG.fullmatch(whole)
    assert whole.endswith(f"-{suffix}")


def test_a_long_slug_gives_way_to_its_suffix_word_by_word() -> None:
    assert with_suffix("a" * 60 + "-" + "b" * 19, "7k2v9q") == "a" * 60 + "-7k2v9q"
    assert with_suffix("a" * 60 + "-" + "b" * 12, "7k2v9q") == "a" * 60 + "-" + "b" * 12 + "-7k2v9q"
    assert with_suffix("a" * 80, "7k2v9q") == "a" * 73 + "-7k2v9q"
