"""Queries of editions, read once for each response."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, bindparam, select

from app.db.base import AnyRow
from app.db.prepared import PreparedQuery
from app.domain.article_status import FeedContent
from app.domain.article_url import DEFAULT_TEMPLATE, ArticleAddressParts, ArticleUrlTemplate
from app.domain.body.shown_blocks import ascii_image, complete_image
from app.domain.calendar import Day, day_at, find_zone
from app.domain.interface_strings import complete_plurals, complete_strings, find_string_languages, is_proofread
from app.domain.language import direction_of, find_date_language
from app.domain.list_filter import Facet, ListFilter
from app.domain.tsid import format_id
from app.domain.url import ascii_site, ascii_template, ascii_url
from app.errors import NotFoundError
from app.invalidation.dependencies import depend_on_collection, depend_on_entry, expires_at
from app.models.edition import editions
from app.net.base_path import href_of
from app.queries.keyset.pages import by_name
from app.schemas.alternate import AlternateLink
from app.schemas.body import ImageAsset
from app.schemas.edition import Edition, EditionLink
from app.schemas.pagination import EditionList
from app.schemas.params import EntryListParams

PATH = "/v1/editions"
_ORIGIN = re.compile("https?://[^/?#{]+(?=[/?#])", re.IGNORECASE)
FEEDS = (
    ("rss.xml", "application/rss+xml", "RSS"),
    ("atom.xml", "application/atom+xml", "Atom"),
    ("feed.json", "application/feed+json", "JSON Feed"),
    ("ninjs.json", "application/json", "ninjs"),
)
"""Feeds of an edition: file name, media type, and name of the format."""


class EntryTemplates(NamedTuple):
    """Templates of the URLs of entries on the front end, as entered; None where entries have no pages."""

    section: str | None
    tag: str | None
    author: str | None


@dataclass(frozen=True, slots=True, eq=False)
class EditionView:
    """The fields of an edition that responses use; `urls` is its `template` with the site filled in.

    Views are compared by identity, which is quick where they are part of a cache key: equal rows share one.
    """

    id: int
    slug: str
    name: str
    language: str
    timezone: str
    zone: ZoneInfo
    site_url: str
    template: str
    urls: ArticleUrlTemplate
    is_default: bool
    strings: str
    modified_at: int
    feed_content: FeedContent
    page_templates: EntryTemplates
    preview_url: str | None
    logo: str | None
    icon: str | None
    default_id: int
    default_language: str

    @property
    def base_url(self) -> str:
        """Return scheme and host (in ASCII) of the edition's article pages: those of the site if each has its own."""
        origin = _ORIGIN.match(self.urls.text)
        return ascii_site(self.site_url) if origin is None else ascii_url(origin[0])

    def url_of(self, slug: str, article_id: str, section: str | None, published_at: int) -> str:
        """Return an article's URL on the front end, from the slug of its section and its first publication."""
        urls = self.urls
        if urls.head is not None and slug.isascii():
            return f"{urls.head}{slug}{urls.tail}"
        return urls.render(ArticleAddressParts(article_id, slug, section, published_at))

    def url_of_row(self, row: AnyRow) -> str:
        """Return the URL of the article in a row with the columns that it consists of, and a public time."""
        first = row.first_published_at
        return self.url_of(row.slug, format_id(row.id), row.section_slug, row.published_at if first is None else first)

    def page_url_of(self, kind: Facet, slug: str) -> str | None:
        """Return the URL of a section, tag or author on the front end; None without a template."""
        template = self.page_templates[_PAGES[kind]]
        return None if template is None else self._filled(template, slug=slug)

    def preview_url_of(self, *, article_id: str, slug: str, token: str) -> str | None:
        """Return the URL of a preview on the front end; None without a template."""
        template = self.preview_url
        return None if template is None else self._filled(template, id=article_id, slug=slug, token=token)

    def _filled(self, template: str, **values: str) -> str:
        filled = template.replace("{site_url}", self.site_url)
        for name, value in values.items():
            filled = filled.replace(f"{{{name}}}", value)
        return ascii_url(filled)

    def query(self) -> str:
        """Return the query string that selects this edition: empty for the default one."""
        return "" if self.is_default else f"?edition={self.slug}"


