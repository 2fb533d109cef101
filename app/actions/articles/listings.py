"""Index of lists: rows of articles in the lists that show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, bindparam, delete

from app.db.bulk import bulk_insert_missing, bulk_insert_tuples
from app.domain.article_status import ArticleStatus
from app.domain.list_filter import Facet
from app.domain.section_tree import NO_TREE, SectionTree
from app.domain.traits import NO_TRAITS, Traits
from app.invalidation.surrogate_keys import list_keys, timestamp_key
from app.models.listing import listings

ListingRow = tuple[int, int, int, int, int]

_REMOVE = delete(listings).where(*(column == bindparam(f"b_{column.name}") for column in listings.c))


@dataclass(slots=True, kw_only=True)
class Placement:
    """Lists of an article, determined by its edition, status, date, links, traits and sections' tree; immutable.

    `survivors` are the entries into which some of its entries were merged.
    """

    article_id: int
    edition_id: int
    status: ArticleStatus
    published_at: int | None
    section_ids: tuple[int, ...]
    label_id: int | None
    tag_ids: tuple[int, ...]
    author_ids: tuple[int, ...]
    traits: Traits = NO_TRAITS
    survivors: Mapping[tuple[Facet, int], int] = field(default_factory=dict)
    tree: SectionTree = NO_TREE
    _entries: list[tuple[Facet, int]] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def is_public(self) -> bool:
        """Return whether the public sees it."""
        return self.status is ArticleStatus.PUBLISHED

    @property
    def place(self) -> int:
        """Return the edition id of its rows, which is negated for a page."""
        return self.traits.place(self.edition_id)

    def facets(self) -> list[tuple[Facet, int]]:
        """Return the lists of its edition that it belongs to, public or not: the whole, entries and traits."""
        return [(Facet.EDITION, 0), *self.entries(), *self.traits.facets()]

    def entries(self) -> list[tuple[Facet, int]]:
        """Return the catalogue entries that it names."""
        if not self._entries:
            found = [(Facet.TAG, number) for number in self.tag_ids]
            found += [(Facet.AUTHOR, number) for number in self.author_ids]
            found += [(Facet.SECTION, number) for number in self.section_ids]
            if self.label_id is not None:
                found.append((Facet.LABEL, self.label_id))
            self._entries = found
        return self._entries

    def resolved_entries(self) -> list[tuple[Facet, int]]:
        """Return its catalogue entries, with those into which others were merged in their place."""
        entries = self.entries()
        if not self.survivors:
            return entries
        return list(dict.fromkeys((each[0], self.survivors.get(each, each[1])) for each in entries))

    def resolved_in(self, kind: Facet) -> "Placement":
        """Return the placement with the entries into which others of this kind were merged in their place."""
        survivors = {each: number for each, number in self.survivors.items() if each[0] is not kind}
        numbers = tuple(number for each, number in self.resolved_entries() if each is kind)
        if kind is Facet.TAG:
            return replace(self, tag_ids=numbers, survivors=survivors)
        return replace(self, author_ids=numbers, survivors=survivors)

    def with_state(self, status: ArticleStatus, published_at: int | None) -> "Placement":
        """Return the placement in the same lists with another status and public time."""
        after = Placement(
            article_id=self.article_id,
            edition_id=self.edition_id,
            status=status,
            published_at=published_at,
            section_ids=self.section_ids,
            label_id=self.label_id,
            tag_ids=self.tag_ids,
            author_ids=self.author_ids,
            traits=self.traits,
            survivors=self.survivors,
            tree=self.tree,
        )
        after._entries = self.entries()
        return after

    def listing_rows(self) -> set[ListingRow]:
        """Return its rows in the index of lists: none unless it is public."""
        if self.status is not ArticleStatus.PUBLISHED or self.published_at is None:
            return set()
        place, at, article_id = self.place, self.published_at, self.article_id
        rows = {(place, int(kind), number, at, article_id) for kind, number in self.facets()}
        if self.tree.parents:
            rows |= {(place, int(kind), number, at, article_id) for kind, number in self._subtrees()}
        return rows

    def uncertain_rows(self) -> set[ListingRow]:
        """Return the rows that it may have in the lists of unsettled subtrees since an earlier tree."""
        if not self.tree.unsettled or self.status is not ArticleStatus.PUBLISHED or self.published_at is None:
            return set()
        at, kind = self.published_at, int(Facet.SECTION_TREE)
        return {(self.place, kind, number, at, self.article_id) for number in self.tree.unsettled}

    def has_rows_of(self, other: "Placement") -> bool:
        """Return whether both are known to have the same rows in the index of lists."""
        return (
            self.status is other.status
            and self.published_at == other.published_at
            and self.edition_id == other.edition_id
            and self.traits == other.traits
            and self.entries() == other.entries()
            and self.tree == other.tree
            and not self.tree.unsettled
        )

    def _subtrees(self) -> list[tuple[Facet, int]]:
        return [(Facet.SECTION_TREE, number) for number in self.tree.ancestors_of(self.section_ids)]

    def surrogate_keys(self) -> list[str]:
        """Return the surrogate keys of the lists that show it, and of its timestamp."""
        if self.status is not ArticleStatus.PUBLISHED or self.published_at is None:
            return []
        merged = [(kind, each) for (kind, _), each in self.survivors.items()]
        facets = [*self.facets(), *merged, *self._subtrees()]
        return [*list_keys(self.place, facets), timestamp_key(self.published_at)]


def sync_listings(connection: Connection, placements: Iterable[tuple[Placement | None, Placement | None]]) -> None:
    """Update the index from the old placements (None: new) to the new ones (None: deleted).

    Rows of unsettled subtrees are written whether they exist or not.
    """
    added: list[ListingRow] = []
    removed: list[ListingRow] = []
    certain: list[ListingRow] = []
    for before, after in placements:
        if before is not None and after is not None and before.has_rows_of(after):
            continue
        old = set() if before is None else before.listing_rows()
        new = set() if after is None else after.listing_rows()
        uncertain: set[ListingRow] = set()
        for placement in filter(None, (before, after)):
            uncertain |= placement.uncertain_rows()
        added += new & uncertain
        certain += new - old - uncertain
        removed += (old | uncertain) - new
    names = [column.name for column in listings.c]
    if removed:
        prefixed = [f"b_{name}" for name in names]
        connection.execute(_REMOVE, [dict(zip(prefixed, row, strict=True)) for row in sorted(removed)])
    bulk_insert_tuples(connection, listings, sorted(certain))
    bulk_insert_missing(connection, listings, sorted(added))
