"""Content of providers elsewhere: frames, posts quoted with a script, and cards of links."""

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

from app.domain.html.conversion.elements.flat_html import flatten
from app.domain.html.conversion.elements.images import line, pixels
from app.domain.html.conversion.tree import Element
from app.domain.html.conversion.walker import Block, Walker
from app.domain.html.inline_html import validate_url
from app.domain.html.losses import LossCode
from app.errors import InvalidValueError

_SOURCES: Final = ("data-src", "data-lazy-src", "data-litespeed-src", "data-rocket-src", "src")
_POST_CLASSES: Final = {
    "twitter-tweet": re.compile(r"https?://(?:mobile\.|www\.)?(?:twitter|x)\.com/[^/]+/status(?:es)?/\d+"),
    "twitter-video": re.compile(r"https?://(?:mobile\.|www\.)?(?:twitter|x)\.com/[^/]+/status(?:es)?/\d+"),
    "instagram-media": re.compile(r"https?://(?:www\.)?instagram\.com/(?:[\w.]+/)?(?:p|reel|tv)/[^/?#]+"),
    "tiktok-embed": re.compile(r"https?://(?:www\.)?tiktok\.com/\S+"),
    "bluesky-embed": re.compile(r"https?://bsky\.app/profile/[^/]+/post/\w+"),
    "reddit-embed-bq": re.compile(r"https?://(?:www\.)?reddit\.com/\S+"),
    "reddit-card": re.compile(r"https?://(?:www\.)?reddit\.com/\S+"),
    "text-post-media": re.compile(r"https?://(?:www\.)?threads\.(?:net|com)/\S+"),
    "mastodon-embed": re.compile(r"https?://\S+/@?\S+"),
    "imgur-embed-pub": re.compile(r"https?://imgur\.com/\S+"),
}
"""Classes of quotes that a script replaces by a post, with the form of its URL."""
_URL_ATTRIBUTES: Final = (
    "data-instgrm-permalink", "data-text-post-permalink", "cite", "data-embed-url", "data-href", "data-url",
)  # fmt: skip
_PAGES: Final = (
    (
        re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{6,})"),
        "https://www.youtube.com/watch?v={}",
    ),
    (re.compile(r"https?://player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/{}"),
    (re.compile(r"https?://open\.spotify\.com/embed(?:-podcast)?/(\w+/\w+)"), "https://open.spotify.com/{}"),
    (re.compile(r"https?://(?:www\.)?dailymotion\.com/embed/video/(\w+)"), "https://www.dailymotion.com/video/{}"),
    (re.compile(r"https?://(?:www\.)?instagram\.com/((?:p|reel|tv)/[\w-]+)/embed.*"), "https://www.instagram.com/{}/"),
    (re.compile(r"https?://(?:www\.)?tiktok\.com/(?:embed|player)/(?:v\d/)?(\d+)"), "https://www.tiktok.com/embed/{}"),
)
"""URLs of players, and of the pages of the same content."""
_PAGE_PARAMETERS: Final = {"w.soundcloud.com": "url", "www.facebook.com": "href", "platform.twitter.com": "url"}
"""Hosts of players that name the page of their content in a parameter."""
_PAGE: Final = re.compile(r"https://(?!api\.)")
_WIDGETS: Final = {
    "flourish-embed": ("data-src", "https://flo.uri.sh/{}/embed"),
    "infogram-embed": ("data-id", "https://infogram.com/{}"),
    "fb-post": ("data-href", "{}"),
    "fb-video": ("data-href", "{}"),
}
"""Classes of elements that a script replaces, with the attribute that names the content, and its URL."""
_GIST: Final = re.compile(r"https?://gist\.github\.com/\S+?(?:\.js)?")
_BOOKMARK_TITLE: Final = ("kg-bookmark-title", "embedded-post-title", "markup--strong")


