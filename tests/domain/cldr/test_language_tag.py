"""Canonical language tags, their likely scripts and locales."""

import pytest

from app.domain.cldr.language_tag import find_keywords, find_likely_script, list_ranges, parse_canonical_tag


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("en-GB", "en-GB"),
        ("EN-gb", "en-GB"),
        ("sh", "sr-Latn"),
        ("sh-Cyrl", "sr-Cyrl"),
        ("sh-Cyrl-BA", "sr-Cyrl-BA"),
        ("prs", "fa-AF"),
        ("prs-IR", "fa-IR"),
        ("eng", "en"),
        ("zh-cmn-Hant", "zh-Hant"),
        ("zh-cmn-TW", "zh-TW"),
        ("cmn-Hans-CN", "zh-Hans-CN"),
        ("zh-yue-HK", "yue-HK"),
        ("zh-min-nan", "nan"),
        ("ar-arb", "ar"),
        ("ar-aeb-TN", "aeb-TN"),
        ("sgn-BE-FR", "sfb"),
        ("sgn-ase", "ase"),
        ("i-klingon", "tlh"),
        ("i-lux", "lb"),
        ("i-default", "en"),
        ("art-lojban", "jbo"),
        ("no-bok", "nb"),
        ("en-GB-oed", "en-GB-oxendict"),
        ("de-DD", "de-DE"),
        ("ru-SU", "ru-RU"),
        ("uk-804", "uk-UA"),
        ("es-419", "es-419"),
        ("ca-ES-valencia", "ca-ES-valencia"),
        ("de-CH-1996-u-co-phonebk", "de-CH-1996"),
        ("ar-EG-x-cyrl", "ar-EG"),
        ("x-arab", "und"),
    ],
)
def test_parse_canonical_tag_replaces_aliases(tag: str, canonical: str) -> None:
    parsed = parse_canonical_tag(tag)
    subtags = (parsed.language, parsed.script, parsed.region, *parsed.variants)
    assert "-".join(filter(None, subtags)) == canonical


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("en", ["en-Latn", "en"]),
        ("en-GB", ["en-Latn-GB", "en-GB", "en-Latn", "en"]),
        ("zh-TW", ["zh-Hant-TW", "zh-TW", "zh-Hant", "zh"]),
        ("zh-Hans-TW", ["zh-Hans-TW", "zh-Hans", "zh"]),
        ("uz-AF", ["uz-Arab-AF", "uz-AF", "uz-Arab", "uz"]),
        ("be-tarask", ["be-tarask", "be-Cyrl", "be"]),
    ],
)
def test_locale_names_begin_with_the_nearest(tag: str, names: list[str]) -> None:
    assert list(parse_canonical_tag(tag).locale_names()) == names


@pytest.mark.parametrize(
    ("language", "region", "script"),
    [
        ("uk", None, "Cyrl"),
        ("en", "GB", "Latn"),
        ("pa", None, "Guru"),
        ("pa", "PK", "Arab"),
        ("zh", "HK", "Hant"),
        ("sr", "ME", "Latn"),
        ("qaa", None, "Latn"),
    ],
)
def test_likely_script_depends_on_the_region(language: str, region: str | None, script: str) -> None:
    assert find_likely_script(language, region) == script


@pytest.mark.parametrize(
    ("tag", "keywords"),
    [
        ("en", {}),
        ("ar-EG-u-nu-latn", {"nu": "latn"}),
        ("AR-U-NU-LATN-HC-H12", {"nu": "latn", "hc": "h12"}),
        ("en-u-attr-nu-deva-ca-islamic-umalqura", {"nu": "deva", "ca": "islamic"}),
        ("en-u-nu-deva-t-ar-nu", {"nu": "deva"}),
        ("en-x-u-nu-latn", {}),
        ("en-u-kn", {}),
    ],
)
def test_find_keywords_reads_the_unicode_extension(tag: str, keywords: dict[str, str]) -> None:
    assert find_keywords(tag) == keywords


def test_ranges_drop_a_single_character_with_its_successor() -> None:
    assert list(list_ranges("zh-Hant-x-a-b")) == ["zh-Hant-x-a-b", "zh-Hant", "zh"]
