"""Hostile text: every document stays well-formed and returns the same text when parsed."""

import json
import string
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from app.syndication import json_ld, rss
from app.syndication.feed_document import content_html
from tests.syndication.samples import (
    PUBLICATION,
    author_item,
    channel,
    fog,
    label_item,
    page,
    render_documents,
    tag_item,
)
from tests.syndication.standards import read_xml
from tests.xss_vectors import VECTORS

PIECES = [
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "&amp;",
    "&#0;",
    "<?xml",
    "</script>",
    "<!DOCTYPE x>",
    "\r\n",
    "\t",
    "🌫",
    "\U0010ffff",
]
FORBIDDEN = "\x00\x01\x08\x0b\x0c\x1f\ufffe\uffff"
TEXT = st.lists(st.one_of(st.sampled_from([*PIECES, *VECTORS]), st.text(max_size=8), st.sampled_from(FORBIDDEN))).map(
    "".join
)


def hostile(text: str) -> Any:
    """Return an article with this text in every member that has text."""
    item: Any = fog(headline=text, lead=text, dateline=text, source={"name": text, "url": None})
    named = {"slug": "a", "name": text, "href": "/v1"}
    item["section"], item["sections"], item["tags"] = named, [named], [tag_item("a", text)]
    item["authors"] = [author_item("a", text, role=text, bio=text)]
    item["label"] = label_item("a", text, disclaimer=text, genre=text)
    item["rights"] = {"holder": text, "notice": text, "usage": text, "licence_url": None}
    item["image"] = {**item["image"], "alt": text, "caption": text, "credit": text}
    return item


def representable(text: str) -> str:
    """Return what XML 1.0 can represent of a text."""
    return "".join(
        character for character in text if character not in FORBIDDEN and (character >= " " or character in "\t\n\r")
    )


class Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.inside = ""
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 - the parser's own signature
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.inside += data


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_documents_with_hostile_text_are_well_formed(text: str) -> None:
    for name, render in render_documents([hostile(text)]).items():
        document = render()
        if name.endswith(".xml"):
            read_xml(document)
        else:
            json.loads(document)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_title_round_trips_except_characters_outside_xml(text: str) -> None:
    root = ET.fromstring(rss.render(channel("rss.xml", title=text), [hostile(text)]))  # noqa: S314 - written just here
    assert (root.findtext("channel/title") or "") == representable(text)
    assert (root.findtext("channel/item/title") or "") == representable(text)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_json_ld_cannot_close_its_script_element(text: str) -> None:
    written = json_ld.render(page(hostile(text)), publication=PUBLICATION).decode()
    parser = Scripts()
    parser.feed(f'<script type="application/ld+json">{written}</script>')
    parser.close()
    assert parser.tags == ["script"]
    assert json.loads(parser.inside).get("headline", "") == text
    assert not set("<>&") & set(written)


@settings(max_examples=100, deadline=None)
@given(TEXT)
def test_plain_text_adds_no_markup_to_feed_html(text: str) -> None:
    parser = Scripts()
    item = hostile(text)
    parser.feed(content_html(item | {"body": "<ul><li>Fog</li></ul>"}, PUBLICATION))
    parser.close()
    assert set(parser.tags) <= {"p", "br", "small", "ul", "li", "figure", "img", "figcaption"}


def test_every_valid_character_is_written() -> None:
    text = string.printable.replace("\x0b", "").replace("\x0c", "") + "\x7f\x85\u2028\ufffd🌫\U0010ffff"
    root = ET.fromstring(rss.render(channel("rss.xml"), [fog(headline=text)]))  # noqa: S314 - written just here
    assert root.findtext("channel/item/title") == text


def test_xml_attribute_preserves_line_ends_and_quotation_marks() -> None:
    text = "a\"b'c\r\n\td<&>"
    tag = {"slug": "x", "name": text, "href": "/v1/tags/x"}
    root = read_xml(render_documents([fog(tags=[tag])])["atom.xml"]())
    category = root.xpath("//*[local-name()='category'][@term='x']")
    assert category[0].get("label") == text


def test_rendering_is_deterministic() -> None:
    first, again = (render_documents([fog()]) for _ in range(2))
    assert {name: render() for name, render in first.items()} == {name: render() for name, render in again.items()}
