"""Articles of an import with `body_html`: their blocks, and that they are stored once."""

import orjson

from app.db.database import Database
from tests.importers.conftest import Content, ImportLines
from tests.importers.lines import article_line, edition_line

CLASSIC = (
    "First paragraph.\n\n[caption]<img src='https://media.example/a.jpg'> The pier[/caption]\n\nhttps://youtu.be/a1b2"
)


async def test_line_with_body_html_is_stored_as_blocks(
    bring: ImportLines, content: Content, database: Database
) -> None:
    del database
    brought = await bring(edition_line(), article_line("a", body_html=CLASSIC))

    assert brought.errors == []
    lines = [orjson.loads(line) for line in (await content()).splitlines()]
    body = next(line for line in lines if line["kind"] == "article")["body"]
    assert [block["type"] for block in body] == ["paragraph", "image", "embed"]


async def test_same_line_with_body_html_changes_nothing(bring: ImportLines) -> None:
    lines = (edition_line(), article_line("a", body_html=CLASSIC))
    await bring(*lines)

    again = await bring(*lines)

    assert {str(outcome) for _, outcome in again.report.records} == {"unchanged"}


async def test_export_of_converted_bodies_is_imported_unchanged(bring: ImportLines, content: Content) -> None:
    await bring(edition_line(), article_line("a", body_html=CLASSIC))
    exported = await content()

    again = await bring(*exported.splitlines())

    assert {str(outcome) for _, outcome in again.report.records} == {"unchanged"}
    assert await content() == exported
