"""Queries of translations: the articles that are the same story in other editions or languages."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, literal_column, select

from app.db.base import AnyRow
from app.db.bulk import chunked
from app.db.prepared import PreparedQuery
from app.domain.language import drop_extensions
from app.domain.list_filter import Facet
from app.domain.tsid import format_id
from app.invalidation.dependencies import depend_on_entries
from app.models.article import articles
from app.models.edition import editions
from app.models.section import sections
from app.net.base_path import href_of
from app.queries.catalogue.editions import JOINED_COLUMNS, EditionView, edition_from_row
from app.schemas.article import Translation

_MEMBERS = (
    articles.c.translation_group,
    articles.c.id,
    articles.c.slug,
    articles.c.headline,
    articles.c.language,
    articles.c.published_at,
    articles.c.first_published_at,
    articles.c.details,
    articles.c.section_id,
    sections.c.slug.label("section_slug"),
)
_PUBLIC = (
    select(*_MEMBERS, *JOINED_COLUMNS)
    .join(editions, editions.c.id == articles.c.edition_id)
    .outerjoin(sections, (sections.c.id == articles.c.section_id) & sections.c.is_hidden.is_(False))
    .where(articles.c.status == literal_column("'published'"))
)
_OF_ONE = PreparedQuery(_PUBLIC.where(articles.c.translation_group == bindparam("group")))


class FoundTranslation(NamedTuple):
    """Public article of a group: its row, its edition and the language of its text, without extensions of the tag."""

    row: AnyRow
    edition: EditionView
    language: str


def find_translations(connection: Connection, rows: Sequence[AnyRow]) -> dict[int, list[FoundTranslation]]:
    """Return the public translations of the articles in these rows by id, in the order of languages and editions.

    Articles without any are omitted. One statement if a row has a translation group, none otherwise. Changes of a
    translation are logged as changes of the articles that show it, so the response depends on its edition and its
    section alone.
    """
    groups = sorted({row.translation_group for row in rows if row.translation_group is not None})
    if not groups:
        return {}
    members: dict[int, list[FoundTranslation]] = defaultdict(list)
    for each in _read(connection, groups):
        members[each.row.translation_group].append(each)
    found: dict[int, list[FoundTranslation]] = {}
    for row in rows:
        others = [each for each in members.get(row.translation_group, ()) if each.row.id != row.id]
        if others:
            found[row.id] = others
    return found


def _read(connection: Connection, groups: Sequence[int]) -> list[FoundTranslation]:
    if len(groups) == 1:
        rows = _OF_ONE.all(connection, {"group": groups[0]})
    else:
        rows = [
            row
            for some in chunked(groups)
            for row in connection.execute(_PUBLIC.where(articles.c.translation_group.in_(some)))
        ]
    depend_on_entries(Facet.SECTION, {row.section_id for row in rows})
    found = []
    for row in rows:
        edition = edition_from_row(row[len(_MEMBERS) :])
        found.append(FoundTranslation(row, edition, drop_extensions(row.language or edition.language)))
    return sorted(found, key=lambda each: (each.language, each.edition.slug, each.row.id))


def render_translations(found: Iterable[FoundTranslation]) -> list[Translation]:
    """Return translations as responses show them."""
    return [
        {
            "id": format_id(row.id),
            "href": href_of(f"/v1/articles/{format_id(row.id)}"),
            "url": edition.url_of_row(row),
            "edition": edition.slug,
            "language": language,
            "headline": row.headline,
        }
        for row, edition, language in found
    ]


def read_translations(connection: Connection, row: AnyRow) -> list[Translation]:
    """Return the public translations of the article in a row; one statement, or none without a group."""
    return render_translations(find_translations(connection, [row]).get(row.id, ()))
