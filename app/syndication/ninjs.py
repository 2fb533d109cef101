"""ninjs 3.1 (IPTC): an article, a feed as one composite news object, and the stub of a withdrawn article."""

from collections.abc import Sequence
from itertools import chain, count
from typing import Any, Final

import orjson

from app.domain.article_status import FeedContent
from app.domain.catalogue_entry import TagType, code_uri
from app.domain.html.inline_html import is_web_url
from app.domain.html.links import absolute_links
from app.domain.url import ascii_url
from app.schemas.article import Article, FeedItem, LinkedItem, Translation
from app.schemas.body import ImageAsset, Rendition, Rights
from app.schemas.catalogue import Label, Tag
from app.syndication.feed_document import (
    Creator,
    FeedDocument,
    Publication,
    changed_at,
    creators,
    disclaimer_html,
    disclaimer_language,
    foreign_language,
    language_of,
    media_type,
    urn_for,
)

MEDIA_TYPE: Final = "application/json"

THINGS: Final = frozenset({TagType.PERSON, TagType.ORGANISATION, TagType.PLACE, TagType.EVENT})
"""Types of tags that ninjs has members for; others are subjects."""

_STANDARD: Final = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
}


def render(article: Article, *, publication: Publication) -> bytes:
    """Render an article with its full text (HTML format), its image, its related articles and its translations."""
    members = _article(article, publication, FeedContent.FULL)
    associations = [
        *members.get("associations", ()),
        *(_related(item) for item in article["related"]),
        *(_translation(each) for each in article["translations"]),
    ]
    return orjson.dumps({"standard": _STANDARD, **_drop_empty(members | {"associations": associations})})


def render_list(channel: FeedDocument, items: Sequence[FeedItem]) -> bytes:
    """Render a feed as one composite news object, as ninjs has no lists: articles are associations in the given order.

    Items are complete, with HTML bodies for full texts. The rendition `next` is the page of older articles.
    """
    renditions = [
        {"name": name, "href": href, "contentType": MEDIA_TYPE}
        for name, href in (("self", channel.href), ("next", channel.next_href))
        if href is not None
    ]
    named = (
        {"name": item["headline"], "rel": "item", **_article(item, channel.publication, channel.content)}
        for item in items
    )
    members = {
        "uri": channel.guid,
        "type": "composite",
        "versionCreated": channel.changed_at(items),
        "pubStatus": "usable",
        "copyrightNotice": channel.rights,
        "language": channel.publication.language,
        "title": channel.title,
        "descriptions": _texts("summary", channel.description),
        "renditions": renditions,
    }
    return orjson.dumps({"standard": _STANDARD, **_drop_empty(members), "associations": list(named)})


def canceled(article_id: str, *, at: str, notice: str | None = None) -> bytes:
    """Render the stub of an article that was withdrawn at an instant (RFC 3339): its identity without any of its text.

    The public notice is the editorial note.
    """
    members = {
        "uri": urn_for(article_id),
        "type": "text",
        "versionCreated": at,
        "pubStatus": "canceled",
        "altIds": [{"role": "id", "value": article_id}],
        "edNote": notice,
    }
    return orjson.dumps({"standard": _STANDARD, **_drop_empty(members)})


def _article(item: FeedItem, publication: Publication, content: FeedContent) -> dict[str, Any]:
    is_full = content is FeedContent.FULL
    made_by = creators(item)
    names = [creator.name for creator in made_by]
    return _drop_empty(
        {
            "uri": urn_for(item["id"]),
            "type": "text",
            "representationType": "full" if is_full else "partial",
            "version": str(item["version"]),
            "firstCreated": item["first_published_at"],
            "versionCreated": changed_at(item),
            "pubStatus": "usable",
            "urgency": item["urgency"],
            **_rights(item["rights"]),
            "language": language_of(item, publication),
            "headlines": _headlines(item),
            "descriptions": [] if content is FeedContent.HEADLINES else _descriptions(item, publication),
            "bodies": _bodies(item) if is_full else [],
            "people": [*_signed(made_by, is_organisation=False), *_about(item, TagType.PERSON)],
            "organisations": [*_signed(made_by, is_organisation=True), *_about(item, TagType.ORGANISATION)],
            "places": _about(item, TagType.PLACE),
            "events": _about(item, TagType.EVENT),
            "subjects": _subjects(item),
            "genres": _genres(item["label"]),
            "infoSources": _sources(item),
            "by": item["byline"] or ", ".join(names),
            "slugline": item["slug"],
            "located": item["dateline"],
            "renditions": _pages(item),
            "associations": [] if item["image"] is None else [_picture(item["image"])],
            "altIds": [{"role": "id", "value": item["id"]}],
        }
    )


def _texts(role: str, value: str | None) -> list[dict[str, str]]:
    return [{"role": role, "contentType": "text/plain", "value": value}] if value else []


def _headlines(item: FeedItem) -> list[dict[str, str]]:
    roles = (
        ("main", item["headline"]),
        ("kicker", item["kicker"]),
        ("subheadline", item["subheadline"]),
        ("short", item["short_headline"]),
    )
    return [headline for role, value in roles for headline in _texts(role, value)]


def _pages(item: FeedItem) -> list[dict[str, str]]:
    """Return the page of the article, and the one that its text was first published on."""
    pages = (("web", ascii_url(item["url"])), ("canonical", item["canonical_url"]))
    return [{"name": name, "href": href, "contentType": "text/html"} for name, href in pages if href is not None]