_DEFAULTS = editions.alias("default_editions")
COLUMNS = (
    editions.c.id,
    editions.c.slug,
    editions.c.name,
    editions.c.language,
    editions.c.timezone,
    editions.c.site_url,
    editions.c.article_url,
    editions.c.is_default,
    editions.c.strings,
    editions.c.modified_at,
    editions.c.feed_content,
    editions.c.section_url,
    editions.c.tag_url,
    editions.c.author_url,
    editions.c.preview_url,
    editions.c.logo,
    editions.c.icon,
    editions.c.section_fallback,
    select(_DEFAULTS.c.id).where(_DEFAULTS.c.is_default).scalar_subquery().label("default_id"),
    select(_DEFAULTS.c.language).where(_DEFAULTS.c.is_default).scalar_subquery().label("default_language"),
)
JOINED_COLUMNS = tuple(column.label(f"of_{column.key}") for column in COLUMNS)
"""COLUMNS with the prefix `of_`, for statements that join other tables."""
_PAGES = {Facet.SECTION: 0, Facet.TAG: 1, Facet.AUTHOR: 2}
_DIGEST = ListFilter(edition="editions").digest()
_BY_SLUG = by_name("slug")
_EDITIONS = select(*COLUMNS)
_ALL = _EDITIONS.order_by(editions.c.slug)
_DEFAULT = PreparedQuery(_EDITIONS.where(editions.c.is_default))
_NAMED = PreparedQuery(_EDITIONS.where(editions.c.slug == bindparam("slug")))
_NUMBERED = PreparedQuery(_EDITIONS.where(editions.c.id == bindparam("number")))
_PAGE = _EDITIONS.where(editions.c.slug > bindparam("after")).order_by(editions.c.slug).limit(bindparam("limit"))


def get_edition_view(connection: Connection, slug: str | None) -> EditionView:
    """Return the edition with that slug, or the default one; NotFoundError."""
    row = _DEFAULT.first(connection, {}) if slug is None else _NAMED.first(connection, {"slug": slug})
    if row is None:
        raise edition_not_found(slug)
    depend_on_entry(Facet.EDITION, row.id)
    return _view(row)


def edition_from_row(members: Sequence[Any]) -> EditionView:
    """Return the edition of a row of COLUMNS or JOINED_COLUMNS."""
    depend_on_entry(Facet.EDITION, members[0])
    return _view(tuple(members))


def depend_on_default_language(view: EditionView) -> None:
    """Record that a response of another edition shows texts that may be in the language of the default edition."""
    if not view.is_default:
        depend_on_entry(Facet.EDITION, view.default_id)


def edition_not_found(slug: str | None) -> NotFoundError:
    """Return the error for an unknown edition, after recording a dependency on its creation."""
    depend_on_collection(Facet.EDITION)
    return NotFoundError("There is no edition yet." if slug is None else f"There is no edition '{slug[:80]}'.")


def get_edition_by_id(connection: Connection, number: int) -> EditionView:
    """Return the edition with that id, which an article refers to."""
    depend_on_entry(Facet.EDITION, number)
    return _view(_NUMBERED.all(connection, {"number": number})[0])


def list_all_editions(connection: Connection) -> list[EditionView]:
    """Return every edition, by slug."""
    depend_on_collection(Facet.EDITION)
    return [_view(row) for row in connection.execute(_ALL)]


def today_in(zone: ZoneInfo, now: int) -> Day:
    """Return the day now in a zone; a response that shows it expires when the day ends."""
    today = day_at(now, zone)
    expires_at(today.ends_at)
    return today


def get_edition(connection: Connection, slug: str, *, now: int) -> tuple[Edition, int]:
    """Return one edition with its interface strings, and the instant of its last change; NotFoundError.

    The start of its day is a change: `today` differs from then on.
    """
    view = get_edition_view(connection, slug)
    return _edition(view, now), max(view.modified_at, today_in(view.zone, now).starts_at)


def list_editions(connection: Connection, params: EntryListParams, *, now: int) -> EditionList:
    """Return editions by slug."""
    depend_on_collection(Facet.EDITION)
    page = _BY_SLUG.read_page(
        connection, _PAGE, params, digest=_DIGEST, href=lambda cursor: params.url_for(PATH, cursor=cursor)
    )
    return {"items": [_edition(_view(row), now) for row in page.rows], "next": page.next}


