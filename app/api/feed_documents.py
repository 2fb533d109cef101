"""The absolute addresses, titles and names that the documents of a feed carry."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import Request

from app.domain.instant import format_instant
from app.queries.editions import EditionView
from app.queries.feeds import Feed
from app.schemas.article import ArticleItem
from app.schemas.question import Filters
from app.syndication.channel import Channel, Publication, guid_of, subjects

_PAGING = ("cursor", "limit", "part", "edition")


def publication_of(edition: EditionView) -> Publication:
    """The edition as partners see it."""
    return Publication(name=edition.name, language=edition.language, home=edition.site_url)


def site_base(edition: EditionView) -> str:
    """Scheme and host of the front end, where sitemaps must be served from."""
    site = urlsplit(edition.site_url)
    return f"{site.scheme}://{site.netloc}"


def public_base(request: Request, edition: EditionView) -> str:
    """Where this installation is reached by others: as it is set, else as the front end's host passes it on."""
    base: str | None = request.app.state.public_url
    return site_base(edition) if base is None else base


def channel_of(
    request: Request, feed: Feed, question: Filters, *, href: str, next_href: str | None = None, **links: str | None
) -> Channel:
    """The document at the address `href`, a path as all the links are; they become absolute."""
    base = public_base(request, feed.edition)
    absolute = {name: None if link is None else base + link for name, link in links.items()}
    return Channel(
        guid=guid_of(f"feed {question.href(f'/feeds/{feed.edition.slug}', **dict.fromkeys(_PAGING))}"),
        title=_title(feed.edition, question, feed.items),
        publication=publication_of(feed.edition),
        updated=None if feed.items else format_instant(feed.edition.modified_at, feed.edition.zone),
        href=base + href,
        content=feed.edition.feed_content,
        next_href=None if next_href is None else base + next_href,
        **absolute,
    )


def _title(edition: EditionView, question: Filters, items: Sequence[ArticleItem]) -> str:
    """The edition's name and what the feed is about, by the names that its articles show."""
    kinds = (question.section, question.tag, question.author, question.label)
    asked = [code for codes in kinds for code in sorted(set(codes))]  # another order asks the same
    if not asked:
        return edition.name
    names = {subject.code: subject.name for item in items for subject in subjects(item)}
    names |= {author["slug"]: author["name"] for item in items for author in item["authors"]}
    return f"{edition.name}: {', '.join(names.get(code, code) for code in asked)}"
