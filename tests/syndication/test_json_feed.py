"""JSON Feed: the content of a feed for readers without XML."""

import json
from typing import Any

from app.domain.article_status import FeedContent
from app.syndication import json_feed
from tests.syndication.samples import FEED, channel, fog, keeper


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


def test_json_feed_omits_absent_members() -> None:
    assert set(read(keeper())["items"][0]) == {
        *("id", "url", "title", "content_html", "date_published", "date_modified", "_dayline")
    }
