"""Imports: omitted members are unchanged, and the report has warnings for changed lines."""

from io import BufferedReader, BytesIO
from typing import Any

import pytest

from app.db.database import Database
from app.domain.catalogue_entry import MAX_FORMER_SLUGS
from app.importers.runner import Importer
from tests.conftest import NOW
from tests.importers.conftest import Content, ImportLines
from tests.importers.lines import article_line, edition_line, pack

LABEL = {
    "kind": "label",
    "code": "column",
    "text": "COLUMN",
    "texts": {"uk": "КОЛОНКА"},
    "disclaimer": "Columnists speak for themselves.",
    "disclaimers": {"uk": "Думка авторів."},
    "genre": "opinion",
}
AUTHOR = {"kind": "author", "slug": "ada", "name": "Ada", "role": "reporter", "bio": "Ada has missed every ferry."}
EDITION = edition_line(article_url="{site_url}/n/{slug}", feed_content="full", strings={"news": "All of it"})


def without(line: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in names}


async def test_members_omitted_by_a_catalogue_line_are_unchanged(bring: ImportLines, content: Content) -> None:
    await bring(EDITION, LABEL, AUTHOR)
    before = await content()
    again = await bring(
        without(EDITION, "article_url", "feed_content", "strings", "default"),
        without(LABEL, "texts", "disclaimer", "disclaimers", "genre"),
        without(AUTHOR, "role", "bio"),
    )
    assert again.report.records == {("edition", "unchanged"): 1, ("label", "unchanged"): 1, ("author", "unchanged"): 1}
    assert await content() == before
    await bring(without(LABEL, "texts") | {"text": "OPINION"})
    assert b'"text":"OPINION","texts":{"uk":' in await content()


async def test_null_and_empty_values_empty_a_member_and_are_reported(bring: ImportLines, content: Content) -> None:
    await bring(EDITION, LABEL, AUTHOR)
    emptied = {**LABEL, "texts": None, "disclaimer": None}
    again = await bring(emptied, {**AUTHOR, "bio": None}, {**EDITION, "strings": {}})
    assert again.errors == []
    assert sorted(again.report.warnings) == [
        ("member-emptied", "bio of author 'ada' is emptied"),
        ("member-emptied", "disclaimer of label 'column' is emptied"),
        ("member-emptied", "strings of edition 'global' is emptied"),
        ("member-emptied", "texts of label 'column' is emptied"),
    ]
    stored = await content()
    assert b'"texts":{},"disclaimer":null,"disclaimers":{"uk":' in stored
    assert b'"bio":null' in stored


async def test_translations_that_a_given_member_leaves_out_are_reported(bring: ImportLines, content: Content) -> None:
    await bring(EDITION, LABEL)
    again = await bring({**LABEL, "texts": {"pl": "KOLUMNA"}})
    assert sorted(again.report.warnings) == [("member-emptied", "texts.uk of label 'column' is emptied")]
    assert b'"texts":{"pl":"KOLUMNA"}' in await content()


def default_of(exported: bytes) -> list[str]:
    parts = [line for line in exported.splitlines() if b'"kind":"edition"' in line and b'"default":true' in line]
    return [line.split(b'"slug":"')[1].split(b'"')[0].decode() for line in parts]


async def test_a_file_does_not_move_the_default_edition(bring: ImportLines, content: Content) -> None:
    await bring(edition_line("global"))
    again = await bring(edition_line("second", default=True))
    assert default_of(await content()) == ["global"]
    assert again.report.warnings == {
        ("default-unchanged", "Edition 'second' is not made the default one; --make-default does that"): 1
    }
    assert again.report.examples == {next(iter(again.report.warnings)): ["line 1, default"]}
    assert (await bring(edition_line("global", default=False))).report.warnings == {}
    assert default_of(await content()) == ["global"]


async def test_the_default_edition_moves_by_option(database: Database, bring: ImportLines, content: Content) -> None:
    await bring(edition_line("global"))
    importer = Importer(database, now=lambda: NOW, on_error=lambda _number, _why: None, make_default=True)
    report = await importer.run(BufferedReader(BytesIO(pack(edition_line("second", default=True)))))
    assert default_of(await content()) == ["second"]
    assert report.warnings == {}


async def test_an_empty_installation_takes_the_default_edition_of_the_file(
    bring: ImportLines, content: Content
) -> None:
    await bring(edition_line("first", default=False), edition_line("second", default=True))
    assert default_of(await content()) == ["second"]


async def test_the_first_edition_is_the_default_without_another(bring: ImportLines, content: Content) -> None:
    await bring(edition_line("first", default=False), edition_line("second", default=False))
    assert default_of(await content()) == ["first"]


async def test_the_report_counts_html_losses_with_examples(bring: ImportLines) -> None:
    def lossy(name: str) -> dict[str, Any]:
        cells = "<td>A" * len(name)
        return article_line(name, body=[{"type": "paragraph", "html": f"<table><tr>{cells}</table><hr class=x>"}])

    report = (await bring(edition_line(), *(lossy("a" * n) for n in range(1, 6)))).report
    table = ("element-dropped", "<table> was dropped; its text stays")
    assert set(report.warnings.values()) == {5}
    assert [subject for _, subject in report.warnings] == [
        "<table> was dropped; its text stays",
        "<tr> was dropped; its text stays",
        "<td> was dropped; its text stays",
        "<hr> was dropped",
    ]
    assert report.examples[table] == [f"line {n}, body.0.html" for n in (2, 3, 4)]


