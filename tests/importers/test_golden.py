"""The golden file: every kind with every member, exported as it was imported, byte for byte."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter

from app.db import migrations
from app.db.database import Database, open_database
from app.importers.json_lines import KINDS, parse_line
from app.schemas.body_html import INPUT_MEMBERS
from app.schemas.interchange import ArticleRecord, Record
from tests.importers.conftest import Content, Log, export_bytes, import_bytes

GOLDEN = Path(__file__).parents[1] / "golden" / "full.jsonl"


def models_in(annotation: object) -> set[type[BaseModel]]:
    """Return the models of which an annotation is made, theirs included."""
    found: set[type[BaseModel]] = set()
    waiting = [annotation]
    while waiting:
        part = waiting.pop()
        if isinstance(part, type) and issubclass(part, BaseModel) and part not in found:
            found.add(part)
            waiting += [member.annotation for member in part.model_fields.values()]
        waiting += get_args(part)
    return found


def filled_members(value: object) -> Iterator[tuple[type[BaseModel], str]]:
    """Yield the members with a value, nested ones included."""
    if isinstance(value, list):
        for each in value:
            yield from filled_members(each)
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            member = getattr(value, name)
            if member not in (None, False, "", [], {}):
                yield type(value), name
            yield from filled_members(member)


async def import_golden(database: Database, content: bytes) -> bytes:
    """Return the export of a database that has imported this."""
    report = await import_bytes(database, content)
    assert report.errors == []
    assert report.report.created_entries == {}
    return await database.read_in_thread(export_bytes)


async def test_golden_file_is_exported_as_it_was_imported(database: Database) -> None:
    golden = GOLDEN.read_bytes()
    assert await import_golden(database, golden) == golden


async def test_the_golden_file_again_changes_nothing(database: Database, content: Content, log: Log) -> None:
    golden = GOLDEN.read_bytes()
    await import_bytes(database, golden)
    logged = await log()
    again = await import_bytes(database, golden)
    assert {outcome for _, outcome in again.report.records} == {"unchanged"}
    assert again.report.records.total() == len(golden.splitlines())
    assert await content() == golden
    assert await log() == logged


async def test_the_golden_file_backwards_is_the_same_content(database: Database) -> None:
    golden = GOLDEN.read_bytes()
    backwards = b"\n".join(reversed(golden.splitlines()))
    report = await import_bytes(database, backwards)
    assert report.errors == []
    assert await database.read_in_thread(export_bytes) == golden


async def test_content_moves_from_sqlite_to_either_database_and_back(tmp_path: Path, database: Database) -> None:
    golden = GOLDEN.read_bytes()
    for name in ("one", "two"):
        other = open_database(f"sqlite:///{tmp_path}/{name}.db")
        try:
            await other.write(migrations.upgrade)
            assert await import_golden(other, golden) == golden
        finally:
            await other.close()
        if name == "one":
            golden = await import_golden(database, golden)
    assert golden == GOLDEN.read_bytes()


def test_the_golden_file_fills_every_member_of_every_record() -> None:
    records = [parse_line(line).record for line in GOLDEN.read_bytes().splitlines()]
    assert {record.kind for record in records} == set(KINDS)
    annotation: Any = Record
    everything = {(model, name) for model in models_in(annotation) for name in model.model_fields}
    assert len(everything) > 60
    converted = {(ArticleRecord, name) for name in INPUT_MEMBERS}  # they are exported as the body
    comes_in_only = {(ArticleRecord, "note"), *converted}  # a note is exported with its revision
    missing = everything - set(filled_members(records)) - comes_in_only
    assert {f"{model.__name__}.{name}" for model, name in missing} == set()


def test_the_golden_file_has_every_status() -> None:
    schema = TypeAdapter(Record).json_schema()
    statuses = set(schema["$defs"]["ArticleStatus"]["enum"])
    found = {getattr(parse_line(line).record, "status", None) for line in GOLDEN.read_bytes().splitlines()} - {None}
    assert {str(each) for each in found} == statuses
