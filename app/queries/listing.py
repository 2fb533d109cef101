"""Every list of articles is a few ranges of one index: which ranges, and the statements over them.

A filter of one kind is a union of ranges, each read in order and cut at the limit. Filters of several kinds
walk the ranges of the sparsest kind and look the others up by their full key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Subquery,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union,
    union_all,
)

from app.domain.footprint import note_shelf, note_span
from app.domain.scope import Facet
from app.domain.surrogate import facet_key
from app.errors import Flaw, InvalidInput
from app.models.article import articles
from app.models.listing import listings
from app.records.catalogue import SHELVES

RANGES_MOST = 200
LOOKUPS_MOST = 225  # in a statement: 900 look-ups take a second to compile the first time, and 20 MB to keep
SAMPLE = 100

Key = tuple[int, int]
EARLIEST: Key = (-(2**62), 0)
LATEST: Key = (2**62, 0)

_LIMIT: BindParameter[int] = bindparam("limit", type_=Integer)
_ONE = literal_column("1", Integer)

Place = tuple[int, Facet, int]


class Called(NamedTuple):
    """A listed entry that was asked for: its kind, number and code, its name, and translations of that as JSON."""

    kind: Facet
    number: int
    code: str
    text: str
    texts: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The lists an answer is cut from: for every group of names asked for, their places in the index.

    The places of the first group are walked, those of the others are looked up. Without names the one group is
    the edition itself; a group without places holds nothing. `names` are what the public may call them; whoever
    shows one notes its entry.
    """

    kinds: tuple[tuple[Place, ...], ...]
    names: tuple[Called, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether a name that nobody knows makes the answer empty."""
        return any(not places for places in self.kinds)

    def note(self, first: int, last: int) -> None:
        """Note that the answer is made from the part between these instants (both in it)."""
        if self.is_empty or first > last:
            return
        note_span(_lists_of(self.kinds), first, last)


@lru_cache(maxsize=64)
def _lists_of(kinds: tuple[tuple[Place, ...], ...]) -> tuple[frozenset[str], ...]:
    """The surrogate keys of lists, group by group, as a span has them."""
    editions = frozenset(facet_key(Facet.EDITION, edition) for places in kinds for edition, _, _ in places)
    groups = (frozenset(facet_key(kind, number) for _, kind, number in places) for places in kinds)
    is_whole = all(kind is Facet.EDITION for places in kinds for _, kind, _ in places)
    return (editions,) if is_whole else (*groups, editions)


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
    called: list[Called] = []
    for row in connection.execute(_names(shape), values):
        kind = Facet(row.kind)
        owners = editions if row.edition_id is None else (row.edition_id,)
        places = [(edition, kind, row.id) for edition in owners if edition in editions]
        found.setdefault((kind, row.name), []).extend(places)
        if not row.is_listed:
            _note_missing(kind, owners)
        elif places:
            called.append(Called(kind, row.id, row.name, row.text, row.texts))
    for kind, wanted in asked.items():
        for name in wanted:
            at = {edition for edition, _, _ in found.get((kind, name), ())}
            if len(at) < len(editions):
                _note_missing(kind, [edition for edition in editions if edition not in at])
    return _bounded(
        Selection(
            tuple(
                tuple(place for name in sorted(set(names)) for place in found.get((kind, name), ()))
                for kind, names in groups
            ),
            tuple(called),
        )
    )


def _note_missing(kind: Facet, editions: Iterable[int]) -> None:
    """Note that a name stands for nothing that lasts: another entry of that name may come."""
    for edition in editions:
        note_shelf(kind, edition)


def _bounded(selection: Selection) -> Selection:
    if any(len(places) > RANGES_MOST for places in selection.kinds):
        raise InvalidInput(Flaw("edition", f"This spans more than {RANGES_MOST} lists; ask for fewer names."))
    total = sum(shape_of(selection))
    for places in selection.kinds:
        if len(places) * (total - len(places)) > LOOKUPS_MOST:
            where = places[0][1].name.lower()
            raise InvalidInput(Flaw(where, "So many names of several kinds cannot be combined; ask for fewer."))
    return selection


@lru_cache(maxsize=256)
def _names(shape: tuple[tuple[Facet, int], ...]) -> Any:
    parts = []
    for kind, count in shape:
        table, name = SHELVES[kind]
        owner = table.c.edition_id if kind is Facet.SECTION else literal_column("NULL")
        shown = (table.c.text, table.c.texts) if kind is Facet.LABEL else (table.c.name, literal_column("'{}'"))
        wanted: list[BindParameter[str]] = [bindparam(f"{kind.name}_{i}") for i in range(count)]
        parts.append(
            select(
                literal_column(str(int(kind))).label("kind"),
                owner.label("edition_id"),
                table.c.id,
                table.c.is_listed,
                name.label("name"),
                shown[0].label("text"),
                shown[1].label("texts"),
            ).where(name.in_(wanted))
        )
    return union_all(*parts) if len(parts) > 1 else parts[0]


def plan_walk(
    connection: Connection, selection: Selection, lower: Key, upper: Key, *, oldest_first: bool
) -> tuple[Selection, Key, Key]:
    """The same question with its sparsest kind first, and no more of the range than all kinds reach into.

    A kind's first hundred keys tell how sparse it is: the fewer there are, and the further they reach, the
    sparser. One statement where there are several kinds, else none.
    """
    if len(selection.kinds) == 1:
        return selection, lower, upper
    bound = selection_values(selection, lower, upper) | {"limit": SAMPLE}
    rows = connection.execute(_samples(shape_of(selection), oldest_first), bound).all()
    ranked = sorted(rows, key=lambda row: (row.total, 0 if not row.total else row.reach * (-1 if oldest_first else 1)))
    if ranked[0].total:
        lower = max(lower, (max(row.oldest for row in rows), 0))
        upper = min(upper, (min(row.newest for row in rows) + 1, 0))
    return Selection(tuple(selection.kinds[row.kind] for row in ranked)), lower, upper


@lru_cache(maxsize=64)
def _samples(shape: tuple[int, ...], oldest_first: bool) -> Any:  # noqa: FBT001 - part of a cache key
    kinds: list[Any] = []
    reach = func.max if oldest_first else func.min
    for kind, size in enumerate(shape):
        sample = _merge([_keys(kind, i) for i in range(size)], oldest_first=oldest_first)
        oldest = _merge([_keys(kind, i) for i in range(size)], oldest_first=True, most=_ONE)
        newest = _merge([_keys(kind, i) for i in range(size)], oldest_first=False, most=_ONE)
        kinds.append(
            select(
                literal_column(str(kind)).label("kind"),
                func.count().label("total"),
                reach(sample.c.published_at).label("reach"),
                select(oldest.c.published_at).scalar_subquery().label("oldest"),
                select(newest.c.published_at).scalar_subquery().label("newest"),
            ).select_from(sample)
        )
    return union_all(*kinds)


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
        found = _keys(0, i, span).where(*[probe(k, shape[k], listings.c) for k in range(1, len(shape))])
        parts.append(found if span is None else found.correlate(span))
    return _merge(parts, oldest_first=oldest_first, most=_LIMIT if limit else None)


def _keys(kind: int, place: int, span: FromClause | None = None) -> Select[Any]:
    return select(listings.c.published_at, listings.c.article_id).where(*_in_range(kind, place, span))


def _merge(parts: Sequence[Select[Any]], *, oldest_first: bool, most: ColumnElement[int] | None = _LIMIT) -> Subquery:
    """These keys in order, each once, at most so many; each part is cut by itself first."""

    def cut(found: Select[Any], keys: Any) -> Select[Any]:
        return found if most is None else found.order_by(*in_order(keys, oldest_first=oldest_first)).limit(most)

    cut_parts = [cut(part, listings.c) for part in parts]
    if len(parts) == 1:
        return cut_parts[0].subquery("positions")
    distinct = union(*[select(part.subquery()) for part in cut_parts]).subquery()
    return cut(select(distinct.c.published_at, distinct.c.article_id), distinct.c).subquery("positions")


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
    """Whether an article also stands in one of the lists of a kind; a look-up by the full key of each.

    A scalar and no EXISTS, which PostgreSQL would make a join that reads the whole of the other list.
    """
    other = listings.alias(f"other_{kind}")
    article_id = article.article_id if "article_id" in article else article.id
    same = (other.c.published_at == article.published_at) & (other.c.article_id == article_id)
    return or_(
        *[
            select(literal_column("1"))
            .where(
                other.c.edition_id == bindparam(f"e{kind}_{i}"),
                other.c.kind == bindparam(f"k{kind}_{i}"),
                other.c.facet_id == bindparam(f"f{kind}_{i}"),
                same,
            )
            .scalar_subquery()
            .is_not(None)
            for i in range(size)
        ]
    )


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
