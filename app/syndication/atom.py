"""Atom (RFC 4287), with the archive documents and pages of RFC 5005."""

from collections.abc import Iterator, Sequence
from typing import Final

from app.domain.article_status import FeedContent
from app.domain.instant import drop_zero_fraction
from app.domain.url import ascii_url
from app.schemas.article import FeedItem
from app.syndication.feed_document import (
    TRANSLATION,
    Creator,
    FeedDocument,
    Publication,
    author_page,
    categories,
    changed_at,
    content_html,
    foreign_language,
    media_type,
    signatures,
    urn_for,
)
from app.syndication.xml import Markup, element, optional_element, text_element, xml_document

MEDIA_TYPE: Final = "application/atom+xml"

_ATOM: Final = "http://www.w3.org/2005/Atom"
_MEDIA: Final = "http://search.yahoo.com/mrss/"
_HISTORY: Final = "http://purl.org/syndication/history/1.0"
_SCHEMES: Final = {
    "section": "https://schema.org/articleSection",
    "tag": "https://schema.org/keywords",
    "label": "https://schema.org/genre",
}
_NEVER: Final = "1970-01-01T00:00:00Z"
"""`updated` of a feed that never had an entry: the element is mandatory."""


def render(channel: FeedDocument, items: Sequence[FeedItem]) -> bytes:
    """Render a subscription or archive document, entries in the given order.

    Items are complete, with HTML bodies for full texts. The feed's id is the same in all documents, `self` differs.
    """
    head = (
        text_element("id", channel.guid),
        text_element("title", channel.title),
        *optional_element("subtitle", channel.description),
        _instant("updated", channel.changed_at(items) or _NEVER),
        element("author", (text_element("name", channel.publication.name),)),
        *optional_element("rights", channel.rights),
        *_pictures(channel.publication),
        *_links(channel),
        *((text_element("fh:archive"),) if channel.is_archive else ()),
    )
    spaces = {"xmlns": _ATOM, "xmlns:fh": _HISTORY, "xmlns:media": _MEDIA}
    names = {**spaces, "xml:lang": channel.publication.language}
    return xml_document(element("feed", (*head, *(_entry(channel, item) for item in items)), names))


def _links(channel: FeedDocument) -> Iterator[Markup]:
    yield _link("alternate", channel.page_href, "text/html")
    documents = {
        "self": channel.href,
        "next": channel.next_href,
        "current": channel.current_href,
        "prev-archive": channel.older_href,
        "next-archive": channel.newer_href,
    }
    for rel, href in documents.items():
        if href is not None:
            yield _link(rel, href, MEDIA_TYPE)
    if channel.hub_href is not None:
        yield _link("hub", channel.hub_href)


def _link(
    rel: str, href: str, media_type: str | None = None, language: str | None = None, title: str | None = None
) -> Markup:
    named = {"rel": rel, "type": media_type, "hreflang": language, "title": title, "href": href}
    return text_element("link", attributes=named)


def _instant(name: str, text: str) -> Markup:
    return text_element(name, drop_zero_fraction(text))


def _entry(channel: FeedDocument, item: FeedItem) -> Markup:
    authors = signatures(item) or [Creator(channel.publication.name, is_organisation=True)]
    return element(
        "entry",
        (
            text_element("id", urn_for(item["id"])),
            text_element("title", item["headline"]),
            _instant("published", item["published_at"]),
            _instant("updated", changed_at(item)),
            *(element("author", _author(creator)) for creator in authors),
            *_categories(item, channel.publication),
            *_entry_links(item),
            *optional_element("rights", _rights(item)),
            *_text(channel, item),
            *optional_element("media:credit", item["image"] and item["image"]["credit"]),
        ),
        {"xml:lang": item["language"]} if item["language"] else None,
    )


def _author(creator: Creator) -> Iterator[Markup]:
    yield text_element("name", creator.name)
    if creator.author is not None:
        yield from optional_element("uri", author_page(creator.author))
        yield from optional_element("email", creator.author["email"])


def _pictures(publication: Publication) -> Iterator[Markup]:
    for name, image in (("icon", publication.icon), ("logo", publication.logo)):
        yield from optional_element(name, ascii_url(image["url"]) if image else None)


def _categories(item: FeedItem, publication: Publication) -> Iterator[Markup]:
    for kind, code, name, language in categories(item, publication):
        named = {"term": code, "scheme": _SCHEMES[kind], "label": name}
        yield text_element("category", attributes={**named, "xml:lang": foreign_language(language, item, publication)})


def _entry_links(item: FeedItem) -> Iterator[Markup]:
    yield _link("alternate", ascii_url(item["url"]), "text/html")
    source, image = item["source"], item["image"]
    if item["canonical_url"]:
        yield _link("canonical", item["canonical_url"], "text/html")
    if source and source["url"]:
        yield _link("via", ascii_url(source["url"]))
    if image:
        yield _link("enclosure", ascii_url(image["url"]), media_type(image), title=image["alt"] or None)
    for each in item["translations"]:
        yield _link(TRANSLATION, ascii_url(each["url"]), "text/html", each["language"])


def _rights(item: FeedItem) -> str | None:
    rights = item["rights"]
    return "\n".join(filter(None, (rights["notice"], rights["usage"]))) if rights else None


def _text(channel: FeedDocument, item: FeedItem) -> Iterator[Markup]:
    if channel.content is not FeedContent.HEADLINES:
        yield from optional_element("summary", item["lead"])
    if channel.content is FeedContent.FULL:
        whole = content_html(item, channel.publication)
        if whole:  # an empty element is a warning of the W3C validator; the alternate link stands for the text
            yield text_element("content", whole, {"type": "html"})
