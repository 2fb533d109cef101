"""Progress of long operations: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

SECONDS_BETWEEN_LINES = 5.0


Progress = Callable[[int, str], None]
"""Function that shows how much of the total is done, with a note."""


@contextmanager
def progress(label: str, total: int) -> Iterator[Progress]:
    """Yield a function that shows progress towards `total` (0: unknown) on stderr, so that stdout has results alone."""
    if sys.stderr.isatty():
        with click.progressbar(length=total or None, label=label, file=sys.stderr, item_show_func=str) as bar:

            def show(done: int, note: str) -> None:
                bar.update(done - bar.pos, note)

            yield show
        return
    last = time.monotonic()

    def show_line(_done: int, note: str) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            click.echo(f"{label}: {note}", err=True)

    yield show_line
