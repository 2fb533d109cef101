"""Order of names in each language, against that of ICU 78, which has the CLDR 48 that the packed file is from."""

import json
from hashlib import sha256

import pytest

from app.domain.cldr.collation import (
    COLLATION_VERSION,
    MAX_NAME_KEY_BYTES,
    Collation,
    get_collation,
    name_collation,
)
from tests.domain.cldr.icu import GOLDEN, run_icu

GOLDEN_ORDERS = GOLDEN / "icu_orders.jsonl"
KEYS_BY_VERSION = {"48.1": "475e597a7feec87b5554ad782f50c5c2920cb198005267fcbfb20098cfa873ab"}
"""Digests of the keys of all golden names. Other keys need another version, and a migration that renews stored keys."""


def of(language: str) -> Collation:
    return get_collation(name_collation(language))


def orders() -> list[tuple[str, list[str]]]:
    lines = [json.loads(line) for line in GOLDEN_ORDERS.read_text(encoding="utf-8").splitlines()]
    return [(each["language"], each["names"]) for each in lines]


def test_orders_equal_those_of_icu() -> None:
    found = orders()
    assert len(found) >= 60
    for language, names in found:
        assert sorted(names, key=of(language).name_key) == names, language


def test_golden_orders_are_those_of_icu() -> None:
    assert run_icu("icu_orders.mjs", GOLDEN_ORDERS) == GOLDEN_ORDERS.read_text(encoding="utf-8")


def test_keys_are_those_of_their_version() -> None:
    digest = sha256()
    for language, names in orders():
        for name in names:
            digest.update(of(language).name_key(name))
    assert KEYS_BY_VERSION.get(COLLATION_VERSION) == digest.hexdigest(), "raise COLLATION_VERSION and renew the keys"


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("uk", "uk"),
        ("uk-UA", "uk"),
        ("nb", "no"),
        ("nn-NO", "no"),
        ("fr-CA", "fr-CA"),
        ("fr", "root"),
        ("zh-TW", "zh-stroke"),
        ("zh-Hant-HK", "zh-stroke"),
        ("zh-CN", "zh"),
        ("sh", "sr-Latn"),
        ("prs", "fa-AF"),
        ("i-klingon", "root"),
        ("xx-Latn", "root"),
    ],
)
def test_language_has_the_order_of_its_nearest_locale(language: str, name: str) -> None:
    assert name_collation(language) == f"{name}/{COLLATION_VERSION}"


def test_composed_and_decomposed_names_have_one_key() -> None:
    assert of("sv").name_key("A\u030angstro\u0308m") == of("sv").name_key("Ångström")
    assert of("ko").name_key("\u1100\u1161") == of("ko").name_key("가")


def test_equal_names_are_in_the_order_of_slugs() -> None:
    keys = [of("en").key_of(name, slug) for name, slug in (("Fog", "a"), ("Fog", "b"), ("Fog!", "a"), ("Fogs", "a"))]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_long_name_has_a_bounded_key_between_its_neighbours() -> None:
    keys = [of("uk").key_of(name, "z") for name in ("Ж" * 999, "Ж" * 999 + "Я", "Ю")]
    assert keys == sorted(keys)
    assert max(map(len, keys)) == MAX_NAME_KEY_BYTES + 2


def test_unassigned_and_rare_characters_follow_all_others() -> None:
    names = ["", "Zoë", "Ялинка", "龍", "\U00020000", "\U000e0100", "\U0010ffff"]
    assert sorted({*names}, key=of("en").name_key) == names


def test_collation_of_another_version_is_unknown() -> None:
    for name in ("uk/47.0", "uk", "nowhere/48.1"):
        with pytest.raises(LookupError):
            get_collation(name)
