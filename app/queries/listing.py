"""Every list of articles is a few ranges of one index: which ranges, and the statements over them.

A filter of one kind is a union of ranges, each read in order and cut at the limit. Filters of several kinds
walk the ranges of the kind with the fewest articles and look the others up by their full key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union,
    union_all,
)

from app.domain.scope import Facet
from app.errors import Flaw, InvalidInput
from app.models.article import articles
from app.models.author import authors
from app.models.label import labels
from app.models.listing import listings
from app.models.section import sections
from app.models.tag import tags

RANGES_MOST = 200
COUNT_MOST = 1_000

Key = tuple[int, int]
EARLIEST: Key = (-(2**62), 0)
LATEST: Key = (2**62, 0)

Place = tuple[int, Facet, int]

_CATALOGUES = {
    Facet.SECTION: (sections, sections.c.slug),
    Facet.TAG: (tags, tags.c.slug),
    Facet.AUTHOR: (authors, authors.c.slug),
    Facet.LABEL: (labels, labels.c.code),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The lists an answer is cut from: for every group of names asked for, their places in the index.

    The places of the first group are walked, those of the others are looked up. Without names the one group is
    the edition itself; a group without places holds nothing.
    """

    kinds: tuple[tuple[Place, ...], ...]

    @property
    def is_empty(self) -> bool:
        """Whether a name that nobody knows makes the answer empty."""
        return any(not places for places in self.kinds)


Group = tuple[Facet, tuple[str, ...]]


def select_lists(connection: Connection, edition_ids: Iterable[int], groups: Sequence[Group]) -> Selection:
    """The lists that groups of names stand for, unknown names for nothing; at most one statement."""
    editions = tuple(edition_ids)
    if not groups:
        return _bounded(Selection((tuple((edition, Facet.EDITION, 0) for edition in editions),)))
    asked: dict[Facet, list[str]] = {}
    for kind, names in groups:
        asked[kind] = sorted({*asked.get(kind, ()), *names})
    shape = tuple(sorted((kind, len(names)) for kind, names in asked.items()))
    values = {f"{kind.name}_{i}": name for kind, names in asked.items() for i, name in enumerate(names)}
    found: dict[tuple[Facet, str], list[Place]] = {}
    for row in connection.execute(_names(shape), values):
        kind = Facet(row.kind)
        owners = editions if row.edition_id is None else (row.edition_id,)
        places = [(edition, kind, row.id) for edition in owners if edition in editions]
        found.setdefault((kind, row.name), []).extend(places)
    return _bounded(
        Selection(
            tuple(
                tuple(place for name in sorted(set(names)) for place in found.get((kind, name), ()))
                for kind, names in groups
            )
        )
    )


def _bounded(selection: Selection) -> Selection:
    if any(len(places) > RANGES_MOST for places in selection.kinds):
        raise InvalidInput(Flaw("edition", f"This spans more than {RANGES_MOST} lists; ask for fewer names."))
    return selection


@lru_cache(maxsize=256)
def _names(shape: tuple[tuple[Facet, int], ...]) -> Any:
    parts = []
    for kind, count in shape:
        table, name = _CATALOGUES[kind]
        owner = table.c.edition_id if kind is Facet.SECTION else literal_column("NULL")
        wanted: list[BindParameter[str]] = [bindparam(f"{kind.name}_{i}") for i in range(count)]
        parts.append(
            select(
                literal_column(str(int(kind))).label("kind"),
                owner.label("edition_id"),
                table.c.id,
                name.label("name"),
            ).where(name.in_(wanted))
        )
    return union_all(*parts) if len(parts) > 1 else parts[0]


def order_by_rarity(connection: Connection, selection: Selection, lower: Key, upper: Key) -> Selection:
    """The same selection with the kind that has the fewest articles in the range first (counted to 1,000)."""
    if len(selection.kinds) == 1:
        return selection
    shape = tuple(len(places) for places in selection.kinds)
    row = connection.execute(_rarity(shape), selection_values(selection, lower, upper)).one()
    ranked = sorted(range(len(shape)), key=lambda k: (row[k], k))
    return Selection(tuple(selection.kinds[k] for k in ranked))


@lru_cache(maxsize=256)
def _rarity(shape: tuple[int, ...]) -> Any:
    counts = []
    for kind, size in enumerate(shape):
        parts = [
            select(literal(1)).select_from(listings).where(*_in_range(kind, i)).limit(COUNT_MOST).subquery()
            for i in range(size)
        ]
        whole = [select(func.count()).select_from(part).scalar_subquery() for part in parts]
        total: ColumnElement[int] = whole[0]
        for part in whole[1:]:
            total = total + part
        counts.append(total.label(f"kind_{kind}"))
    return select(*counts)


