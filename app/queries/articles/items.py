"""Items: the rows of lists, and their rendering in an edition's language and a zone's time."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar, cast
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, FromClause, Join, Select, select

from app.db.base import AnyRow
from app.db.bound_rows import rows_value
from app.db.prepared import by_shape
from app.domain.calendar import day_at
from app.domain.instant import instant_formatter
from app.domain.language import describe_time, is_same_language, lookup_language
from app.domain.list_filter import Facet
from app.domain.tsid import format_id, parse_id
from app.invalidation.dependencies import depend_on_article, depend_on_entries
from app.models.article import articles
from app.models.label import labels
from app.models.section import sections
from app.net.base_path import href_of
from app.queries.catalogue.editions import EditionView, depend_on_default_language
from app.queries.keyset.list_index import Form, bind_values, statement_shape
from app.queries.keyset.sort_keys import sort_keys, sort_keys_by_id, timeline_order
from app.queries.keyset.sparsest_list import choose_driving_list
from app.queries.resolve import ResolvedQuery
from app.schemas.article import LinkedItem, LocalPublicationTime, TimelineItem
from app.schemas.catalogue import Label, LabelSummary, Section

Text = TypeVar("Text", str, str | None)

OWN_COLUMNS = (
    articles.c.id,
    articles.c.edition_id,
    articles.c.slug,
    articles.c.published_at,
    articles.c.updated_at,
    articles.c.headline,
    articles.c.version,
    articles.c.label_id,
    articles.c.section_id,
    articles.c.first_published_at,
)
ITEM_COLUMNS = (
    *OWN_COLUMNS,
    labels.c.code.label("label_code"),
    labels.c.text.label("label_text"),
    labels.c.texts.label("label_texts"),
    sections.c.slug.label("section_slug"),
    sections.c.name.label("section_name"),
)
_OWN_WIDTH = len(OWN_COLUMNS)


def join_entries(rows: FromClause) -> Join:
    """Join the labels and the sections of articles, except hidden sections."""
    return rows.outerjoin(labels, labels.c.id == articles.c.label_id).outerjoin(
        sections, (sections.c.id == articles.c.section_id) & sections.c.is_hidden.is_(False)
    )


ARTICLES_WITH_ENTRIES = join_entries(articles)


def fetch_articles(
    connection: Connection,
    query: ResolvedQuery,
    columns: tuple[Any, ...] = ITEM_COLUMNS,
    *,
    ids: Iterable[str] = (),
    limit: int | None,
    oldest_first: bool = False,
) -> list[AnyRow]:
    """Return the selected public articles, in order, with these columns, at most `limit` that are not excluded.

    One statement; a second one before it if filters of several kinds are combined.
    """
    if query.selection.is_empty:
        return []
    numbers = [parse_id(text) for text in dict.fromkeys(ids)]
    for number in numbers:
        depend_on_article(number)
    selection, lower, upper = query.selection, query.lower, query.upper
    if not numbers:
        selection, lower, upper = choose_driving_list(connection, selection, lower, upper, oldest_first=oldest_first)
    values = bind_values(selection, lower, upper)
    if numbers:
        values["ids"] = rows_value([(number,) for number in numbers])
    elif limit is not None:
        values["limit"] = limit + len(query.scope.excluded) * len(query.editions)  # each edition may have the slug
    statement = _page(statement_shape(selection), columns, bool(numbers), "limit" in values, oldest_first)
    rows = statement.all(connection, values)
    depend_on_shown_entries(rows)
    included = [row for row in rows if not is_excluded(row, query.scope.excluded)]
    return included if limit is None else included[:limit]


def depend_on_shown_entries(rows: Sequence[AnyRow]) -> None:
    """Record the dependency on the labels and sections whose names these rows show."""
    depend_on_entries(Facet.LABEL, {row.label_id for row in rows})
    depend_on_entries(Facet.SECTION, {row.section_id for row in rows})


def is_excluded(row: AnyRow, excluded: frozenset[str]) -> bool:
    """Return whether an article is excluded by its id or its slug."""
    return bool(excluded) and (row.slug in excluded or format_id(row.id) in excluded)


@by_shape
def _page(
    form: Form,
    columns: tuple[Any, ...],
    named: bool,  # noqa: FBT001 - part of a cache key
    limited: bool,  # noqa: FBT001 - same
    oldest_first: bool,  # noqa: FBT001 - same
) -> Select[Any]:
    keys = sort_keys_by_id(form) if named else sort_keys(form, limit=limited, oldest_first=oldest_first)
    return (
        select(*columns)
        .select_from(keys.join(ARTICLES_WITH_ENTRIES, articles.c.id == keys.c.article_id))
        .order_by(*timeline_order(keys.c, oldest_first=oldest_first))
    )


class TranslatedText(NamedTuple, Generic[Text]):
    """A text for an edition, and the language that it is in; None where that is the edition's."""

    text: Text | str
    language: str | None


class RenderedEntries(NamedTuple):
    """Labels and sections of an edition as its items show them, by their ids."""

    labels: dict[int | None, LabelSummary | None]
    sections: dict[int | None, Section | None]

    def include(self, rows: Sequence[AnyRow]) -> bool:
        """Return whether every label and section of these rows has been rendered."""
        return {row.label_id for row in rows} <= self.labels.keys() and (
            {row.section_id for row in rows} <= self.sections.keys()
        )


