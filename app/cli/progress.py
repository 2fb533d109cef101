"""Telling how far long work has come: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

SECONDS_BETWEEN_LINES = 5.0


Progress = Callable[[int, str], None]
"""Takes how much of the total is done, and a note to show with it."""


@contextmanager
def progress(label: str, total: int) -> Iterator[Progress]:
    """A way to tell progress towards `total` (0: unknown), on the error stream so that output stays clean."""
    if sys.stderr.isatty():
        with click.progressbar(length=total or None, label=label, file=sys.stderr, item_show_func=str) as bar:

            def show(done: int, note: str) -> None:
                bar.update(done - bar.pos, note)

            yield show
        return
    last = time.monotonic()

    def tell(_done: int, note: str) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            click.echo(f"{label}: {note}", err=True)

    yield tell
