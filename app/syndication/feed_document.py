"""Feed document: the input of every feed format, and the values that all formats derive from it."""

import html as entities
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from app.domain.article_status import FeedContent
from app.domain.body.html_rendering import render_html
from app.domain.catalogue_entry import AuthorType
from app.domain.html.links import absolute_links
from app.domain.instant import parse_instant
from app.domain.language import Direction, direction_of, is_same_language
from app.domain.url import ascii_url
from app.schemas.article import FeedItem
from app.schemas.body import ImageAsset
from app.schemas.catalogue import Author, Label

TRANSLATION: Final = "https://schema.org/workTranslation"
"""Relation of links to translations. With `alternate` readers open another language: some take the last such link."""

_NAMESPACE: Final = UUID("5b0f3c52-6d0e-4c6b-9d43-0c2d9b8e7a11")
_LEADING_IMAGE: Final = re.compile(
    r"""
    (?P<start>(?:<figure\ class="[a-z-]+">)+<img\ src="(?P<url>[^"]*)")
    (?P<alt>\ alt="[^"]*")? (?P<others>[^>]*>)
    (?P<texts><figcaption>(?P<caption>.*?)(?:<small>(?P<credit>.*?)</small>)?</figcaption>)?
    """,
    re.VERBOSE | re.DOTALL,
)
_NO_ALT: Final = ' alt=""'
_ORGANISATION_ROLES: Final = frozenset({"agency", "news agency", "organisation", "organization"})
_IMAGE_TYPES: Final = {
    "apng": "image/apng",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "gif": "image/gif",
    "heic": "image/heic",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "jxl": "image/jxl",
    "png": "image/png",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "webp": "image/webp",
}
"""Media types by IANA; those of the standard library depend on the machine."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """Edition as partners see it: its name, its language (BCP 47), the URL of its site, its logo and its icon."""

    name: str
    language: str
    home: str
    logo: ImageAsset | None = None
    icon: ImageAsset | None = None


@dataclass(frozen=True, kw_only=True)
class FeedDocument:
    """One document of a feed; every link is an absolute URL, every instant RFC 3339.

    `guid` (a URI) is the same in all documents of the feed. `updated` is the last change of the feed, if known;
    otherwise the newest change among the articles shown is used. `page` is the page of a section, tag or author on the
    front end, if the feed is that of one. `hub_href` is the WebSub hub that announces changes of this document.
    `next_href` leads to the next page of older articles. The others are the links of RFC 5005: an archive document has
    `current_href`, the URL of its subscription document, and leads to its older and its newer neighbour; a subscription
    document leads to the newest archive by `older_href`.
    """

    guid: str
    title: str
    publication: Publication
    href: str
    content: FeedContent
    description: str | None = None
    updated: str | None = None
    rights: str | None = None
    page: str | None = None
    hub_href: str | None = None
    next_href: str | None = None
    older_href: str | None = None
    newer_href: str | None = None
    current_href: str | None = None

    @property
    def is_archive(self) -> bool:
        """Return whether this is an archive document, which names its subscription document."""
        return self.current_href is not None

    @property
    def page_href(self) -> str:
        """Return the page that the feed belongs to: that of its entry, else the home page of the edition."""
        return self.page or ascii_url(self.publication.home)

    def changed_at(self, items: Sequence[FeedItem]) -> str | None:
        """Return the last change of the feed as far as known; None for an empty one without a known change."""
        return self.updated or max((changed_at(item) for item in items), key=parse_instant, default=None)


class Subject(NamedTuple):
    """Category of an article: a `kind` (section, tag, label), its code, its display name, and the name's language."""

    kind: str
    code: str
    name: str
    language: str


def urn_for(name: str) -> str:
    """Return the URN of an article's id or of another stable name: equal names have equal URNs (RFC 9562)."""
    return uuid5(_NAMESPACE, name).urn


def changed_at(item: FeedItem) -> str:
    """Return the later of an article's public time and its update: a bump may follow the last update."""
    times = (item["published_at"], item["updated_at"] or item["published_at"])
    return max(times, key=parse_instant)


def categories(item: FeedItem, publication: Publication) -> Iterator[Subject]:
    """Yield the categories of the article: its sections and its tags in their order, its label."""
    for section in item["sections"]:
        yield Subject("section", section["slug"], section["name"], publication.language)
    for tag in item["tags"]:
        yield Subject("tag", tag["slug"], tag["name"], publication.language)
    if label := item["label"]:
        yield Subject("label", label["code"], label["text"], label["language"] or publication.language)


def language_of(item: FeedItem, publication: Publication) -> str:
    """Return the language of an article's text: its own, or that of its publication."""
    return item["language"] or publication.language


class Creator(NamedTuple):
    """Creator of an article: the name, and whether it is an organisation.

    `author` is the author's catalogue entry, None if the source takes the author's place.
    """

    name: str
    is_organisation: bool
    author: Author | None = None


def creators(item: FeedItem) -> list[Creator]:
    """Return the authors of the article; its source if it has none, as with news agencies.

    Empty if neither is known: the article is the publication's own. An author is an organisation by its type or its
    role, or, where nothing but its name is known, if the article's source or rights holder has the same name.
    """
    source, rights = item["source"], item["rights"]
    if not item["authors"]:
        return [Creator(source["name"], is_organisation=True)] if source and source["name"].strip() else []
    names = {_plain_name(name) for name in (source and source["name"], rights and rights["holder"]) if name}
    return [
        Creator(author["name"], is_organisation=_is_organisation(author, names), author=author)
        for author in item["authors"]
    ]


def signatures(item: FeedItem) -> list[Creator]:
    """Return what signs the article in feeds: its authors, else its byline as printed, else its source."""
    if not item["authors"] and item["byline"]:
        return [Creator(item["byline"], is_organisation=False)]
    return creators(item)


