"""RSS 2.0 with its content, dc, media and atom modules, after the RSS Advisory Board's specification and profile."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from app.domain.article_status import FeedContent
from app.domain.url import ascii_url
from app.schemas.article import FeedItem
from app.schemas.body import ImageAsset
from app.syndication.feed_document import (
    TRANSLATION,
    FeedDocument,
    category_names,
    content_html,
    creator_names,
    lead_html,
    media_type,
    urn_for,
)
from app.syndication.xml import Markup, element, optional_element, plain_element, text_element, xml_document

MEDIA_TYPE: Final = "application/rss+xml"

_NAMESPACES: Final = {
    "version": "2.0",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}


def render(channel: FeedDocument, items: Sequence[FeedItem]) -> bytes:
    """Render the feed as RSS, articles in the given order, complete, with HTML bodies for full texts.

    `pubDate` is the public time, which only a bump moves; `lastBuildDate` is the last change of the feed, absent while
    that is unknown.
    """
    changed_at = channel.changed_at(items)
    head = (
        plain_element("title", channel.title),
        text_element("link", channel.page_href),
        plain_element("description", channel.description or channel.title),
        text_element("language", channel.publication.language),
        *optional_element("copyright", channel.rights),
        *optional_element("lastBuildDate", changed_at and _mail_date(changed_at)),
        *_logo(channel),
        *_links(channel),
    )
    whole = element("channel", (*head, *(_item(channel, item) for item in items)))
    return xml_document(element("rss", (whole,), _NAMESPACES))


def _logo(channel: FeedDocument) -> Iterator[Markup]:
    logo = channel.publication.logo
    if logo is not None:
        yield element(
            "image",
            (
                text_element("url", ascii_url(logo["url"])),
                plain_element("title", channel.title),
                text_element("link", channel.page_href),
            ),
        )


def _links(channel: FeedDocument) -> Iterator[Markup]:
    for rel, href in (("self", channel.href), ("next", channel.next_href)):
        if href is not None:
            yield text_element("atom:link", attributes={"rel": rel, "type": MEDIA_TYPE, "href": href})
    if channel.hub_href is not None:
        yield text_element("atom:link", attributes={"rel": "hub", "href": channel.hub_href})


def _item(channel: FeedDocument, item: FeedItem) -> Markup:
    return element(
        "item",
        (
            plain_element("title", item["headline"]),
            text_element("link", ascii_url(item["url"])),
            text_element("guid", urn_for(item["id"]), {"isPermaLink": "false"}),
            text_element("pubDate", _mail_date(item["published_at"])),
            *(text_element("dc:creator", name) for name in creator_names(item)),
            *optional_element("dc:language", item["language"]),
            *(plain_element("category", name) for name in category_names(item, channel.publication)),
            *_source(item),
            *_canonical(item),
            *_translations(item),
            *_text(channel, item),
            *_media(item["image"]),
        ),
    )


def _source(item: FeedItem) -> Iterator[Markup]:
    """Render the source by its name in `dc:source`, which may occur once, and by its URL in an Atom link.

    The `source` of RSS itself is a feed that an item came from.
    """
    if source := item["source"]:
        yield text_element("dc:source", source["name"])
        if source["url"]:
            yield text_element("atom:link", attributes={"rel": "via", "href": ascii_url(source["url"])})


def _canonical(item: FeedItem) -> Iterator[Markup]:
    if item["canonical_url"]:
        yield text_element("atom:link", attributes={"rel": "canonical", "href": item["canonical_url"]})


def _translations(item: FeedItem) -> Iterator[Markup]:
    for each in item["translations"]:
        link = {"rel": TRANSLATION, "type": "text/html", "hreflang": each["language"], "href": ascii_url(each["url"])}
        yield text_element("atom:link", attributes=link)


def _text(channel: FeedDocument, item: FeedItem) -> Iterator[Markup]:
    """Render the text; `description` holds HTML by definition, so the lead, which is plain text, is escaped twice."""
    if channel.content is FeedContent.HEADLINES:
        return
    yield from optional_element("description", lead_html(item, channel.publication))
    if channel.content is FeedContent.FULL:
        yield from optional_element("content:encoded", content_html(item, channel.publication))


def _media(image: ImageAsset | None) -> Iterator[Markup]:
    if image is None:
        return
    file = {
        "url": ascii_url(image["url"]),
        "medium": "image",
        "type": media_type(image),
        "width": _number(image["width"]),
        "height": _number(image["height"]),
    }
    # No media:description: readers (feedparser 6) take an image's caption for the text of the story.
    yield element("media:content", optional_element("media:credit", image["credit"]), file)
    if image["renditions"]:
        smallest = min(image["renditions"], key=lambda rendition: rendition["width"])
        size = {"width": str(smallest["width"]), "height": str(smallest["height"])}
        yield text_element("media:thumbnail", attributes={"url": ascii_url(smallest["url"]), **size})


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _mail_date(instant: str) -> str:
    """Format the instant by RFC 822 with a year of four digits, in the offset of the input."""
    return format_datetime(datetime.fromisoformat(instant))
