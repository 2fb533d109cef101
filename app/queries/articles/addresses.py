"""Resolution of present and past addresses of articles: URLs and paths.

present URL (by the template and the current slug) ─► alias or stored former URL ─► URL by a former template or slug
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, literal, select, union_all

from app.db.base import AnyRow
from app.domain.article_address import address_digest, address_key, normalize_address
from app.domain.article_status import ArticleStatus
from app.domain.article_url import ArticleAddressParts, ArticleUrlTemplate
from app.domain.calendar import find_zone
from app.domain.list_filter import Facet
from app.domain.tsid import format_id, parse_id
from app.errors import (
    ArticleWithdrawnError,
    FieldError,
    InvalidInputError,
    InvalidValueError,
    NotFoundError,
)
from app.invalidation.dependencies import (
    depend_on_article,
    depend_on_collection,
    depend_on_entries,
    depend_on_slugs,
)
from app.models.article import articles
from app.models.article_links import article_addresses, slug_redirects
from app.models.edition import former_article_urls
from app.models.former_slug import former_slugs, released_section_slugs
from app.models.section import sections
from app.net.base_path import href_of
from app.queries.catalogue.editions import EditionView, get_edition_view, list_all_editions
from app.schemas.address import ResolvedAddress, ResolveParams

_COLUMNS = (
    articles.c.id,
    articles.c.slug,
    articles.c.published_at,
    articles.c.first_published_at,
    articles.c.section_id,
    sections.c.slug.label("section_slug"),
    articles.c.status,
    articles.c.withdrawal_notice,
    articles.c.withdrawn_at,
)
_WITH_SECTION = articles.outerjoin(sections, sections.c.id == articles.c.section_id)
_ONE = select(*_COLUMNS).select_from(_WITH_SECTION)
_PUBLIC = articles.c.status.in_([ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN])
_IN_EDITION = articles.c.edition_id == bindparam("edition_id")
_BY_ID = _ONE.where(articles.c.id == bindparam("article_id"), _IN_EDITION, _PUBLIC)
_NAMED = union_all(
    select(articles.c.id).where(_IN_EDITION, articles.c.slug == bindparam("slug")),
    select(slug_redirects.c.article_id).where(
        slug_redirects.c.edition_id == bindparam("edition_id"), slug_redirects.c.slug == bindparam("slug")
    ),
)
_BY_SLUG = _ONE.where(articles.c.id.in_(_NAMED), _PUBLIC)
_STORED = (
    select(article_addresses.c.digest, *_COLUMNS)
    .select_from(_WITH_SECTION.join(article_addresses, article_addresses.c.article_id == articles.c.id))
    .where(
        article_addresses.c.edition_id == bindparam("edition_id"),
        article_addresses.c.digest.in_(bindparam("digests", expanding=True)),
        _PUBLIC,
    )
)
_FORMER = (
    select(
        former_article_urls.c.until,
        former_article_urls.c.site_url,
        former_article_urls.c.article_url,
        former_article_urls.c.timezone,
        former_article_urls.c.section_fallback,
    )
    .where(former_article_urls.c.edition_id == bindparam("edition_id"))
    .order_by(former_article_urls.c.until.desc())
)
_FORMER_SECTIONS = union_all(
    select(released_section_slugs.c.section_id, released_section_slugs.c.until).where(
        released_section_slugs.c.edition_id == bindparam("edition_id"),
        released_section_slugs.c.slug == bindparam("slug"),
    ),
    select(former_slugs.c.entry_id, literal(None, BigInteger)).where(
        former_slugs.c.kind == bindparam("kind"),
        former_slugs.c.edition_id == bindparam("edition_id"),
        former_slugs.c.slug == bindparam("slug"),
    ),
)
"""Sections that had a slug; with the instant of its end if another section has it."""


class _Match(NamedTuple):
    """Public or withdrawn article at an address, and whether the address is its present one."""

    row: AnyRow
    edition: EditionView
    is_present: bool


def resolve_address(connection: Connection, params: ResolveParams) -> ResolvedAddress:
    """Return the article with this present or past address; ArticleWithdrawnError, NotFoundError, InvalidInputError.

    A path belongs to one edition, a URL to any unless `edition` names one. Four statements for each edition, one more
    for each former template that the address fits.
    """
    try:
        key = address_key(normalize_address(params.url))
    except InvalidValueError as error:
        raise InvalidInputError(FieldError("url", error.detail)) from None
    is_of_one = not key.startswith("//") or params.edition is not None
    editions = [get_edition_view(connection, params.edition)] if is_of_one else list_all_editions(connection)
    found = next(_find([_Search(connection, edition, key) for edition in editions]), None)
    if found is None or not found.is_present:  # another article may take the address
        for edition in editions:
            depend_on_slugs(edition.id)
            depend_on_collection(Facet.SECTION, edition.id)
    if found is None:
        raise NotFoundError(f"No article has or had the address '{params.url[:200]}'.")
    row, edition = found.row, found.edition
    depend_on_article(row.id)
    article_id = format_id(row.id)
    if row.status == ArticleStatus.WITHDRAWN:
        raise ArticleWithdrawnError(article_id, row.withdrawal_notice, at=row.withdrawn_at)
    depend_on_entries(Facet.SECTION, [row.section_id])
    return {
        "type": "article",
        "id": article_id,
        "href": href_of(f"/v1/articles/{article_id}"),
        "url": edition.url_of_row(row),
        "slug": row.slug,
        "edition": edition.slug,
        "current": found.is_present,
    }


def _find(searches: "Sequence[_Search]") -> Iterator[_Match]:
    for search in searches:
        yield from search.find_present()
    for search in searches:
        yield from search.find_stored()
    for search in searches:
        yield from search.find_derived()


class _Search:
    """Search for an address in one edition; `key` is a URL without its scheme, or a path."""

    def __init__(self, connection: Connection, edition: EditionView, key: str) -> None:
        self._connection = connection
        self._edition = edition
        self._key = key
        self._named: dict[str, list[AnyRow]] = {}
        self._former_sections: dict[str, dict[int, int | None]] = {}
        self._templates: list[tuple[int | None, ArticleUrlTemplate]] | None = None

    def find_present(self) -> Iterator[_Match]:
        """Yield the article whose present URL is the address."""
        for row, parts in self._read_by(self._edition.urls):
            if parts.slug == row.slug and parts.section == row.section_slug:
                yield _Match(row, self._edition, is_present=True)

    def find_stored(self) -> Iterator[_Match]:
        """Yield the article of which the address is an alias or a stored former URL."""
        hosts = dict.fromkeys(urls.origin for _, urls in self._all_templates() if urls.origin is not None)
        if not self._key.startswith("//"):
            keys = [self._key, *(f"{host}{self._key}" for host in hosts)]
        else:
            host, _, path = self._key[2:].partition("/")
            keys = [self._key, *([f"/{path}"] if f"//{host}" in hosts else [])]
        digests = [address_digest(key) for key in keys]
        rows = self._connection.execute(_STORED, {"edition_id": self._edition.id, "digests": digests}).all()
        for row in sorted(rows, key=lambda each: digests.index(bytes(each.digest))):
            yield _Match(row, self._edition, is_present=False)

    def find_derived(self) -> Iterator[_Match]:
        """Yield the article that had the address by a former template, or by a former slug."""
        for until, urls in self._all_templates():
            for row, _ in self._read_by(urls):
                if until is None or row.first_published_at is None or row.first_published_at < until:
                    yield _Match(row, self._edition, is_present=False)

    def _all_templates(self) -> list[tuple[int | None, ArticleUrlTemplate]]:
        """Return the present template (None) and former ones with the instant of their end, the latest first."""
        if self._templates is None:
            former = self._connection.execute(_FORMER, {"edition_id": self._edition.id})
            self._templates = [(None, self._edition.urls), *((row.until, _template(tuple(row))) for row in former)]
        return self._templates

    def _read_by(self, urls: ArticleUrlTemplate) -> Iterator[tuple[AnyRow, ArticleAddressParts]]:
        """Yield the articles that have the address by this template, and its parts.

        The slug may be a former one, and so may that of the section.
        """
        key = self._key if self._key.startswith("//") else f"{urls.origin}{self._key}"
        for values in urls.parse(key):
            slug, section = values.get("slug"), values.get("section")
            for row in self._candidates(values):
                parts = ArticleAddressParts(
                    format_id(row.id),
                    row.slug if slug is None else slug,
                    section if self._was_of_section(row, section) else row.section_slug,
                    row.published_at if row.first_published_at is None else row.first_published_at,
                )
                if address_key(normalize_address(urls.render(parts))) == key:
                    yield row, parts

    def _was_of_section(self, row: AnyRow, slug: str | None) -> bool:
        """Return whether the section of an article had this slug; no statement if it has it now."""
        if slug is None or row.section_id is None or slug == row.section_slug:
            return False
        if slug not in self._former_sections:
            named = {"kind": int(Facet.SECTION), "edition_id": self._edition.id, "slug": slug}
            rows = self._connection.execute(_FORMER_SECTIONS, named)
            self._former_sections[slug] = {each.section_id: each.until for each in rows}
        if row.section_id not in self._former_sections[slug]:
            return False
        until, first = self._former_sections[slug][row.section_id], row.first_published_at
        return until is None or first is None or first < until

    def _candidates(self, values: Mapping[str, str]) -> list[AnyRow]:
        """Return the articles that the parts of a URL name; a slug may be a former one."""
        slug, text = values.get("slug"), values.get("id")
        name = slug if slug is not None else text or ""
        if name not in self._named:
            bound: dict[str, Any] = {"edition_id": self._edition.id}
            if slug is not None:
                self._named[name] = list(self._connection.execute(_BY_SLUG, bound | {"slug": slug}))
            else:
                self._named[name] = list(self._connection.execute(_BY_ID, bound | {"article_id": parse_id(name)}))
        return [row for row in self._named[name] if text is None or row.id == parse_id(text)]


@lru_cache(maxsize=256)
def _template(row: tuple[Any, ...]) -> ArticleUrlTemplate:
    _, site_url, article_url, timezone, section_fallback = row
    return ArticleUrlTemplate(
        article_url, site_url=site_url, zone=find_zone(timezone), section_fallback=section_fallback
    )
