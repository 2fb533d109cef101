"""Node and the packages of npm that `make setup` installs beside the environment, by `tests/node/package-lock.json`."""

import sys
from pathlib import Path

import pytest

NODE = Path(sys.prefix) / "bin" / "node"
MODULES = Path(sys.prefix) / "node" / "node_modules"


def find_package(name: str) -> Path:
    """Return the folder of a package; the test is skipped where npm's registry was out of reach of `make setup`."""
    folder = MODULES / name
    if not folder.is_dir():
        pytest.skip(f"{name} is not installed: make setup installs it from npm's registry")
    return folder