def render_item(row: AnyRow, edition: EditionView, zone: ZoneInfo) -> TimelineItem:
    """Return an item as the timeline shows it."""
    return render_items([row], edition, zone, RenderedEntries({}, {}))[0]


def render_items(
    rows: Iterable[AnyRow], edition: EditionView, zone: ZoneInfo, entries: RenderedEntries
) -> list[TimelineItem]:
    """Return items as the timeline shows them; `rows` begin with ITEM_COLUMNS.

    `entries` receives the labels and sections that are not in it; where all are, OWN_COLUMNS suffice. Items share these
    objects, which nothing changes. A page is one loop over columns by position, since it takes the most time of a cache
    miss after its statements.
    """
    format_instant = instant_formatter(zone)
    shown_labels, shown_sections = entries
    items: list[TimelineItem] = []
    article_prefix = href_of("/v1/articles/")
    url_of = edition.url_of
    for row in rows:
        number, _, slug, published, updated, headline, version, label_id, section_id, first = row[:_OWN_WIDTH]
        article_id = format_id(number)
        time, published_at = format_instant(published)
        if label_id not in shown_labels:
            shown_labels[label_id] = render_label(row, edition)
        if section_id not in shown_sections:
            shown_sections[section_id] = render_section(row, edition)
        section = shown_sections[section_id]
        items.append(
            {
                "id": article_id,
                "href": f"{article_prefix}{article_id}",
                "url": url_of(
                    slug,
                    article_id,
                    None if section is None else section["slug"],
                    published if first is None else first,
                ),
                "slug": slug,
                "time": time,
                "published_at": published_at,
                "updated_at": None if updated is None else format_instant(updated)[1],
                "label": shown_labels[label_id],
                "headline": headline,
                "section": section,
                "version": version,
            }
        )
    if any(shown_labels.values()):
        depend_on_default_language(edition)
    return items


def render_local_time(published_at: int, time: str, zone: ZoneInfo, language: str) -> LocalPublicationTime:
    """Return a public time for readers, in a zone and a language; `time` is the wall clock, as items have it."""
    return describe_time(day_at(published_at, zone).date, time, language)


def render_linked_items(
    rows: Sequence[AnyRow], edition: EditionView, zone: ZoneInfo, entries: RenderedEntries
) -> list[LinkedItem]:
    """Return items as the page of another article shows them; otherwise as `render_items`."""
    items = cast("list[LinkedItem]", render_items(rows, edition, zone, entries))
    for row, item in zip(rows, items, strict=True):
        item["local"] = render_local_time(row.published_at, item["time"], zone, edition.language)
    return items


def render_section(row: AnyRow, edition: EditionView) -> Section | None:
    """Return the section of a row with its URL in the edition."""
    slug = row.section_slug
    if slug is None:
        return None
    return link_section(slug, row.section_name, edition)


def link_section(slug: str, name: str, edition: EditionView) -> Section:
    """Return a section with its URL in the edition."""
    return {"slug": slug, "name": name, "href": href_of(f"/v1/sections/{slug}{edition.query()}")}


def render_label(row: AnyRow, edition: EditionView) -> LabelSummary | None:
    """Return the label of a row in the edition's language."""
    if row.label_code is None:
        return None
    text, language = translate(row.label_text, row.label_texts, edition)
    return {"code": row.label_code, "text": text, "language": language}


def render_label_in_full(label: Sequence[Any], edition: EditionView) -> Label:
    """Return a label with its texts for an edition; `label` is a row of its code, two texts with translations, genre.

    Translations of a disclaimer that the default edition has no more are not shown.
    """
    code, text, texts, disclaimer, disclaimers, genre = label
    shown_text, language = translate(text, texts, edition)
    shown_disclaimer, disclaimer_language = translate(disclaimer, "{}" if disclaimer is None else disclaimers, edition)
    return {
        "code": code,
        "text": shown_text,
        "language": language,
        "disclaimer": shown_disclaimer,
        "disclaimer_language": disclaimer_language,
        "genre": genre,
    }


def translate(text: Text, translations: str, edition: EditionView) -> TranslatedText[Text]:
    """Return a text of the default edition in the language of this one, by RFC 4647 lookup.

    In order: a translation in its language and script, the text itself where the default edition has both, a
    translation in another script, the text. The caller records that the response depends on the default edition.
    """
    if text is None and translations == "{}":
        return TranslatedText(text, None)
    return _translate(text, translations, edition.language, edition.default_language)


@lru_cache(maxsize=1024)
def _translate(text: Text, translations: str, language: str, default_language: str) -> TranslatedText[Text]:
    texts: dict[str, str] = orjson.loads(translations)
    found = lookup_language(texts, language)
    is_own = is_same_language(language, default_language)
    if found is not None and is_same_language(found, language):
        return TranslatedText(texts[found], None)
    if found is not None and (text is None or not is_own):
        return TranslatedText(texts[found], found)
    return TranslatedText(text, None if text is None or is_own else default_language)


def select_fields(item: Any, fields: list[str]) -> Any:
    """Return the item with only these members, and `id` and `href`, in their usual order."""
    if not fields:
        return item
    return {name: value for name, value in item.items() if name in {"id", "href", *fields}}
