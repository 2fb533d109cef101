"""Lists to measure: each kind of query, with the commonest and the rarest names of an archive."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, select

from app import clock
from app.domain.cursor import encode_position
from app.domain.list_filter import Facet
from app.models.author import authors
from app.models.label import labels
from app.models.listing import listings
from app.models.section import sections
from app.models.tag import tags
from app.queries.articles.article import get_article
from app.queries.articles.article_list import list_articles
from app.queries.editorial.editorial_articles import list_editorial_articles
from app.queries.resolve import resolve_params
from app.queries.timeline.calendar import get_calendar
from app.queries.timeline.timeline import get_day, get_timeline
from app.schemas.editorial import EditorialListParams
from app.schemas.params import (
    ArticleListParams,
    ArticleParams,
    CalendarParams,
    DayParams,
    TimelineParams,
)
from bench.examined import Query

COLUMNS = {
    Facet.SECTION: (sections.c.id, sections.c.slug),
    Facet.TAG: (tags.c.id, tags.c.slug),
    Facet.AUTHOR: (authors.c.id, authors.c.slug),
    Facet.LABEL: (labels.c.id, labels.c.code),
}

Ranked = dict[Facet, list[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class List:
    """A query to measure, with its title."""

    name: str
    query: Query


def rank_names(connection: Connection) -> Ranked:
    """Return the names of each kind with the number of their articles, the commonest first."""
    found: Ranked = {}
    for kind, (number, name) in COLUMNS.items():
        total = func.count().label("total")
        counted = (
            select(name.label("name"), total)
            .join(listings, listings.c.facet_id == number)
            .where(listings.c.kind == int(kind))
            .group_by(name)
            .order_by(total.desc(), name)
        )
        found[kind] = [(row.name, row.total) for row in connection.execute(counted)]
    return found


def single_lists(ranked: Ranked) -> Iterator[List]:
    """Return the list without a filter, and those of the commonest and the rarest name of each kind."""
    yield List("no filter", _timeline())
    yield List("no filter, limit 200", _timeline(limit=200))
    for kind, names in ranked.items():
        for which, (name, total) in (("commonest", names[0]), ("rarest", names[-1])):
            yield List(f"{which} {_noun(kind)} ({total:,})", _timeline(**{_noun(kind): [name]}))


def either_lists(ranked: Ranked) -> Iterator[List]:
    """Return lists of names of one kind as alternatives: the commonest and the rarest together."""
    for kind, names in ranked.items():
        both = [names[0][0], names[-1][0]]
        yield List(f"2 {_noun(kind)}s: commonest or rarest", _timeline(**{_noun(kind): both}))
    every = [name for name, _total in ranked[Facet.TAG]]
    for half in (5, 25):
        chosen = every[:half] + every[-half:]
        yield List(f"{2 * half} tags: {half} commonest or {half} rarest", _timeline(tag=chosen))


def deep_lists(connection: Connection, ranked: Ranked) -> Iterator[List]:
    """Return pages half-way down a list."""
    cases: list[tuple[str, dict[str, Any]]] = [("no filter", {})]
    cases += [(f"commonest {_noun(kind)}", {_noun(kind): [names[0][0]]}) for kind, names in ranked.items()]
    cases.append(("2 tags", {"tag": [ranked[Facet.TAG][0][0], ranked[Facet.TAG][-1][0]]}))
    for name, filters in cases:
        params, depth = _half_way(connection, **filters)
        yield List(f"{name}, {depth:,} deep", partial(get_timeline, params=params, now=clock.now()))


def both_lists(connection: Connection, ranked: Ranked, never_together: tuple[str, str]) -> Iterator[List]:
    """Return lists of names of several kinds, all required; `never_together` is a section and a tag, both common."""
    section, tag = ranked[Facet.SECTION][0][0], ranked[Facet.TAG][0][0]
    author, rarest = ranked[Facet.AUTHOR][0][0], ranked[Facet.TAG][-1][0]
    middling, total = min(ranked[Facet.AUTHOR], key=lambda each: abs(each[1] - ranked[Facet.AUTHOR][0][1] // 20))
    yield List("section and tag, both commonest", _timeline(section=[section], tag=[tag]))
    yield List("commonest section and rarest tag", _timeline(section=[section], tag=[rarest]))
    yield List(f"commonest section and an author ({total:,})", _timeline(section=[section], author=[middling]))
    yield List("section, tag and author, all commonest", _timeline(section=[section], tag=[tag], author=[author]))
    params, depth = _half_way(connection, section=[section], tag=[tag])
    yield List(f"section and tag, {depth:,} sections deep", lambda c: get_timeline(c, params, now=clock.now()))
    apart = {"section": [never_together[0]], "tag": [never_together[1]]}
    totals = [dict(ranked[kind])[name] for kind, name in zip((Facet.SECTION, Facet.TAG), never_together, strict=True)]
    yield List(f"section ({totals[0]:,}) and tag ({totals[1]:,}) that never meet", _timeline(**apart))


def day_lists(connection: Connection, ranked: Ranked) -> Iterator[List]:
    """Return whole days, totals, the calendar, one article with its neighbours, and articles with their names."""
    tag, rarest = [ranked[Facet.TAG][0][0]], [ranked[Facet.TAG][-1][0]]
    params, _ = _half_way(connection)
    middle = get_timeline(connection, params, now=clock.now())["days"][0]
    year = {"from": f"{int(middle['date'][:4]) - 1}-01-01", "to": f"{middle['date'][:4]}-02-05"}
    article = middle["items"][0]["id"]
    yield List("a whole day", lambda c: get_day(c, middle["date"], DayParams()))
    yield List("a whole day, commonest tag", lambda c: get_day(c, middle["date"], DayParams(tag=tag)))
    yield List("a whole day, rarest tag", lambda c: get_day(c, middle["date"], DayParams(tag=rarest)))
    yield List("no filter, with totals", _timeline(total=True))
    yield List("calendar of 400 days", _calendar(year))
    yield List("calendar of 400 days, commonest tag", _calendar(year | {"tag": tag}))
    yield List("one article, with its neighbours", lambda c: get_article(c, article, ArticleParams()))
    yield List("articles, limit 20", lambda c: list_articles(c, ArticleListParams(), path="/v1/articles"))


def excluding_lists() -> Iterator[List]:
    """Return totals that exclude articles by slug."""
    yield List("with totals, 40 excluded", _timeline(total=True, exclude=[f"no-such-story-{n}" for n in range(40)]))


def editorial_lists(ranked: Ranked) -> Iterator[List]:
    """Return the editorial list by status, by the rarest name of each kind, by ids, and of a range of time."""
    for status in ("draft", "scheduled", "withdrawn", "published"):
        yield List(status, _editorial(status=[status]))
    yield List("drafts and schedules of every edition", _editorial(edition="*", status=["draft", "scheduled"]))
    yield List("any status", _editorial())
    for kind, names in ranked.items():
        name, total = names[-1]
        yield List(f"rarest {_noun(kind)} ({total:,})", _editorial(**{_noun(kind): [name]}))
        yield List(f"drafts, commonest {_noun(kind)}", _editorial(status=["draft"], **{_noun(kind): [names[0][0]]}))
    yield List("drafts of a month", _editorial(status=["draft"], **{"from": "2017-01-01", "to": "2017-02-01"}))


def _editorial(**values: Any) -> Query:
    params = EditorialListParams(**values)
    return lambda connection: list_editorial_articles(connection, params)


def shown(response: Any) -> int:
    """Return the number of items (of a calendar: days) that a response shows."""
    if "day" in response:
        return len(response["day"]["items"])
    if "days" in response:
        return sum(len(day.get("items", "1")) for day in response["days"])
    return len(response["items"]) if "items" in response else 1


def _noun(kind: Facet) -> str:
    return kind.name.lower()


def _timeline(**values: Any) -> Query:
    params = TimelineParams(**values)
    return lambda connection: get_timeline(connection, params, now=clock.now())


def _calendar(values: dict[str, Any]) -> Query:
    params = CalendarParams(**values)
    return lambda connection: get_calendar(connection, params, now=0)


def _half_way(connection: Connection, **filters: Any) -> tuple[TimelineParams, int]:
    """Return the parameters of the page after half of the first list they name, and the number of its items."""
    params = TimelineParams(**filters)
    resolved = resolve_params(connection, params, tz=None)
    key = _key_half_way(connection, resolved.selection.groups[0])
    cursor = encode_position(key[0], key[1], resolved.scope.digest())
    return params.model_copy(update={"cursor": cursor}), key[2]


def _key_half_way(connection: Connection, places: Sequence[tuple[int, Facet, int]]) -> tuple[int, int, int]:
    keys: list[tuple[int, int]] = []
    for edition, kind, number in places:
        named = (listings.c.edition_id == edition, listings.c.kind == int(kind), listings.c.facet_id == number)
        rows = connection.execute(select(listings.c.published_at, listings.c.article_id).where(*named))
        keys += [(row.published_at, row.article_id) for row in rows]
    keys.sort(reverse=True)
    return *keys[len(keys) // 2], len(keys) // 2
