"""Creators of an article in every format: its authors, else its byline, else the agency or paper of its origin."""

import json
from typing import Any

import feedparser
import pytest
from lxml import etree

from app.domain.article_status import FeedContent
from app.domain.catalogue_entry import AuthorType, TagType
from app.schemas.article import FeedItem
from app.syndication import atom, json_feed, json_ld, ninjs, rss
from app.syndication.feed_document import FeedDocument, creators, urn_for
from tests.syndication.samples import PUBLICATION, author_item, fog, keeper, page, tag_item

AGENCY = {"name": "Associated Press", "url": "https://apnews.example/x"}
CHANNEL = FeedDocument(
    guid=urn_for("feed"),
    title="News",
    publication=PUBLICATION,
    href="https://api.courier.example/feeds/lume/atom.xml",
    content=FeedContent.HEADLINES,
)
PORTRAIT: Any = {"url": "https://media.example/ida.jpg", "alt": "Ida", "caption": None, "credit": None}
WIRE: Any = {"authors": [], "byline": None, "source": AGENCY}


def signed(name: str, role: str | None = None) -> list[dict[str, Any]]:
    return [author_item("a", name, role=role)]


def author_in_json_ld(item: FeedItem) -> Any:
    return json.loads(json_ld.render(page(item), publication=PUBLICATION))["author"]


def test_wire_copy_without_a_byline_has_the_source_as_author_in_json_ld() -> None:
    assert author_in_json_ld(fog(**WIRE)) == {"@type": "Organization", "name": "Associated Press"}


def test_wire_copy_without_a_byline_has_the_source_as_author_in_atom() -> None:
    entry = etree.fromstring(atom.render(CHANNEL, [fog(**WIRE)])).find("{*}entry")
    assert [each.text for each in entry.findall("{*}author/{*}name")] == ["Associated Press"]


def test_wire_copy_without_a_byline_has_the_source_as_author_in_rss() -> None:
    feed = feedparser.parse(rss.render(CHANNEL, [fog(**WIRE)]))
    assert feed.entries[0].author == "Associated Press"


def test_wire_copy_without_a_byline_has_the_source_as_author_in_json_feed() -> None:
    feed = json.loads(json_feed.render(CHANNEL, [fog(**WIRE)]))
    assert feed["authors"][0]["name"] == "The Lume Courier"
    assert feed["items"][0]["authors"] == [{"name": "Associated Press"}]


def test_wire_copy_without_a_byline_has_the_source_as_author_in_ninjs() -> None:
    item = json.loads(ninjs.render(page(fog(**WIRE)), publication=PUBLICATION))
    assert item["by"] == "Associated Press"
    assert item["organisations"] == [{"name": "Associated Press", "rel": "author"}]
    assert "people" not in item


def test_article_without_byline_and_source_has_the_publication_as_author() -> None:
    assert creators(keeper()) == []
    assert author_in_json_ld(keeper())["name"] == "The Lume Courier"
    entry = etree.fromstring(atom.render(CHANNEL, [keeper()])).find("{*}entry")
    assert entry.find("{*}author/{*}name").text == "The Lume Courier"


def test_source_named_as_the_publication_is_the_publisher() -> None:
    author = author_in_json_ld(fog(authors=[], source={"name": "The Lume courier", "url": None}))
    assert author == {"@type": "Organization", "name": "The Lume Courier", "url": "https://courier.example"}


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"authors": signed("Associated Press"), "source": AGENCY}, "Organization"),
        ({"authors": signed("The associated press"), "source": AGENCY}, "Organization"),
        ({"authors": signed("Lume Courier"), "source": None}, "Organization"),
        ({"authors": signed("Reuters", "News agency"), "source": None}, "Organization"),
        ({"authors": signed("Ida Lorn", "columnist"), "source": AGENCY}, "Person"),
        ({"authors": signed("Ida Lorn", "columnist"), "source": {"name": "Ida Lorn", "url": None}}, "Person"),
    ],
)
def test_an_author_is_an_organisation_by_name_or_role(members: dict[str, Any], kind: str) -> None:
    assert [each["@type"] for each in author_in_json_ld(fog(**members))] == [kind]
    item = json.loads(ninjs.render(page(fog(**members)), publication=PUBLICATION))
    assert ("organisations" in item, "people" in item) == (kind == "Organization", kind == "Person")


UNSIGNED: Any = {"authors": [], "byline": "By a reporter & agencies", "source": AGENCY}


