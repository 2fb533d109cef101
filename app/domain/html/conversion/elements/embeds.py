"""Content of providers elsewhere: frames, posts quoted with a script, and cards of links."""

import re
from typing import Final

from app.domain.html.conversion.elements.flat_html import flatten
from app.domain.html.conversion.elements.images import line, pixels, read_image
from app.domain.html.conversion.elements.players import page_url
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
    """Add the embed of an `iframe`, `embed` or `object`; without a web address an `object` is its content."""
    source = next((element.get(name) for name in (*_SOURCES, "data") if element.get(name).strip()), "")
    document = element.get("srcdoc")
    if "srcdoc" in element.attributes and not source:
        walker.drop(element)
        return
    if document:
        walker.note_loss(LossCode.CONTENT, "srcdoc", "The document (srcdoc) of an <iframe> was dropped", document)
    if element.name == "iframe" and element.words():
        sentence = "The text inside an <iframe>, which browsers hide, was dropped"
        walker.note_loss(LossCode.HIDDEN, "iframe", sentence, element.words())
    url = walker.web_url(source, f"<{element.name}>") if source.strip() not in {"", "about:blank"} else None
    for parameter in filter(_is_parameter, element.descendants()):
        if parameter.get("value") != source:
            walker.drop(parameter)
    fallback = _fallback(element, source)
    if url is None:
        if element.name != "object" or fallback is None:
            sentence = f"<{element.name}> without a web address was dropped"
            walker.note_loss(LossCode.CONTENT, element.name, sentence, source)
        else:
            walker.note_attributes(element)
            walker.walk(element)
        return
    title = element.get("title").strip() or element.get("aria-label").strip()
    walker.note_attributes(element, "title", *(["aria-label"] if element.get("aria-label").strip() == title else []))
    block = _add_embed(walker, fallback or Element("div"), page_url(url))
    if title:
        block["title"] = line(walker, title, "A title")
    width, height = pixels(element.get("width")), pixels(element.get("height"))
    block |= {"width": width, "height": height} if width and height else {}


def _fallback(element: Element, source: str) -> Element | None:
    """Return what browsers show instead of an `object`, without its parameters and another element of its address."""
    if element.name != "object":
        return None
    children = [
        child
        for child in element.children
        if not (isinstance(child, Element) and (_is_parameter(child) or _has_source(child, source)))
        and not (isinstance(child, str) and not child.strip())
    ]
    return Element("div", {}, children) if children else None


def _is_parameter(element: Element) -> bool:
    return element.name == "param"


def _has_source(element: Element, source: str) -> bool:
    is_frame = element.name in {"embed", "iframe", "object"}
    return is_frame and source != "" and source in {element.get("src"), element.get("data")}


def add_widget(walker: Walker, element: Element) -> bool:
    """Add the embed of an element that a script replaces, with its text; return whether the element is one."""
    url = _widget_url(element)
    if url is not None:
        walker.note_attributes(element, "class")
        _add_embed(walker, element, url)
    return url is not None


def _widget_url(element: Element) -> str | None:
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
    walker.note_attributes(element, "cite")
    _add_embed(walker, element, url)
    return True


def add_card(walker: Walker, element: Element, url: str) -> None:
    """Add the embed of a card: a link with title, description and picture."""
    title = element.find_class(*_BOOKMARK_TITLE)
    thumbnail = element.find_class("kg-bookmark-thumbnail", "mixtapeImage")
    picture = thumbnail.find("img") if thumbnail is not None else None
    content = _without(element, title, thumbnail)
    walker.note_attributes(element, "target")
    block = _add_embed(walker, content, url)
    if title is not None:
        block["title"] = line(walker, title.words(), "A title")
    image = read_image(walker, picture) if picture is not None else None
    if image is not None:
        block["thumbnail"] = image["url"]
        if image["alt"]:
            sentence = "The text alternative of the image of a card was dropped"
            walker.note_loss(LossCode.ATTRIBUTE, "card alt", sentence, image["alt"])


def _add_embed(walker: Walker, element: Element, url: str) -> Block:
    """Add an embed that shows the text of an element where the content cannot be embedded."""
    pictures = [each for each in element.descendants() if each.name in {"img", "picture", "svg"}]
    for each in pictures:
        example = " ".join(filter(None, (each.get("alt"), each.get("src"))))
        sentence = f"<{each.name}> inside a card, a post or an object was dropped"
        walker.note_loss(LossCode.CONTENT, f"card {each.name}", sentence, example)
    content = _without(element, *pictures)
    html, others = flatten(walker, walker.blocks_of(Element("div", {}, content.children)))
    for other in others:
        kind, address = other["type"], other.get("url", "")
        sentence = f"A block ({kind}) inside a card, a post or an object was dropped"
        walker.note_loss(LossCode.CONTENT, f"card {kind}", sentence, address)
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
