"""The page about the tables: its examples run on both databases, and its table lists every model."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import models
from app.actions.articles.upsert import upsert_articles
from app.db.database import Database
from app.db.engine import parse_database_url
from tests.cli.commands import environment_of, run_process
from tests.conftest import NOW
from tests.docs.pages import DOCS
from tests.records import article

PAGE = (DOCS / "tables.md").read_text()
SCRIPT, ON_SQLITE, ON_POSTGRESQL, BODY_OF_REVISION = re.findall(
    r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE
)
OUTPUT = re.findall(r"^```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[0]
DOCUMENTED_URLS = ("sqlite:///dayline.db", "postgresql+asyncpg://dayline@db/news")
MAX_SECONDS = 30


def test_tables_example_prints_articles_through_a_session(address: str, tmp_path: Path) -> None:
    assert run_process(address, "sample", folder=tmp_path).status == 0
    is_sqlite = address.startswith("sqlite")
    ending, documented = (ON_SQLITE, DOCUMENTED_URLS[0]) if is_sqlite else (ON_POSTGRESQL, DOCUMENTED_URLS[1])
    assert documented in ending
    url = parse_database_url(address)
    url = url.set(drivername="sqlite") if is_sqlite else url.set(drivername="postgresql+asyncpg")
    program = tmp_path / "latest.py"
    program.write_text(SCRIPT + ending.replace(documented, url.render_as_string(hide_password=False)))
    done = subprocess.run(  # noqa: S603 - our own documents
        [sys.executable, str(program)],
        env=environment_of(address, PYTHONPATH=str(DOCS.parent)),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=MAX_SECONDS,
    )
    assert (done.returncode, done.stdout) == (0, OUTPUT), done.stderr


@pytest.mark.usefixtures("edition_kyiv")
async def test_tables_example_reads_the_body_of_a_revision(database: Database) -> None:
    for text in ("First.", "Second."):
        body = [{"type": "paragraph", "html": text}, {"type": "paragraph", "html": "Common."}]
        await database.write(upsert_articles, [article(source_id="one", body=body)], now=NOW)
    names: dict[str, Any] = {}
    exec(BODY_OF_REVISION, names)  # noqa: S102 - our own documents

    def read_first(connection: Connection) -> list[dict[str, object]]:
        session = Session(bind=connection)
        first = session.scalars(select(models.RevisionModel).where(models.RevisionModel.revision == 1)).one()
        found: list[dict[str, object]] = names["read_body"](session, first)
        return found

    found = await database.read(read_first)
    assert [each["html"] for each in found] == ["First.", "Common."]


def test_tables_page_lists_every_model_with_its_table() -> None:
    rows = [line.split("|")[1:3] for line in PAGE.splitlines() if line.startswith("| `")]
    documented = {
        pair
        for tables, classes in rows
        for pair in zip(re.findall(r"`(\w+)`", tables), re.findall(r"`(\w+)`", classes), strict=True)
    }
    assert documented == {(getattr(models, name).__tablename__, name) for name in models.__all__ if name != "Base"}
