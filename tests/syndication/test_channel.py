"""What all forms say of an article alike."""

from app.syndication.channel import changed_at, content_html, guid_of
from tests.syndication.samples import channel, fog, keeper


def test_a_guid_never_changes() -> None:
    assert guid_of("01m8x3c7k2v9q") == "urn:uuid:aaf34553-3df3-5a96-b4f6-d0b6d75c236f"
    assert guid_of("01m8x3c7k2v9r") != guid_of("01m8x3c7k2v9q")


def test_the_last_change_is_the_later_of_update_and_public_time_as_instants() -> None:
    assert changed_at(keeper()) == keeper()["published_at"]
    assert changed_at(fog(updated_at="2026-11-20T06:15:30+02:00")) == fog()["published_at"]
    assert changed_at(fog(updated_at="2026-11-20T05:15:31Z")) == "2026-11-20T05:15:31Z"
    assert changed_at(fog(updated_at="1883-11-18T12:00:00Z")) == fog()["published_at"]


def test_a_feed_changed_when_its_newest_article_did_unless_more_is_known() -> None:
    items = [keeper(), fog(), keeper()]
    assert channel("rss.xml").changed_at(items) == "2026-11-20T06:00:00Z"
    assert channel("rss.xml").changed_at([]) is None
    assert channel("rss.xml", updated="2026-11-22T00:00:00Z").changed_at(items) == "2026-11-22T00:00:00Z"


def test_the_whole_text_has_the_lead_before_and_the_disclaimer_behind_it() -> None:
    label = {"code": "op", "text": "OPINION", "disclaimer": "Mine <alone>.", "genre": None}
    item = keeper(lead="A & B", body="<p>Ships.</p>", label=label)
    assert content_html(item) == "<p>A &amp; B</p>\n<p>Ships.</p>\n<p><small>Mine &lt;alone&gt;.</small></p>"
    assert content_html(keeper(body="<p>Ships.</p>")) == "<p>Ships.</p>"
