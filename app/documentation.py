"""The documentation of this release as files: beside the package in a checkout, inside of it in an installed wheel."""

from functools import cache
from pathlib import Path
from typing import Final

from app.errors import ConfigurationError

INDEX: Final = "README"
"""The page that lists all others by task."""
_FOLDERS: Final = (Path(__file__).resolve().parents[1] / "docs", Path(__file__).resolve().parent / "docs")


@cache
def find_folder() -> Path:
    """Return the folder of the documentation; ConfigurationError where it is not installed."""
    folder = next((each for each in _FOLDERS if (each / "operations.md").is_file()), None)
    if folder is None:
        raise ConfigurationError("The documentation is not installed.")
    return folder


@cache
def list_pages() -> dict[str, Path]:
    """Return the pages in Markdown by name: the path in the folder, without its ending."""
    folder = find_folder()
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in sorted(folder.rglob("*.md"))}


@cache
def list_examples() -> dict[str, Path]:
    """Return the other files that pages link, such as configurations, by name."""
    return {path.name: path for path in sorted(find_folder().iterdir()) if path.is_file() and path.suffix != ".md"}
