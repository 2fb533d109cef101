"""Filter of the change log: which rows a query must include, and whether an article matches in its current state."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import Connection

from app.db.base import AnyRow
from app.domain.article_status import ArticleStatus
from app.domain.change import ARTICLE_REMOVED, ChangeType
from app.domain.list_filter import Facet
from app.domain.traits import is_logged, read_traits
from app.domain.tsid import is_id, parse_id
from app.interchange.section_tree import read_section_tree
from app.interchange.statements import IDS, LINK_TABLES, linked_articles, linked_ids
from app.invalidation.surrogate_keys import ALL_TIMESTAMPS, EDITION_PREFIX, PAGES_PREFIX, facet_key
from app.queries.articles.items import is_excluded
from app.queries.keyset.list_index import ListRef
from app.queries.resolve import ResolvedQuery
from app.schemas.params import EVERY_EDITION

_LINKS = {kind: linked_ids(kind).where(table.links.c.article_id.in_(IDS)) for kind, table in LINK_TABLES.items()}
_ARTICLES, _PAGES = f'"{EDITION_PREFIX}', f'"{PAGES_PREFIX}'
_TIMESTAMP = re.compile(r'"at:(-?[0-9]+)"')

MergedIds = Mapping[tuple[Facet, int], Iterable[int]]
NONE_MERGED: MergedIds = MappingProxyType({})
Memberships = Mapping[int, set[ListRef]]


class ChangeFilter:
    """Filters of a query, applied to the surrogate keys of a row and to the state of an article.

    A row has the keys of every list of its article before and after the change, so no relevant row is missed; an
    irrelevant one may be included as a removed article. `merged` are the entries that were merged into those of the
    filters, which rows of before the merge name.
    """

    def __init__(self, query: ResolvedQuery, merged: MergedIds = NONE_MERGED) -> None:
        self.query = query
        self._editions = {*query.editions, *(view.default_id for view in query.editions.values())}
        self._is_of_all_editions = query.scope.edition == EVERY_EDITION  # deleted ones, too
        self._groups = [frozenset(group) for group in query.selection.groups]
        narrowing = [group for group in self._groups if all(_is_named(kind, number) for _, kind, number in group)]
        self._names = [
            {_quoted(kind, each) for _, kind, number in group for each in (number, *merged.get((kind, number), ()))}
            for group in narrowing
        ]
        places = {place for group in self._groups for place, _, _ in group}
        self._has_articles = any(place > 0 for place in places)
        self._has_pages = any(place < 0 for place in places)
        self._excluded_ids = {parse_id(each) for each in query.scope.excluded if is_id(each)}
        self._in_range = query.scope.starts_at is not None or query.scope.ends_at is not None
        self.reads_keys = bool(self._names) or self._in_range or self._has_pages

    def may_match(self, row: AnyRow) -> bool:
        """Return whether this row of the log is relevant; `row` has type, edition_id, article_id and surrogate_keys."""
        if row.article_id is None:
            return self._is_of_all_editions or row.edition_id is None or row.edition_id in self._editions
        if row.article_id in self._excluded_ids:
            return False
        named = all(any(name in row.surrogate_keys for name in names) for names in self._names)
        if not named or not self._affects_place(row.surrogate_keys):
            return False
        return not self._in_range or self._affects_range(row.surrogate_keys)

    def find_memberships(self, connection: Connection, rows: Iterable[AnyRow]) -> Memberships:
        """Return the lists of these articles, as far as filters need them; at most one statement for each kind of link.

        `rows` are of `articles`, with TRAIT_COLUMNS and `has_further_sections`.
        """
        states = {row.id: row for row in rows}
        places: dict[int, int] = {}
        memberships: dict[int, set[ListRef]] = {}
        for row in states.values():
            traits = read_traits(row)
            place = places[row.id] = traits.place(row.edition_id)
            own = [(Facet.EDITION, 0), (Facet.SECTION, row.section_id), (Facet.LABEL, row.label_id), *traits.facets()]
            memberships[row.id] = {(place, kind, number) for kind, number in own}
        wanted = {kind for group in self._groups for _, kind, _ in group}
        for kind, statement in _LINKS.items():
            ids = linked_articles(kind, states.values()) if kind in wanted else []
            if ids:
                for article_id, number, _ in connection.execute(statement, {"ids": ids}):
                    memberships[article_id].add((places[article_id], kind, number))
        if Facet.SECTION_TREE in wanted:
            self._add_subtrees(connection, memberships)
        return memberships

    def _add_subtrees(self, connection: Connection, memberships: Mapping[int, set[ListRef]]) -> None:
        """Add the subtrees of which the articles are, by the present tree."""
        tree = read_section_tree(connection, {place for lists in memberships.values() for place, _, _ in lists})
        for lists in memberships.values():
            for edition, kind, number in [*lists]:
                if kind is Facet.SECTION and number is not None:
                    lists.update((edition, Facet.SECTION_TREE, above) for above in tree.ancestors(number))

    def matches(self, row: AnyRow, memberships: Memberships) -> bool:
        """Return whether the selected lists contain this article now; `row` is of `articles`."""
        return (
            row.status == ArticleStatus.PUBLISHED
            and row.edition_id in self.query.editions
            and self.query.lower <= (row.published_at, row.id) < self.query.upper
            and not is_excluded(row, self.query.scope.excluded)
            and all(group & memberships[row.id] for group in self._groups)
        )

    def effective_type(self, kind: str, row: AnyRow | None, memberships: Memberships) -> str:
        """Return the type to report for a change of an article (a row of `articles`, None for a deleted one).

        A withdrawal is reported even if the article was restored since: a later change restores it.
        """
        if row is None or row.status != ArticleStatus.PUBLISHED or kind == ChangeType.ARTICLE_WITHDRAWN:
            return ChangeType.ARTICLE_WITHDRAWN.value
        return kind if self.matches(row, memberships) else ARTICLE_REMOVED

    def _affects_place(self, names: str) -> bool:
        """Return whether the article was or is among the articles or pages that are selected, or was in no list."""
        if self._has_articles:
            return self._has_pages or _PAGES not in names or _ARTICLES in names
        return _PAGES in names

    def _affects_range(self, names: str) -> bool:
        if f'"{ALL_TIMESTAMPS}"' in names:
            return True
        first, end = self.query.lower[0], self.query.upper[0]
        return any(first <= int(instant) < end for instant in _TIMESTAMP.findall(names))


def _is_named(kind: Facet, number: int) -> bool:
    """Return whether the rows of articles name this list, and the statement does not select by it."""
    return kind is not Facet.EDITION and is_logged(kind, number)


def _quoted(kind: Facet, number: int) -> str:
    """Return a key as written in the JSON keys of a row: with its quotes it is no prefix of another key."""
    return f'"{facet_key(kind, number)}"'
