"""Imports of streams: nothing twice, references in any order, flat batches, and all kinds of files."""

import gzip
from typing import Any

import orjson
import pytest

from app.db import bulk
from app.db.database import Database
from app.importers import runner
from tests.conftest import NOW
from tests.importers.conftest import Content, ImportLines, Log, import_bytes
from tests.importers.lines import article_line, edition_line, pack

CATALOGUE = [
    edition_line(strings={"more_news": "More from the quay"}),
    {"kind": "label", "code": "opinion", "text": "OPINION", "texts": {"uk": "ДУМКА"}, "disclaimer": "One voice."},
    {"kind": "section", "edition": "global", "slug": "port", "name": "Port"},
    {"kind": "tag", "slug": "fog", "name": "Fog"},
    {"kind": "author", "slug": "ida-lorn", "name": "Ida Lorn", "role": "columnist", "bio": "Writes of weather."},
]
FULL = {"label": "opinion", "section": "port", "tags": ["fog", "tide"], "authors": ["ida-lorn", "tem-ost"]}

CHANGES: tuple[tuple[str, Any], ...] = (
    ("headline", "Another headline"),
    ("dateline", "LUME QUAY"),
    ("label", None),
    ("section", "city"),
    ("tags", ["tide", "fog"]),
    ("authors", ["tem-ost", "ida-lorn"]),
    ("related", ["s3", "s1"]),
    ("updated_at", "2026-11-02T08:00:00.000001+02:00"),
    ("source", {"name": "Port radio", "url": "https://radio.example/1"}),
    ("image", {"url": "https://courier.example/i.jpg", "alt": ""}),
    ("rights", {"holder": "The Lume Courier"}),
    ("body", [{"type": "paragraph", "text": "All clear."}]),
)


def stories(count: int = 5) -> list[dict[str, Any]]:
    return [article_line(f"s{n}", **FULL, related=[f"s{(n + 1) % count}"]) for n in range(count)]


def articles_of(exported: bytes) -> dict[str, dict[str, Any]]:
    records = [orjson.loads(line) for line in exported.splitlines()]
    return {record["source_id"]: record for record in records if record["kind"] == "article"}


async def test_the_same_file_again_changes_nothing(bring: ImportLines, content: Content, log: Log) -> None:
    first = await bring(*CATALOGUE, *stories())
    assert first.errors == []
    assert first.outcomes == {"created": 5}
    exported, logged = await content(), await log()
    again = await bring(*CATALOGUE, *stories())
    assert set(again.report.records) == {(kind, "unchanged") for kind, _ in first.report.records}
    assert again.report.created_entries == {}
    assert await content() == exported
    assert await log() == logged


async def test_one_changed_line_changes_that_article_and_adds_one_change(
    bring: ImportLines, content: Content, log: Log
) -> None:
    await bring(*CATALOGUE, *stories())
    before, logged = articles_of(await content()), await log()
    changed = stories()
    changed[2]["lead"] = "The fog has lifted."
    report = await bring(*CATALOGUE, *changed, now=NOW + 1)
    assert report.outcomes == {"unchanged": 4, "changed": 1}
    after = articles_of(await content())
    assert {name for name in after if after[name] != before[name]} == {"s2"}
    assert {name for name in after["s2"] if after["s2"][name] != before["s2"][name]} == {"lead", "revisions"}
    shown = [each["content"] and each["content"]["lead"] for each in after["s2"]["revisions"]]
    assert shown == [before["s2"]["lead"], None]
    added = (await log())[len(logged) :]
    assert [kind for kind, _ in added] == ["article.updated"]


async def test_a_change_of_any_member_is_noticed(bring: ImportLines, log: Log) -> None:
    changed = stories()
    await bring(*CATALOGUE, *changed)
    for member, value in CHANGES:
        logged = await log()
        changed[0][member] = value
        assert (await bring(*changed)).outcomes == {"unchanged": 4, "changed": 1}, member
        added = [kind for kind, _ in (await log())[len(logged) :]]
        assert added == [*["section.updated"] * (member == "section"), "article.updated"], member


async def test_later_public_time_is_a_bump_and_preserves_the_first(
    bring: ImportLines, content: Content, log: Log
) -> None:
    await bring(edition_line(), article_line("a"))
    await bring(article_line("a", published_at="2026-11-03T12:00:00Z"))
    stored = articles_of(await content())["a"]
    assert stored["first_published_at"] == "2026-11-01T14:00:00+02:00"
    assert stored["published_at"] == "2026-11-03T14:00:00+02:00"
    assert [kind for kind, _ in await log()][-1] == "article.bumped"


