"""Members of an article beside its text, in the formats that have a place for them."""

import json
from typing import Any

import pytest
from lxml import etree

from app.domain.article_status import FeedContent
from app.schemas.article import FeedItem
from app.syndication import atom, json_feed, json_ld, ninjs, sitemap
from tests.syndication.samples import HOME, PUBLICATION, channel, fog, keeper, page

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def structured_data(item: FeedItem) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json_ld.render(page(item), publication=PUBLICATION))
    return document


@pytest.mark.parametrize(("access", "is_free"), [("free", True), ("registered", False), ("paid", False)])
def test_json_ld_has_the_access_of_an_article(access: str, is_free: bool) -> None:  # noqa: FBT001
    assert structured_data(fog(access=access))["isAccessibleForFree"] is is_free


def test_json_ld_has_no_content_beyond_the_article() -> None:
    unknown = {"isAccessibleForFree", "isFamilyFriendly", "alternativeHeadline", "creditText"}
    assert unknown.isdisjoint(structured_data(keeper()))


def test_json_ld_of_a_syndicated_text_points_home() -> None:
    document = structured_data(fog())
    assert document["mainEntityOfPage"]["@id"] == "https://radio.example/fog?a=1&b=2"
    assert document["url"] == "https://courier.example/news/fog-keeps-the-fleet"
    assert structured_data(keeper())["mainEntityOfPage"]["@id"] == "https://courier.example/news/keeper"


def test_language_of_a_text_replaces_that_of_its_publication() -> None:
    own, other = fog(language=None), fog(language="uk")
    assert [structured_data(each)["inLanguage"] for each in (own, other)] == ["en-GB", "uk"]
    entries = etree.fromstring(atom.render(channel("atom.xml"), [own, other])).findall("{*}entry")
    assert [each.get(LANGUAGE) for each in entries] == [None, "uk"]
    items = json.loads(json_feed.render(channel("feed.json"), [own, other]))["items"]
    assert [each.get("language") for each in items] == [None, "uk"]
    feed = json.loads(ninjs.render_list(channel("ninjs.json"), [own, other]))
    assert [each["language"] for each in feed["associations"]] == ["en-GB", "uk"]
    news = etree.fromstring(sitemap.render_news(PUBLICATION, [own, other], home=HOME))
    assert [each.text for each in news.findall(".//{*}language")] == ["en", "uk"]


def test_ninjs_has_urgency_and_every_headline() -> None:
    feed = json.loads(ninjs.render_list(channel("ninjs.json", FeedContent.HEADLINES), [fog()]))
    [item] = feed["associations"]
    assert item["urgency"] == 3
    assert {each["role"]: each["value"] for each in item["headlines"]} == {
        "main": "Fog & foam keep the <fleet> in harbour",
        "kicker": "Port & weather",
        "subheadline": "Nobody sails by ear",
        "short": "Fog holds <fleet>",
    }


def test_editor_notes_are_in_no_format() -> None:
    item = fog(editor_note="Ask the lawyers.")
    documents = (
        json_ld.render(page(item), publication=PUBLICATION),
        ninjs.render(page(item), publication=PUBLICATION),
        json_feed.render(channel("feed.json"), [item]),
    )
    assert not [document for document in documents if b"lawyers" in document]
