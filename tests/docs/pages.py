"""The pages of the documentation, and the examples in them that a reader can paste into a shell."""

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
PAGES = [path for path in sorted(PROJECT.glob("*.md")) if path.name != "CHANGELOG.md"] + sorted(DOCS.rglob("*.md"))
"""Every page but the changelog, which has former names."""

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A `sh` block, which the tests run, and the `json` or `text` block below it, which shows its output."""

    commands: str
    output_format: str | None
    output: str


def page_name(page: Path) -> str:
    """Return the path of a page in the repository."""
    return page.relative_to(PROJECT).as_posix()


def read_examples(page: Path) -> list[Example]:
    """Return the examples of a page in their order; an output belongs to the block directly above it."""
    blocks = list(_FENCED.finditer(page.read_text()))
    examples = []
    for i, block in enumerate(blocks):
        if block[1] == "sh":
            follows = i + 1 < len(blocks) and blocks[i + 1].start() == block.end() + 1
            has_output = follows and blocks[i + 1][1] in {"json", "text"}
            output = blocks[i + 1].groups() if has_output else (None, "")
            examples.append(Example(block[2], *output))
    return examples


def prose(page: Path) -> str:
    """Return the text of a page without its fenced blocks."""
    return _FENCED.sub("", page.read_text())
