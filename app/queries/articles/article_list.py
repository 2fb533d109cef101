"""Queries of article lists, newest first, each item with its label, section, tags and authors."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, cast

import orjson
from sqlalchemy import Column, Connection, Select, bindparam, select

from app.db.base import AnyRow
from app.db.bound_rows import bound_rows, rows_value
from app.db.prepared import PreparedQuery
from app.domain.article_status import BodyFormat, LinkForm
from app.domain.body.absolute_links import resolve_links
from app.domain.body.html_rendering import render_html
from app.domain.body.rich_text import render_rich
from app.domain.body.shown_blocks import (
    ascii_blocks,
    ascii_rights,
    complete_blocks,
    show_blocks,
)
from app.domain.body.text_rendering import render_text
from app.domain.catalogue_entry import AuthorType, TagType
from app.domain.instant import format_instant
from app.domain.list_filter import Facet
from app.domain.tsid import parse_id
from app.domain.url import ascii_url
from app.interchange.statements import IDS, linked_entries
from app.invalidation.dependencies import depend_on_entry
from app.models.article import article_bodies, articles
from app.models.article_links import article_authors, article_sections, article_tags
from app.models.author import authors
from app.models.label import labels
from app.models.section import sections
from app.models.tag import tags
from app.net.base_path import href_of
from app.queries.articles.details import read_details
from app.queries.articles.items import (
    ITEM_COLUMNS,
    RenderedEntries,
    depend_on_shown_entries,
    fetch_articles,
    render_items,
    render_label_in_full,
    render_local_time,
    render_section,
    select_fields,
    translate,
)
from app.queries.catalogue.editions import EditionView, depend_on_default_language, render_image
from app.queries.keyset.pages import Page, cut_page
from app.queries.resolve import ResolvedQuery, resolve_params, start_key
from app.schemas.article import ArticleItem, ArticleList
from app.schemas.catalogue import Author, AuthorLink, Label, Section, Tag
from app.schemas.params import ArticleListParams
from app.schemas.rich_blocks import Body

ARTICLE_COLUMNS = (
    *ITEM_COLUMNS,
    articles.c.has_further_sections,
    articles.c.lead,
    articles.c.dateline,
    articles.c.source_name,
    articles.c.source_url,
    articles.c.image,
    articles.c.rights,
    articles.c.kicker,
    articles.c.format,
    articles.c.access,
    articles.c.featured,
    articles.c.alert,
    articles.c.language,
    articles.c.details,
    articles.c.expires_at,
    articles.c.word_count,
    articles.c.reading_minutes,
    articles.c.translation_group,
    labels.c.disclaimer.label("label_disclaimer"),
    labels.c.disclaimers.label("label_disclaimers"),
    labels.c.genre.label("label_genre"),
)


_TAG_COLUMNS = (tags.c.id, tags.c.slug, tags.c.name, tags.c.tag_type, tags.c.codes)
_AUTHOR_COLUMNS = (
    authors.c.id,
    authors.c.slug,
    authors.c.name,
    authors.c.author_type,
    authors.c.role,
    authors.c.bio,
    authors.c.bios,
    authors.c.image,
    authors.c.url,
    authors.c.email,
    authors.c.links,
)
_TAGS = linked_entries(Facet.TAG, *_TAG_COLUMNS)
_AUTHORS = linked_entries(Facet.AUTHOR, *_AUTHOR_COLUMNS)
_SURVIVORS = {
    Facet.TAG: select(*_TAG_COLUMNS).where(tags.c.id.in_(IDS)),
    Facet.AUTHOR: select(*_AUTHOR_COLUMNS).where(authors.c.id.in_(IDS)),
}


def _of_articles(statement: Select[Any], article_id: Column[int]) -> PreparedQuery:
    """Return the statement for the articles whose `ids` are bound as rows."""
    given = bound_rows("ids", "id")
    return PreparedQuery(statement.join(given, given.c.id == article_id))


_SECTIONS = _of_articles(
    linked_entries(
        Facet.SECTION,
        sections.c.id,
        sections.c.slug.label("section_slug"),
        sections.c.name.label("section_name"),
        sections.c.is_hidden,
    ),
    article_sections.c.article_id,
)
_TAGS_OF_MANY = _of_articles(_TAGS, article_tags.c.article_id)
_AUTHORS_OF_MANY = _of_articles(_AUTHORS, article_authors.c.article_id)
_TAGS_OF_ONE = PreparedQuery(_TAGS.where(article_tags.c.article_id == bindparam("article_id")))
_AUTHORS_OF_ONE = PreparedQuery(_AUTHORS.where(article_authors.c.article_id == bindparam("article_id")))
_TAGS_PATH, _AUTHORS_PATH = "/v1/tags/", "/v1/authors/"
_BODIES = _of_articles(select(article_bodies.c.article_id, article_bodies.c.blocks), article_bodies.c.article_id)


class LinkedEntries(NamedTuple):
    """Rows of the tags, the authors and the further sections of one article, each in their order."""

    tags: Iterable[AnyRow]
    authors: Iterable[AnyRow]
    sections: Iterable[AnyRow]


def list_articles(
    connection: Connection,
    params: ArticleListParams,
    *,
    path: str,
    entry: tuple[Facet, str] | None = None,
) -> ArticleList:
    """Return articles newest first, or in the order of `id`; those of an `entry` if the path names one.

    At most eight statements, whatever the limit. InvalidInputError, NotFoundError, InvalidCursorError,
    CursorMismatchError.
    """
    return list_resolved(connection, resolve_params(connection, params, entry=entry), params, path=path)


def list_resolved(connection: Connection, query: ResolvedQuery, params: ArticleListParams, *, path: str) -> ArticleList:
    """List articles for resolved parameters; at most seven statements. InvalidCursorError, CursorMismatchError."""
    page = read_page(connection, query, params, path=path)
    shown = sorted_like(params.id, page.rows) if params.id else page.rows
    items = render_articles(connection, shown, query.editions, params.body, params.fields, links=params.links)
    return {"items": [select_fields(item, params.fields) for item in items], "next": page.next}


def read_page(connection: Connection, query: ResolvedQuery, params: ArticleListParams, *, path: str) -> Page[AnyRow]:
    """Return the rows of a page; at most two statements. InvalidCursorError, CursorMismatchError."""
    upper = start_key(query, params.cursor)
    most = len(params.id) or params.limit
    within = query.narrowed(query.lower, upper)
    rows = fetch_articles(connection, within, ARTICLE_COLUMNS, ids=params.id, limit=most + 1)
    page = cut_page(rows, most, cursor=query.encode_cursor, href=lambda cursor: params.url_for(path, cursor=cursor))
    if not params.id:
        within.record_dependency(first=None if page.following is None else page.following.published_at)
    return page


def sorted_like(ids: Iterable[str], rows: Iterable[AnyRow]) -> list[AnyRow]:
    """Return the rows with these ids in the order in which each id occurs first."""
    order = {parse_id(text): index for index, text in enumerate(dict.fromkeys(ids))}
    return sorted(rows, key=lambda row: order[row.id])


def render_articles(
    connection: Connection,
    rows: Sequence[AnyRow],
    editions: dict[int, EditionView],
    body: BodyFormat,
    fields: Iterable[str] = (),
    *,
    links: LinkForm = LinkForm.WRITTEN,
) -> list[ArticleItem]:
    """Return items for these rows with their tags, authors and optional bodies; one statement for each of the three.

    Another one reads further sections, if any article has some. `fields` may name details of an article's page, which
    then are added.
    """
    if not rows:
        return []
    ids = [row.id for row in rows]
    tagged, signed = _find_tags(connection, ids), find_authors(connection, ids)
    filed = find_further_sections(connection, rows)
    depend_on_shown_entries(rows)
    entries = {number: RenderedEntries({}, {}) for number in editions}
    items = [
        render_article_item(
            row,
            editions[row.edition_id],
            LinkedEntries(tagged.get(row.id, ()), signed.get(row.id, ()), filed.get(row.id, ())),
            entries[row.edition_id],
        )
        for row in rows
    ]
    if body is not BodyFormat.NONE:
        blocks = {row.article_id: row.blocks for row in _BODIES.all(connection, _bind(ids))}
        for row, item in zip(rows, items, strict=True):
            item["body"] = render_body(blocks[row.id], body, base=item["url"] if links is LinkForm.ABSOLUTE else None)
    for item, details in zip(items, read_details(connection, rows, editions, fields), strict=False):
        item.update(details)  # type: ignore[typeddict-item]  # members that `fields` selects
    return items


def _find_tags(connection: Connection, ids: list[int]) -> dict[int, list[AnyRow]]:
    """Return the tags of these articles, in their order; one statement."""
    if len(ids) == 1:
        return _by_article(connection, Facet.TAG, _TAGS_OF_ONE.all(connection, {"article_id": ids[0]}))
    return _by_article(connection, Facet.TAG, _TAGS_OF_MANY.all(connection, _bind(ids)))


def find_authors(connection: Connection, ids: list[int]) -> dict[int, list[AnyRow]]:
    """Return the authors of these articles, in the order they sign; one statement."""
    if len(ids) == 1:
        return _by_article(connection, Facet.AUTHOR, _AUTHORS_OF_ONE.all(connection, {"article_id": ids[0]}))
    return _by_article(connection, Facet.AUTHOR, _AUTHORS_OF_MANY.all(connection, _bind(ids)))


def find_further_sections(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, list[AnyRow]]:
    """Return the sections of these articles after the first; no statement if none has several."""
    ids = [row.id for row in rows if row.has_further_sections]
    if not ids:
        return {}
    return _by_article(connection, Facet.SECTION, _SECTIONS.all(connection, _bind(ids)))


def _bind(ids: Iterable[int]) -> dict[str, str]:
    return {"ids": rows_value([(number,) for number in ids])}


def _by_article(connection: Connection, kind: Facet, rows: Sequence[AnyRow]) -> dict[int, list[AnyRow]]:
    """Return the entries by article; one statement for those that were merged into others, once in each article."""
    merged = {row.merged_into for row in rows} - {None}
    grouped: dict[int, list[AnyRow]] = {}
    if not merged:
        for row in rows:
            depend_on_entry(kind, row.id)
            grouped.setdefault(row.article_id, []).append(row)
        return grouped
    survivors = {row.id: row for row in connection.execute(_SURVIVORS[kind], {"ids": sorted(merged)})}
    entries: dict[int, dict[int, AnyRow]] = {}
    for row in rows:
        shown = row if row.merged_into is None else survivors[row.merged_into]
        depend_on_entry(kind, shown.id)
        entries.setdefault(row.article_id, {}).setdefault(shown.id, shown)
    return {article_id: [*found.values()] for article_id, found in entries.items()}


def render_article_item(
    row: AnyRow, edition: EditionView, linked: LinkedEntries, entries: RenderedEntries
) -> ArticleItem:
    """Return an article as lists show it, in its edition's zone and language; `entries` as `render_items` has it."""
    zone = edition.zone
    item = render_items([row], edition, zone, entries)[0]
    return {
        "id": item["id"],
        "href": item["href"],
        "url": item["url"],
        "slug": row.slug,
        "edition": edition.slug,
        "headline": row.headline,
        "kicker": row.kicker,
        "format": row.format,
        "lead": row.lead,
        "dateline": row.dateline,
        "label": _label(row, edition),
        "section": item["section"],
        "sections": list_sections(item["section"], linked.sections, edition),
        "tags": [render_tag(tag, edition) for tag in linked.tags],
        "authors": [render_author(author, edition) for author in linked.authors],
        "source": (
            None
            if row.source_name is None
            else {"name": row.source_name, "url": row.source_url and ascii_url(row.source_url)}
        ),
        "image": render_image(row.image),
        "rights": None if row.rights is None else ascii_rights(orjson.loads(row.rights)),
        "access": row.access,
        "published_at": item["published_at"],
        "updated_at": item["updated_at"],
        "first_published_at": format_instant(row.first_published_at, zone),
        "local": render_local_time(row.published_at, item["time"], zone, edition.language),
        "version": row.version,
    }


