"""`dayline docs`: every page of the documentation is listed with its title, and printed."""

import json
from pathlib import Path

from tests.cli.commands import is_one_sentence
from tests.cli.conftest import Dayline

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_docs_lists_every_page_with_its_title(dayline: Dayline) -> None:
    ended = dayline("docs")
    _, *lines, _, where = ended.output.splitlines()
    assert ended.status == 0
    listed = dict(line.split(maxsplit=1) for line in lines)
    assert listed.keys() == {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    assert listed["operations"] == (DOCS / "operations.md").read_text().splitlines()[0].removeprefix("# ")
    assert str(DOCS) in where


def test_docs_lists_pages_and_their_files_as_json(dayline: Dayline) -> None:
    items = json.loads(dayline("docs", "--json").output)["items"]
    assert {item["page"]: Path(item["file"]) for item in items} == {
        path.relative_to(DOCS).with_suffix("").as_posix(): path for path in DOCS.rglob("*.md")
    }
    [operations] = json.loads(dayline("docs", "operations", "--json").output)["items"]
    assert operations in items


def test_docs_prints_a_page(dayline: Dayline) -> None:
    for page in ("operations", "decisions/0001-layers"):
        assert dayline("docs", page).output == (DOCS / f"{page}.md").read_text()


def test_docs_refuses_an_unknown_page(dayline: Dayline) -> None:
    for page in ("operation", "../README", "/etc/passwd"):
        ended = dayline("docs", page)
        assert is_one_sentence(ended), ended
        assert f"'{page}'" in ended.errors