def convert_frame(walker: Walker, element: Element) -> None:
    """Add the embed of an `iframe`, `embed` or `object`; one without a web address is dropped."""
    source = next((element.get(name) for name in (*_SOURCES, "data") if element.get(name).strip()), "")
    if "srcdoc" in element.attributes and not source:
        walker.drop(element)
        return
    url = walker.web_url(source, f"<{element.name}>") if source.strip() not in {"", "about:blank"} else None
    if url is None:
        nested = [child for child in element.descendants() if child.name in {"embed", "iframe", "img"}]
        if nested and element.name == "object":
            walker.convert(nested[0])
        else:
            walker.note_loss(
                LossCode.CONTENT, element.name, f"<{element.name}> without a web address was dropped", source
            )
        return
    walker.note_attributes(element, "title")
    block: Block = {"type": "embed", "url": page_url(url)}
    if element.get("title").strip():
        block["title"] = line(walker, element.get("title"), "A title")
    width, height = pixels(element.get("width")), pixels(element.get("height"))
    walker.add_block(block | ({"width": width, "height": height} if width and height else {}))


def widget_url(element: Element) -> str | None:
    """Return the URL of the content by which a script replaces an element, None for other elements."""
    for name in element.classes:
        attribute, form = _WIDGETS.get(name, ("", ""))
        if element.get(attribute).strip():
            url = form.format(element.get(attribute).strip())
            return url if _is_web_url(url) else None
    return None


def _is_web_url(url: str) -> bool:
    try:
        validate_url(url)
    except InvalidValueError:
        return False
    return True


def convert_gist(walker: Walker, element: Element) -> None:
    """Add the embed of a script that shows a gist; drop any other script."""
    if _GIST.fullmatch(element.get("src")):
        walker.add_block({"type": "embed", "url": element.get("src").removesuffix(".js")})
    else:
        walker.drop(element)


def page_url(url: str) -> str:
    """Return the URL of the page that shows what a player at this URL plays, where it is known; else the URL."""
    parts = urlsplit(url)
    parameter = _PAGE_PARAMETERS.get(parts.hostname or "")
    if parameter is not None and (found := parse_qs(parts.query).get(parameter)) and _PAGE.match(found[0]):
        return found[0]
    for pattern, page in _PAGES:
        match = pattern.match(url)
        if match is not None:
            start = parse_qs(parts.query).get("start", [""])[0]
            return page.format(match[1]) + (f"&t={start}" if start.isdecimal() and "watch?v=" in page else "")
    return url


def add_quoted_post(walker: Walker, element: Element) -> bool:
    """Add the embed of a quote that a script replaces by a post; return whether the quote is one."""
    pattern = next((_POST_CLASSES[name] for name in element.classes if name in _POST_CLASSES), None)
    if pattern is None:
        return False
    links = [each.get("href") for each in element.descendants() if each.name == "a"]
    candidates = [element.get(name) for name in _URL_ATTRIBUTES] + links[::-1]
    found = next((match[0] for each in candidates if (match := pattern.match(each)) is not None), None)
    url = walker.web_url(found, "a post") if found else None
    if url is None:
        return False
    _add_embed(walker, element, url)
    return True


def add_card(walker: Walker, element: Element, url: str) -> None:
    """Add the embed of a card: a link with title, description and picture."""
    title = element.find_class(*_BOOKMARK_TITLE)
    thumbnail = element.find_class("kg-bookmark-thumbnail", "mixtapeImage")
    picture = thumbnail.find("img") if thumbnail is not None else None
    source = picture.get("src") if picture is not None else ""
    content = _without(element, title, thumbnail)
    block = _add_embed(walker, content, url)
    if title is not None:
        block["title"] = line(walker, title.words(), "A title")
    if source and (stored := walker.web_url(source, "an image")) is not None:
        block["thumbnail"] = stored


def _add_embed(walker: Walker, element: Element, url: str) -> Block:
    """Add an embed that shows the text of an element where the content cannot be embedded."""
    pictures = [each for each in element.descendants() if each.name in {"img", "picture", "svg"}]
    for each in pictures:
        walker.note_loss(
            LossCode.CONTENT, f"card {each.name}", f"<{each.name}> inside a card or post was dropped", each.get("src")
        )
    content = _without(element, *pictures)
    html, _ = flatten(walker, walker.blocks_of(Element("div", {}, content.children)))
    block: Block = {"type": "embed", "url": url, "html": html or None}
    walker.add_block(block)
    return block


def _without(element: Element, *left_out: Element | None) -> Element:
    if element in left_out:
        return Element(element.name)
    children = [
        _without(child, *left_out) if isinstance(child, Element) else child
        for child in element.children
        if child not in left_out
    ]
    return Element(element.name, element.attributes, children)
