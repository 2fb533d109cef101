"""Inline text of one paragraph while it is read: runs of text with the elements around them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import Final

MAX_PARAGRAPH_TAGS: Final = 900
"""Tags of one paragraph, below the limit of a sanitised text; a longer paragraph is split."""
MAX_PARAGRAPH_CHARACTERS: Final = 90_000

_SPACE: Final = re.compile("[ \t\n\r\f]+")


class Atom(Enum):
    """Runs without text."""

    BREAK = "<br>"
    POINT = ""
    """A place that an `id` names."""
    WORD_BREAK = "<wbr>"


@dataclass(eq=False, frozen=True, slots=True)
class Mark:
    """An open inline element; two are the same only if they are one element of the document."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def start_tag(self) -> str:
        """Return the start tag."""
        return f"<{self.name}{''.join(f' {name}={_quoted(value)}' for name, value in self.attributes)}>"


@dataclass(slots=True)
class Run:
    """Text, or an atom, inside of these elements, the outermost first."""

    marks: tuple[Mark, ...]
    content: str | Atom


def fold_runs(runs: Iterable[Run]) -> list[Run]:
    """Return the runs with white space folded as browsers show it, and without breaks at their ends."""
    folded: list[Run] = []
    for run in runs:
        if run.content is Atom.BREAK:
            _strip_end(folded)
            if any(each.content is not Atom.POINT for each in folded):
                folded.append(run)
        elif isinstance(run.content, str):
            text = _SPACE.sub(" ", run.content)
            if text[:1] == " " and _ends_with_space(folded):
                text = text[1:]
            if text:
                folded.append(Run(run.marks, text))
        else:
            folded.append(run)
    _strip_end(folded)
    while folded and folded[-1].content is Atom.BREAK:
        folded.pop()
        _strip_end(folded)
    return folded


def split_paragraphs(runs: Sequence[Run]) -> list[list[Run]]:
    """Return the paragraphs of folded runs: two breaks or more separate them."""
    paragraphs: list[list[Run]] = [[]]
    breaks = 0
    for run in runs:
        if run.content is Atom.BREAK:
            breaks += 1
            continue
        if breaks > 1:
            paragraphs.append([])
        elif breaks:
            paragraphs[-1].append(Run(_shared(paragraphs[-1][-1].marks, run.marks), Atom.BREAK))
        breaks = 0
        paragraphs[-1].append(run)
    return [paragraph for paragraph in paragraphs if paragraph]


def split_lines(runs: Iterable[Run]) -> list[list[Run]]:
    """Return the lines of a paragraph, without the breaks between them."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        if run.content is Atom.BREAK:
            lines.append([])
        else:
            lines[-1].append(run)
    return lines


def split_long(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Return the runs in parts of limited size: a part ends where an element ends, or between words."""
    part: list[Run] = []
    tags = characters = 0
    for run in _short_runs(runs):
        added = 2 * len(run.marks) + 1
        size = len(run.content) if isinstance(run.content, str) else 0
        if part and (tags + added > MAX_PARAGRAPH_TAGS or characters + size > MAX_PARAGRAPH_CHARACTERS):
            yield part
            part, tags, characters = [], 0, 0
        part.append(run)
        tags, characters = tags + added, characters + size
    if part:
        yield part


def render_runs(runs: Iterable[Run]) -> str:
    """Return the inline HTML of folded runs."""
    pieces: list[str] = []
    opened: list[Mark] = []
    for run in runs:
        common = 0
        while common < min(len(opened), len(run.marks)) and opened[common] is run.marks[common]:
            common += 1
        pieces += [f"</{mark.name}>" for mark in reversed(opened[common:])]
        pieces += [mark.start_tag for mark in run.marks[common:]]
        opened = list(run.marks)
        pieces.append(run.content.value if isinstance(run.content, Atom) else _escaped(run.content))
    pieces += [f"</{mark.name}>" for mark in reversed(opened)]
    return "".join(pieces)


def is_blank(runs: Iterable[Run]) -> bool:
    """Return whether the runs show nothing."""
    return all(
        not run.content.strip() if isinstance(run.content, str) else run.content is not Atom.POINT for run in runs
    )


def _short_runs(runs: Iterable[Run]) -> Iterator[Run]:
    for run in runs:
        if isinstance(run.content, str) and len(run.content) > MAX_PARAGRAPH_CHARACTERS // 6:
            for start in range(0, len(run.content), MAX_PARAGRAPH_CHARACTERS // 6):
                yield Run(run.marks, run.content[start : start + MAX_PARAGRAPH_CHARACTERS // 6])
        else:
            yield run


def _ends_with_space(runs: Sequence[Run]) -> bool:
    """Return whether a space after these runs would not be shown."""
    for run in reversed(runs):
        if run.content is Atom.BREAK:
            return True
        if isinstance(run.content, str):
            return run.content.endswith(" ")
    return True


def _strip_end(runs: list[Run]) -> None:
    """Remove the space that the runs end with."""
    for place in range(len(runs) - 1, -1, -1):
        content = runs[place].content
        if content is Atom.BREAK:
            return
        if isinstance(content, str):
            runs[place] = Run(runs[place].marks, content.removesuffix(" "))
            if not runs[place].content:
                del runs[place]
            return


def _shared(first: Sequence[Mark], second: Sequence[Mark]) -> tuple[Mark, ...]:
    shared: list[Mark] = []
    for one, other in zip(first, second, strict=False):
        if one is not other:
            break
        shared.append(one)
    return tuple(shared)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\xa0", "&nbsp;")


def _quoted(value: str) -> str:
    return '"' + escape(value).replace("\xa0", "&nbsp;").replace("&#x27;", "'") + '"'
