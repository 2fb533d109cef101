"""Settings, commands, addresses, files and terms that the documentation names exist, and those that exist are named."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from app.cli.main import dayline
from app.environment import PREFIX
from app.settings import FORMER_NAMES, SECRETS, Settings
from tests.conftest import api_document
from tests.docs.pages import DOCS, PAGES, PROJECT, page_name, prose

NOT_SETTINGS = {"DAYLINE_TEST_DATA", "DAYLINE_FEEDVALIDATOR", "DAYLINE_DATABASE_URI"}
"""Variables of tests, and examples of unknown ones."""

_INVOCATION = re.compile(r"(?:\bdayline|/bin/dayline) ((?:--?[a-z-]+|[a-z]+)(?: [^\s`|>&;)]+)*)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_METHOD = r"(?:GET|POST|PUT|PATCH|DELETE)"
_OPERATION = re.compile(rf"^\| `({_METHOD}(?: {_METHOD})*)` \| `(/[^`]*)` \|", re.MULTILINE)


TASK_PAGES = [page for page in sorted(DOCS.glob("*.md")) if page.name not in {"README.md", "glossary.md"}]


DECISIONS = sorted((DOCS / "decisions").glob("*.md"))


def commands(group: click.Group, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that lead to it."""
    for name in group.commands:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield (*names, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)


COMMANDS = dict(commands(dayline))


def unknown_parts(words: list[str]) -> list[str]:
    """Return the words of an invocation that name no command and no option."""
    names: tuple[str, ...] = ()
    while words and (*names, words[0]) in COMMANDS:
        names = (*names, words.pop(0))
    command = COMMANDS.get(names, dayline)
    if isinstance(command, click.Group) and words and not words[0].startswith("-"):
        return [" ".join((*names, words[0]))]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    options = [word.partition("=")[0] for word in words if word.startswith("--")]
    return [option for option in options if option not in known | {"--help", "--version"}]


def anchors(page: Path) -> set[str]:
    """Return the fragments that headings of a page have on GitHub."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def resolved_parameters(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters of an operation, without references."""
    shared = api_document()["components"]["parameters"]
    return [shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in operation["parameters"]]


def normalized(path: str) -> str:
    """Return a path template without the names of its parameters."""
    return re.sub(r"\{[^}]+\}", "{}", path)


@pytest.mark.parametrize("page", TASK_PAGES, ids=page_name)
def test_pages_begin_with_an_example(page: Path) -> None:
    before, fence, _ = page.read_text().partition("\n```")
    assert fence, "the page has no example"
    assert not [line for line in before.splitlines() if line.startswith("|")], "a table stands before the first example"


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_settings_exist(page: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z0-9_]+\b", page.read_text()))
    known = [
        *Settings.model_fields,
        *(f"{name}_file" for name in SECRETS),
        *(FORMER_NAMES if page.name == "upgrading.md" else ()),
    ]
    assert named - {f"{PREFIX}{name.upper()}" for name in known} - NOT_SETTINGS == set()


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_commands_and_options_exist(page: Path) -> None:
    text = re.sub(r"\\\n\s*", "", page.read_text())
    code = re.findall(r"`([^`\n]+)`", prose(page)) + re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    invocations = [found for part in code for found in _INVOCATION.findall(part)]
    unknown = [part for words in invocations for part in unknown_parts(words.split())]
    assert unknown == []


def test_every_command_is_documented() -> None:
    text = "\n".join(page.read_text() for page in PAGES)
    missing = [" ".join(names) for names in COMMANDS if f"dayline {' '.join(names)}" not in text]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    broken = []
    for link in _LINK.findall(prose(page)):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (fragment and fragment not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_index_lists_every_page() -> None:
    index = (DOCS / "README.md").read_text()
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md") if page.name != "README.md"]
    assert [page for page in pages if f"({page}" not in index] == []


@pytest.mark.parametrize("page", DECISIONS, ids=page_name)
def test_decisions_name_files_that_exist(page: Path) -> None:
    code = re.search(r"\*\*Code:\*\* (.+?)\.\n", page.read_text(), re.DOTALL)
    named = re.findall(r"`([^`]+)`", code[1]) if code else []
    missing = [path for path in named if not any((root / path).exists() for root in (PROJECT, PROJECT / "app"))]
    assert missing == []


def test_every_operation_is_in_a_table() -> None:
    documented = {
        (method, normalized(path))
        for page in PAGES
        for methods, path in _OPERATION.findall(page.read_text())
        for method in methods.split()
    }
    paths = api_document()["paths"]
    existing = {
        (method.upper(), normalized(path))
        for path, operations in paths.items()
        for method in operations
        if method in {"get", "post", "put", "patch", "delete"}
    }
    assert documented - existing == set(), "addresses that do not exist"
    assert existing - documented == set(), "addresses that no page lists"


def test_page_sizes_are_those_of_the_parameters() -> None:
    rows = re.findall(r"^\| `(/[^`]+)`[^|]*\| (\d+) \| (\d+)[^|]*\|$", (DOCS / "reading.md").read_text(), re.MULTILINE)
    paths = api_document()["paths"]
    actual = []
    for path, _, _ in rows:
        [schema] = [each["schema"] for each in resolved_parameters(paths[path]["get"]) if each["name"] == "limit"]
        actual.append((path, str(schema["default"]), str(schema["maximum"])))
    assert len(rows) > 5
    assert rows == actual


def test_terms_of_the_glossary_occur_in_the_code() -> None:
    terms = re.findall(r"^\| ([^|]+) \|", (DOCS / "glossary.md").read_text(), re.MULTILINE)
    words = {word for term in terms for word in re.findall(r"[a-z_]{3,}", term.replace("'s ", " ").lower())}
    code = "\n".join(path.read_text() for path in (PROJECT / "app").rglob("*.py")).lower()
    assert {word for word in words - {"word", "dayline"} if word not in code} == set()


def test_contributing_names_folders_and_files_that_exist() -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text()
    table = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    named = {path for cell in table for path in re.findall(r"`([a-z_/.]+)`", cell)}
    assert {path for path in named if not (PROJECT / "app" / path).exists()} == set()
    listed = {path.partition("/")[0] for path in named}
    folders = {path.parent.name for path in (PROJECT / "app").glob("*/__init__.py")}
    assert folders - listed == set(), "folders that the map does not show"