def list_sections(main: Section | None, further: Iterable[AnyRow], edition: EditionView) -> list[Section]:
    """Return the sections that are not hidden."""
    shown = [main, *(render_section(row, edition) for row in further if not row.is_hidden)]
    return [section for section in shown if section is not None]


def render_body(blocks: str, form: BodyFormat, *, base: str | None = None) -> Body:
    """Return a stored body as blocks, as blocks with runs of text, as one HTML fragment, or as plain text.

    With a `base` its links are resolved against that URL.
    """
    body = orjson.loads(blocks)
    if base is not None:
        body = resolve_links(body, base)
    if form is BodyFormat.HTML:
        return render_html(body)
    if form is BodyFormat.TEXT:
        return render_text(body)
    if form is BodyFormat.RICH:
        return cast("Body", render_rich(ascii_blocks(complete_blocks(body))))
    shown: Body = show_blocks(body)
    return shown


def render_tag(row: AnyRow, edition: EditionView) -> Tag:
    """Return a tag with its URL in an edition."""
    return _tag(_TAG_MEMBERS(row), edition.query(), href_of(_TAGS_PATH))


def render_author(row: AnyRow, edition: EditionView) -> Author:
    """Return an author in the edition's language, with the URL in the edition."""
    author = _author(_AUTHOR_MEMBERS(row), edition, href_of(_AUTHORS_PATH))
    if author["bio"] is not None:
        depend_on_default_language(edition)
    return author


