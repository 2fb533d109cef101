"""Translations in imported files: references in any order, both directions, and files imported again."""

from itertools import permutations
from typing import Any

import orjson
import pytest

from tests.importers.conftest import Content, ImportLines, Log
from tests.importers.lines import article_line, edition_line

ID = "01m8x3c7k2v9q"
EDITIONS = (edition_line(), edition_line("ua", language="uk"))


@pytest.fixture(autouse=True)
async def _editions(bring: ImportLines) -> None:
    await bring(*EDITIONS)


def line(name: str, *others: str, **members: Any) -> dict[str, Any]:
    """Return an article named `edition:source_id` that names others as its translations."""
    edition, source_id = name.split(":")
    references = [dict(zip(("edition", "source_id"), other.split(":"), strict=True)) for other in others]
    given = {"translations": references} if others else {}
    return article_line(source_id, edition=edition, **{**given, **members})


async def stories(content: Content) -> dict[str, list[str]]:
    """Return the translations of every article as the export has them, by `edition:source_id`."""
    records = [orjson.loads(each) for each in (await content()).splitlines()]
    return {
        f"{record['edition']}:{record['source_id']}": [
            f"{each['edition']}:{each['source_id']}" for each in record["translations"]
        ]
        for record in records
        if record["kind"] == "article"
    }


@pytest.mark.parametrize("order", [*permutations(range(3))])
async def test_references_are_resolved_in_any_order(
    bring: ImportLines, content: Content, order: tuple[int, ...]
) -> None:
    lines = (line("global:a", "ua:b", "global:c"), line("ua:b"), line("global:c", "global:a", language="fr"))
    for number in order:
        assert (await bring(lines[number])).errors == []
    found = await stories(content)
    assert found == {"global:a": ["ua:b", "global:c"], "ua:b": [], "global:c": ["global:a"]}
    again = await bring(*lines)
    assert again.outcomes == {"unchanged": 3}


async def test_one_file_links_articles_of_several_editions(bring: ImportLines, content: Content, log: Log) -> None:
    report = await bring(line("ua:b", "global:a"), line("global:a"), line("ua:d"), line("global:c", "ua:d"))
    assert report.errors == []
    assert len(await log()) == len(EDITIONS) + 4 + 2  # an update of global:a and of global:c, stored before the others
    before = await content()
    await bring(*EDITIONS, *map(orjson.loads, before.splitlines()))
    assert await content() == before


async def test_line_without_translations_preserves_links_from_others(bring: ImportLines, content: Content) -> None:
    await bring(line("global:a", "ua:b"), line("ua:b"))
    for unchanged in (line("ua:b"), line("ua:b", translations=[]), line("ua:b", translations=None)):
        assert (await bring(unchanged)).outcomes == {"unchanged": 1}
    assert (await bring(line("global:a"))).outcomes == {"changed": 1}
    assert await stories(content) == {"global:a": [], "ua:b": []}


async def test_second_article_of_an_edition_and_language_is_refused(bring: ImportLines, content: Content) -> None:
    report = await bring(line("global:a", "ua:b"), line("ua:b"), line("ua:c", "global:a"), line("ua:d"))
    assert [number for number, _ in report.errors] == [3]
    assert "one article for each edition and language" in report.errors[0][1]
    assert set(await stories(content)) == {"global:a", "ua:b", "ua:d"}


async def test_conflicting_arrival_is_stored_with_a_warning(bring: ImportLines, content: Content) -> None:
    report = await bring(line("global:a", "ua:c"), line("ua:b", "global:a"), line("ua:c"))
    assert report.errors == []
    assert [code for code, _ in report.report.warnings] == ["translation-conflict"]
    assert await stories(content) == {"global:a": ["ua:c"], "ua:b": ["global:a"], "ua:c": []}


async def test_own_reference_is_ignored(bring: ImportLines, content: Content) -> None:
    assert (await bring(line("global:a", "global:a", "ua:b"), line("ua:b"))).errors == []
    assert (await stories(content))["global:a"] == ["ua:b"]


async def test_reference_by_id_waits_as_well(bring: ImportLines, content: Content) -> None:
    await bring(article_line("a", translations=[ID]))
    assert (await bring(line("ua:b", id=ID))).errors == []
    assert (await stories(content))["global:a"] == ["ua:b"]
