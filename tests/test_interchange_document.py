"""The documentation of the interchange format: its example imports, and every member is described."""

import io
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.actions.catalogue.entries import Outcome
from app.db.database import Database
from app.importers.runner import Importer
from app.schemas import catalogue_records, interchange
from tests.conftest import NOW

DOCUMENT = (Path(__file__).parents[1] / "docs" / "interchange.md").read_text()
RECORDS = (
    catalogue_records.EditionRecord,
    catalogue_records.LabelRecord,
    catalogue_records.SectionRecord,
    catalogue_records.TagRecord,
    catalogue_records.AuthorRecord,
    interchange.ArticleRecord,
    interchange.Withdrawal,
    interchange.Note,
    interchange.RevisionRecord,
)


async def test_documented_example_is_imported(database: Database) -> None:
    [example] = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    refused: list[str] = []
    importer = Importer(database, now=lambda: NOW, on_error=lambda _, reason: refused.append(reason))
    report = await importer.run(io.BufferedReader(io.BytesIO(example.encode())))
    assert refused == []
    assert report.records["article", Outcome.CREATED] == 2
    assert not report.created_entries


@pytest.mark.parametrize("model", RECORDS)
def test_documentation_describes_every_member(model: type[BaseModel]) -> None:
    words = set(re.findall(r"\w+", DOCUMENT.split("## Catalogue")[1]))
    assert not [name for name in model.model_fields if name not in words | {"kind"}]
