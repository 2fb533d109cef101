"""Content hash: valid across releases, and different for every member."""

from typing import Any

import pytest

from app.actions.articles.content_hash import content_hash, serialize_body
from app.domain import article_members
from app.schemas.interchange import ArticleRecord
from tests.records import article

RECORD: dict[str, Any] = {
    "source_id": "a",
    "lead": "L",
    "section": "city",
    "tags": ["fog"],
    "authors": ["ida"],
    "related": ["b"],
    "label": "opinion",
    "source": {"name": "Port radio"},
    "body": [{"type": "paragraph", "text": "One."}],
}
VALUES: dict[str, Any] = {
    "format": "video",
    "kicker": "Port",
    "subheadline": "Nobody sails by ear",
    "short_headline": "Fog",
    "byline": "By Ida Lorn",
    "canonical_url": "https://radio.example/fog",
    "seo": {"noindex": True},
    "social": {"title": "Fog"},
    "access": "paid",
    "featured": True,
    "alert": True,
    "urgency": 1,
    "sensitive": True,
    "language": "uk",
    "editor_note": "Ask again.",
    "embargoed_until": "2026-11-19T02:00:00.000000+02:00",
    "extra": {"a": 1},
}


def hash_of(record: ArticleRecord) -> str:
    return content_hash(record, serialize_body(record)).hex()


def test_content_hash_of_release_0_2_0_is_still_valid() -> None:
    assert hash_of(article(**RECORD)) == "2c6b38202a7d3fbdffe1b4e45709bfa4"


def test_content_hash_of_an_explicit_nothing_is_that_of_an_omission() -> None:
    nothing = {**article_members.EMPTY, "seo": {}, "social": {"title": None}}
    assert hash_of(article(**RECORD, **nothing)) == hash_of(article(**RECORD))


def test_content_hash_covers_further_sections_and_no_other_form_of_one() -> None:
    record = {name: value for name, value in RECORD.items() if name != "section"}
    assert hash_of(article(**record, sections=["city"])) == hash_of(article(**RECORD))
    hashes = {hash_of(article(**record, sections=names)) for names in (["city", "port"], ["city", "sea"], ["city"])}
    assert len(hashes) == 3


def test_every_member_of_the_table_has_a_value_here() -> None:
    assert VALUES.keys() == set(article_members.NAMES)


@pytest.mark.parametrize("member", VALUES)
def test_content_hash_covers_each_member(member: str) -> None:
    assert hash_of(article(**RECORD, **{member: VALUES[member]})) != hash_of(article(**RECORD))