def list_edition_links(connection: Connection) -> list[EditionLink]:
    """Return a summary of every edition, the default one first."""
    views = sorted(list_all_editions(connection), key=lambda view: not view.is_default)
    return [edition_link(view) for view in views]


def edition_link(view: EditionView) -> EditionLink:
    """Return the summary of an edition."""
    return {
        "slug": view.slug,
        "name": view.name,
        "language": view.language,
        "direction": direction_of(view.language),
        "timezone": view.timezone,
        "default": view.is_default,
        "href": href_of(f"{PATH}/{view.slug}"),
    }


def feed_alternates(view: EditionView) -> list[AlternateLink]:
    """Return the feeds of an edition for autodiscovery."""
    return _feeds(view.slug, "", view.name)


def entry_feed_alternates(view: EditionView, kind: Facet, slug: str, name: str) -> list[AlternateLink]:
    """Return the feeds of a section, tag or author in an edition, titled as they are."""
    return _feeds(view.slug, f"?{kind.name.lower()}={slug}", f"{view.name}: {name}")


def _feeds(edition: str, query: str, title: str) -> list[AlternateLink]:
    return [*_shared_feeds(edition, query, title, href_of(""))]


@lru_cache(maxsize=1024)
def _shared_feeds(edition: str, query: str, title: str, base_path: str) -> tuple[AlternateLink, ...]:
    """Return objects for all responses that have these feeds, which nothing changes."""
    return tuple(
        {
            "rel": "alternate",
            "type": media_type,
            "href": f"{base_path}/feeds/{edition}/{name}{query}",
            "title": f"{title}: {form}",
        }
        for name, media_type, form in FEEDS
    )


def _edition(view: EditionView, now: int) -> Edition:
    own_strings = orjson.loads(view.strings)
    return {
        **edition_link(view),
        "site_url": view.site_url,
        "base_url": view.base_url,
        "today": today_in(view.zone, now).date.isoformat(),
        "article_url": view.template,
        "section_url": _template(view.page_templates.section),
        "tag_url": _template(view.page_templates.tag),
        "author_url": _template(view.page_templates.author),
        "logo": render_image(view.logo),
        "icon": render_image(view.icon),
        "section_fallback": view.urls.fallback,
        "alternates": feed_alternates(view),
        "strings": complete_strings(view.language, own_strings),
        "plurals": complete_plurals(view.language, own_strings),
        "strings_proofread": is_proofread(view.language),
        "date_language": find_date_language(view.language),
        "string_languages": find_string_languages(view.language, own_strings),
    }


def _template(text: str | None) -> str | None:
    return None if text is None else ascii_template(text)


def render_image(text: str | None) -> ImageAsset | None:
    """Return a stored image with its URLs in ASCII; None for an entry without one."""
    if text is None:
        return None
    image: ImageAsset = ascii_image(complete_image(orjson.loads(text)))
    return image


@lru_cache(maxsize=256)
def _view(members: tuple[Any, ...] | AnyRow) -> EditionView:
    number, slug, name, language, timezone, site_url, article_url, is_default, strings, modified_at, *rest = members
    feeds, section_url, tag_url, author_url, preview_url, logo, icon, section_fallback, *default = rest
    default_id, default_language = default
    zone = find_zone(timezone)
    return EditionView(
        id=number,
        slug=slug,
        name=name,
        language=language,
        timezone=timezone,
        zone=zone,
        site_url=ascii_url(site_url),
        template=ascii_template(article_url or DEFAULT_TEMPLATE),
        urls=ArticleUrlTemplate(article_url, site_url=site_url, zone=zone, section_fallback=section_fallback),
        is_default=bool(is_default),  # SQLite has no truth values of its own
        strings=strings,
        modified_at=modified_at,
        feed_content=FeedContent(feeds),
        page_templates=EntryTemplates(section_url, tag_url, author_url),
        preview_url=preview_url,
        logo=logo,
        icon=icon,
        default_id=default_id,
        default_language=default_language,
    )