def test_byline_signs_an_article_without_authors_in_feeds() -> None:
    entry = etree.fromstring(atom.render(CHANNEL, [fog(**UNSIGNED)])).find("{*}entry")
    assert [each.text for each in entry.findall("{*}author/{*}name")] == ["By a reporter & agencies"]
    assert feedparser.parse(rss.render(CHANNEL, [fog(**UNSIGNED)])).entries[0].author == "By a reporter & agencies"
    assert json.loads(json_feed.render(CHANNEL, [fog(**UNSIGNED)]))["items"][0]["authors"] == [
        {"name": "By a reporter & agencies"}
    ]


def test_byline_is_credit_text_in_json_ld() -> None:
    document = json.loads(json_ld.render(page(fog(**UNSIGNED)), publication=PUBLICATION))
    assert document["creditText"] == "By a reporter & agencies"
    assert document["author"] == {"@type": "Organization", "name": "Associated Press"}


def test_byline_is_printed_in_ninjs_beside_the_authors() -> None:
    item = json.loads(ninjs.render(page(fog()), publication=PUBLICATION))
    assert item["by"] == "By Ida Lorn & agencies"
    assert [each["name"] for each in item["people"]] == ["Tem Ost", "Ida Lorn"]


def test_author_of_type_organisation_is_one_in_every_format() -> None:
    item = fog(authors=[author_item("ap", "Associated Press", author_type=AuthorType.ORGANISATION)])
    assert author_in_json_ld(item) == [{"@type": "Organization", "name": "Associated Press"}]
    shown = json.loads(ninjs.render(page(item), publication=PUBLICATION))
    assert shown["organisations"] == [{"name": "Associated Press", "rel": "author"}]
    assert "people" not in shown


def test_members_of_an_author_are_where_formats_have_a_place() -> None:
    image = {
        **PORTRAIT,
        "width": 600,
        "height": 600,
        "renditions": [],
        "licence": None,
        "focal_point": None,
        "asset_id": None,
    }
    item = fog(
        authors=[
            author_item(
                "ida-lorn",
                "Ida Lorn",
                role="columnist",
                image=image,
                url="https://lorn.example",
                email="ida@courier.example",
                links=[{"url": "https://social.example/@ida", "name": "Mastodon"}],
                page_url="https://courier.example/by/ida-lorn",
            )
        ]
    )
    assert author_in_json_ld(item) == [
        {
            "@type": "Person",
            "name": "Ida Lorn",
            "jobTitle": "columnist",
            "url": "https://courier.example/by/ida-lorn",
            "image": {
                "@type": "ImageObject",
                "url": "https://media.example/ida.jpg",
                "description": "Ida",
                "width": 600,
                "height": 600,
            },
            "email": "ida@courier.example",
            "sameAs": ["https://lorn.example", "https://social.example/@ida"],
        }
    ]
    entry = etree.fromstring(atom.render(CHANNEL, [item])).find("{*}entry")
    assert entry.findtext("{*}author/{*}uri") == "https://courier.example/by/ida-lorn"
    assert entry.findtext("{*}author/{*}email") == "ida@courier.example"
    assert json.loads(json_feed.render(CHANNEL, [item]))["items"][0]["authors"] == [
        {"name": "Ida Lorn", "url": "https://courier.example/by/ida-lorn", "avatar": "https://media.example/ida.jpg"}
    ]


def test_subjects_have_their_types_and_codes() -> None:
    tags = [
        tag_item("kyiv", "Kyiv", tag_type=TagType.PLACE, codes=[{"scheme": "wikidata", "code": "Q1899"}]),
        tag_item("ada", "Ada Vale", tag_type=TagType.PERSON),
        tag_item("vote", "Vote", codes=[{"scheme": "own", "code": "7"}, {"scheme": "medtop", "code": "20000587"}]),
        tag_item("fog", "Fog"),
    ]
    structured = json.loads(json_ld.render(page(fog(tags=tags)), publication=PUBLICATION))
    assert structured["about"] == [
        {"@type": "Place", "name": "Kyiv", "sameAs": ["http://www.wikidata.org/entity/Q1899"]},
        {"@type": "Person", "name": "Ada Vale"},
        {"@type": "Thing", "name": "Vote", "sameAs": ["http://cv.iptc.org/newscodes/mediatopic/20000587"]},
    ]
    shown = json.loads(ninjs.render(page(fog(tags=tags)), publication=PUBLICATION))
    assert shown["places"] == [
        {"uri": "http://www.wikidata.org/entity/Q1899", "name": "Kyiv", "rel": "about", "literal": "kyiv"}
    ]
    assert [each["name"] for each in shown["people"]][-1] == "Ada Vale"
    assert [each["name"] for each in shown["subjects"] if each["rel"] == "about"] == ["Vote", "Fog"]
    assert shown["subjects"][2]["uri"] == "http://cv.iptc.org/newscodes/mediatopic/20000587"
