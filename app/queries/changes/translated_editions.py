"""Editions with translations of the articles of other editions: changes of them alter what those articles show."""

from collections.abc import Collection

from sqlalchemy import BindParameter, Connection, bindparam, exists, select

from app.db.base import AnyRow
from app.domain.change import ChangeType
from app.models.article import articles
from app.models.edition import editions

_SHOWN_BY_TRANSLATIONS = frozenset({ChangeType.EDITION_UPDATED, ChangeType.SECTION_UPDATED})
"""Changes of members that the URL or the language of a translation consists of."""

_translations = articles.alias("translations")
_SELECTED: BindParameter[list[int]] = bindparam("selected", expanding=True)
_SLUG = select(editions.c.slug).where(
    editions.c.id == bindparam("edition_id"),
    exists().where(
        articles.c.translation_group.is_not(None),
        articles.c.edition_id.in_(_SELECTED),
        _translations.c.translation_group == articles.c.translation_group,
        _translations.c.edition_id == bindparam("edition_id"),
    ),
)


class TranslatedEditions:
    """Editions with translations of articles of the `selected` ones, each looked up when a change of it is met."""

    def __init__(self, connection: Connection, selected: Collection[int]) -> None:
        self._connection = connection
        self._selected = sorted(selected)
        self._found: dict[int, str | None] = {}

    def include(self, row: AnyRow) -> bool:
        """Return whether a row of the log changes translations; one statement for each edition that is not selected."""
        if row.type not in _SHOWN_BY_TRANSLATIONS or row.edition_id is None:
            return False
        if row.edition_id not in self._found and row.edition_id not in self._selected:
            bound = {"edition_id": row.edition_id, "selected": self._selected}
            self._found[row.edition_id] = self._connection.execute(_SLUG, bound).scalar()
        return self._found.get(row.edition_id) is not None

    @property
    def slugs(self) -> dict[int, str]:
        """Return the slugs of those that were found."""
        return {number: slug for number, slug in self._found.items() if slug is not None}
