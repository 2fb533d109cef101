"""Putting articles into the lists they stand in, and taking them out."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete

from app.db.bulk import insert_tuples
from app.domain.article import Status
from app.domain.scope import Facet
from app.domain.surrogate import facet_key, place_key
from app.models.listing import listings

ListingRow = tuple[int, int, int, int, int]

_REMOVE = delete(listings).where(*(column == bindparam(f"b_{column.name}") for column in listings.c))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides in which lists an article stands."""

    article_id: int
    edition_id: int
    status: Status
    published_at: int | None
    section_id: int | None
    label_id: int | None
    tag_ids: tuple[int, ...]
    author_ids: tuple[int, ...]

    def facets(self) -> list[tuple[Facet, int]]:
        """The lists of its edition that it belongs to, public or not."""
        found = [(Facet.EDITION, 0), *((Facet.TAG, n) for n in self.tag_ids)]
        found += ((Facet.AUTHOR, n) for n in self.author_ids)
        found += ((Facet.SECTION, n) for n in (self.section_id,) if n is not None)
        found += ((Facet.LABEL, n) for n in (self.label_id,) if n is not None)
        return found

    def rows(self) -> set[ListingRow]:
        """Its rows in the index of lists: none while it is not public."""
        if self.status is not Status.PUBLISHED or self.published_at is None:
            return set()
        return {
            (self.edition_id, int(kind), number, self.published_at, self.article_id) for kind, number in self.facets()
        }

    def keys(self) -> list[str]:
        """The surrogate keys of the lists that show it, and its place in them."""
        if self.status is not Status.PUBLISHED or self.published_at is None:
            return []
        named = [
            facet_key(kind, self.edition_id if kind is Facet.EDITION else number) for kind, number in self.facets()
        ]
        return [*named, place_key(self.published_at)]


def move_listings(connection: Connection, moves: Iterable[tuple[Standing | None, Standing | None]]) -> None:
    """Bring the index from what articles were (None: new) to what they are (None: gone)."""
    added: list[ListingRow] = []
    removed: list[ListingRow] = []
    for before, after in moves:
        old = set() if before is None else before.rows()
        new = set() if after is None else after.rows()
        added += new - old
        removed += old - new
    names = [column.name for column in listings.c]
    if removed:
        prefixed = [f"b_{name}" for name in names]
        connection.execute(_REMOVE, [dict(zip(prefixed, row, strict=True)) for row in sorted(removed)])
    insert_tuples(connection, listings, sorted(added))
