"""TypeScript clients that generators make of the document: they compile in the strictest mode, and read a server."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import DOCS
from tests.generated_clients.conftest import SampleServer
from tests.node_packages import MODULES, NODE, find_package

PROGRAMS = Path(__file__).parents[1] / "node"
MAX_S = 60.0
RECIPE = re.compile(r"^```ts\n(.*?)^```$", re.DOTALL | re.MULTILINE)
DOCUMENTED_URL = "http://127.0.0.1:8000"
OF_HEY_API_ITSELF = re.compile(r"hey/(?:core|client)/[^:]*: error TS23(?:75|79):")
"""Errors of the runtime that @hey-api/openapi-ts copies: it is not written for `exactOptionalPropertyTypes`."""


@pytest.fixture
def folder(tmp_path: Path, sample_server: SampleServer) -> Path:
    """Return a folder with the document, the programs' types and the packages."""
    (tmp_path / "openapi.json").write_bytes(sample_server.document)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules").symlink_to(MODULES)
    for name in ("tsconfig.json", "globals.d.ts"):
        shutil.copy(PROGRAMS / name, tmp_path)
    return tmp_path


def run_node(folder: Path, *words: str | Path, check: bool = True) -> str:
    """Run a program with Node in the folder, and return its output."""
    done = subprocess.run(  # noqa: S603 - Node of this environment, with programs of the lock file
        [NODE, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=MAX_S
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compile_all(folder: Path) -> list[str]:
    """Compile every file of the folder, and return the errors."""
    printed = run_node(folder, find_package("tsc") / "bin" / "tsc", "--project", ".", check=False)
    return [line for line in printed.splitlines() if ": error " in line]


def read_with(folder: Path, program: str, *words: str) -> Any:
    """Run a program of ours, and return what it read."""
    return json.loads(run_node(folder, program, *words))


def test_recipe_of_typescript_reads_every_page_and_follows(folder: Path, sample_server: SampleServer) -> None:
    generator = find_package("openapi-typescript") / "bin" / "cli.js"
    find_package("openapi-fetch")
    run_node(folder, generator, "openapi.json", "--output", "dayline.ts")
    recipe, program = RECIPE.findall((DOCS / "typescript.md").read_text(encoding="utf-8"))
    assert DOCUMENTED_URL in recipe
    (folder / "news.ts").write_text(recipe.replace(DOCUMENTED_URL, sample_server.url))
    (folder / "main.ts").write_text(program)
    shutil.copy(PROGRAMS / "read_by_recipe.ts", folder)
    assert compile_all(folder) == []
    found = read_with(folder, "read_by_recipe.ts", sample_server.edition, str(sample_server.since))
    assert found == {"headlines": sample_server.headlines, "types": sample_server.types[:2]}


def test_documented_configuration_is_the_one_that_is_tested() -> None:
    [documented] = re.findall(
        r"^```json\n(.*?)^```$", (DOCS / "typescript.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    tested = json.loads((PROGRAMS / "tsconfig.json").read_text(encoding="utf-8"))["compilerOptions"]
    assert json.loads(documented)["compilerOptions"].items() <= tested.items()


@pytest.mark.soak
def test_functions_of_hey_api_compile_and_read(folder: Path, sample_server: SampleServer) -> None:
    shutil.copy(PROGRAMS / "read_by_hey_api.ts", folder)
    shutil.copy(PROGRAMS / "hey_api.config.mjs", folder)
    run_node(folder, find_package("@hey-api/openapi-ts") / "bin" / "run.js", "--file", "hey_api.config.mjs")
    assert [error for error in compile_all(folder) if not OF_HEY_API_ITSELF.match(error)] == []
    words = (sample_server.url, sample_server.edition, str(sample_server.since))
    found = read_with(folder, "read_by_hey_api.ts", *words)
    assert found["headlines"] == sample_server.headlines[:4]
    assert found["types"] == sample_server.types[:2]
    assert found["problem"] == "/problems/not-found"
