"""The package `dayline-client`: what it is made of, and its wheel in an environment that does not see the checkout."""

import ast
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from tests.server_process import Server
from tests.test_wheel import PROJECT, TIMEOUT_S, install_wheel

CLIENT = PROJECT / "clients/python"
MODULES = sorted((CLIENT / "dayline_client").rglob("*.py"))
MAX_LINES = 250

PROGRAM = """
import asyncio, sys
from pathlib import Path
import dayline_client
from dayline_client import AsyncDayline, Dayline, InvalidSignatureError, UnauthenticatedError, verify

assert Path(dayline_client.__file__).is_relative_to(sys.prefix)
assert (Path(dayline_client.__file__).parent / "py.typed").exists()
assert not any(name.split(".")[0] in {"app", "fastapi", "pydantic", "sqlalchemy"} for name in sys.modules)
with Dayline(sys.argv[1]) as dayline:
    [*articles] = dayline.articles(page_size=2)
    assert [dayline.article(each["id"])["headline"] for each in articles] == [each["headline"] for each in articles]
    [*days] = dayline.days(page_size=1)
    [*changes] = dayline.changes(0)
    [export] = dayline.export()
    assert sum(len(day["items"]) for day in days) == len(articles) == len(export.articles)
    assert next(dayline.follow(0)).position == 0
    try:
        dayline.publish({"headline": "Refused"})
    except UnauthenticatedError as error:
        assert error.code == "unauthenticated"
try:
    verify(b"{}", {}, "whsec_AAAA")
except InvalidSignatureError:
    pass

async def main():
    async with AsyncDayline(sys.argv[1]) as dayline:
        assert [each async for each in dayline.articles()] == articles

asyncio.run(main())
print(dayline_client.__version__, len(articles))
"""


def product_version() -> str:
    version: str = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    return version


@pytest.mark.soak
def test_installed_wheel_makes_a_request_of_each_kind(tmp_path: Path, server: Server) -> None:
    installed = install_wheel(CLIENT, tmp_path, has_own_dependencies=True)
    (installed.folder / "program.py").write_text(PROGRAM)
    version, articles = installed.run("python", "program.py", server.address).split()
    assert (version, int(articles) > 1) == (product_version(), True)


def test_wheel_holds_the_package_alone(tmp_path: Path) -> None:
    build: list[str | Path] = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    subprocess.run(build, cwd=CLIENT, check=True, capture_output=True, timeout=TIMEOUT_S)  # noqa: S603
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.name == f"dayline_client-{product_version()}-py3-none-any.whl"
    files = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    modules = {path.relative_to(CLIENT) for path in (*MODULES, CLIENT / "dayline_client/py.typed")}
    assert {path for path in files if "dist-info" not in path.parts[0]} == modules
    assert any(path.name == "LICENSE" for path in files)
    assert (CLIENT / "LICENSE").read_bytes() == (PROJECT / "LICENSE").read_bytes()


def test_package_requires_httpx_alone() -> None:
    [required] = tomllib.loads((CLIENT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert required.startswith("httpx>=")
    imported = {
        name.partition(".")[0]
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _imported_by(node)
    }
    assert imported - sys.stdlib_module_names == {"dayline_client", "httpx"}


def _imported_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def test_modules_follow_the_rules_of_the_server() -> None:
    trees = {path: ast.parse(path.read_text()) for path in MODULES}
    classes = Counter(each.name for tree in trees.values() for each in ast.walk(tree) if isinstance(each, ast.ClassDef))
    assert [name for name, count in classes.items() if count > 1] == []
    assert [path.name for path, tree in trees.items() if not ast.get_docstring(tree)] == []
    assert [path.name for path in MODULES if len(path.read_text().splitlines()) > MAX_LINES] == []


def test_only_the_two_clients_do_input_and_output() -> None:
    edges = {"sync_client.py", "async_client.py"}
    doers = {"Client", "AsyncClient", "sleep"}
    found = {
        path.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in doers
    }
    assert found == edges
