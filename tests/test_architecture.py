"""Rules of the code that no other tool checks: sizes, names, and access to environment, clock and dialect."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

from app.environment import PREFIX
from app.settings import FIELDS, SECRETS

PROJECT = Path(__file__).resolve().parents[1]
APP = PROJECT / "app"
MODULES = sorted(APP.rglob("*.py"))

MAX_LINES = 400
LINES_MEDIAN = 140
LINES_NINE_IN_TEN = 250
BOUNDS_OF_OTHERS = {"M_ARENA_MAX"}  # as glibc names it
DRAWERS = {"utils", "util", "helpers", "helper", "common", "core", "lib", "misc"}

CLOCKS = {
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "asctime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "func": {"now", "current_timestamp", "current_date", "current_time", "localtimestamp"},
}


def offenders(breaks: Callable[[ast.AST], bool], *, within: Path = APP, but: str = "") -> list[str]:
    """Return where, as `path:line`, a module within a folder does what only `but` (a path in app/) may do."""
    return [
        f"{path.relative_to(PROJECT)}:{getattr(node, 'lineno', 1)}"
        for path in MODULES
        if path.is_relative_to(within) and not (but and path.is_relative_to(APP / but))
        for node in ast.walk(ast.parse(path.read_text()))
        if breaks(node)
    ]


def words_of(node: ast.AST) -> Iterator[str]:
    """Return the names in an expression or an import, the last one first."""
    if isinstance(node, ast.Attribute):
        yield node.attr
        yield from words_of(node.value)
    elif isinstance(node, ast.Name):
        yield node.id


def reads_the_environment(node: ast.AST) -> bool:
    names = {"environ", "environb", "getenv", "getenvb"}
    if isinstance(node, ast.ImportFrom):
        return bool(names & {alias.name for alias in node.names})
    return isinstance(node, ast.Attribute) and node.attr in names


def reads_the_clock(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom) and node.module == "time":
        return bool(CLOCKS["time"] & {alias.name for alias in node.names})
    if not isinstance(node, ast.Attribute):
        return False
    name, *owners = words_of(node)
    return bool(owners) and name in CLOCKS.get(owners[0], ())


def asks_for_the_dialect(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in {"dialect", "get_backend_name"}


def skips_rows(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.search(r"\bOFFSET\b", node.value) is not None
    return isinstance(node, ast.Call) and next(words_of(node.func), None) == "offset"


def ends_in_a_bound(node: ast.AST) -> bool:
    name = node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ""
    return name not in BOUNDS_OF_OTHERS and re.search(r"[A-Z0-9]_(MOST|LEAST|MAX|MIN)$", name) is not None


def test_file_lengths_are_bounded() -> None:
    lines = {str(path.relative_to(PROJECT)): len(path.read_text().splitlines()) for path in MODULES}
    assert {path: count for path, count in lines.items() if count > MAX_LINES} == {}
    filled = [count for count in lines.values() if count > 1]
    assert median(filled) <= LINES_MEDIAN
    assert quantiles(filled, n=10)[-1] <= LINES_NINE_IN_TEN


def test_no_two_classes_share_a_name() -> None:
    existing = Counter(
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in existing.items() if count > 1] == []


def test_bounds_are_named_max_and_min() -> None:
    assert offenders(ends_in_a_bound) == []


def test_no_module_has_a_catch_all_name() -> None:
    parts = {part for path in MODULES for part in path.relative_to(APP).with_suffix("").parts}
    assert parts & DRAWERS == set()


def test_every_module_has_a_docstring() -> None:
    everywhere = [*MODULES, *sorted((PROJECT / "migrations").rglob("*.py"))]
    silent = [path for path in everywhere if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_every_setting_is_documented() -> None:
    documented = set(re.findall(rf"\b{PREFIX}[A-Z0-9_]+\b", (PROJECT / "docs/operations.md").read_text()))
    existing = {f"{PREFIX}{name.upper()}" for name in FIELDS} | {f"{PREFIX}{name.upper()}_FILE" for name in SECRETS}
    assert existing - documented == set(), "settings that the docs do not have"
    assert documented - existing == set(), "settings in the docs that do not exist"


def test_only_one_module_reads_the_environment() -> None:
    assert offenders(reads_the_environment, but="environment.py") == []


def test_only_clock_reads_the_time() -> None:
    assert offenders(reads_the_clock, but="clock.py") == []


def test_only_db_branches_on_the_dialect() -> None:
    assert offenders(asks_for_the_dialect, but="db") == []


def test_queries_use_no_offset() -> None:
    assert offenders(skips_rows, within=APP / "queries") == []


def test_architecture_rules_detect_violations() -> None:
    broken = {
        "import os; os.environ['A']": reads_the_environment,
        "from os import getenv": reads_the_environment,
        "import time; time.time()": reads_the_clock,
        "from time import time_ns": reads_the_clock,
        "import datetime; datetime.datetime.now()": reads_the_clock,
        "from datetime import date; date.today()": reads_the_clock,
        "from sqlalchemy import func; func.now()": reads_the_clock,
        "if connection.dialect.name == 'sqlite': pass": asks_for_the_dialect,
        "select(articles).offset(20)": skips_rows,
        "PAGES_MOST = 20": ends_in_a_bound,
        "text('SELECT id FROM articles LIMIT 1 OFFSET 20')": skips_rows,
    }
    for source, rule in broken.items():
        assert any(rule(node) for node in ast.walk(ast.parse(source))), source


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((PROJECT / "docs/decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
