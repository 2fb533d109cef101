"""Members that all formats have in common."""

import json
from typing import cast

import pytest

from app.schemas.body import Image, Rendition
from app.syndication.feed_document import changed_at, content_html, media_type, urn_for
from tests.syndication.samples import channel, fog, keeper, render_documents


def test_urn_is_stable() -> None:
    assert urn_for("01m8x3c7k2v9q") == "urn:uuid:aaf34553-3df3-5a96-b4f6-d0b6d75c236f"
    assert urn_for("01m8x3c7k2v9r") != urn_for("01m8x3c7k2v9q")


def test_changed_at_is_the_later_of_update_and_public_time() -> None:
    assert changed_at(keeper()) == keeper()["published_at"]
    assert changed_at(fog(updated_at="2026-11-20T06:15:30+02:00")) == fog()["published_at"]
    assert changed_at(fog(updated_at="2026-11-20T05:15:31Z")) == "2026-11-20T05:15:31Z"
    assert changed_at(fog(updated_at="1883-11-18T12:00:00Z")) == fog()["published_at"]


def test_feed_changed_at_defaults_to_its_newest_change() -> None:
    items = [keeper(), fog(), keeper()]
    assert channel("rss.xml").changed_at(items) == "2026-11-20T06:00:00Z"
    assert channel("rss.xml").changed_at([]) is None
    assert channel("rss.xml", updated="2026-11-22T00:00:00Z").changed_at(items) == "2026-11-22T00:00:00Z"


def test_content_html_has_lead_first_and_disclaimer_last() -> None:
    label = {"code": "op", "text": "OPINION", "disclaimer": "Mine <alone>.", "genre": None}
    item = keeper(lead="A & B", body="<p>Ships.</p>", label=label)
    assert content_html(item) == "<p>A &amp; B</p>\n<p>Ships.</p>\n<p><small>Mine &lt;alone&gt;.</small></p>"
    assert content_html(keeper(body="<p>Ships.</p>")) == "<p>Ships.</p>"


def test_category_names_are_unique() -> None:
    tags = [{"slug": slug, "name": name, "href": f"/v1/tags/{slug}"} for slug, name in (("sea", "Sea"), ("fog", "Fog"))]
    item = keeper(tags=tags, sections=[{"slug": "at-sea", "name": "Sea", "href": "/v1/sections/at-sea"}])
    written = render_documents([item])
    assert json.loads(written["feed.json"]())["items"][0]["tags"] == ["Sea", "Fog"]
    assert written["rss.xml"]().count(b"<category>Sea</category>") == 1
    assert written["atom.xml"]().count(b'label="Sea"') == 2  # the scheme distinguishes them


def picture(url: str, *, kind: str | None = None) -> Image:
    """Return a picture, with a rendition of the same file where its type is given."""
    renditions: list[Rendition] = [] if kind is None else [{"url": url, "width": 6, "height": 4, "type": kind}]
    empty = dict.fromkeys(("caption", "credit", "width", "height", "licence", "focal_point", "asset_id"))
    return cast("Image", {"url": url, "alt": "", "renditions": renditions, **empty})


@pytest.mark.parametrize(
    ("path", "kind", "expected"),
    [
        ("lamp.jpg", None, "image/jpeg"),
        ("Lamp.JPEG?w=1200#top", None, "image/jpeg"),
        ("lamp.webp", None, "image/webp"),
        ("lamp.avif", None, "image/avif"),
        ("lamp.svg", None, "image/svg+xml"),
        ("lamp.jpg", "image/webp", "image/webp"),
        ("lamp", None, None),
        (".png", None, None),
        ("lamp?file=lamp.png", None, None),
        ("lamp.html", None, None),
        ("lamp.mp4", None, None),
    ],
)
def test_media_type_follows_a_rendition_or_the_extension(path: str, kind: str | None, expected: str | None) -> None:
    image = picture(f"https://pictures.example/{path}", kind=kind)
    assert media_type(image) == expected
    written = render_documents([fog(image=image)])
    rendition = json.loads(written["ninjs-article.json"]())["associations"][0]["renditions"][0]
    assert rendition.get("contentType") == expected
    files = (b"<media:content ", written["rss.xml"]()), (b'<link rel="enclosure" ', written["atom.xml"]())
    for start, document in files:
        [tag] = [line for line in document.splitlines() if line.startswith(start)]
        assert (b" type=" in tag) == (expected is not None)
        assert expected is None or f' type="{expected}"'.encode() in tag
