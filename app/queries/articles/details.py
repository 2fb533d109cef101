"""Members of an article's page that items of lists have on request only."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, cast

import orjson
from sqlalchemy import Connection, select

from app.db.base import AnyRow
from app.domain.article_members import SELECTABLE, load_details
from app.domain.body.shown_blocks import ascii_image, complete_image
from app.domain.instant import format_instant
from app.domain.reading_time import measure_blocks
from app.domain.url import ascii_url
from app.interchange.statements import IDS
from app.models.article import article_bodies
from app.queries.articles.translations import find_translations, render_translations
from app.queries.catalogue.editions import EditionView
from app.schemas.article import ArticleDetails, EditedDetails, TextLength, Translation

_BESIDE_BODY = select(article_bodies.c.article_id, article_bodies.c.extra, article_bodies.c.blocks).where(
    article_bodies.c.article_id.in_(IDS)
)
_LENGTH = ("word_count", "reading_minutes")
_TRANSLATIONS = "translations"
ON_REQUEST = frozenset({*SELECTABLE, *_LENGTH, "expires_at", _TRANSLATIONS})


def render_details(
    row: AnyRow, edition: EditionView, beside: AnyRow | None = None, translations: Sequence[Translation] = ()
) -> ArticleDetails:
    """Return the details of a row of ARTICLE_COLUMNS in its edition, with these translations.

    `beside` is its row of article_bodies; without one `extra` is null, and so is a length that was never counted.
    """
    extra = None if beside is None or beside.extra is None else orjson.Fragment(beside.extra)
    return {
        **render_edited_details(row),
        **text_length(row, lambda: [] if beside is None else orjson.loads(beside.blocks)),
        "expires_at": None if row.expires_at is None else format_instant(row.expires_at, edition.zone),
        "extra": cast("Any", extra),
        "translations": [*translations],
    }


def render_edited_details(row: AnyRow) -> EditedDetails:
    """Return the details that editors write and that a row of ARTICLE_COLUMNS has."""
    if row.details is None:
        return {**_NO_DETAILS, "featured": bool(row.featured), "alert": bool(row.alert), "language": row.language}
    stored = load_details(row.details)
    canonical, social = stored["canonical_url"], stored["social"]
    if social is not None and social["image"] is not None:
        social["image"] = ascii_image(complete_image(social["image"]))
    return {
        "subheadline": stored["subheadline"],
        "short_headline": stored["short_headline"],
        "byline": stored["byline"],
        "canonical_url": None if canonical is None else ascii_url(canonical),
        "seo": stored["seo"],
        "social": social,
        "featured": bool(row.featured),
        "alert": bool(row.alert),
        "urgency": stored["urgency"],
        "sensitive": stored["sensitive"],
        "language": row.language,
    }


_NO_DETAILS: Final[EditedDetails] = {
    "subheadline": None,
    "short_headline": None,
    "byline": None,
    "canonical_url": None,
    "seo": None,
    "social": None,
    "featured": False,
    "alert": False,
    "urgency": None,
    "sensitive": False,
    "language": None,
}


def text_length(row: AnyRow, blocks: Callable[[], Iterable[Any]]) -> TextLength:
    """Return the stored length of a text; that of its blocks if an earlier release stored it."""
    word_count, minutes = row.word_count, row.reading_minutes
    if word_count is None or minutes is None:
        word_count, minutes = measure_blocks(blocks())
    return {"word_count": word_count, "reading_minutes": minutes}


def read_details(
    connection: Connection, rows: Sequence[AnyRow], editions: Mapping[int, EditionView], fields: Iterable[str]
) -> list[ArticleDetails]:
    """Return the details of these rows of these editions, if `fields` names any of them.

    One statement if one is stored beside a body, one if a row has translations and they are selected.
    """
    selected = ON_REQUEST.intersection(fields)
    if not selected:
        return []
    beside: dict[int, AnyRow] = {}
    if "extra" in selected or (not selected.isdisjoint(_LENGTH) and any(row.word_count is None for row in rows)):
        beside = {row.article_id: row for row in connection.execute(_BESIDE_BODY, {"ids": [row.id for row in rows]})}
    found = find_translations(connection, rows) if _TRANSLATIONS in selected else {}
    return [
        render_details(row, editions[row.edition_id], beside.get(row.id), render_translations(found.get(row.id, ())))
        for row in rows
    ]
