"""RSS 2.0 with its content, dc, media and atom modules, after the RSS Advisory Board's specification and profile."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from app.domain.feed import FeedContent
from app.domain.url import ascii_url
from app.schemas.article import ArticleItem
from app.schemas.body import Image
from app.syndication.channel import (
    Channel,
    content_html,
    creators,
    guid_of,
    media_type,
    names_of_subjects,
    paragraph_html,
)
from app.syndication.elements import Markup, branch, document, leaf, optional

MEDIA_TYPE: Final = "application/rss+xml"

_NAMESPACES: Final = {
    "version": "2.0",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}


def render(channel: Channel, items: Sequence[ArticleItem]) -> bytes:
    """The feed as an RSS document, the articles in the order given; whole items, with HTML bodies for full texts.

    `pubDate` is the public time, which only a bump moves; `lastBuildDate` is when the feed changed last, and is not
    there while nothing is known of that.
    """
    changed_at = channel.changed_at(items)
    head = (
        leaf("title", channel.title),
        leaf("link", ascii_url(channel.publication.home)),
        leaf("description", channel.description or channel.title),
        leaf("language", channel.publication.language),
        *optional("copyright", channel.rights),
        *optional("lastBuildDate", changed_at and _mail_date(changed_at)),
        *_links(channel),
    )
    whole = branch("channel", (*head, *(_item(channel, item) for item in items)))
    return document(branch("rss", (whole,), _NAMESPACES))


def _links(channel: Channel) -> Iterator[Markup]:
    for rel, href in (("self", channel.href), ("next", channel.next_href)):
        if href is not None:
            yield leaf("atom:link", attributes={"rel": rel, "type": MEDIA_TYPE, "href": href})


def _item(channel: Channel, item: ArticleItem) -> Markup:
    return branch(
        "item",
        (
            leaf("title", item["headline"]),
            leaf("link", ascii_url(item["url"])),
            leaf("guid", guid_of(item["id"]), {"isPermaLink": "false"}),
            leaf("pubDate", _mail_date(item["published_at"])),
            *(leaf("dc:creator", creator.name) for creator in creators(item)),
            *(leaf("category", name) for name in names_of_subjects(item)),
            *_source(item),
            *_text(channel.content, item),
            *_media(item["image"]),
        ),
    )


def _source(item: ArticleItem) -> Iterator[Markup]:
    """Render the source by its name in `dc:source`, which may occur once, and by its URL in an Atom link.

    The `source` of RSS itself is a feed that an item came from.
    """
    if source := item["source"]:
        yield leaf("dc:source", source["name"])
        if source["url"]:
            yield leaf("atom:link", attributes={"rel": "via", "href": ascii_url(source["url"])})


def _text(content: FeedContent, item: ArticleItem) -> Iterator[Markup]:
    """`description` holds HTML by definition, so that the lead, which is plain text, is escaped for both."""
    if content is FeedContent.HEADLINES:
        return
    if item["lead"]:
        yield leaf("description", paragraph_html(item["lead"]))
    if content is FeedContent.FULL:
        yield from optional("content:encoded", content_html(item))


def _media(image: Image | None) -> Iterator[Markup]:
    if image is None:
        return
    file = {
        "url": ascii_url(image["url"]),
        "medium": "image",
        "type": media_type(image),
        "width": _number(image["width"]),
        "height": _number(image["height"]),
    }
    # No media:description: readers (feedparser 6) take a picture's caption for the text of the story.
    yield branch("media:content", optional("media:credit", image["credit"]), file)
    if image["renditions"]:
        smallest = min(image["renditions"], key=lambda rendition: rendition["width"])
        size = {"width": str(smallest["width"]), "height": str(smallest["height"])}
        yield leaf("media:thumbnail", attributes={"url": ascii_url(smallest["url"]), **size})


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _mail_date(instant: str) -> str:
    """The instant as RFC 822 writes it, with four digits of the year, on the clock it was given on."""
    return format_datetime(datetime.fromisoformat(instant))
