"""`dayline docs`: the documentation of this release, which the wheel and the image carry."""

from pathlib import Path

import click

from app.errors import ConfigurationError

_FOLDERS = (Path(__file__).resolve().parents[2] / "docs", Path(__file__).resolve().parents[1] / "docs")
"""Beside the package in a checkout, inside of it if it was installed from a wheel."""


@click.command("docs")
@click.argument("page", required=False)
def show_docs(page: str | None) -> None:
    """Print a page of the documentation, or list the pages."""
    folder = next((each for each in _FOLDERS if (each / "operations.md").is_file()), None)
    if folder is None:
        raise ConfigurationError("The documentation is not installed.")
    pages = {path.relative_to(folder).with_suffix("").as_posix(): path for path in sorted(folder.rglob("*.md"))}
    if page is None:
        width = max(map(len, pages))
        for name, path in pages.items():
            click.echo(f"{name:<{width}}  {_read_title(path)}")
        click.echo(f"\nPrint one with 'dayline docs PAGE'; the files are in {folder}.")
    elif page in pages:
        click.echo(pages[page].read_text("utf-8"), nl=False)
    else:
        raise ConfigurationError(f"There is no page '{page}'; run 'dayline docs' for a list.")


def _read_title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return next((line.removeprefix("# ").strip() for line in file if line.startswith("# ")), "")
