"""Libraries whose private parts are used: each has an upper bound with a reason in pyproject.toml, and a test here."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent
PYPROJECT = FOLDER.parents[1] / "pyproject.toml"


def test_libraries_with_private_uses_have_a_bound_and_a_test() -> None:
    lines = re.findall(r'^    "([a-z-]+)[^"]*?(,<[0-9.]+)?", # private: .+$', PYPROJECT.read_text(), re.MULTILINE)
    assert lines
    assert [name for name, bound in lines if not bound] == []
    tested = {path.stem.removeprefix("test_") for path in FOLDER.glob("test_*.py")} - {"bounds"}
    assert {name.replace("-", "_") for name, _ in lines} == tested
