"""RSS: elements that its specification and Dublin Core in RSS allow once occur once."""

from collections import Counter

import pytest
from lxml import etree

from app.domain.article_status import FeedContent
from app.syndication import rss
from app.syndication.feed_document import TRANSLATION
from tests.syndication.samples import channel, fog
from tests.syndication.standards import read_xml
from tests.syndication.varieties import articles

ATOM_LINK = "{http://www.w3.org/2005/Atom}link"
REPEATABLE = {"item", "category", "{http://purl.org/dc/elements/1.1/}creator", ATOM_LINK}
DC_SOURCE = "{http://purl.org/dc/elements/1.1/}source"


@pytest.mark.parametrize("content", FeedContent)
def test_rss_single_elements_occur_once(content: FeedContent) -> None:
    root = read_xml(rss.render(channel("rss.xml", content), articles()))
    for parent in root.iter(etree.Element):
        repeated = {name for name, count in Counter(child.tag for child in parent).items() if count > 1}
        assert repeated <= REPEATABLE, parent.findtext("title")


def test_rss_item_links_have_different_relations() -> None:
    for item in read_xml(rss.render(channel("rss.xml"), articles())).iter("item", "channel"):
        relations = [(link.get("rel"), link.get("href")) for link in item.findall(ATOM_LINK)]
        assert len(relations) == len(set(relations))


def test_rss_source_is_named_once_and_linked() -> None:
    [item] = read_xml(rss.render(channel("rss.xml"), [fog(canonical_url=None, translations=[])])).iter("item")
    assert [each.text for each in item.findall(DC_SOURCE)] == ["Port radio"]
    assert [dict(each.attrib) for each in item.findall(ATOM_LINK)] == [
        {"rel": "via", "href": "https://radio.example/log?day=20&hour=7"}
    ]


def test_rss_source_without_a_url_is_named() -> None:
    article = fog(source={"name": "Port radio", "url": None}, canonical_url=None, translations=[])
    [item] = read_xml(rss.render(channel("rss.xml"), [article])).iter("item")
    assert [each.text for each in item.findall(DC_SOURCE)] == ["Port radio"]
    assert item.findall(ATOM_LINK) == []


def test_rss_links_translations_by_language() -> None:
    [item] = read_xml(rss.render(channel("rss.xml"), [fog()])).iter("item")
    links = [each for each in item.findall(ATOM_LINK) if each.get("rel") == TRANSLATION]
    assert [each.get("hreflang") for each in links] == ["de-AT", "en-IE", "uk", "uk"]
    assert item.findtext("link") == fog()["url"]
