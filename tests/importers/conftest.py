"""Fixtures that import lines and export them again, without the command line."""

from dataclasses import dataclass, field
from io import BufferedReader, BytesIO
from typing import Protocol

import orjson
import pytest
from sqlalchemy import Connection, select

from app.db.database import Database
from app.importers.runner import Importer, Report
from app.models.change import changes
from app.queries.articles.interchange_export import export_records
from tests.conftest import NOW
from tests.importers.lines import Line, pack


@dataclass(slots=True)
class ImportResult:
    """Result of an import."""

    report: Report
    errors: list[tuple[int, str]] = field(default_factory=list)

    @property
    def outcomes(self) -> dict[str, int]:
        """Return the number of articles by outcome."""
        return {str(outcome): n for (kind, outcome), n in self.report.records.items() if kind == "article"}


class ImportLines(Protocol):
    """Imports lines as one file."""

    async def __call__(self, *lines: Line, now: int = NOW) -> ImportResult:
        """Return the report, and the errors as (line, reason)."""


class Content(Protocol):
    """Reads the stored content."""

    async def __call__(self) -> bytes:
        """Return the export."""


class Log(Protocol):
    """Reads the change log."""

    async def __call__(self) -> list[tuple[str, int | None]]:
        """Return the type and the article of every change so far."""


def export_bytes(connection: Connection) -> bytes:
    return b"".join(orjson.dumps(each) + b"\n" for each in export_records(connection))


def change_rows(connection: Connection) -> list[tuple[str, int | None]]:
    found = connection.execute(select(changes.c.type, changes.c.article_id).order_by(changes.c.seq))
    return [(row.type, row.article_id) for row in found]


async def import_bytes(database: Database, content: bytes, *, now: int = NOW) -> ImportResult:
    """Import a file's bytes, gzipped or not."""
    errors: list[tuple[int, str]] = []
    importer = Importer(database, now=lambda: now, on_error=lambda number, why: errors.append((number, why)))
    return ImportResult(await importer.run(BufferedReader(BytesIO(content))), errors)


@pytest.fixture
def bring(database: Database) -> ImportLines:
    async def bring_in(*lines: Line, now: int = NOW) -> ImportResult:
        return await import_bytes(database, pack(*lines), now=now)

    return bring_in


@pytest.fixture
def content(database: Database) -> Content:
    async def read() -> bytes:
        return await database.read_in_thread(export_bytes)

    return read


@pytest.fixture
def log(database: Database) -> Log:
    async def read() -> list[tuple[str, int | None]]:
        return await database.read(change_rows)

    return read