def creator_names(item: FeedItem) -> list[str]:
    """Return the names of what signs the article in feeds."""
    return [creator.name for creator in signatures(item)]


def category_names(item: FeedItem, publication: Publication) -> list[str]:
    """Return the display names of the categories, each once: a section and a tag may share one."""
    return list(dict.fromkeys(subject.name for subject in categories(item, publication)))


def foreign_language(language: str, item: FeedItem, publication: Publication) -> str | None:
    """Return the language of a text beside an article; None if the article's own text is in the same."""
    return None if is_same_language(language, language_of(item, publication)) else language


def disclaimer_language(label: Label, publication: Publication) -> str:
    """Return the language of a label's disclaimer."""
    return label["disclaimer_language"] or publication.language


def disclaimer_html(item: FeedItem, publication: Publication) -> str:
    """Return the disclaimer of the article's label as HTML, with its language if the article has another."""
    label = item["label"]
    if label is None or not label["disclaimer"]:
        return ""
    language = foreign_language(disclaimer_language(label, publication), item, publication)
    attributes = f' dir="{direction_of(language)}" lang="{entities.escape(language)}"' if language else ""
    return f"<p{attributes}><small>{_lines(label['disclaimer'])}</small></p>"


def direction_in(item: FeedItem, publication: Publication) -> Direction:
    """Return the direction of an article's text."""
    return direction_of(language_of(item, publication))


def content_html(item: FeedItem, publication: Publication) -> str:
    """Return the full text as one HTML fragment: lead, image, body (HTML format), and the disclaimer of its label.

    If the body begins with the image, it is there once, with the texts that the body's own lacks. Links are absolute,
    because a feed reader shows the text on other pages. An article without any of these has an empty text.
    """
    body = item["body"]
    if not isinstance(body, str):
        raise TypeError("a feed of full texts needs bodies as HTML")
    parts = (
        _paragraph(item["lead"]) if item["lead"] else "",
        *_with_image(item["image"], absolute_links(body, item["url"])),
        disclaimer_html(item, publication),
    )
    return _directed("\n".join(part for part in parts if part), item, publication)


def lead_html(item: FeedItem, publication: Publication) -> str | None:
    """Return the lead as HTML; None for an article without one."""
    return _directed(_paragraph(item["lead"]), item, publication) if item["lead"] else None


def _with_image(image: ImageAsset | None, body: str) -> tuple[str, ...]:
    """Return the image as a figure and the body, or the body alone if it begins with the image."""
    if image is None:
        return (body,)
    leading = _LEADING_IMAGE.match(body)
    files = {ascii_url(each["url"]) for each in (image, *image["renditions"])}
    if leading is None or entities.unescape(leading["url"]) not in files:
        return render_html([{"type": "image", "image": image}]), body
    return (_complete_figure(leading, image) + body[leading.end() :],)


def _complete_figure(leading: re.Match[str], image: ImageAsset) -> str:
    """Return the image at the beginning of a body, with the texts of the article's image where it has none."""
    alt = leading["alt"] if leading["alt"] not in (None, _NO_ALT) else f' alt="{entities.escape(image["alt"])}"'
    caption = (leading["caption"] or "").strip() or _lines(image["caption"] or "")
    credit = leading["credit"] or _lines(image["credit"] or "")
    texts = " ".join(filter(None, (caption, f"<small>{credit}</small>" if credit else "")))
    return f"{leading['start']}{alt}{leading['others']}{f'<figcaption>{texts}</figcaption>' if texts else ''}"


def _directed(html: str, item: FeedItem, publication: Publication) -> str:
    """Return HTML with its direction, unless it is left-to-right as all of the feed.

    No format has a place for the direction of a text, and readers assume that of their own interface.
    """
    direction = direction_in(item, publication)
    if not html or (direction == "ltr" and direction_of(publication.language) == "ltr"):
        return html
    return f'<div dir="{direction}" lang="{entities.escape(language_of(item, publication))}">{html}</div>'


def media_type(image: ImageAsset) -> str | None:
    """Return the media type of an image's own file: that of the rendition with the same URL, else by its extension.

    None if neither determines it.
    """
    declared = next((each["type"] for each in image["renditions"] if each["url"] == image["url"]), None)
    stem, _, extension = urlsplit(image["url"]).path.rpartition("/")[2].rpartition(".")
    return declared or (_IMAGE_TYPES.get(extension.lower()) if stem else None)


def _plain_name(name: str) -> str:
    return " ".join(name.casefold().split()).removeprefix("the ")


def author_page(author: Author) -> str | None:
    """Return the URL of an author's page on the front end, else of the author's own site, if there is one."""
    return author["page_url"] or author["url"]


def author_pages(author: Author) -> list[str]:
    """Return the URLs of the author elsewhere: the own site and other pages, each once."""
    found = [author["url"], *(link["url"] for link in author["links"])]
    return [url for url in dict.fromkeys(found) if url is not None and url != author_page(author)]


def _is_organisation(author: Author, names: Collection[str]) -> bool:
    is_bare = not any(author[name] for name in ("role", "bio", "image", "url", "email", "links"))
    by_name = is_bare and _plain_name(author["name"]) in names
    return by_name or author["author_type"] is AuthorType.ORGANISATION or _is_organisation_role(author["role"])


def _is_organisation_role(role: str | None) -> bool:
    return role is not None and _plain_name(role) in _ORGANISATION_ROLES


def _paragraph(text: str) -> str:
    return f"<p>{_lines(text)}</p>"


def _lines(text: str) -> str:
    return entities.escape(text, quote=False).replace("\n", "<br>")
