"""Figures: images with captions and credits, galleries, and other content of a `figure` or a caption shortcode."""

import re
from typing import Final

from app.domain.html.conversion.element_roles import HEADINGS
from app.domain.html.conversion.elements.flat_html import flatten
from app.domain.html.conversion.elements.images import (
    MAX_LINE_CHARACTERS,
    Image,
    image_block,
    is_emoji,
    line,
    read_image,
)
from app.domain.html.conversion.shortcodes import PREFIX
from app.domain.html.conversion.styles import is_hidden, parse_style
from app.domain.html.conversion.tree import Comment, Element
from app.domain.html.conversion.walker import LANGUAGE, Block, Walker
from app.domain.html.inline_html import html_to_text
from app.domain.html.losses import LossCode

MAX_GALLERY_IMAGES: Final = 200
CAPTIONED: Final = frozenset({"image", "video", "audio", "embed", "table"})

_GALLERY: Final = re.compile(
    r"(wp-block-gallery|blocks-gallery-grid|gallery|kg-gallery-card|kg-gallery-container|tiled-gallery"
    r"|image-gallery-embed|section-inner--gallery|wp-block-jetpack-(tiled-gallery|slideshow))"
)
_CREDIT: Final = re.compile(
    r"(?:.*[-_])?(credits?|copyright|photographer|photo-by|attribution|source|byline)(?:[-_].*)?"
)
_CREDIT_PROPERTIES: Final = frozenset({"author", "creator", "creditText", "copyrightHolder", "copyrightNotice"})
_CAPTION_CLASSES: Final = frozenset(
    {"wp-caption-text", "gallery-caption", "imageCaption", "image-caption", "caption-text", "blocks-gallery-caption"}
)
_OTHER_MEDIA: Final = frozenset({"video", "audio", "iframe", "embed", "object", "table", "blockquote", "pre"})


def is_gallery(element: Element) -> bool:
    """Return whether the class of an element marks a gallery."""
    return any(_GALLERY.fullmatch(name) for name in element.classes)


def convert_figure(walker: Walker, element: Element) -> None:
    """Add the blocks of a figure; its caption belongs to the last block that can have one."""
    captions, content = _split_caption(element)
    images = _images(content)
    if is_gallery(element) or (len(images) > 1 and _has_only_images(content)):
        _add_gallery(walker, element, content, captions)
        return
    if captions and not _holds_media(content):
        walker.note_attributes(element, *LANGUAGE)
        walker.walk_flow(element)
        return
    walker.note_attributes(element)
    blocks = walker.blocks_of(content, style=parse_style(element.get("style")))
    owner = next((block for block in reversed(blocks) if block["type"] in CAPTIONED), None)
    walker.end_paragraph()
    walker.blocks += blocks
    for caption in captions:
        _add_caption(walker, caption, owner)


def convert_gallery(walker: Walker, element: Element) -> None:
    """Add the block of a gallery that is no figure, such as a list of images."""
    _add_gallery(walker, element, element, [])


def convert_caption_shortcode(walker: Walker, element: Element) -> None:
    """Add the blocks of a `[caption]` of WordPress: its image, and its text as the caption."""
    image = next((child for child in element.children if isinstance(child, Element) and _holds_image(child)), None)
    if image is None:
        walker.walk_flow(element)
        return
    rest = [child for child in element.children if child is not image]
    text = element.get("caption")
    caption = Element("figcaption", {}, [text] if text else rest)
    convert_figure(walker, Element("figure", {}, [image, caption]))


def _holds_image(element: Element) -> bool:
    return element.name in {"img", "picture"} or element.find("img") is not None


def _split_caption(element: Element) -> tuple[list[Element], Element]:
    """Return the captions of a figure and the rest of it."""
    captions: list[Element] = []

    def without(node: Element, depth: int) -> Element:
        children: list[Element | Comment | str] = []
        for child in node.children:
            if isinstance(child, Element) and _is_caption(child):
                captions.append(child)
            elif isinstance(child, Element) and child.name in {"div", "a", "span"} and depth and not is_gallery(child):
                children.append(without(child, depth - 1))
            else:
                children.append(child)
        return Element(node.name, node.attributes, children)

    rest = without(element, 3)
    return captions, Element("div", {}, rest.children)


def _is_caption(element: Element) -> bool:
    return element.name == "figcaption" or not _CAPTION_CLASSES.isdisjoint(element.classes)


def _images(element: Element) -> list[Element]:
    return [each for each in element.descendants() if each.name == "img" and not is_emoji(each)]


def _has_only_images(element: Element) -> bool:
    others = any(each.name in _OTHER_MEDIA | HEADINGS for each in element.descendants())
    return not others and not _without_captions(element).strip()


def _without_captions(element: Element) -> str:
    return "".join(
        child if isinstance(child, str) else _without_captions(child)
        for child in element.children
        if isinstance(child, str) or (isinstance(child, Element) and not _is_caption(child))
    )


