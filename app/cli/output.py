"""Standard output of commands: tables for people, JSON for programs."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from unicodedata import east_asian_width

import click
import orjson

from app.environment import is_color_disabled
from app.logging.redaction import escape_controls

F = TypeVar("F", bound=Callable[..., Any])

GAP = "  "


def json_option(function: F) -> F:
    """Add the option `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document, for programs.")(function)


def print_json(document: object) -> None:
    """Print a document, indented."""
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def print_items(items: Sequence[object], **members: object) -> None:
    """Print a list as the API returns lists: an object whose `items` are the list."""
    print_json({"items": items, **members})


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns as wide as their widest cell, under headings that are bold on a terminal."""
    cells = [[escape_controls(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(headings, *cells, strict=True)]
    is_bold = sys.stdout.isatty() and not is_color_disabled()
    heading = _line(headings, widths)
    click.echo(click.style(heading, bold=True) if is_bold else heading)
    for row in cells:
        click.echo(_line(row, widths))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [f"{cell}{' ' * (width - _width(cell))}" for cell, width in zip(cells, widths, strict=True)]
    return GAP.join(padded).rstrip()


def _width(text: str) -> int:
    """Return the columns that a text takes on a terminal: two for each wide character."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
