"""JSON Feed: the content of a feed for readers without XML."""

import json
from dataclasses import replace
from typing import Any

from app.domain.article_status import FeedContent
from app.syndication import json_feed
from app.syndication.feed_document import Publication
from tests.syndication.samples import FEED, channel, fog, keeper, picture


def read(*items: Any, content: FeedContent = FeedContent.FULL, **others: Any) -> Any:
    """Return the feed of these articles, parsed."""
    return json.loads(json_feed.render(channel("feed.json", content, **others), items))


def test_json_feed_page_links_to_the_next_one() -> None:
    assert read(fog())["next_url"] == f"{FEED}/feed.json?cursor=abc&limit=2"
    assert "next_url" not in read(fog(), next_href=None)


def test_json_feed_item_has_its_full_text_as_html() -> None:
    item = read(fog())["items"][0]
    assert item["content_html"].startswith("<p>Nobody sails by ear.<br>")
    assert "content_text" not in item
    assert item["authors"] == [{"name": "Tem Ost"}, {"name": "Ida Lorn"}]
    assert item["image"] == "https://pictures.courier.example/lamp.webp"


def test_json_feed_shorter_contents_are_limited() -> None:
    summary = read(fog(), keeper(), content=FeedContent.SUMMARY)["items"]
    assert [item["content_text"] for item in summary] == [fog()["lead"], "The keeper who counts ships"]
    headline = read(fog(), content=FeedContent.HEADLINES)["items"][0]
    assert headline["content_text"] == headline["title"] == fog()["headline"]
    assert "summary" not in headline
    assert "horn" not in json.dumps([summary, headline])


def test_json_feed_item_without_a_text_has_its_headline_as_content() -> None:
    item = read(keeper())["items"][0]
    assert item["content_text"] == item["title"]
    assert "content_html" not in item
    lead = read(keeper(lead="A\nB", body=""), content=FeedContent.SUMMARY)["items"][0]
    assert (lead["content_text"], lead["summary"]) == ("A\nB", "A\nB")


def test_json_feed_has_directions_and_texts_of_images() -> None:
    feed = read(fog(), fog(language="he"), keeper())
    assert feed["_dayline"] == {"direction": "ltr"}
    directions = [item["_dayline"]["direction"] for item in feed["items"]]
    assert directions == ["ltr", "rtl", "ltr"]
    assert feed["items"][0]["_dayline"]["image"] == {
        "alt": "Lighthouse seen from the mole",
        "caption": "The lamp was lit at 17:04.",
        "credit": "Ana Vint / The Lume Courier",
    }
    assert feed["items"][2]["_dayline"]["image"] is None


def test_json_feed_icon_is_the_logo_else_the_icon() -> None:
    logo, icon = picture("https://courier.example/logo.png"), picture("https://courier.example/icon.png")
    both = Publication(name="C", language="en", home="https://courier.example", logo=logo, icon=icon)
    feed = read(fog(), publication=both)
    assert (feed["icon"], feed["favicon"]) == (logo["url"], icon["url"])
    feed = read(fog(), publication=replace(both, logo=None))
    assert (feed["icon"], feed["favicon"]) == (icon["url"], icon["url"])


def test_json_feed_names_its_hub() -> None:
    assert read(fog(), hub_href="https://hub.example")["hubs"] == [{"type": "WebSub", "url": "https://hub.example"}]
    assert "hubs" not in read(fog())


def test_json_feed_omits_absent_members() -> None:
    assert set(read(keeper())["items"][0]) == {
        *("id", "url", "title", "content_text", "date_published", "date_modified", "_dayline")
    }