def _descriptions(item: FeedItem, publication: Publication) -> list[dict[str, str]]:
    """Return the lead and the disclaimer of the label.

    Descriptions have no member for a language, so a disclaimer in another than the article's is HTML, which names it.
    """
    label = item["label"]
    disclaimer = _texts("disclaimer", label["disclaimer"] if label else None)
    if label and disclaimer and foreign_language(disclaimer_language(label, publication), item, publication):
        disclaimer[0] |= {"contentType": "text/html", "value": disclaimer_html(item, publication)}
    return _texts("summary", item["lead"]) + disclaimer


def _bodies(item: FeedItem) -> list[dict[str, str]]:
    body = item["body"]
    if not isinstance(body, str):
        raise TypeError("a news object of a full text needs its body as HTML")
    return [{"role": "main", "contentType": "text/html", "value": absolute_links(body, item["url"])}] if body else []


def _subjects(item: FeedItem) -> list[dict[str, str]]:
    filed = [{"name": each["name"], "rel": "section", "literal": each["slug"]} for each in item["sections"]]
    return filed + [_named(tag) for tag in item["tags"] if tag["tag_type"] not in THINGS]


def _signed(made_by: Sequence[Creator], *, is_organisation: bool) -> list[dict[str, str]]:
    return [{"name": each.name, "rel": "author"} for each in made_by if each.is_organisation is is_organisation]


def _about(item: FeedItem, kind: TagType) -> list[dict[str, str]]:
    return [_named(tag) for tag in item["tags"] if tag["tag_type"] is kind]


def _named(tag: Tag) -> dict[str, str]:
    """Return a subject by its name, its slug, and the URI of the first of its codes that has one."""
    uris = (code_uri(each["scheme"], each["code"]) for each in tag["codes"])
    uri = next((uri for uri in uris if uri is not None), None)
    named = {"name": tag["name"], "rel": "about", "literal": tag["slug"]}
    return named if uri is None else {"uri": uri, **named}


def _genres(label: Label | None) -> list[dict[str, str]]:
    return [{"name": label["text"], "literal": label["genre"] or label["code"]}] if label else []


def _sources(item: FeedItem) -> list[dict[str, str]]:
    source = item["source"]
    if source is None:
        return []
    return [{"name": source["name"]} | ({"uri": ascii_url(source["url"])} if source["url"] else {})]


def _rights(rights: Rights | None) -> dict[str, Any]:
    if rights is None:
        return {}
    licence = rights["licence_url"]
    return {
        "copyrightHolder": rights["holder"],
        "copyrightNotice": rights["notice"],
        "usageTerms": rights["usage"],
        "rightsInfo": {"linkedRights": ascii_url(licence)} if licence else None,
    }


def _picture(image: ImageAsset) -> dict[str, Any]:
    url = ascii_url(image["url"])
    size = {"width": image["width"], "height": image["height"]}
    own = _drop_empty({"name": "main", "href": url, "contentType": media_type(image), **size})
    files = [rendition for rendition in image["renditions"] if rendition["url"] != image["url"]]
    others = [
        {
            "name": name,
            "href": ascii_url(rendition["url"]),
            "contentType": rendition["type"],
            "width": rendition["width"],
            "height": rendition["height"],
        }
        for name, rendition in zip(_names(files), files, strict=True)
    ]
    return _drop_empty(
        {
            "name": image["alt"] or "image",
            "rel": "image",
            "uri": url,
            "type": "picture",
            "descriptions": _texts("caption", image["caption"]) + _texts("alt", image["alt"]),
            "by": image["credit"],
            **_licence(image["licence"]),
            "altIds": [{"role": "asset", "value": image["asset_id"]}] if image["asset_id"] else [],
            "renditions": [own, *others],
        }
    )


def _licence(licence: str | None) -> dict[str, Any]:
    if licence is None:
        return {}
    return {"rightsInfo": {"linkedRights": ascii_url(licence)}} if is_web_url(licence) else {"usageTerms": licence}


def _names(files: Sequence[Rendition]) -> list[str]:
    """Return a unique name for each file: `600w` for the first of a width, `600w-webp` for one in another format."""
    names: dict[str, None] = {}
    for each in files:
        short = f"{each['width']}w"
        long = f"{short}-{each['type'].removeprefix('image/')}"
        candidates = chain((short, long), (f"{long}-{number}" for number in count(2)))
        names[next(name for name in candidates if name not in names)] = None
    return list(names)


def _related(item: LinkedItem) -> dict[str, Any]:
    return {
        "name": item["headline"],
        "rel": "related",
        "uri": urn_for(item["id"]),
        "type": "text",
        "representationType": "partial",
        "headlines": _texts("main", item["headline"]),
        "renditions": [{"name": "web", "href": ascii_url(item["url"]), "contentType": "text/html"}],
    }


def _translation(translation: Translation) -> dict[str, Any]:
    return {
        "name": translation["headline"],
        "rel": "translation",
        "uri": urn_for(translation["id"]),
        "type": "text",
        "representationType": "partial",
        "language": translation["language"],
        "headlines": _texts("main", translation["headline"]),
        "renditions": [{"name": "web", "href": ascii_url(translation["url"]), "contentType": "text/html"}],
    }


def _drop_empty(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that have a value: the schema has no null."""
    return {name: value for name, value in members.items() if value not in (None, "", [])}
