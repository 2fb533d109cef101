"""Embeds of a document: addresses of players, content inside of frames, widgets and cards, and their losses."""

import pytest

from app.domain.html.conversion.conversion import convert_html
from app.domain.html.conversion.elements.players import page_url

FILM = "Ab3_dE-9xYz"
YOUTUBE = f"https://www.youtube.com/embed/{FILM}"
CARD = (
    '<a class="kg-bookmark-container" href="https://harbour.example/p"><div class="kg-bookmark-title">Fog</div>'
    '<div class="kg-bookmark-description">Twenty ships waited.</div>'
    '<div class="kg-bookmark-thumbnail"><img src="https://harbour.example/t.png" alt="A pilot"></div></a>'
)


def losses_of(html: str) -> list[str]:
    """Return the losses of a document as code and detail."""
    return [f"{loss.code}: {loss.detail}" for loss in convert_html(html).losses]


@pytest.mark.parametrize(
    ("player", "page"),
    [
        (YOUTUBE, f"https://www.youtube.com/watch?v={FILM}"),
        (f"{YOUTUBE}?autoplay=1&rel=0&start=30", f"https://www.youtube.com/watch?v={FILM}&t=30"),
        (f"{YOUTUBE}?list=PL1", f"https://www.youtube.com/watch?v={FILM}&list=PL1"),
        (f"{YOUTUBE}?loop=1&playlist={FILM}", f"https://www.youtube.com/watch?v={FILM}"),
        ("https://www.youtube.com/embed/videoseries?list=PL1", "https://www.youtube.com/playlist?list=PL1"),
        ("https://player.vimeo.com/video/7?h=ab12&dnt=1", "https://vimeo.com/7/ab12"),
        ("https://open.spotify.com/embed/track/4uL?utm_source=generator", "https://open.spotify.com/track/4uL"),
        (
            "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fa%2Fb&color=red",
            "https://soundcloud.com/a/b",
        ),
        (
            "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fa%2F1&width=500",
            "https://www.facebook.com/a/1",
        ),
    ],
)
def test_player_is_stored_by_the_page_of_its_content(player: str, page: str) -> None:
    assert page_url(player) == page


@pytest.mark.parametrize(
    "player",
    [
        f"{YOUTUBE}?start=30&end=60",
        f"{YOUTUBE}?start=soon",
        f"{YOUTUBE}?list=a%20b",
        f"{YOUTUBE}?playlist=another",
        f"{YOUTUBE}?start=1&start=2",
        f"{YOUTUBE}#t=30",
        "https://www.youtube.com/embed/videoseries",
        "https://www.youtube.com/embed/live_stream?channel=UC1",
        "https://player.vimeo.com/video/7?texttrack=uk",
        "https://player.vimeo.com/video/7#t=30s",
        "https://open.spotify.com/embed/episode/4uL?t=60",
        "https://www.facebook.com/plugins/like.php?href=https%3A%2F%2Fharbour.example",
        "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fa&t=9",
        "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F1",
    ],
)
def test_player_with_more_than_a_page_can_express_is_stored_unchanged(player: str) -> None:
    assert page_url(player) == player


def test_object_with_an_address_retains_its_content_as_fallback() -> None:
    html = (
        '<object data="https://harbour.example/plan.pdf"><p>The <b>plan</b></p>'
        '<img src="https://harbour.example/p.png" alt="A map"><iframe src="https://harbour.example/f"></iframe></object>'
    )
    assert convert_html(html).blocks == [
        {"type": "embed", "url": "https://harbour.example/plan.pdf", "html": "The <b>plan</b>"}
    ]
    assert losses_of(html) == [
        "content-dropped: <img> inside a card, a post or an object was dropped: A map https://harbour.example/p.png",
        "content-dropped: A block (embed) inside a card, a post or an object was dropped: https://harbour.example/f",
    ]


def test_object_without_a_usable_address_becomes_its_content() -> None:
    html = (
        '<object data="plan.swf"><param name="q" value="1"><p>The plan</p><img src="https://harbour.example/p.png">'
        '<img src="https://harbour.example/q.png"></object>'
    )
    conversion = convert_html(html)
    assert [block["type"] for block in conversion.blocks] == ["paragraph", "image", "image"]
    assert [str(loss.code) for loss in conversion.losses] == ["url-unresolved", "content-dropped"]


def test_object_with_an_element_of_the_same_address_is_one_embed() -> None:
    html = '<object data="https://harbour.example/x"><embed src="https://harbour.example/x"></object>'
    assert convert_html(html).blocks == [{"type": "embed", "url": "https://harbour.example/x", "html": None}]
    assert losses_of(html) == []


def test_content_of_a_frame_that_browsers_hide_is_named() -> None:
    html = '<iframe src="https://harbour.example/f" srcdoc="<p>Old</p>" aria-label="Tides">No frames here</iframe>'
    assert convert_html(html).blocks[0]["title"] == "Tides"
    assert losses_of(html) == [
        "content-dropped: The document (srcdoc) of an <iframe> was dropped: <p>Old</p>",
        "hidden-dropped: The text inside an <iframe>, which browsers hide, was dropped: No frames here",
    ]


