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
DEFAULT_ADDRESS = "127.0.0.1:8000"
PAGES_OF_INSTALLED_RELEASES = {"operations.md", "upgrading.md"}
"""Pages that say how the command is named in a checkout, and write it as an installed release has it."""
_BARE = re.compile(r"(?:^|[ (|&;])dayline [a-z]")
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


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_blocks_take_the_port_of_the_shell_or_have_one_line_for_the_address(page: Path) -> None:
    shell = "\n".join(blocks(page, "sh", "console", "python"))
    assert DEFAULT_ADDRESS not in shell, "write http://127.0.0.1:${PORT:-8000}"
    for content in blocks(page, "html", "ts"):
        lines = [line.strip() for line in content.splitlines() if DEFAULT_ADDRESS in line]
        assert len(lines) <= 1, content
        assert all(line.startswith(f'const api = "http://{DEFAULT_ADDRESS}"; //') for line in lines), lines


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_blocks_call_the_command_of_a_checkout(page: Path) -> None:
    bare = [line for content in blocks(page, "sh", "console") for line in content.splitlines() if _BARE.search(line)]
    assert bare == [] or page.name in PAGES_OF_INSTALLED_RELEASES, bare
