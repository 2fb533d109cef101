"""The memory of an import does not depend on the number of articles."""

import shutil
import sys
from pathlib import Path
from subprocess import run

import pytest

from tests.cli.commands import environment_of
from tests.importers.lines import article_line, edition_line, pack

# Not getrusage: ru_maxrss of a child starts with the maximum of its parent at the fork.
MEASURED = """
import re, sys
from app.cli.main import run
status = run(sys.argv[1:])
print(re.search(r"VmHWM:\\s*(\\d+) kB", open("/proc/self/status").read())[1])
sys.exit(status)
"""
MAX_KIB_MORE = 10 * 1024  # of which the page cache of SQLite, still filling, takes six

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs the peak memory that Linux reports"
)


def write_articles(path: Path, count: int, *, as_array: bool) -> None:
    """Write that many articles of some 2 kB, with scattered tags and references, in lines or one array in one line."""
    before, between, after = (b"[", b",", b"]") if as_array else (b"", b"\n", b"\n")
    with path.open("wb") as file:
        file.write(before + pack(edition_line()).strip())
        for n in range(count):
            words = " ".join(f"word{(n * 7919 + i * 104_729) % 50_021}" for i in range(200))
            line = article_line(
                f"s{n}",
                published_at=f"20{n % 27:02}-{n % 12 + 1:02}-{n % 28 + 1:02}T{n % 24:02}:00:00Z",
                tags=[f"tag{n % 97}", f"tag{n % 89}"],
                section=f"section{n % 7}",
                related=[f"s{(n * 31) % count}"],
                body=[{"type": "paragraph", "text": words}],
            )
            file.write(between + pack(line).strip())
        file.write(after)


def peak_of(folder: Path, *words: object) -> int:
    """Return the peak memory of a command, in KiB."""
    address = f"sqlite:///{folder}/dayline.db"
    done = run(  # noqa: S603 - our own program
        [sys.executable, "-c", MEASURED, *map(str, words)],
        env=environment_of(address),
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    return int(done.stdout.splitlines()[-1])


def import_into(template: Path, folder: Path, count: int, *, as_array: bool = False) -> int:
    """Return the peak memory of importing that many articles into a new database, in KiB."""
    folder.mkdir()
    shutil.copy(template, folder / "dayline.db")
    write_articles(folder / "articles.jsonl", count, as_array=as_array)
    return peak_of(folder, "import", "articles.jsonl")


@pytest.mark.soak
def test_import_memory_is_constant_over_thirty_thousand_articles(tmp_path: Path, sqlite_template: Path) -> None:
    small = import_into(sqlite_template, tmp_path / "small", 10_000)
    large = import_into(sqlite_template, tmp_path / "large", 30_000)
    assert large - small < MAX_KIB_MORE, (small, large)
    small, large = (peak_of(tmp_path / name, "export", "--output", "export.jsonl") for name in ("small", "large"))
    assert large - small < MAX_KIB_MORE, (small, large)


@pytest.mark.soak
def test_import_memory_is_constant_over_an_array_in_one_line(tmp_path: Path, sqlite_template: Path) -> None:
    small = import_into(sqlite_template, tmp_path / "small", 5_000, as_array=True)
    large = import_into(sqlite_template, tmp_path / "large", 20_000, as_array=True)
    assert large - small < MAX_KIB_MORE, (small, large)
