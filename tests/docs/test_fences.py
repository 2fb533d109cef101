"""Fenced blocks of the documentation: each has a marker that decides how it is tested, and is valid in its language."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, page_name

RUN = {
    "sh": "run beside the sample (test_examples.py)",
    "json": "the output of the block above it; elsewhere valid JSON",
    "text": "the output of the block above it",
    "html": "opened in a browser (api/pages/test_pages_browser.py)",
    "python": "run by the tests of its page; everywhere valid Python",
}
NOT_RUN = {
    "console": "commands of an operator, or of another machine",
    "http": "messages",
    "js": "parts of a front end; valid JavaScript (api/pages/test_pages_browser.py)",
    "nginx": "parts of a configuration; nginx.conf is run whole",
    "ts": "parts of a front end",
    "vcl": "parts of a configuration",
    "yaml": "parts of a configuration",
    "": "schemes",
}
_FENCED = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(page: Path, *markers: str) -> Iterator[str]:
    """Yield the contents of the blocks with these markers."""
    return (content for marker, content in _FENCED.findall(page.read_text()) if marker in markers)


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_fenced_blocks_have_known_markers(page: Path) -> None:
    assert {marker for marker, _ in _FENCED.findall(page.read_text())} <= RUN.keys() | NOT_RUN.keys()


@pytest.mark.parametrize("page", [page for page in PAGES if [*blocks(page, "json")]], ids=page_name)
def test_json_blocks_are_valid_as_one_value_or_by_line(page: Path) -> None:
    for content in blocks(page, "json"):
        try:
            json.loads(content)
        except json.JSONDecodeError:
            assert [json.loads(line) for line in content.splitlines()], content


@pytest.mark.parametrize("page", [page for page in PAGES if [*blocks(page, "python")]], ids=page_name)
def test_python_blocks_are_valid(page: Path) -> None:
    for content in blocks(page, "python"):
        assert ast.parse(content).body