@lru_cache(maxsize=2048)
def _tag(members: tuple[str, ...], query: str, path: str) -> Tag:
    """Return one object for all articles with the tag, which nothing changes."""
    slug, name, tag_type, codes = members
    return {
        "slug": slug,
        "name": name,
        "tag_type": TagType(tag_type),
        "codes": [] if codes == "[]" else orjson.loads(codes),
        "href": f"{path}{slug}{query}",
    }


@lru_cache(maxsize=1024)
def _author(members: tuple[Any, ...], edition: EditionView, path: str) -> Author:
    """Return one object for all articles of the author, which nothing changes."""
    slug, name, author_type, role, bio, bios, image, url, email, links = members
    shown_bio, bio_language = translate(bio, bios, edition)
    return {
        "slug": slug,
        "name": name,
        "author_type": AuthorType(author_type),
        "role": role,
        "bio": shown_bio,
        "bio_language": bio_language,
        "image": render_image(image),
        "url": None if url is None else ascii_url(url),
        "email": email,
        "links": [_link(each) for each in orjson.loads(links)],
        "page_url": edition.page_url_of(Facet.AUTHOR, slug),
        "href": f"{path}{slug}{edition.query()}",
    }


_TAG_MEMBERS = attrgetter("slug", "name", "tag_type", "codes")
_AUTHOR_MEMBERS = attrgetter("slug", "name", "author_type", "role", "bio", "bios", "image", "url", "email", "links")


def _link(link: AuthorLink) -> AuthorLink:
    return {"url": ascii_url(link["url"]), "name": link["name"]}


def _label(row: AnyRow, edition: EditionView) -> Label | None:
    if row.label_code is None:
        return None
    disclaimer, disclaimers = row.label_disclaimer, row.label_disclaimers
    label = (row.label_code, row.label_text, row.label_texts, disclaimer, disclaimers, row.label_genre)
    return render_label_in_full(label, edition)
