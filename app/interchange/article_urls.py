"""Former URLs of articles by the templates of their edition and the slugs of their section."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from sqlalchemy import Connection, select

from app.db.base import AnyRow
from app.db.bulk import chunked
from app.domain.article_address import address_key, normalize_address
from app.domain.article_status import WAS_PUBLIC
from app.domain.article_url import ArticleAddressParts, ArticleUrlTemplate
from app.domain.calendar import find_zone
from app.domain.list_filter import Facet
from app.domain.tsid import format_id, is_id, parse_id
from app.interchange.former_slugs import find_former_slugs
from app.models.article import articles
from app.models.edition import editions, former_article_urls
from app.models.former_slug import released_section_slugs
from app.models.section import sections

Templates = list[tuple[int | None, ArticleUrlTemplate]]
"""Templates of an edition: the present one (None), then former ones with the instant of their end."""
SectionSlug = tuple[int | None, str | None]
"""A slug of a section; with the instant of its end if another section has it."""

_NO_SECTION: Final[Sequence[SectionSlug]] = ((None, None),)
_PRESENT = (
    select(articles.c.id, articles.c.slug, articles.c.first_published_at, sections.c.slug.label("section_slug"))
    .outerjoin(sections, sections.c.id == articles.c.section_id)
    .where(articles.c.status.in_(WAS_PUBLIC), articles.c.first_published_at.is_not(None))
)
_RELEASED = select(released_section_slugs).order_by(released_section_slugs.c.until, released_section_slugs.c.slug)


def read_templates(connection: Connection, edition_id: int) -> Templates:
    """Return the templates of an edition, the latest first; two statements."""
    now = connection.execute(select(editions).where(editions.c.id == edition_id)).one()
    past = select(former_article_urls).where(former_article_urls.c.edition_id == edition_id)
    former = connection.execute(past.order_by(former_article_urls.c.until.desc()))
    return [(None, _template(now)), *((row.until, _template(row)) for row in former)]


def read_section_slugs(connection: Connection, section_ids: Sequence[int]) -> dict[int, list[SectionSlug]]:
    """Return the slugs that sections have and had, by id; three statements, none without sections."""
    if not section_ids:
        return {}
    names = select(sections.c.id, sections.c.slug).where(sections.c.id.in_(section_ids))
    slugs: dict[int, list[SectionSlug]] = {row.id: [(None, row.slug)] for row in connection.execute(names)}
    for section_id, former in find_former_slugs(connection, Facet.SECTION, slugs).items():
        slugs[section_id] += [(None, slug) for slug in former]
    released = _RELEASED.where(released_section_slugs.c.section_id.in_(section_ids))
    for row in connection.execute(released):
        slugs[row.section_id].append((row.until, row.slug))
    return slugs


def iterate_former_urls(
    row: AnyRow, slugs: Sequence[SectionSlug], templates: Templates
) -> Iterator[tuple[str, int | None, ArticleUrlTemplate]]:
    """Yield the normalised URLs of an article since its first publication, each with its end and template.

    `slugs` are those of its section; URLs of a template or a slug that ended before the publication are left out.
    """
    number, first = format_id(row.id), row.first_published_at
    for (slug_until, section), (until, template) in product(slugs or _NO_SECTION, templates):
        ends = [each for each in (slug_until, until) if each is not None]
        if all(end > first for end in ends):
            url = normalize_address(template.render(ArticleAddressParts(number, row.slug, section, first)))
            yield url, min(ends, default=None), template


def find_present_owners(connection: Connection, edition_id: int, keys: Collection[str]) -> dict[str, int]:
    """Return the public and withdrawn articles whose present URLs these addresses are, by `address_key`.

    Two statements, one if the template matches none of the addresses. A path stands for the URL on the host of the
    template.
    """
    now = connection.execute(select(editions).where(editions.c.id == edition_id)).one()
    urls = _template(now)
    readings = {key: [*urls.parse(key if key.startswith("//") else f"{urls.origin}{key}")] for key in keys}
    values = [reading for found in readings.values() for reading in found]
    slugs = sorted({each["slug"] for each in values if "slug" in each})
    ids = sorted({parse_id(each["id"]) for each in values if "id" in each and is_id(each["id"])})
    owners: dict[str, int] = {}
    for some, column in ((slugs, articles.c.slug), (ids, articles.c.id)):
        for part in chunked(some):
            named = _PRESENT.where(articles.c.edition_id == edition_id, column.in_(part))
            for row in connection.execute(named):
                parts = ArticleAddressParts(format_id(row.id), row.slug, row.section_slug, row.first_published_at)
                owners[address_key(normalize_address(urls.render(parts)))] = row.id
    full = {key: key if key.startswith("//") else f"{urls.origin}{key}" for key in keys}
    return {key: owners[url] for key, url in full.items() if url in owners}


class ReleasedSectionUrls:
    """Former URLs of articles by slugs of their section that other sections have: they are stored nowhere else."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._templates: dict[int, Templates] = {}
        self._slugs: dict[int, list[SectionSlug]] = {}
        for row in connection.execute(_RELEASED):
            self._slugs.setdefault(row.section_id, []).append((row.until, row.slug))

    def read(self, article_ids: Sequence[int]) -> Mapping[int, dict[str, int]]:
        """Return the URLs of these articles with their ends; no statement if no section lost a slug."""
        if not self._slugs:
            return {}
        columns = (articles.c.id, articles.c.edition_id, articles.c.section_id, articles.c.slug)
        affected = select(*columns, articles.c.first_published_at).where(
            articles.c.id.in_(article_ids),
            articles.c.section_id.in_(sorted(self._slugs)),
            articles.c.first_published_at.is_not(None),
        )
        found: dict[int, dict[str, int]] = {}
        for row in self._connection.execute(affected):
            if row.edition_id not in self._templates:
                self._templates[row.edition_id] = read_templates(self._connection, row.edition_id)
            templates = [(until, each) for until, each in self._templates[row.edition_id] if each.has_section]
            for url, until, _ in iterate_former_urls(row, self._slugs[row.section_id], templates):
                if until is not None:
                    found.setdefault(row.id, {})[url] = until
        return found


def _template(row: AnyRow) -> ArticleUrlTemplate:
    return ArticleUrlTemplate(
        row.article_url,
        site_url=row.site_url,
        zone=find_zone(row.timezone),
        section_fallback=row.section_fallback,
    )
