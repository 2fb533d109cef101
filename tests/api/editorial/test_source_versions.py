"""Versions of the system of origin: an older push or record changes nothing and gets a warning."""

from typing import Any

import pytest

from app.db.database import Database
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk
from tests.importers.conftest import import_bytes
from tests.importers.lines import article_line, edition_line, pack

OLDER = [
    ({"source_version": 8}, {"source_version": 7}),
    ({"source_updated_at": TODAY}, {"source_updated_at": YESTERDAY}),
]


@pytest.mark.parametrize(("newer", "older"), OLDER)
async def test_older_push_changes_nothing_and_has_a_warning(
    desk: Desk, newer: dict[str, Any], older: dict[str, Any]
) -> None:
    stored = (await desk.push("a", {"headline": "Newer", "published_at": TODAY, **newer})).json()
    pushed = await desk.push("a", {"headline": "Older", "section": "nowhere", **older})
    assert pushed.status_code == 200
    response = pushed.json()
    [warning] = response.pop("warnings")
    assert (warning["code"], warning["where"]) == ("older-version", next(iter(older)))
    assert response == {name: value for name, value in stored.items() if name != "warnings"}


async def test_version_decides_before_the_update(desk: Desk) -> None:
    await desk.push("a", {"headline": "One", "source_version": 1, "source_updated_at": TOMORROW})
    after = (await desk.push("a", {"headline": "Two", "source_version": 2, "source_updated_at": TODAY})).json()
    assert (after["headline"], after["source_version"]) == ("Two", 2)


async def test_equal_version_and_none_replace(desk: Desk) -> None:
    for number, given in enumerate(({"source_version": 3}, {"source_version": 3}, {}, {"source_version": 1}), start=1):
        after = (await desk.push("a", {"headline": f"Text {number}", **given})).json()
        assert (after["headline"], after["revision"]) == (f"Text {number}", number)
        assert after["source_version"] == given.get("source_version")


async def test_newer_version_of_the_same_text_makes_no_revision(desk: Desk) -> None:
    await desk.push("a", {"headline": "Same", "published_at": TODAY, "source_version": 1})
    after = (await desk.push("a", {"headline": "Same", "published_at": TODAY, "source_version": 5})).json()
    assert (after["revision"], after["version"], after["source_version"]) == (1, 1, 5)
    late = (await desk.push("a", {"headline": "Late", "source_version": 4})).json()
    assert (late["headline"], [each["code"] for each in late["warnings"]]) == ("Same", ["older-version"])


async def test_edit_leaves_the_version(desk: Desk) -> None:
    pushed = (await desk.push("a", {"headline": "Pushed", "source_version": 4})).json()
    edited = await desk.edit(pushed, {"headline": "Edited"})
    assert edited["source_version"] == 4
    refused = await desk.send("PATCH", f"/articles/{pushed['id']}", {"source_version": 5}, if_match="*")
    assert refused.status_code == 422


async def test_import_counts_older_records_as_unchanged_with_a_warning(database: Database) -> None:
    await import_bytes(database, pack(edition_line(), article_line(source_id="a", headline="New", source_version=2)))
    again = await import_bytes(database, pack(article_line(source_id="a", headline="Old", source_version=1)))
    assert again.outcomes == {"unchanged": 1}
    assert [code for code, _ in again.report.warnings] == ["older-version"]
