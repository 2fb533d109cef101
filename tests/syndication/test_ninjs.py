"""ninjs: the document of a story, of a list of stories, and of a withdrawn story."""

import json

from app.domain.article_status import FeedContent
from app.syndication import ninjs
from app.syndication.feed_document import urn_for
from tests.syndication.samples import PUBLICATION, channel, fog, keeper, page


def test_ninjs_article_has_text_image_and_related() -> None:
    document = json.loads(ninjs.render(page(fog()), publication=PUBLICATION))
    assert document["uri"] == urn_for(fog()["id"])
    assert (document["pubStatus"], document["representationType"], document["version"]) == ("usable", "full", "3")
    assert [each["role"] for each in document["descriptions"]] == ["summary", "disclaimer"]
    assert [(each["rel"], each["type"]) for each in document["associations"]] == [
        ("image", "picture"),
        ("related", "text"),
        *[("translation", "text")] * 4,
    ]
    assert [each["name"] for each in document["associations"][0]["renditions"]] == ["main", "600w"]
    assert document["by"] == "By Ida Lorn & agencies"


def test_ninjs_rendition_names_are_unique() -> None:
    files = [(600, "avif"), (600, "jpeg"), (300, "jpeg"), (600, "jpeg"), (600, "jpeg")]
    image = {
        **(fog()["image"] or {}),
        "renditions": [
            {"url": f"https://pictures.example/{place}", "width": width, "height": 200, "type": f"image/{kind}"}
            for place, (width, kind) in enumerate(files)
        ],
    }
    document = json.loads(ninjs.render(page(fog(image=image)), publication=PUBLICATION))
    renditions = document["associations"][0]["renditions"]
    names = ["main", "600w", "600w-jpeg", "300w", "600w-jpeg-2", "600w-jpeg-3"]
    assert [each["name"] for each in renditions] == names
    assert [each["href"].rpartition("/")[2] for each in renditions[1:]] == ["0", "1", "2", "3", "4"]


def test_ninjs_article_without_related_has_no_associations() -> None:
    assert "associations" not in json.loads(ninjs.render(page(keeper(), related=[]), publication=PUBLICATION))


def test_ninjs_article_without_a_text_has_no_body() -> None:
    whole = json.loads(ninjs.render(page(keeper(lead="A lead")), publication=PUBLICATION))
    listed = json.loads(ninjs.render_list(channel("ninjs.json"), [keeper(lead="A lead")]))["associations"][0]
    for document in (whole, listed):
        assert "bodies" not in document
        assert document["descriptions"] == [{"role": "summary", "contentType": "text/plain", "value": "A lead"}]


def test_ninjs_list_is_one_object_in_order() -> None:
    document = json.loads(ninjs.render_list(channel("ninjs.json"), [fog(), keeper()]))
    assert document["type"] == "composite"
    assert [each["uri"] for each in document["associations"]] == [urn_for(each["id"]) for each in (fog(), keeper())]
    assert [each["name"] for each in document["renditions"]] == ["self", "next"]
    assert json.loads(ninjs.render_list(channel("ninjs.json"), []))["associations"] == []


def test_ninjs_list_of_summaries_is_partial_without_bodies() -> None:
    summary, headline = (
        json.loads(ninjs.render_list(channel("ninjs.json", content), [fog()]))["associations"][0]
        for content in (FeedContent.SUMMARY, FeedContent.HEADLINES)
    )
    assert summary["representationType"] == headline["representationType"] == "partial"
    assert "bodies" not in {*summary, *headline}
    assert "descriptions" in summary
    assert "descriptions" not in headline


def test_ninjs_withdrawn_article_is_canceled_without_text() -> None:
    document = json.loads(ninjs.canceled(fog()["id"], at="2026-11-21T09:00:00+02:00"))
    assert document.pop("standard")["name"] == "ninjs"
    assert document == {
        "uri": urn_for(fog()["id"]),
        "type": "text",
        "versionCreated": "2026-11-21T09:00:00+02:00",
        "pubStatus": "canceled",
        "altIds": [{"role": "id", "value": fog()["id"]}],
    }
