"""`dayline docs`: the documentation of this release, which the wheel and the image carry."""

from pathlib import Path

import click

from app.cli.command import Command, Example
from app.cli.output import json_option, print_items, print_table
from app.documentation import find_folder, list_pages
from app.errors import ConfigurationError


def _complete_page(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in list_pages() if name.startswith(incomplete)]


@click.command(
    "docs",
    cls=Command,
    examples=[
        Example("dayline docs", "The pages, with their titles"),
        Example("dayline docs operations | less", "One page, in Markdown"),
        Example("dayline docs --json", "The pages and where their files are, for programs"),
    ],
)
@click.argument("page", required=False, shell_complete=_complete_page)
@json_option
def show_docs(page: str | None, *, as_json: bool) -> None:
    """Print a page of the documentation, or list the pages."""
    pages = list_pages()
    if page is not None and page not in pages:
        raise ConfigurationError(f"There is no page '{page}'; run 'dayline docs' for a list.")
    listed = pages if page is None else {page: pages[page]}
    if as_json:
        print_items([{"page": name, "title": _read_title(path), "file": str(path)} for name, path in listed.items()])
    elif page is not None:
        click.echo(pages[page].read_text("utf-8"), nl=False)
    else:
        print_table(["PAGE", "TITLE"], [(name, _read_title(path)) for name, path in pages.items()])
        click.echo(f"\nPrint one with 'dayline docs PAGE'; the files are in {find_folder()}.")


def _read_title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return next((line.removeprefix("# ").strip() for line in file if line.startswith("# ")), "")