def test_widget_retains_its_text_as_fallback() -> None:
    html = (
        '<div class="fb-post" data-href="https://www.facebook.com/a/posts/1"><blockquote>The ferry</blockquote></div>'
    )
    assert convert_html(html).blocks == [
        {"type": "embed", "url": "https://www.facebook.com/a/posts/1", "html": "The ferry"}
    ]


@pytest.mark.parametrize("form", ['<figure class="kg-card kg-bookmark-card">{}</figure>', "{}"])
@pytest.mark.parametrize("outer", ['<div class="kg-card kg-bookmark-card">{}</div>', "{}"])
def test_card_has_title_description_and_picture_in_any_form(form: str, outer: str) -> None:
    html = form.format(outer.format(CARD))
    assert convert_html(html).blocks == [
        {
            "type": "embed",
            "url": "https://harbour.example/p",
            "html": "Twenty ships waited.",
            "title": "Fog",
            "thumbnail": "https://harbour.example/t.png",
        }
    ]
    assert losses_of(html) == ["attribute-dropped: The text alternative of the image of a card was dropped: A pilot"]


@pytest.mark.parametrize(
    ("html", "lost"),
    [
        ('<ol type="a"><li>x</li></ol>', 'The attribute type of <ol> was dropped: type="a"'),
        ('<a href="https://a.example" rel="me author">x</a>', 'A link type (rel) of <a> was dropped: rel="me"'),
        ('<p aria-label="Tides">x</p>', 'The attribute aria-label of <p> was dropped: aria-label="Tides"'),
        ('<p lang="!">x</p>', 'The attribute lang of <p> was dropped: lang="!"'),
        ('<p><span dir="up">x</span></p>', 'The attribute dir of <span> was dropped: dir="up"'),
        ('<figure lang="uk"><img src="https://a.example/i.png"></figure>', 'of <figure> was dropped: lang="uk"'),
        ('<pre lang="uk">x</pre>', 'The attribute lang of <pre> was dropped: lang="uk"'),
        ('<table><tr lang="uk"><td>x<td>y</tr></table>', 'The attribute lang of <tr> was dropped: lang="uk"'),
        ('<p bgcolor="red">x</p>', 'The attribute bgcolor of <p> was dropped: bgcolor="red"'),
        ('<p style="background-image: url(x.png)">x</p>', 'of <p> was dropped: style="background-image: url(x.png)"'),
        ('<ol style="list-style-type: upper-roman"><li>x</ol>', "list-style-type: upper-roman"),
    ],
)
def test_attribute_that_is_not_stored_is_named(html: str, lost: str) -> None:
    [loss] = losses_of(html)
    assert loss.startswith("attribute-dropped: ")
    assert lost in loss


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://a.example" target="_blank">x</a>',
        '<p class="alignwide">x</p>',
        '<figure class="alignfull"><img src="https://a.example/i.png"></figure>',
        "<p>x</p><!--more--><p>y</p><!--nextpage--><p>z</p>",
    ],
)
def test_presentation_and_window_behaviour_alone_give_no_warning(html: str) -> None:
    assert losses_of(html) == []


@pytest.mark.parametrize(
    ("html", "inner"),
    [
        ('<ul lang="uk"><li>x</li></ul>', '<span lang="uk">x</span>'),
        ('<ul lang="uk"><li lang="pl">x</li></ul>', '<span lang="pl">x</span>'),
        ('<blockquote lang="uk"><p>x</p><footer>y</footer></blockquote>', '<span lang="uk">x</span>'),
        ('<p><font lang="uk">x</font></p>', '<span lang="uk">x</span>'),
        ('<details lang="uk">x</details>', '<span lang="uk">x</span>'),
        ('<dl><dt lang="uk">x</dt></dl>', '<span lang="uk"><strong>x</strong></span>'),
    ],
)
def test_language_of_an_element_without_a_block_of_its_own_stays_with_its_text(html: str, inner: str) -> None:
    assert inner in str(convert_html(html).blocks)
    assert not any("lang" in loss for loss in losses_of(html))


def test_media_inside_a_recording_are_named() -> None:
    html = '<video src="https://harbour.example/v.mp4"><img src="https://harbour.example/i.png" alt="Fog"></video>'
    assert losses_of(html) == [
        "hidden-dropped: <img> inside a <video>, which players hide, was dropped: Fog https://harbour.example/i.png"
    ]


@pytest.mark.parametrize("element", ['<div class="gallery">{}</div>', "<picture>{}</picture>"])
def test_frame_between_images_is_a_block_of_its_own(element: str) -> None:
    html = '<img src="https://a.example/i.png"><iframe src="https://a.example/f"></iframe>'
    assert [block["type"] for block in convert_html(element.format(html)).blocks] == ["image", "embed"]
