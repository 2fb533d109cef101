"""Rows that lists examine: they depend on the size of the page, not on that of the archive.

SQLite counts the steps of its virtual machine, PostgreSQL the rows of each scan of the statements that ran, on the plan
of the seventh run. PostgreSQL is given fresh statistics and no other help: at 1,000 articles it finds the index cheaper
than reading the table by itself.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, select, text

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import Outcome, upsert_entry
from app.db.database import COMMANDS, Database, open_database
from app.domain.list_filter import Facet
from app.domain.tsid import format_id
from app.importers.json_lines import parse_line
from app.models.article import articles
from app.queries.editorial.editorial_keys import FEW
from app.queries.timeline.timeline import get_timeline
from app.schemas.curated_list_records import CuratedListRecord
from app.schemas.interchange import ArticleRecord, Record
from app.schemas.params import TimelineParams
from bench import lists
from bench.examined import Examined, Query, examine
from bench.generate import AUTHORS, EDITION, LABELS, SECTIONS, TAGS, generate_records, names_apart
from tests.conftest import KINDS, NOW, Store, create_database, run_once
from tests.records import article

SMALL, LARGE, SEED = 1_000, 2_000, 2
KEYS = 41  # a page of 40 and one more, to detect the last page
CATALOGUE = SECTIONS + TAGS + AUTHORS + LABELS
SAMPLED = 100  # keys of each kind examined to find the rarest

# Steps of SQLite: for each article with its label and section, for each key of a list, for the rest.
STEPS_SHOWN, STEPS_KEY, STEPS_ELSE = 50, 36, 700
ROWS_SHOWN = 4  # of the list, the article, its label, its section


@dataclass(frozen=True, slots=True)
class Examination:
    """Result of a list: rows shown and examined."""

    shown: int
    examined: Examined

    def stays_below(self, keys: int, *, shown: int = KEYS) -> bool:
        """Return whether it is at most that of so many keys of lists, and so many articles shown."""
        if self.examined.steps:
            return self.examined.steps <= STEPS_SHOWN * shown + STEPS_KEY * keys + STEPS_ELSE
        return self.examined.rows <= ROWS_SHOWN * shown + keys + CATALOGUE


DRAFTS, RELATED = 30, 20
_NUMBERS = count()

Examinations = dict[str, list[tuple[str, Examination]]]


@dataclass(frozen=True, slots=True)
class Grown:
    """Every list with the same parameters, before and after an archive doubled."""

    small: Examinations
    large: Examinations
    ranked: lists.Ranked

    def total(self, kind: Facet, name: str) -> int:
        """Return the final number of articles of a name."""
        return dict(self.ranked[kind])[name]


@pytest.fixture(scope="module", params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Create a database for this module: filling it takes longer than reading it."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("rows") / "rows.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    server: str = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("postgresql_template")
    run_once(server.format("postgres"), create_database("dayline_rows", template=template))
    return server.format("dayline_rows")


@pytest.fixture(scope="module")
def grown(address: str) -> Grown:
    """Return what each list examines with 1,000 articles and with 2,000."""
    return asyncio.run(_grow(address))


async def _grow(address: str) -> Grown:
    records = list(generate_records(LARGE, SEED))
    ranked = _rank(records)
    database = open_database(address, limits=COMMANDS)  # as an import: hundreds of articles in a transaction
    try:
        await _fill(database, records[: SMALL - LARGE])
        await database.write(upsert_articles, _unpublished(ranked), now=NOW)
        small = await database.read(_examine, ranked, ("single", "either", "deep", "excluding", "editorial"))
        small["publish"] = await _examine_publication(database, records)
        await _fill(database, records[SMALL - LARGE :])
        large = await database.read(_examine, ranked, ("single", "either", "deep", "both", "excluding", "editorial"))
        large["publish"] = await _examine_publication(database, records)
    finally:
        await database.close()
    return Grown(small, large, ranked)


def _unpublished(ranked: lists.Ranked) -> list[ArticleRecord]:
    """Return drafts with the commonest names, and a few articles that are scheduled and withdrawn."""
    names = {
        "section": ranked[Facet.SECTION][0][0],
        "label": ranked[Facet.LABEL][0][0],
        "tags": [ranked[Facet.TAG][0][0]],
        "authors": [ranked[Facet.AUTHOR][0][0]],
        "edition": EDITION,
    }
    drafts = [article(None, source_id=f"draft {n}", **names) for n in range(DRAFTS)]
    coming = [article("2030-01-01T00:00:00Z", source_id=f"coming {n}", **names) for n in range(3)]
    withdrawn = [article("2016-06-01T00:00:00Z", source_id=f"w {n}", status="withdrawn", **names) for n in range(3)]
    return [*drafts, *coming, *withdrawn]


async def _examine_publication(database: Database, records: Sequence[dict[str, Any]]) -> list[tuple[str, Examination]]:
    """Return the rows that publishing reads with 20 related articles, named by source and by id."""
    sources = [record["source_id"] for record in records if record["kind"] == "article"][:RELATED]
    stored = select(articles.c.id).where(articles.c.source_id.in_(sources))
    ids = await database.read(lambda connection: connection.execute(stored).scalars().all())
    found = []
    for name, related in (("by source", sources), ("by id", [format_id(number) for number in ids])):
        look = await database.write(_examine_list, partial(_publish, name=name, related=related))
        found.append((f"20 related {name}", look))
    return found


def _publish(connection: Connection, *, name: str, related: list[str]) -> dict[str, Any]:
    record = article("2026-11-01T00:00:00Z", source_id=f"{name} {next(_NUMBERS)}", edition=EDITION, related=related)
    assert upsert_articles(connection, [record], now=NOW).outcomes == [Outcome.CREATED]
    return {}


def _rank(records: Iterable[dict[str, Any]]) -> lists.Ranked:
    given: dict[Facet, Counter[str]] = {kind: Counter() for kind in lists.COLUMNS}
    for record in records:
        if record["kind"] == "article":
            given[Facet.SECTION].update([record["section"]])
            given[Facet.TAG].update(record["tags"])
            given[Facet.AUTHOR].update(record["authors"])
            given[Facet.LABEL].update([record["label"]] if record["label"] else [])
    return {kind: names.most_common() for kind, names in given.items()}


async def _fill(database: Database, records: Iterable[dict[str, Any]]) -> None:
    parsed = [parse_line(orjson.dumps(record)).record for record in records]
    await database.write(_store_records, [each for each in parsed if not isinstance(each, CuratedListRecord)])
    await database.write(_settle)


def _store_records(connection: Connection, records: Sequence[Record]) -> None:
    for record in records:
        if not isinstance(record, ArticleRecord):
            upsert_entry(connection, record, now=NOW)
    stored = upsert_articles(connection, [record for record in records if isinstance(record, ArticleRecord)], now=NOW)
    assert set(stored.outcomes) <= {Outcome.CREATED}


def _settle(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE"))  # what autovacuum does within a minute


def _examine(connection: Connection, ranked: lists.Ranked, titles: Iterable[str]) -> Examinations:
    chapters = {
        "single": lists.single_lists(ranked),
        "either": lists.either_lists(ranked),
        "deep": lists.deep_lists(connection, ranked),
        "excluding": lists.excluding_lists(),
        "editorial": lists.editorial_lists(ranked),
        "both": lists.both_lists(connection, ranked, names_apart(SEED)),
    }
    return {title: [(each.name, _examine_list(connection, each.query)) for each in chapters[title]] for title in titles}


def _examine_list(connection: Connection, query: Query) -> Examination:
    return Examination(lists.shown(query(connection)), examine(connection, query))


def _pairs(grown: Grown, *titles: str) -> Iterator[tuple[str, Examination, Examination]]:
    for title in titles:
        for (name, small), (_, large) in zip(grown.small[title], grown.large[title], strict=True):
            yield name, small, large


def test_list_examines_few_more_rows_than_it_returns_for_any_filter(grown: Grown) -> None:
    for name, look in grown.large["single"] + grown.large["deep"]:
        keys = 201 if "limit 200" in name else 2 * KEYS if name.startswith("2 ") else KEYS
        assert look.stays_below(keys, shown=min(look.shown + 1, keys)), (name, look)


def test_each_alternative_examines_at_most_a_page_of_keys(grown: Grown) -> None:
    for name, look in grown.large["either"]:
        assert look.shown == KEYS - 1, name
        assert look.stays_below(int(name.split()[0]) * KEYS), (name, look)


def test_list_examines_no_more_rows_in_a_larger_archive(grown: Grown) -> None:
    for name, small, large in _pairs(grown, "single", "either", "deep"):
        more = large.shown - small.shown
        assert more >= 0
        if "tags:" in name:
            continue  # of many names, more fill a page with their keys in the larger archive: bounded above
        assert large.examined.steps <= small.examined.steps * 1.02 + (STEPS_SHOWN + STEPS_KEY) * more + 50, name
        assert large.examined.rows <= small.examined.rows + (ROWS_SHOWN + 1) * more + CATALOGUE, name


def test_editorial_list_examines_no_more_rows_in_a_larger_archive(grown: Grown) -> None:
    for name, small, large in _pairs(grown, "excluding", "editorial"):
        more = large.shown - small.shown
        assert more >= 0
        if "est " in name:
            continue  # of a rare name all articles are read: bounded below
        assert large.examined.steps <= small.examined.steps * 1.1 + 200 * more + 100, name
        assert large.examined.rows <= small.examined.rows * 1.1 + 20 * more + CATALOGUE, name
    shown = {name: look.shown for name, look in grown.large["editorial"]}
    assert (shown["draft"], shown["scheduled"], shown["withdrawn"], shown["published"]) == (DRAFTS, 3, 3, 50)


def test_editorial_list_by_name_examines_a_bounded_number_of_rows(grown: Grown) -> None:
    named = [(name, look) for name, look in grown.large["editorial"] if "est " in name]
    assert len(named) == 2 * len(lists.COLUMNS)
    for name, look in named:
        assert look.examined.steps <= 2 * STEPS_SHOWN * FEW, name
        assert look.examined.rows <= 2 * ROWS_SHOWN * FEW, name


def test_publishing_examines_no_more_rows_in_a_larger_archive(grown: Grown) -> None:
    for name, small, large in _pairs(grown, "publish"):
        assert large.examined.steps <= small.examined.steps * 1.1, name
        assert large.examined.rows <= small.examined.rows * 1.1 + CATALOGUE, name


def test_rarer_of_two_filters_bounds_the_rows_examined(grown: Grown) -> None:
    found = dict(grown.large["both"])
    rare = found["commonest section and rarest tag"]
    assert rare.stays_below(2 * SAMPLED + 2)
    name = next(name for name in found if "an author" in name)
    total = int(name.rpartition("(")[2].rstrip(")"))
    assert total < SAMPLED < grown.ranked[Facet.SECTION][0][1] / 4
    assert found[name].stays_below(2 * SAMPLED + 2 * total)


def test_disjoint_common_filters_examine_the_sparser_list_only(grown: Grown) -> None:
    section, tag = names_apart(SEED)
    name, look = next(each for each in grown.large["both"] if "never meet" in each[0])
    smaller = min(grown.total(Facet.SECTION, section), grown.total(Facet.TAG, tag))
    assert look.shown == 0, name
    assert look.stays_below(2 * SAMPLED + round(2 * smaller * 1.2), shown=0)


@pytest.mark.usefixtures("edition_kyiv")
async def test_filters_of_different_times_examine_their_common_range_only(database: Database, store: Store) -> None:
    early = [article(f"2025-01-01T00:{i // 60:02}:{i % 60:02}Z", source_id=f"e{i}", tags=["ferry"]) for i in range(300)]
    late = [article(f"2026-01-01T00:{i // 60:02}:{i % 60:02}Z", source_id=f"l{i}", section="city") for i in range(300)]
    await store(*early, *late)
    await database.write(_settle)
    params = TimelineParams(section=["city"], tag=["ferry"])
    look = await database.read(_examine_list, lambda connection: get_timeline(connection, params, now=NOW))
    assert look.shown == 0
    assert look.stays_below(2 * SAMPLED, shown=0)
