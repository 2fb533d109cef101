"""Logger names in the documentation are the names that are printed."""

import ast
import re
from pathlib import Path

from tests.docs.pages import PAGES, PROJECT, page_name

_NAME = re.compile(r"`((?:app|uvicorn)(?:\.[a-z_]+)+)`")
_LINE = re.compile(r"(?:INFO|WARNING|ERROR|CRITICAL) \d+ \S+ ([a-z_.]+)[: ]|\"logger\": ?\"([a-z_.]+)\"")
_LIBRARIES = {"uvicorn.error"}


def logger_names() -> set[str]:
    """Return the names of all loggers of the application."""
    names = set()
    for path in sorted((PROJECT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "getLogger":
                names.add(_name(node.args, path))
    return names - {""}


def _name(arguments: list[ast.expr], path: Path) -> str:
    match arguments:
        case [ast.Name(id="__name__")]:
            return ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        case [ast.Constant(value=str(name))]:
            return name
    return ""


def documented_names() -> dict[str, str]:
    """Return the logger names in the documentation, each with a page that has it."""
    found = {}
    for page in PAGES:
        text = page.read_text()
        names = [name for name in _NAME.findall(text) if not name.endswith((".py", ".json"))]
        for name in [*names, *(one or other for one, other in _LINE.findall(text))]:
            found[name] = page_name(page)
    return found


def test_documented_logger_names_are_printed_ones() -> None:
    printed = logger_names() | _LIBRARIES
    documented = documented_names()
    assert len(documented) > 5
    assert {name: page for name, page in documented.items() if name not in printed} == {}