async def test_lines_may_be_in_any_order(bring: ImportLines, content: Content, log: Log) -> None:
    there = [*stories(), *CATALOGUE]
    backwards = await bring(*reversed(there))
    assert backwards.errors == []
    assert backwards.outcomes == {"created": 5}
    exported, logged = articles_of(await content()), await log()
    assert exported["s4"]["related"] == ["s0"]
    names = {orjson.loads(line).get("name") for line in (await content()).splitlines()}
    assert {"Port", "Fog", "Ida Lorn"} <= names, "entries created from a code get their name later"
    assert (await bring(*there)).outcomes == {"unchanged": 5}
    assert await log() == logged


async def test_articles_and_sections_may_precede_their_edition(bring: ImportLines, content: Content) -> None:
    report = await bring(
        article_line("a", section="port", lead="First"),
        {"kind": "section", "edition": "global", "slug": "port", "name": "Port"},
        edition_line(),
        article_line("a", section="port", lead="Second"),
    )
    assert report.errors == []
    assert report.outcomes == {"created": 1, "changed": 1}
    assert articles_of(await content())["a"]["lead"] == "Second", "the later line wins, although both were deferred"


async def test_record_of_a_missing_edition_is_refused_with_its_line_number(bring: ImportLines) -> None:
    lost = {"kind": "section", "edition": "nowhere", "slug": "port", "name": "Port"}
    report = await bring(edition_line(), article_line("a"), article_line("b", edition="nowhere"), b"", lost)
    assert report.errors == [(3, "There is no edition 'nowhere'."), (5, "There is no edition 'nowhere'.")]
    assert report.outcomes == {"created": 1}


async def test_unknown_codes_are_made_and_counted(bring: ImportLines, content: Content) -> None:
    report = await bring(edition_line(), *stories(3))
    assert report.report.created_entries == {"labels": 1, "sections": 1, "tags": 2, "authors": 2}
    made = [orjson.loads(line) for line in (await content()).splitlines()]
    assert "tide" in {each["name"] for each in made if each["kind"] == "tag" and each["slug"] == "tide"}
    assert (await bring(*stories(3))).report.created_entries == {}


async def test_a_refused_article_makes_nothing(bring: ImportLines, content: Content) -> None:
    await bring(edition_line(), article_line("a", slug="night-boats"))
    report = await bring(article_line("b", slug="night-boats", tags=["boats"], section="night"))
    assert report.errors == [(1, "slug: The slug 'night-boats' belongs to another article or redirects to one.")]
    assert report.report.created_entries == {}
    assert b'"boats"' not in await content()


async def test_names_are_looked_up_in_portions(
    bring: ImportLines, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bring(*CATALOGUE, *stories(2))
    monkeypatch.setattr(bulk, "CHUNK_SIZE", 2)
    report = await bring(*stories())
    assert report.report.created_entries == {}
    assert report.outcomes == {"created": 3, "changed": 1, "unchanged": 1}
    assert articles_of(await content())["s4"]["tags"] == ["fog", "tide"]


@pytest.mark.soak
async def test_one_batch_may_name_more_entries_than_a_statement_takes(bring: ImportLines) -> None:
    crowd = [article_line(f"s{n}", authors=[f"a{n}x{i}" for i in range(200)]) for n in range(170)]
    report = await bring(edition_line(), *crowd)
    assert report.errors == []
    assert report.report.created_entries == {"authors": 34_000}


async def test_batches_of_any_size_have_equal_results(
    bring: ImportLines, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BATCH", 2)
    await bring(*CATALOGUE, *stories())
    small = articles_of(await content())
    monkeypatch.setattr(runner, "BATCH", 400)
    report = await bring(*CATALOGUE, *stories())
    assert report.outcomes == {"unchanged": 5}
    assert articles_of(await content()) == small


async def test_heavy_lines_make_smaller_batches(
    database: Database, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BATCH_BYTES", 1)
    assert (await import_bytes(database, pack(*CATALOGUE, *stories()))).outcomes == {"created": 5}
    assert len(articles_of(await content())) == 5


async def test_a_gzipped_file_is_the_same_file(database: Database, content: Content) -> None:
    packed = pack(*CATALOGUE, *stories())
    assert (await import_bytes(database, gzip.compress(packed))).outcomes == {"created": 5}
    exported = await content()
    in_two_members = gzip.compress(packed[:500]) + gzip.compress(packed[500:])
    assert (await import_bytes(database, in_two_members)).outcomes == {"unchanged": 5}
    assert await content() == exported
