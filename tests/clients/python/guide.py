"""The examples of docs/python.md and of the package's README."""

import re
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple

PROJECT = Path(__file__).parents[3]
GUIDE = PROJECT / "docs/python.md"
README = PROJECT / "clients/python/README.md"

_BLOCK = re.compile(r"^```python\n(.*?)^```$(?:\n```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)


class PythonExample(NamedTuple):
    """Python block, and the output that is printed below it."""

    code: str
    output: str | None


def read_python_examples(page: Path) -> list[PythonExample]:
    """Return the examples of a page in their order."""
    return [PythonExample(code, output or None) for code, output in _BLOCK.findall(page.read_text())]


def read_guide_mirror() -> str:
    """Return the mirror of the guide."""
    [program] = [example.code for example in read_python_examples(GUIDE) if "def copy_articles" in example.code]
    return program


@cache
def _compile_mirror() -> CodeType:
    return compile(read_guide_mirror(), GUIDE, "exec")


def load_guide_mirror(**settings: Any) -> Any:
    """Load the mirror of the guide as a module of its own, with these settings."""
    module = ModuleType("guide_mirror")
    exec(_compile_mirror(), module.__dict__)  # noqa: S102 - it has to run as printed
    for name, value in settings.items():
        assert hasattr(module, name), name
        setattr(module, name, value)
    return module