def _holds_media(element: Element) -> bool:
    names = _OTHER_MEDIA | {"img"}
    return any(each.name in names or each.name.startswith(PREFIX) for each in element.descendants())


def _add_gallery(walker: Walker, element: Element, content: Element, captions: list[Element]) -> None:
    walker.note_attributes(element)
    if not _has_only_images(content):
        blocks = walker.blocks_of(content)  # text or other media between the images: they cannot be one block
        walker.end_paragraph()
        walker.blocks += blocks
    else:
        images: list[Image] = []
        _gather(walker, content, images)
        for start in range(0, len(images), MAX_GALLERY_IMAGES):
            part = images[start : start + MAX_GALLERY_IMAGES]
            walker.add_block({"type": "gallery", "images": part} if len(images) > 1 else image_block(part[0]))
    for caption in captions:
        _add_caption(walker, caption, None)


def _gather(walker: Walker, element: Element, images: list[Image]) -> None:
    """Collect the images of a gallery with the captions after them."""
    for child in element.children:
        if not isinstance(child, Element):
            continue
        if "hidden" in child.attributes or is_hidden(parse_style(child.get("style"))):
            continue
        if child.name == "img":
            image = read_image(walker, child)
            images += [image] if image is not None else []
        elif child.name == "picture" and (found := child.find("img")) is not None:
            image = read_image(walker, Element("img", found.attributes, child.children))
            images += [image] if image is not None else []
        elif _is_caption(child):
            _add_caption(walker, child, image_block(images[-1]) if images else None)
        elif child.name in {"script", "style", "noscript", "template"}:
            walker.drop(child)
        else:
            note_image_link(walker, child)
            if child.name not in {"a", "dl", "dt", "dd", "ul", "ol", "li", "button"}:
                walker.note_element(child)
            _gather(walker, child, images)


def note_image_link(walker: Walker, element: Element) -> None:
    """Record the loss of the link around an image; WordPress links images to their files."""
    href = element.get("href")
    if element.name == "a" and href:
        is_file = re.search(r"\.(jpe?g|png|gif|webp|avif|svg)([?#]|$)", href, re.IGNORECASE) is not None
        subject = (
            "The link (<a>) of an image to its file was dropped"
            if is_file
            else "The link (<a>) of an image was dropped"
        )
        walker.note_loss(LossCode.LINK, subject, subject, href)


def _add_caption(walker: Walker, caption: Element, owner: Block | None) -> None:
    """Give a caption and the credit inside of it to a block; a caption without such a block is a paragraph."""
    walker.note_attributes(caption)
    if caption.name not in {"figcaption", "p", "div", "dd"}:
        walker.note_element(caption)
    if owner is None:
        blocks = walker.blocks_of(Element("div", caption.attributes, caption.children))
        walker.end_paragraph()
        if blocks:
            sentence = f"A caption (<{caption.name}>) became a paragraph: its block cannot have one"
            walker.note_change(f"caption {caption.name}", sentence)
            walker.blocks += blocks
        return
    target = owner["image"] if owner["type"] == "image" else owner
    credit, rest = _split_credit(caption) if owner["type"] != "table" else (None, caption)
    for member, part in (("caption", rest), ("credit", credit)):
        if part is None:
            continue
        html, others = flatten(walker, walker.blocks_of(Element("div", {}, part.children)), "a caption")
        text = html_to_text(html).strip()
        if "<" in html.replace("<br>", ""):
            walker.note_change(
                f"{member} marks", f"Links and emphasis of a {member} were dropped; its text stays", html
            )
        walker.blocks += others
        text = line(walker, text, "A credit") if member == "credit" else text
        if not text:
            continue
        stored_in = "caption" if owner["type"] == "embed" else member
        earlier = target.get(stored_in)
        joined = f"{earlier}\n{text}" if earlier else text
        if len(joined) > MAX_LINE_CHARACTERS:
            walker.note_change("long caption", "A caption became a paragraph: it is longer than a caption may be")
            walker.blocks.append({"type": "paragraph", "html": html})
        else:
            target[stored_in] = joined


def _split_credit(caption: Element) -> tuple[Element | None, Element]:
    """Return the credit in a caption, and the caption without it."""
    credit = next((each for each in caption.descendants() if _is_credit(each)), None)
    if _is_credit(caption):
        return caption, Element(caption.name)
    if credit is None:
        return None, caption

    def without(node: Element) -> Element:
        children = [
            without(child) if isinstance(child, Element) else child for child in node.children if child is not credit
        ]
        return Element(node.name, node.attributes, children)

    return credit, without(caption)


def _is_credit(element: Element) -> bool:
    return any(_CREDIT.fullmatch(name) for name in element.classes) or element.get("itemprop") in _CREDIT_PROPERTIES
