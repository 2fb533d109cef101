"""Export of everything as records of the interchange format, in one snapshot and with constant memory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from app.db.base import AnyRow
from app.domain.calendar import find_zone
from app.domain.instant import format_short_instant
from app.domain.list_filter import Facet
from app.domain.section_tree import SectionTree
from app.interchange.article_urls import ReleasedSectionUrls
from app.interchange.articles import complete_content, read_records, show_extra
from app.interchange.catalogue import CATALOGUE_TABLES, former_article_url, is_unmerged, select_entries, to_record
from app.interchange.curated_lists import to_curated_list_record
from app.interchange.former_slugs import find_all_former_slugs
from app.interchange.revision_contents import Blocks, compose_content, decode_blocks, read_blocks
from app.interchange.statements import IDS
from app.models.article import articles
from app.models.article_links import article_addresses, slug_redirects
from app.models.curated_list import curated_lists
from app.models.edition import editions, former_article_urls
from app.models.revision import revisions
from app.models.section import sections
from app.queries.editorial.editorial_translations import export_translations

BATCH = 500

_EDITIONS = select(editions).order_by(editions.c.slug)
_SECTIONS = (
    select_entries(Facet.SECTION)
    .add_columns(editions.c.slug.label("edition"))
    .join(editions, editions.c.id == sections.c.edition_id)
    .where(sections.c.is_entered)
    .order_by(editions.c.slug, sections.c.slug)
)
_CURATED_LISTS = (
    select(curated_lists, editions.c.slug.label("edition"), editions.c.timezone)
    .join(editions, editions.c.id == curated_lists.c.edition_id)
    .where(curated_lists.c.is_deleted.is_(False))
    .order_by(editions.c.slug, curated_lists.c.slug)
)
_ARTICLES = (
    select(articles.c.id, editions.c.timezone)
    .join(editions, editions.c.id == articles.c.edition_id)
    .where(articles.c.id > bindparam("after"))
    .order_by(articles.c.id)
    .limit(BATCH)
)
_OLD_SLUGS = (
    select(slug_redirects.c.article_id, slug_redirects.c.slug)
    .where(slug_redirects.c.article_id.in_(IDS))
    .order_by(slug_redirects.c.article_id, slug_redirects.c.slug)
)
_ADDRESSES = (
    select(article_addresses.c.article_id, article_addresses.c.address, article_addresses.c.until)
    .where(article_addresses.c.article_id.in_(IDS))
    .order_by(article_addresses.c.article_id, article_addresses.c.until, article_addresses.c.address)
)
_FORMER_ARTICLE_URLS = select(former_article_urls).order_by(former_article_urls.c.until)
_REVISIONS = (
    select(revisions).where(revisions.c.article_id.in_(IDS)).order_by(revisions.c.article_id, revisions.c.revision)
)


def export_records(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield every record: catalogue, articles in the order of their creation, lists; with every member present.

    Entries that only drafts ever named are omitted: their articles create them again.
    """
    former: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(_FORMER_ARTICLE_URLS):
        former.setdefault(row.edition_id, []).append(former_article_url(row, instants=format_short_instant))
    for row in connection.execute(_EDITIONS):
        yield {**to_record(Facet.EDITION, row), "former_article_urls": former.get(row.id, [])}
    yield from _export_entries(connection, Facet.LABEL)
    former_slugs = find_all_former_slugs(connection, Facet.SECTION)
    for row in _parents_first(connection.execute(_SECTIONS).all()):
        yield to_record(Facet.SECTION, row, edition=row.edition, former=former_slugs.get(row.id, ()))
    yield from _export_entries(connection, Facet.TAG)
    yield from _export_entries(connection, Facet.AUTHOR)
    yield from _export_articles(connection)
    yield from _export_curated_lists(connection)


def _parents_first(rows: Sequence[AnyRow]) -> list[AnyRow]:
    """Return the sections of each edition by their depth in the tree, so that no line names a later parent."""
    tree = SectionTree({row.id: row.parent_id for row in rows if row.parent_id is not None})
    return sorted(rows, key=lambda row: (row.edition, tree.depth(row.id)))


def _export_entries(connection: Connection, kind: Facet) -> Iterator[dict[str, Any]]:
    table, name = CATALOGUE_TABLES[kind]
    former = find_all_former_slugs(connection, kind)
    for row in connection.execute(select(table).where(table.c.is_entered, *is_unmerged(table)).order_by(name)):
        yield to_record(kind, row, former=former.get(row.id, ()))


def _export_curated_lists(connection: Connection) -> Iterator[dict[str, Any]]:
    for row in connection.execute(_CURATED_LISTS):
        yield to_curated_list_record(row, row.edition, find_zone(row.timezone), instants=format_short_instant)


def _export_articles(connection: Connection) -> Iterator[dict[str, Any]]:
    after, released = -1, ReleasedSectionUrls(connection)
    while rows := connection.execute(_ARTICLES, {"after": after}).all():
        ids = [row.id for row in rows]
        records = read_records(connection, ids, instants=format_short_instant)
        old_slugs = _grouped(connection.execute(_OLD_SLUGS, {"ids": ids}))
        addresses = _grouped(connection.execute(_ADDRESSES, {"ids": ids}))
        derived = released.read(ids)
        translations = export_translations(connection, ids)
        saved = _grouped(connection.execute(_REVISIONS, {"ids": ids}))
        blocks = read_blocks(connection, [each for each in ids if any(row.blocks for row in saved.get(each, ()))])
        for row in rows:
            zone = find_zone(row.timezone)
            yield {
                **show_extra(complete_content(records[row.id])),
                "old_slugs": [each.slug for each in old_slugs.get(row.id, ())],
                "aliases": [each.address for each in addresses.get(row.id, ()) if each.until is None],
                "former_urls": _former_urls(addresses.get(row.id, ()), derived.get(row.id, {}), zone),
                "translations": translations.get(row.id, []),
                "revisions": _past(saved.get(row.id, ()), decode_blocks(blocks.get(row.id, {})), zone),
            }
        after = rows[-1].id


def _former_urls(stored: Iterable[AnyRow], derived: Mapping[str, int], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return stored and derived former URLs in the order in which they ended."""
    ends = {**derived, **{each.address: each.until for each in stored if each.until is not None}}
    ordered = sorted(ends.items(), key=lambda each: (each[1], each[0]))
    return [{"url": url, "until": format_short_instant(until, zone)} for url, until in ordered]


def _grouped(rows: Iterable[AnyRow]) -> dict[int, list[AnyRow]]:
    grouped: dict[int, list[AnyRow]] = {}
    for row in rows:
        grouped.setdefault(row.article_id, []).append(row)
    return grouped


def _past(rows: Sequence[AnyRow], blocks: Blocks, zone: ZoneInfo) -> list[dict[str, Any]]:
    return [
        {
            "revision": row.revision,
            "version": row.version,
            "status": row.status,
            "published_at": None if row.published_at is None else format_short_instant(row.published_at, zone),
            "action": row.action,
            "at": format_short_instant(row.at, zone),
            "actor": row.actor,
            "note": None if row.note_type is None else {"type": row.note_type, "text": row.note_text},
            "content": None
            if row.blocks is None and row.content is None
            else show_extra(compose_content(row, blocks, zone, instants=format_short_instant)),
        }
        for row in rows
    ]
