"""Every `sh` block of the documentation runs against a server with the sample, and prints what the page shows."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import environment_of
from tests.docs.pages import PAGES, Example, page_name, read_examples
from tests.sample import fill_database
from tests.server_process import free_port, start_server

ON_BOTH_DATABASES = {"README.md", "docs/editorial.md"}
"""Pages whose examples read and write; those of the others run on SQLite alone."""

MAX_SECONDS = 60
IGNORED_SUFFIXES = {".db", ".db-shm", ".db-wal", ".token"}
"""Files that examples may create in the folder: Git ignores them."""
WILDCARD = "…"
_SEPARATOR = "\x1e"


def differences(documented: Any, actual: Any, path: str = "") -> list[str]:
    """Return where a response differs from the documented one; members that a page leaves out are ignored."""
    if documented == WILDCARD:
        return [] if actual else [f"{path}: empty"]
    if isinstance(documented, dict) and isinstance(actual, dict):
        found = [f"{path}.{name}: missing" for name in documented.keys() - actual.keys()]
        for name in documented.keys() & actual.keys():
            found += differences(documented[name], actual[name], f"{path}.{name}")
        return found
    if isinstance(documented, list) and isinstance(actual, list) and len(documented) == len(actual):
        return [each for i, one in enumerate(documented) for each in differences(one, actual[i], f"{path}.{i}")]
    return [] if documented == actual else [f"{path}: documented {documented!r}, actual {actual!r}"]


def missing_lines(documented: str, actual: str) -> list[str]:
    """Return the documented lines that do not follow each other in the output; `…` stands for any text."""
    lines = iter(actual.splitlines())
    return [line for line in documented.splitlines() if not any(_matches(line, each) for each in lines)]


def _matches(documented: str, actual: str) -> bool:
    first, *others = documented.split(WILDCARD)
    if not others:
        return documented.rstrip() == actual.rstrip()
    position = len(first)
    for part in others:
        found = actual.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return actual.startswith(first)


def run_examples(examples: list[Example], address: str, folder: Path, port: int) -> list[str]:
    """Run the blocks one after the other in one shell, as a reader pastes them, and return what each printed."""
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    _add_program(programs / "dayline", "-m app")
    if shutil.which("curl") is None:
        _add_program(programs / "curl", str(Path(__file__).with_name("curl.py")))
    script = f"\nprintf '{_SEPARATOR}'\n".join(example.commands for example in examples)
    environment = environment_of(address, PORT=str(port))
    environment["PATH"] = f"{environment['PATH']}:{programs}"
    before = set(folder.iterdir())
    done = subprocess.run(  # noqa: S603 - our own documents
        ["/bin/sh", "-eu", "-c", script],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=MAX_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    created = {each.name for each in set(folder.iterdir()) - before if each.suffix not in IGNORED_SUFFIXES}
    assert created == set(), "files that Git would list in a checkout"
    return done.stdout.split(_SEPARATOR)


def _add_program(path: Path, arguments: str) -> None:
    path.write_text(f'#!/bin/sh\nexec {sys.executable} {arguments} "$@"\n')
    path.chmod(0o755)


@pytest.fixture(scope="session")
def sample_database(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with the sample."""
    path = tmp_path_factory.mktemp("sample") / "dayline.db"
    shutil.copy(sqlite_template, path)
    asyncio.run(fill_database(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sample_address(request: pytest.FixtureRequest, address: str, tmp_path: Path) -> str:
    """Return the address of a database with the sample, of this test alone."""
    if address.startswith("sqlite"):
        shutil.copy(request.getfixturevalue("sample_database"), tmp_path / "dayline.db")
    else:
        asyncio.run(fill_database(address))
    return address


RUNS = [
    pytest.param(page, kind, id=f"{page_name(page)}-{kind}")
    for page in PAGES
    if read_examples(page)
    for kind in (("sqlite", "postgresql") if page_name(page) in ON_BOTH_DATABASES else ("sqlite",))
]


@pytest.mark.parametrize(("page", "address"), RUNS, indirect=["address"])
async def test_examples_print_the_documented_output(page: Path, sample_address: str, tmp_path: Path) -> None:
    examples = read_examples(page)
    server = start_server(sample_address, tmp_path, free_port())
    try:
        await server.wait_ready()
        printed = await asyncio.to_thread(run_examples, examples, sample_address, tmp_path, server.port)
    finally:
        server.end()
    assert len(printed) == len(examples)
    for example, output in zip(examples, printed, strict=True):
        if example.output_format == "json":
            assert differences(json.loads(example.output), json.loads(output)) == [], example.commands
        elif example.output_format == "text":
            assert missing_lines(example.output, output) == [], f"{example.commands}\n{output}"


def test_blocks_to_paste_have_no_prompt() -> None:
    for page in PAGES:
        prompts = [line for line in page.read_text().splitlines() if line.startswith("$ ")]
        assert prompts == [], page_name(page)
