"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from collections.abc import Sequence
from typing import Any, Final

import orjson

from app.domain.article_status import FeedContent
from app.domain.language import direction_of
from app.domain.url import ascii_url
from app.schemas.article import FeedItem
from app.schemas.catalogue import Label
from app.syndication.feed_document import (
    Creator,
    FeedDocument,
    Publication,
    author_page,
    category_names,
    changed_at,
    content_html,
    direction_in,
    disclaimer_language,
    signatures,
    urn_for,
)

MEDIA_TYPE: Final = "application/feed+json"
VERSION: Final = "https://jsonfeed.org/version/1.1"


def render(channel: FeedDocument, items: Sequence[FeedItem]) -> bytes:
    """Render the feed as one JSON object, articles in the given order, complete, with HTML bodies for full texts.

    `_dayline` carries what the format has no member for: the direction of the text; the article's id, version, source,
    sections, kicker, access, label and translations; texts of its image.
    """
    publication = channel.publication
    icon = publication.logo or publication.icon
    feed = {
        "version": VERSION,
        "title": channel.title,
        "description": channel.description,
        "home_page_url": channel.page_href,
        "feed_url": channel.href,
        "next_url": channel.next_href,
        "icon": ascii_url(icon["url"]) if icon else None,
        "favicon": ascii_url(publication.icon["url"]) if publication.icon else None,
        "language": publication.language,
        "authors": [{"name": publication.name, "url": ascii_url(publication.home)}],
        "hubs": [{"type": "WebSub", "url": channel.hub_href}] if channel.hub_href else None,
        "_dayline": {"direction": direction_of(publication.language)},
        "items": [_item(channel, item) for item in items],
    }
    return orjson.dumps(_drop_empty(feed))


def _item(channel: FeedDocument, item: FeedItem) -> dict[str, Any]:
    image = item["image"]
    return _drop_empty(
        {
            "id": urn_for(item["id"]),
            "url": ascii_url(item["url"]),
            "external_url": item["canonical_url"],
            "title": item["headline"],
            **_text(channel, item),
            "image": ascii_url(image["url"]) if image else None,
            "date_published": item["published_at"],
            "date_modified": changed_at(item),
            "authors": [_author(creator) for creator in signatures(item)] or None,
            "tags": category_names(item, channel.publication) or None,
            "language": item["language"],
            "_dayline": _extension(channel, item),
        }
    )


def _author(creator: Creator) -> dict[str, Any]:
    author = creator.author
    if author is None:
        return {"name": creator.name}
    image = author["image"]
    return _drop_empty(
        {"name": creator.name, "url": author_page(author), "avatar": ascii_url(image["url"]) if image else None}
    )


def _text(channel: FeedDocument, item: FeedItem) -> dict[str, Any]:
    """Return the content members of an item.

    The format requires one that is not empty, so shorter contents, and articles without a text, repeat the lead or the
    headline.
    """
    if channel.content is FeedContent.FULL and (whole := content_html(item, channel.publication)):
        return {"content_html": whole, "summary": item["lead"]}
    if channel.content is not FeedContent.HEADLINES and item["lead"]:
        return {"content_text": item["lead"], "summary": item["lead"]}
    return {"content_text": item["headline"]}


def _extension(channel: FeedDocument, item: FeedItem) -> dict[str, Any]:
    section, label, source, image = item["section"], item["label"], item["source"], item["image"]
    return {
        "id": item["id"],
        "version": item["version"],
        "direction": direction_in(item, channel.publication),
        "image": image and {name: image[name] for name in ("alt", "caption", "credit")},
        "source": source and {**source, "url": source["url"] and ascii_url(source["url"])},
        "section": section["slug"] if section else None,
        "sections": [each["slug"] for each in item["sections"]],
        "kicker": item["kicker"],
        "access": item["access"],
        "translations": [
            {"language": each["language"], "url": ascii_url(each["url"])} for each in item["translations"]
        ],
        "label": _label(label, channel.publication) if label else None,
    }


def _label(label: Label, publication: Publication) -> dict[str, str | None]:
    disclaimer = label["disclaimer"]
    language = disclaimer_language(label, publication) if disclaimer else None
    return {"code": label["code"], "disclaimer": disclaimer, "disclaimer_language": language}


def _drop_empty(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
