"""Print the notes of a release, cut from CHANGELOG.md: `python tools/release_notes.py v0.2.0`.

The tag has to be the version in pyproject.toml, and the changelog has to have a section for it.
"""

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FAILURE_STATUS = 2


def cut_notes(changelog: str, version: str) -> str:
    """Return the text of a version's section, without its heading; ValueError where it is missing or empty."""
    section = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |\Z)", changelog, re.DOTALL | re.MULTILINE)
    notes = section[1].strip() if section else ""
    if not notes:
        raise ValueError(f"CHANGELOG.md has no notes for {version}.")
    return notes


def check_tag(tag: str, version: str) -> None:
    """Raise ValueError where a tag is not the version of the project."""
    if tag != f"v{version}":
        raise ValueError(f"The tag {tag} does not match the version {version} in pyproject.toml.")


def absolute_links(notes: str, base: str) -> str:
    """Return the notes with their links to files of the project made absolute, since they are read elsewhere."""
    return re.sub(r"\]\((?![a-z]+:|#)", f"]({base.rstrip('/')}/", notes)


def main(arguments: list[str]) -> int:
    """Print the notes of the release of a tag; with a second argument, links to files begin with it."""
    tag, *base = arguments
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    try:
        check_tag(tag, version)
        notes = cut_notes((PROJECT / "CHANGELOG.md").read_text(), version)
    except ValueError as error:
        print(error, file=sys.stderr)
        return FAILURE_STATUS
    print(absolute_links(notes, base[0]) if base else notes)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
