"""Absolute URLs, titles and names of feed documents."""

from app.domain.instant import format_instant
from app.domain.language import drop_extensions
from app.domain.list_filter import Facet
from app.domain.url import ascii_site, ascii_url
from app.net.base_path import href_of
from app.queries.catalogue.editions import EditionView, render_image
from app.queries.feeds.feeds import Feed
from app.queries.feeds.topics import find_entry, is_topic
from app.schemas.params import FilterParams
from app.syndication.feed_document import FeedDocument, Publication, urn_for

_PAGING = ("cursor", "limit", "part", "edition")


def to_publication(edition: EditionView) -> Publication:
    """Return the edition as partners see it."""
    return Publication(
        name=edition.name,
        language=drop_extensions(edition.language),
        home=edition.site_url,
        logo=render_image(edition.logo),
        icon=render_image(edition.icon),
    )


def site_origin(edition: EditionView) -> str:
    """Return scheme and host (in ASCII) of the edition's site."""
    return ascii_site(edition.site_url)


def page_origin(edition: EditionView) -> str:
    """Return scheme and host (in ASCII) of the edition's article pages, from which sitemaps must be served.

    They are those of `article_url`, or of the site if each article has a host of its own.
    """
    return edition.base_url


def sitemap_base(public_url: str | None, edition: EditionView) -> str:
    """Return the URL that precedes the paths of sitemaps, on the host of the pages that they list.

    That is the public URL if it is on the same host; another host's path says nothing about this one.
    """
    origin = page_origin(edition)
    return origin + href_of("") if public_url is not None and ascii_site(public_url) == origin else origin


def pages_home(edition: EditionView) -> str:
    """Return the home page on the host of `page_origin`: the edition's, or the host's root where the hosts differ."""
    base = page_origin(edition)
    home = ascii_url(edition.site_url) if site_origin(edition) == base else base
    return f"{home}/" if home == base else home


def api_origin(public_url: str | None, edition: EditionView) -> str:
    """Return the public origin of this installation: as configured, else the front end's host.

    The path of the public URL is no part of it: links have it already.
    """
    return site_origin(edition) if public_url is None else ascii_site(public_url)


def feed_url(public_url: str | None, edition: EditionView, path: str) -> str:
    """Return the absolute URL of a feed, as its own links have it."""
    return api_origin(public_url, edition) + path


def build_channel(
    public_url: str | None,
    feed: Feed,
    params: FilterParams,
    *,
    href: str,
    hub_href: str | None = None,
    next_href: str | None = None,
    **links: str | None,
) -> FeedDocument:
    """Return the feed document at `href`, a path like all links but that of the hub; they become absolute.

    A hub is named by the feeds that are announced to it.
    """
    base = api_origin(public_url, feed.edition)
    entry = find_entry(feed, params)
    absolute = {name: None if link is None else base + link for name, link in links.items()}
    return FeedDocument(
        guid=urn_for(f"feed {params.path_for(f'/feeds/{feed.edition.slug}', **dict.fromkeys(_PAGING))}"),
        title=_title(feed, params),
        publication=to_publication(feed.edition),
        updated=None if feed.items else format_instant(feed.edition.modified_at, feed.edition.zone),
        href=base + href,
        content=feed.edition.feed_content,
        page=None if entry is None else feed.edition.page_url_of(*entry),
        hub_href=hub_href if hub_href is not None and is_topic(feed, params) else None,
        next_href=None if next_href is None else base + next_href,
        **absolute,
    )


def _title(feed: Feed, params: FilterParams) -> str:
    """Return the edition's name with the names of the filter values, or their codes if unknown."""
    kinds = (Facet.SECTION, Facet.TAG, Facet.AUTHOR, Facet.LABEL)
    entries = [(kind, code) for kind in kinds for code in sorted(set(getattr(params, kind.name.lower())))]
    # Sorted by kind and code, so that equal queries have equal titles.
    named = [feed.names.get(each, each[1]) for each in entries]
    return f"{feed.edition.name}: {', '.join(named)}" if named else feed.edition.name
