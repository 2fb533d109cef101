"""Plan of a bench: rounds, seconds, a temporary folder, and a function that reports progress."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.archive import Size

SMALL, MIDDLING, LARGE = 20_000, 200_000, 2_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """Plan of a bench: rounds and seconds of each; `small` is the archive of most chapters."""

    rounds: int
    seconds: int
    folder: Path
    report_progress: Callable[[str], None]
    small: Size
    starts: int = 10

    @contextmanager
    def fresh_folder(self) -> Iterator[Path]:
        """Return a new folder for one server."""
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            yield Path(name)

    def new_file(self) -> Path:
        """Return the path of a new file."""
        number, name = tempfile.mkstemp(dir=self.folder)
        os.close(number)
        return Path(name)
