"""Members that all formats have in common."""

import html as entities
import json
from typing import Any

import pytest

from app.domain.body.html_rendering import render_html
from app.syndication.feed_document import Publication, changed_at, content_html, lead_html, media_type, urn_for
from tests.syndication.samples import PUBLICATION, channel, fog, keeper, label_item, picture, render_documents


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
    label = label_item("op", "OPINION", disclaimer="Mine <alone>.")
    item = keeper(lead="A & B", body="<p>Ships.</p>", label=label)
    assert (
        content_html(item, PUBLICATION) == "<p>A &amp; B</p>\n<p>Ships.</p>\n<p><small>Mine &lt;alone&gt;.</small></p>"
    )
    assert content_html(keeper(body="<p>Ships.</p>"), PUBLICATION) == "<p>Ships.</p>"
    assert content_html(keeper(), PUBLICATION) == ""


def test_content_html_has_the_image_before_the_body() -> None:
    image = picture("https://pictures.example/lamp.jpg") | {
        "alt": 'A "lamp"',
        "caption": "Lit at <17:04>.",
        "credit": "Ana Vint",
        "width": 1200,
        "height": 800,
    }
    assert content_html(keeper(lead="A", body="<p>Ships.</p>", image=image), PUBLICATION) == (
        '<p>A</p>\n<figure class="image"><img src="https://pictures.example/lamp.jpg" alt="A &quot;lamp&quot;" '
        'width="1200" height="800"><figcaption>Lit at &lt;17:04&gt;. <small>Ana Vint</small></figcaption></figure>\n'
        "<p>Ships.</p>"
    )


@pytest.mark.parametrize(
    ("body", "is_added"),
    [
        ('<figure class="image"><img src="{0}" alt=""></figure>\n<p>Ships.</p>', False),
        ('<figure class="image"><img src="{1}" alt=""></figure>', False),
        ('<figure class="gallery"><figure class="image"><img src="{0}" alt=""></figure></figure>', False),
        ('<p>Ships.</p>\n<figure class="image"><img src="{0}" alt=""></figure>', True),
        ('<figure class="image"><img src="https://pictures.example/other.jpg" alt=""></figure>', True),
        ("", True),
    ],
)
def test_content_html_has_an_image_once_at_its_beginning(body: str, *, is_added: bool) -> None:
    small, large = "https://pictures.example/s.jpg?a=1&b=2", "https://pictures.example/l[1].jpg"
    image = picture(large)
    image["renditions"] = [{"url": small, "width": 6, "height": 4, "type": "image/jpeg"}]
    body = body.format("https://pictures.example/l%5B1%5D.jpg", small.replace("&", "&amp;"))
    whole = content_html(keeper(body=body, image=image), PUBLICATION)
    assert whole.endswith(body)
    assert (whole.count("<figure") > body.count("<figure")) is is_added


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        ({}, ("A lamp", "Lit at &lt;17:04&gt;.", "Ana Vint")),
        ({"caption": "Out <again>."}, ("A lamp", "Out &lt;again&gt;.", "Ana Vint")),
        ({"alt": "Night", "credit": "B & C"}, ("Night", "Lit at &lt;17:04&gt;.", "B &amp; C")),
    ],
)
def test_image_at_the_beginning_of_the_body_has_the_texts_of_the_article_image(
    own: dict[str, Any], shown: tuple[str, str, str]
) -> None:
    image = picture("https://pictures.example/lamp.jpg")
    described: Any = {**image, "alt": "A lamp", "caption": "Lit at <17:04>.", "credit": "Ana Vint"}
    first = {**image, "width": 6, **own}
    alt, caption, credit = shown
    for block in ({"type": "image", "image": first}, {"type": "gallery", "images": [first]}):
        body = render_html([block, {"type": "paragraph", "html": "Ships."}])
        whole = content_html(keeper(body=body, image=described), PUBLICATION)
        assert whole.count("<img") == whole.count("<figcaption>") == 1
        assert f'alt="{alt}" width="6"><figcaption>{caption} <small>{credit}</small></figcaption></figure>' in whole
        assert whole.endswith("<p>Ships.</p>")


def test_html_has_the_direction_of_right_to_left_texts() -> None:
    farsi = Publication(name="Bandar", language="fa", home="https://bandar.example")
    item = keeper(lead="خبر", body="<p>متن</p>")
    assert content_html(item, farsi) == '<div dir="rtl" lang="fa"><p>خبر</p>\n<p>متن</p></div>'
    assert lead_html(item, farsi) == '<div dir="rtl" lang="fa"><p>خبر</p></div>'
    assert content_html(keeper(body="<p>Ships.</p>", language="en"), farsi) == (
        '<div dir="ltr" lang="en"><p>Ships.</p></div>'
    )
    assert (
        content_html(keeper(body="<p>ש</p>", language="he"), PUBLICATION) == '<div dir="rtl" lang="he"><p>ש</p></div>'
    )
    assert content_html(keeper(), farsi) == ""
    assert lead_html(keeper(), farsi) is None


def test_disclaimer_in_another_language_than_the_text_has_that_language() -> None:
    farsi = Publication(name="Bandar", language="fa", home="https://bandar.example")
    fallback = label_item("op", "OPINION", language="en", disclaimer="Mine.", disclaimer_language="en")
    own = label_item("op", "دیدگاه", disclaimer="متن")
    marked = '<p dir="ltr" lang="en"><small>Mine.</small></p>'
    assert content_html(keeper(label=fallback), farsi) == f'<div dir="rtl" lang="fa">{marked}</div>'
    assert content_html(keeper(label=own), farsi) == '<div dir="rtl" lang="fa"><p><small>متن</small></p></div>'
    assert content_html(keeper(label=fallback, language="en-IE"), farsi) == (
        '<div dir="ltr" lang="en-IE"><p><small>Mine.</small></p></div>'
    )
    assert content_html(keeper(label=own, language="en"), farsi) == (
        '<div dir="ltr" lang="en"><p dir="rtl" lang="fa"><small>متن</small></p></div>'
    )
    documents = {name: render().decode() for name, render in render_documents([keeper(label=fallback)], farsi).items()}
    assert entities.escape(marked, quote=False) in documents["rss.xml"]
    assert entities.escape(marked, quote=False) in documents["atom.xml"]
    assert marked in json.loads(documents["feed.json"])["items"][0]["content_html"]
    assert json.loads(documents["feed.json"])["items"][0]["_dayline"]["label"] == {
        "code": "op",
        "disclaimer": "Mine.",
        "disclaimer_language": "en",
    }
    for document in (json.loads(documents["ninjs-article.json"]), json.loads(documents["ninjs-list.json"])):
        [description] = [document, *document["associations"]][-1 if document["type"] == "composite" else 0][
            "descriptions"
        ]
        assert description == {"role": "disclaimer", "contentType": "text/html", "value": marked}
    assert 'label="OPINION" xml:lang="en"/>' in documents["atom.xml"]


def test_category_names_are_unique() -> None:
    tags = [{"slug": slug, "name": name, "href": f"/v1/tags/{slug}"} for slug, name in (("sea", "Sea"), ("fog", "Fog"))]
    item = keeper(tags=tags, sections=[{"slug": "at-sea", "name": "Sea", "href": "/v1/sections/at-sea"}])
    written = render_documents([item])
    assert json.loads(written["feed.json"]())["items"][0]["tags"] == ["Sea", "Fog"]
    assert written["rss.xml"]().count(b"<category>Sea</category>") == 1
    assert written["atom.xml"]().count(b'label="Sea"') == 2  # the scheme distinguishes them


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
