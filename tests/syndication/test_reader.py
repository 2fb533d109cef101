"""feedparser, on which many programs of partners are built, reads every document."""

from calendar import timegm
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest

from app.domain.article_status import FeedContent
from app.schemas.article import FeedItem
from app.syndication import atom, rss
from app.syndication.feed_document import FeedDocument, urn_for
from tests.syndication.samples import FEED, archive, channel, fog, keeper

Render = Callable[[FeedDocument, Sequence[FeedItem]], bytes]
BOTH = pytest.mark.parametrize("render", [rss.render, atom.render], ids=["rss", "atom"])


def read(document: bytes) -> Any:
    """Return the parsed document, which has no error."""
    parsed = feedparser.parse(document)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def instant(parsed: Any) -> datetime:
    """Return a parsed date."""
    return datetime.fromtimestamp(timegm(parsed), UTC)


@BOTH
def test_feedparser_reads_the_feed_and_its_entries(render: Render) -> None:
    parsed = read(render(channel("feed.xml"), [fog(), keeper()]))
    assert parsed.feed.title == "The Lume Courier: all the news"
    assert parsed.feed.subtitle == "What the quay talks of"
    assert parsed.feed.link == "https://courier.example"
    assert parsed.feed.language == "en-GB"
    assert parsed.feed.rights == "© The Lume Courier"
    assert {link.rel: link.href for link in parsed.feed.links}["next"] == f"{FEED}/feed.xml?cursor=abc&limit=2"
    assert [entry.id for entry in parsed.entries] == [urn_for("01m8x3c7k2v9q"), urn_for("01m8x3c7k2v9r")]
    assert [entry.link for entry in parsed.entries] == [fog()["url"], keeper()["url"]]
    assert [instant(entry.published_parsed).isoformat() for entry in parsed.entries] == [
        "2026-11-20T05:15:30+00:00",
        "1987-02-26T12:01:01+00:00",
    ]


@BOTH
def test_feedparser_reads_authors_and_categories(render: Render) -> None:
    entry = read(render(channel("feed.xml"), [fog()])).entries[0]
    assert [author.name for author in entry.authors] == ["Tem Ost", "Ida Lorn"]
    labels = [tag.label or tag.term for tag in entry.tags]
    assert labels == ["Weather at sea", "The quay", "Fog", "Тижа & Co. <river>", "OPINION"]


@BOTH
def test_feedparser_reads_the_full_text_with_absolute_links(render: Render) -> None:
    entry = read(render(channel("feed.xml"), [fog()])).entries[0]
    shown = entry.content[0].value
    assert '<a href="https://courier.example/log?a=1&amp;b=2">the log</a>' in shown
    assert "if 1 &lt; 2 &amp; “fine”" in shown
    assert "]]&gt; 🌫" in shown
    assert "<small>One voice, not the paper's.</small>" in shown


@BOTH
def test_summary_feed_has_no_body_and_headline_feed_no_lead(render: Render) -> None:
    summary = read(render(channel("feed.xml", FeedContent.SUMMARY), [fog()])).entries[0]
    assert "Nobody sails by ear." in summary.summary
    assert "content" not in summary
    headlines = read(render(channel("feed.xml", FeedContent.HEADLINES), [fog()])).entries[0]
    assert "summary" not in headlines
    assert "content" not in headlines


@BOTH
def test_full_feed_alone_needs_bodies(render: Render) -> None:
    item = fog()
    del item["body"]
    assert read(render(channel("feed.xml", FeedContent.SUMMARY), [item])).entries[0].title
    with pytest.raises(TypeError, match="HTML"):
        render(channel("feed.xml"), [fog(body=[])])


def test_edit_changes_no_date_of_rss() -> None:
    before = read(rss.render(channel("rss.xml"), [fog(updated_at=None)])).entries[0]
    after = read(rss.render(channel("rss.xml"), [fog(updated_at="2026-11-25T10:00:00Z")]))
    assert after.entries[0].published == before.published
    assert after.entries[0].id == before.id
    assert instant(after.feed.updated_parsed).isoformat() == "2026-11-25T10:00:00+00:00"


def test_edit_changes_one_date_of_atom_and_a_bump_both() -> None:
    entry = read(atom.render(channel("atom.xml"), [fog()])).entries[0]
    assert (entry.published, entry.updated) == ("2026-11-20T07:15:30.000001+02:00", "2026-11-20T06:00:00Z")
    bumped = read(atom.render(channel("atom.xml"), [fog(published_at="2026-11-20T08:00:01+02:00")])).entries[0]
    assert bumped.published == bumped.updated == "2026-11-20T08:00:01+02:00"


def test_feedparser_reads_image_and_source_of_rss() -> None:
    entry = read(rss.render(channel("rss.xml"), [fog()])).entries[0]
    assert entry.media_content[0]["url"] == "https://pictures.courier.example/lamp.webp"
    assert entry.media_thumbnail[0]["url"] == "https://pictures.courier.example/l-6.avif"
    assert entry.media_credit[0]["content"] == "Ana Vint / The Lume Courier"
    assert entry.dc_source == "Port radio"
    assert "source" not in entry, "in RSS that is a feed"
    assert entry.guidislink is False


def test_rss_names_a_source_without_a_url() -> None:
    entry = read(rss.render(channel("rss.xml"), [fog(source={"name": "Port radio", "url": None})])).entries[0]
    assert entry.dc_source == "Port radio"


def test_feedparser_reads_image_source_and_rights_of_atom() -> None:
    entry = read(atom.render(channel("atom.xml"), [fog()])).entries[0]
    links = {link.rel: link.href for link in entry.links}
    assert links["enclosure"] == "https://pictures.courier.example/lamp.webp"
    assert links["via"] == "https://radio.example/log?day=20&hour=7"
    assert entry.rights == "© 2026 The Lume Courier\nReprint with the author's name."


def test_author_defaults_to_the_publication() -> None:
    assert read(atom.render(channel("atom.xml"), [keeper()])).entries[0].author == "The Lume Courier"


def test_archive_links_both_neighbours_with_the_id_of_its_feed() -> None:
    document = atom.render(archive(), [keeper()])
    parsed = read(document)
    assert {link.rel: link.href for link in parsed.feed.links} == {
        "alternate": "https://courier.example",
        "self": f"{FEED}/atom/2026-11-20.xml",
        "prev-archive": f"{FEED}/atom/2026-11-19.xml",
        "next-archive": f"{FEED}/atom/2026-11-21.xml",
        "current": f"{FEED}/atom.xml",
    }
    assert b"<fh:archive/>" in document
    subscription = atom.render(channel("atom.xml"), [keeper()])
    assert b"<fh:archive/>" not in subscription
    assert read(subscription).feed.id == parsed.feed.id


def test_empty_feed_has_no_invented_date() -> None:
    assert "updated" not in read(rss.render(channel("rss.xml"), [])).feed
    assert read(atom.render(channel("atom.xml"), [])).feed.updated == "1970-01-01T00:00:00Z"
    metadata = channel("atom.xml", updated="2026-11-22T00:00:00Z")
    assert read(atom.render(metadata, [])).feed.updated == "2026-11-22T00:00:00Z"
    assert read(atom.render(metadata, [fog()])).feed.updated == "2026-11-22T00:00:00Z"