def selection_values(selection: Selection, lower: Key = EARLIEST, upper: Key = LATEST) -> dict[str, int]:
    """The bound values of a statement over this selection, for keys from `lower` to below `upper`."""
    values = {"lower_at": lower[0], "lower_id": lower[1], "upper_at": upper[0], "upper_id": upper[1]}
    for kind, places in enumerate(selection.kinds):
        for i, (edition, facet, number) in enumerate(places):
            values[f"e{kind}_{i}"], values[f"k{kind}_{i}"], values[f"f{kind}_{i}"] = edition, facet, number
    return values


def shape_of(selection: Selection) -> tuple[int, ...]:
    """What a statement over this selection depends on: how many places each kind has."""
    return tuple(len(places) for places in selection.kinds)


def positions(
    shape: tuple[int, ...], *, limit: bool = True, oldest_first: bool = False, span: FromClause | None = None
) -> Subquery:
    """The sort keys `(published_at, article_id)` of a selection in order, each article once.

    Bound: those of `selection_values`, and `limit` unless it is off. `span` is a table of the outer
    statement whose `starts_at` and `ends_at` stand for the bound range.
    """
    parts = []
    for i in range(shape[0]):
        probes = [probe(k, shape[k], listings.c) for k in range(1, len(shape))]
        found = select(listings.c.published_at, listings.c.article_id).where(*_in_range(0, i, span), *probes)
        if span is not None:
            found = found.correlate(span)
        parts.append(_cut(found, listings.c, oldest_first=oldest_first) if limit else found)
    if len(parts) == 1:
        return parts[0].subquery("positions")
    distinct = union(*[select(part.subquery()) for part in parts]).subquery()
    merged = select(distinct.c.published_at, distinct.c.article_id)
    return (_cut(merged, distinct.c, oldest_first=oldest_first) if limit else merged).subquery("positions")


def _cut(found: Select[Any], keys: Any, *, oldest_first: bool) -> Select[Any]:
    return found.order_by(*in_order(keys, oldest_first=oldest_first)).limit(bindparam("limit"))


def in_order(keys: Any, *, oldest_first: bool = False) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The order of the timeline over these sort keys."""
    if oldest_first:
        return keys.published_at.asc(), keys.article_id.asc()
    return keys.published_at.desc(), keys.article_id.desc()


def _in_range(kind: int, place: int, span: FromClause | None = None) -> tuple[ColumnElement[bool], ...]:
    listed = (
        listings.c.edition_id == bindparam(f"e{kind}_{place}"),
        listings.c.kind == bindparam(f"k{kind}_{place}"),
        listings.c.facet_id == bindparam(f"f{kind}_{place}"),
    )
    if span is not None:
        return (*listed, listings.c.published_at >= span.c.starts_at, listings.c.published_at < span.c.ends_at)
    return (*listed, *_between(listings.c.published_at, listings.c.article_id))


def _between(published_at: ColumnElement[int], article_id: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    key = tuple_(published_at, article_id)
    return (
        key >= tuple_(bindparam("lower_at"), bindparam("lower_id")),
        key < tuple_(bindparam("upper_at"), bindparam("upper_id")),
    )


def probe(kind: int, size: int, article: Any) -> ColumnElement[bool]:
    """Whether an article also stands in one of the lists of a kind; a look-up by the full key of each."""
    other = listings.alias(f"other_{kind}")
    article_id = article.article_id if "article_id" in article else article.id
    same = (other.c.published_at == article.published_at) & (other.c.article_id == article_id)
    within = [
        exists().where(
            other.c.edition_id == bindparam(f"e{kind}_{i}"),
            other.c.kind == bindparam(f"k{kind}_{i}"),
            other.c.facet_id == bindparam(f"f{kind}_{i}"),
            same,
        )
        for i in range(size)
    ]
    condition: ColumnElement[bool] = within[0]
    for each in within[1:]:
        condition = condition | each
    return condition


def named_positions(shape: tuple[int, ...], ids: int) -> Subquery:
    """The sort keys of the public articles among `ids` given ones (bound as `id_0`…) that are selected."""
    wanted: list[BindParameter[int]] = [bindparam(f"id_{i}") for i in range(ids)]
    probes = [probe(k, shape[k], articles.c) for k in range(len(shape))]
    inside = _between(articles.c.published_at, articles.c.id)
    public = articles.c.status == literal_column("'published'")
    return (
        select(articles.c.published_at, articles.c.id.label("article_id"))
        .where(articles.c.id.in_(wanted), public, *inside, *probes)
        .subquery("positions")
    )
