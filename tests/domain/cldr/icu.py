"""ICU as Node has it, to compare golden files with."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.domain.cldr.records import load_supplement

HERE = Path(__file__).resolve().parent
GOLDEN = HERE.parents[1] / "golden"
TIMEOUT_S = 60


def run_icu(program: str, golden: Path) -> str:
    """Return what a program writes for a golden file; skip the test without a Node of the packed version of CLDR."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node")
    version = _run(node, "--print", "process.versions.cldr")
    if version.partition(".")[0] != load_supplement()["version"].partition(".")[0]:
        pytest.skip(f"this Node has CLDR {version}")
    return _run(node, HERE / program, golden)


def _run(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S).stdout  # noqa: S603 - ours