async def test_losses_in_the_past_of_an_article_are_reported(bring: ImportLines) -> None:
    past = {"headline": "\u200b", "body": [{"type": "paragraph", "html": "<hr>"}]}
    save = {"revision": 1, "version": 1, "status": "published", "published_at": "2026-11-01T12:00:00Z"}
    saved = {**save, "action": "created", "at": "2026-11-01T12:00:00Z", "actor": "import", "content": past}
    brought = await bring(edition_line(), article_line("a", revisions=[saved]))
    assert brought.errors == [], "a headline that shows nothing is history in a revision"
    assert list(brought.report.examples.values()) == [["line 2, revisions.0.content.body.0.html"]]


async def test_an_import_publishes_and_reports_a_past_schedule(bring: ImportLines) -> None:
    line = article_line("a", status="scheduled")
    first = await bring(edition_line(), line)
    assert (first.errors, first.outcomes) == ([], {"created": 1})
    assert [code for code, _ in first.report.warnings] == ["schedule-passed"]
    assert (await bring(line)).report.warnings == {}


@pytest.mark.parametrize(
    ("where", "members"),
    [
        ("updated_at", {"updated_at": "2099-01-01T00:00:00Z"}),
        ("withdrawal.at", {"status": "withdrawn", "withdrawal": {"at": "2099-01-01T00:00:00Z"}}),
    ],
)
async def test_import_refuses_dates_in_the_future(bring: ImportLines, where: str, members: dict[str, Any]) -> None:
    imported = await bring(edition_line(), article_line("a", **members), article_line("b"))
    assert imported.outcomes == {"created": 1}
    assert imported.errors == [(2, f"{where}: Must not be in the future.")]


async def test_import_names_first_public_times_that_are_not_stored(bring: ImportLines) -> None:
    first = {"first_published_at": "2026-11-01T12:00:00Z"}
    draft = article_line("a", published_at=None, **first)
    public = article_line("b", **first)
    imported = await bring(edition_line(), draft, public)
    assert imported.outcomes == {"created": 2}
    assert list(imported.report.examples.values()) == [["line 2, first_published_at"]]
    assert (await bring(public)).report.warnings == {}
    moved = await bring(article_line("b", first_published_at="2026-10-01T12:00:00Z"))
    assert (moved.outcomes, [code for code, _ in moved.report.warnings]) == ({"unchanged": 1}, ["first-time-ignored"])


async def test_an_import_withdraws_a_scheduled_article(bring: ImportLines, content: Content) -> None:
    scheduled = article_line("a", published_at="2026-12-01T12:00:00Z")
    withdrawn = {**scheduled, "status": "withdrawn", "withdrawal": {"reason": "Legal"}}
    await bring(edition_line(), scheduled)
    assert (await bring(withdrawn)).outcomes == {"changed": 1}
    assert (await bring(withdrawn)).outcomes == {"unchanged": 1}
    stored = await content()
    assert b'"status":"draft"' in stored
    assert b'"withdrawal":{"reason":"Legal"' in stored


async def test_note_of_a_withdrawn_schedule_is_exported_and_imported(bring: ImportLines, content: Content) -> None:
    await bring(edition_line(), article_line("a", published_at=None, withdrawal={"reason": "Legal"}))
    before = await content()
    assert b'"reason":"Legal"' in before
    assert (await bring(*before.splitlines())).outcomes == {"unchanged": 1}
    assert await content() == before


async def test_an_article_without_identity_is_found_by_the_written_headline(bring: ImportLines) -> None:
    line = without(article_line("x", headline="  Fog  on the quay "), "source_id")
    assert (await bring(edition_line(), line)).outcomes == {"created": 1}
    assert (await bring(line)).outcomes == {"unchanged": 1}
    assert (await bring({**line, "headline": "Fog on the quay"})).outcomes == {"created": 1}


async def test_lines_that_cannot_be_read_are_named(bring: ImportLines) -> None:
    brought = await bring(
        edition_line("tpl", article_url="{site_url}/{yyyy}/{slug}"),
        b'{"kind":"tag","slug":"x","name":"First","name":"Second"}',
        '{"kind":"tag","slug":"x","name":"Café"}'.encode("latin-1"),
    )
    assert [why.split(";")[0] for _, why in brought.errors] == [
        "article_url: Unknown placeholder {yyyy}",
        "line: the member 'name' is repeated in one object.",
        "line: not UTF-8: octet 0xE9 in column 37",
    ]


async def test_former_slugs_beyond_the_maximum_refuse_their_line_alone(bring: ImportLines, content: Content) -> None:
    names = [f"ada-{number}" for number in range(MAX_FORMER_SLUGS)]
    await bring({**AUTHOR, "former_slugs": names})
    before = await content()
    again = await bring({**AUTHOR, "former_slugs": ["ada-new"]}, {**AUTHOR, "slug": "eve", "name": "Eve"})
    assert [number for number, _ in again.errors] == [1]
    assert again.report.records == {("author", "created"): 1}
    assert before.strip() in await content()
