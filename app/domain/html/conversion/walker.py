"""Walk over a parsed document: text is collected in paragraphs, converters make other blocks, losses are recorded."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from app.domain.embed_providers import find_provider
from app.domain.html.allowed_elements import ALLOWED_TAGS, BESIDE_WORDS, allowed_attribute
from app.domain.html.conversion.attributes import lost_attributes
from app.domain.html.conversion.element_roles import DROPPED, EQUIVALENT, FLOW, NEUTRAL, PARAGRAPHS
from app.domain.html.conversion.inline_runs import (
    Atom,
    Mark,
    Run,
    fold_runs,
    is_blank,
    render_runs,
    split_lines,
    split_long,
    split_paragraphs,
)
from app.domain.html.conversion.styles import drawn_marks, is_hidden, parse_style
from app.domain.html.conversion.tree import Comment, Element
from app.domain.html.inline_html import validate_url
from app.domain.html.losses import LossCode, LostPart
from app.errors import InvalidValueError

Block = dict[str, Any]
Converter = Callable[["Walker", Element], None]

LANGUAGE: Final = ("lang", "dir")
"""Attributes of the language of a text and its direction."""
_BLANK_LINES: Final = re.compile(r"\n[ \t\r]*+\n\s*+")
_LINE_END: Final = re.compile(r"(?<![ \t\r])[ \t\r]*+\n[ \t\r]*+")
_BARE_URL: Final = re.compile(r"https?://[^\s<>\"]+")
_SILENT_COMMENTS: Final = ("wp:", "/wp:", "kg-card", "/kg-card", "StartFragment", "EndFragment", "[if", "[endif", "![")
_PAGE_BREAKS: Final = frozenset({"more", "nextpage", "noteaser"})
"""Comments of WordPress that divide an article between pages."""
_BLOCK_WITHOUT_OUTPUT: Final = re.compile(r"(core/)?(more|nextpage|separator|spacer)\b")
_SPACES: Final = re.compile(r"[\t\n\f\r ]+")


def language_of(element: Element) -> dict[str, str]:
    """Return the attributes of the language and direction of an element."""
    return {name: element.get(name) for name in LANGUAGE if name in element.attributes}


class Walker:
    """Conversion of one document: its blocks so far, the open paragraph, and the losses.

    `base` is what relative URLs resolve against, `targets` are the ids that links of the document name, and
    With `is_classic`, line ends of text outside of paragraphs are breaks, as WordPress stores them.
    """

    def __init__(
        self,
        converters: Mapping[str, Converter],
        *,
        base: str | None = None,
        targets: frozenset[str] = frozenset(),
        is_classic: bool = False,
    ) -> None:
        self.blocks: list[Block] = []
        self.losses: list[LostPart] = []
        self.base = base
        self._converters = converters
        self._targets = targets
        self._is_classic = is_classic
        self._runs: list[Run] = []
        self._marks: tuple[Mark, ...] = ()
        self._paragraphs = 0
        self._is_box_edge = False

    def walk(self, element: Element) -> None:
        """Convert the content of an element."""
        for child in element.children:
            if isinstance(child, str):
                self._add_text(child)
            elif isinstance(child, Comment):
                self._note_comment(child)
            else:
                self.convert(child)

    def convert(self, element: Element) -> None:
        """Convert an element: by its converter, as a mark, or by its content alone."""
        style = parse_style(element.get("style")) if "style" in element.attributes else {}
        if "hidden" in element.attributes or is_hidden(style):
            self._note_hidden(element)
            return
        self._is_box_edge = self._is_box_edge or element.name in BESIDE_WORDS
        self._convert_shown(element, style)
        self._is_box_edge = self._is_box_edge or element.name in BESIDE_WORDS

    def _convert_shown(self, element: Element, style: Mapping[str, str]) -> None:
        converter = self._converters.get(element.name)
        if converter is not None:
            converter(self, element)
        elif element.name in DROPPED:
            self.drop(element)
        elif element.name in FLOW:
            self.note_element(element, *LANGUAGE)
            self.walk_flow(element, style=style)
        else:
            self.convert_inline(element)

    def walk_flow(self, element: Element, *, style: Mapping[str, str] | None = None) -> None:
        """Convert the content of a block: its edges end paragraphs, and its language and style become marks."""
        self.end_paragraph()
        outer = self._marks
        self._marks = outer + self._block_marks(element, dict(style or {}))
        self._paragraphs += element.name in PARAGRAPHS
        self._add_target(element)
        self.walk(element)
        self.end_paragraph()
        self._paragraphs -= element.name in PARAGRAPHS
        self._marks = outer

    def walk_marked(self, element: Element, *marks: Mark) -> None:
        """Convert the content of an element inside of these marks."""
        outer = self._marks
        self._marks = outer + marks
        self._add_target(element)
        self.walk(element)
        self._marks = outer

    def blocks_of(self, element: Element, *, style: Mapping[str, str] | None = None) -> list[Block]:
        """Return the blocks of an element's content, apart from those so far; they begin with places still unused."""
        blocks, runs = self.blocks, self._runs
        is_unused = all(run.content is Atom.POINT for run in runs)
        self.blocks, self._runs = [], runs if is_unused else []
        self.walk_flow(element, style=style)
        self.end_text()
        found, self.blocks, self._runs = self.blocks, blocks, [] if is_unused else runs
        return found

    def add_block(self, block: Block) -> None:
        """Append a block without inline text after the open paragraph."""
        self.end_paragraph()
        link = next((mark for mark in self._marks if mark.name == "a" and dict(mark.attributes).get("href")), None)
        if link is not None:
            kind = block["type"]
            self.note_loss(LossCode.LINK, kind, f"The link around a block ({kind}) was dropped", link.start_tag)
        self.blocks.append(block)

    def add_text(self, text: str) -> None:
        """Append text to the open paragraph; where a browser shows a box between two words, a space separates them."""
        if self._is_box_edge and text:
            last = self._runs[-1] if self._runs else Run((), "")
            if isinstance(last.content, str) and last.content[-1:].isalnum() and text[0].isalnum():
                self._runs.append(Run(self._marks if last.marks == self._marks else (), " "))
            self._is_box_edge = False
        self._runs.append(Run(self._marks, text))

    def add_break(self, kind: Atom = Atom.BREAK) -> None:
        """Append a line break, or an opportunity for one, to the open paragraph."""
        self._runs.append(Run(self._marks, kind))

    def has_open_text(self) -> bool:
        """Return whether the open paragraph shows anything."""
        return not is_blank(self._runs)

    def end_paragraph(self, make: Callable[[str], Block] | None = None) -> None:
        """Turn the open paragraph into blocks; a line that is the bare URL of a known provider becomes an embed."""
        runs = fold_runs(self._runs)
        self._runs = runs if all(run.content is Atom.POINT for run in runs) else []
        for paragraph in split_paragraphs([] if self._runs else runs):
            lines = split_lines(paragraph)
            if make is None and any(self._bare_url(line) for line in lines):
                self._add_lines(lines)
            else:
                self._add_paragraph(paragraph, make)

    def end_text(self) -> None:
        """End the last paragraph of a text, which may be nothing but places that links lead to."""
        self.end_paragraph()
        runs, self._runs = self._runs, []
        self._add_paragraph(runs, None)

    def drop(self, element: Element) -> None:
        """Record that an element is dropped with its content."""
        words = element.words() or element.get("src") or element.get("href") or element.get("name")
        self.note_loss(LossCode.CONTENT, element.name, f"<{element.name}> was dropped with its content", words)

    def note_element(self, element: Element, *handled: str, example: str = "") -> None:
        """Record that an element is dropped but not its text, and its attributes; neutral elements are no loss."""
        if element.name not in NEUTRAL:
            self.note_loss(LossCode.ELEMENT, element.name, f"<{element.name}> was dropped; its text stays", example)
        self.note_attributes(element, *handled)

    def note_attributes(self, element: Element, *handled: str) -> None:
        """Record the loss of attributes that carry meaning."""
        if element.attributes:
            for name, value in lost_attributes(element, handled=frozenset(handled)):
                self._note_attribute(element, name, value)
            for name in LANGUAGE:
                value = element.get(name).strip()
                if value and name not in handled and value.lower() != self._inherited(name):
                    self._note_attribute(element, name, value)

    def _note_attribute(self, element: Element, name: str, value: str) -> None:
        sentence = f"The attribute {name} of <{element.name}> was dropped"
        self.note_loss(LossCode.ATTRIBUTE, f"{element.name} {name}", sentence, f'{name}="{value}"')

    def language_marks(self, element: Element) -> tuple[Mark, ...]:
        """Return the mark of the language and direction of an element; values that are not valid are losses."""
        attributes = []
        for name in LANGUAGE:
            value = element.get(name)
            if not value.strip() or element.name in {"html", "body"}:  # those of the article
                continue
            stored = allowed_attribute("span", name, value)
            if stored is None:
                self._note_attribute(element, name, value)
            elif stored != self._inherited(name):
                attributes.append((name, stored))
        return (Mark("span", tuple(attributes)),) if attributes else ()

    def note_loss(self, code: LossCode, subject: str, sentence: str, example: str = "") -> None:
        """Record a loss."""
        self.losses.append(LostPart(code, subject, sentence, example))

    def note_change(self, subject: str, sentence: str, example: str = "") -> None:
        """Record a change of structure that preserves the text."""
        self.note_loss(LossCode.STRUCTURE, subject, sentence, example)

    def web_url(self, value: str, kind: str) -> str | None:
        """Return the absolute URL of a file or a page; None, with a loss, where it cannot be stored."""
        url = _SPACES.sub("", value) if "\n" in value else value.strip()
        if not url:
            return None
        try:
            absolute = urljoin(self.base, url) if self.base else url
            absolute = f"https:{absolute}" if absolute.startswith("//") else absolute
            return validate_url(absolute.replace(" ", "%20"))
        except (InvalidValueError, ValueError):
            sentence = f"The address of {kind} was dropped: it is not an absolute http or https URL"
            self.note_loss(LossCode.URL, kind, sentence, value)
            return None

    def convert_inline(self, element: Element) -> None:
        """Convert an inline element: it becomes a mark, or its content alone stays."""
        style = parse_style(element.get("style")) if "style" in element.attributes else {}
        name = EQUIVALENT.get(element.name, element.name)
        drawn, removed = drawn_marks(style) if style else ((), frozenset())
        marks: list[Mark] = []
        attributes: tuple[tuple[str, str], ...] = ()
        if name in ALLOWED_TAGS:
            attributes = self._allowed_attributes(element, name)
            is_unneeded = name in removed or (name == "span" and not attributes)
            marks += [] if is_unneeded else [Mark(name, attributes)]
        else:
            self.note_element(element, *LANGUAGE)
            marks += self.language_marks(element)
        is_link = any(mark.name == "a" for mark in (*self._marks, *marks))
        marks += [Mark(each) for each in drawn if each != name and not (each == "u" and is_link)]
        before = len(self._runs), len(self.blocks)
        self.walk_marked(element, *marks)
        if (len(self._runs), len(self.blocks)) == before and element.get("href"):
            self.note_loss(LossCode.LINK, "empty", "A link without text was dropped", element.get("href"))

    def _allowed_attributes(self, element: Element, name: str) -> tuple[tuple[str, str], ...]:
        allowed = []
        for key, value in element.attributes.items():
            if key == "id" or (key == "name" and name == "a"):
                continue
            given = self._resolved(value) if key == "href" else value
            stored = allowed_attribute(name, key, given)
            if stored is not None:
                allowed.append((key, stored))
                self._note_link_types(key, value, stored)
            elif key == "rel":
                self._note_link_types(key, value, "")
            elif key == "href" and name == "a":
                self.note_loss(
                    LossCode.LINK, "", "The address of a link was dropped; its text stays", f'href="{value}"'
                )
        names = [key for key, _ in allowed]
        self.note_attributes(element, "href", *names)
        return tuple(allowed)

    def _note_link_types(self, name: str, given: str, stored: str) -> None:
        lost = [each for each in given.lower().split() if each not in stored.split()] if name == "rel" else []
        if lost:
            sentence = "A link type (rel) of <a> was dropped"
            self.note_loss(LossCode.ATTRIBUTE, "a rel", sentence, f'rel="{" ".join(lost)}"')

    def _resolved(self, url: str) -> str:
        url = url.strip()
        if self.base is None or url.startswith("#"):
            return url
        try:
            return url if urlsplit(url).scheme else urljoin(self.base, url)
        except ValueError:
            return url

    def _block_marks(self, element: Element, style: dict[str, str]) -> tuple[Mark, ...]:
        marks = self.language_marks(element) if element.attributes else ()
        return (*marks, *(Mark(name) for name in drawn_marks(style)[0])) if style else marks

    def _inherited(self, name: str) -> str | None:
        """Return the value that the marks around give an attribute; text runs from left to right without one."""
        values = (dict(mark.attributes).get(name) for mark in reversed(self._marks))
        return next(filter(None, values), "ltr" if name == "dir" else None)

    def _add_target(self, element: Element) -> None:
        """Add the place that an `id` names, if a link of the document leads there."""
        if not self._targets or not element.attributes:
            return
        for name in ("id", "name"):
            target = element.get(name)
            if target in self._targets and (name == "id" or element.name == "a"):
                stored = allowed_attribute("a", "id", target)
                if stored is not None:
                    self._runs.append(Run((*self._marks, Mark("span", (("id", stored),))), Atom.POINT))
                return

    def _add_text(self, text: str) -> None:
        if self._paragraphs or "\n" not in text:
            self.add_text(text)
            return
        for number, part in enumerate(_BLANK_LINES.split(text)):
            if number:
                self.end_paragraph()
            for line_number, line in enumerate(_LINE_END.split(part) if self._is_classic else [part]):
                if line_number and self._runs and self._runs[-1].content is not Atom.BREAK:
                    self.add_break()
                self.add_text(line)

    def _add_lines(self, lines: list[list[Run]]) -> None:
        plain: list[Run] = []
        for line in lines:
            url = self._bare_url(line)
            if url is None:
                plain += [Run((), Atom.BREAK), *line] if plain else line
                continue
            self._add_paragraph(fold_runs(plain), None)
            plain = []
            self.blocks.append({"type": "embed", "url": url})
        self._add_paragraph(fold_runs(plain), None)

    def _add_paragraph(self, runs: list[Run], make: Callable[[str], Block] | None) -> None:
        if is_blank(runs):
            return
        parts = list(split_long(runs))
        if len(parts) > 1:
            self.note_change("long paragraph", "A paragraph was split: it is longer than a block may be")
        for part in parts:
            html = render_runs(part)
            self.blocks.append(make(html) if make else {"type": "paragraph", "html": html})

    def _bare_url(self, line: list[Run]) -> str | None:
        if len(line) != 1 or line[0].marks or not isinstance(line[0].content, str):
            return None
        text = line[0].content.strip()
        if not _BARE_URL.fullmatch(text):
            return None
        try:
            return text if find_provider(validate_url(text)) else None
        except InvalidValueError:
            return None

    def _note_hidden(self, element: Element) -> None:
        words = element.words()
        if words or element.find("img", "iframe", "video", "audio") is not None:
            name = element.name
            self.note_loss(LossCode.HIDDEN, name, f"A hidden <{name}> was dropped with its content", words)

    def _note_comment(self, comment: Comment) -> None:
        text = comment.text.strip()
        if text.startswith("wp:") and text.endswith("/"):
            name, _, settings = text.removeprefix("wp:").removesuffix("/").strip().partition(" ")
            if not _BLOCK_WITHOUT_OUTPUT.match(name):
                sentence = f"The WordPress block {name} was dropped: its content is made when it is shown"
                self.note_loss(LossCode.CONTENT, f"wp:{name}", sentence, settings)
        elif text and text not in _PAGE_BREAKS and not text.startswith(_SILENT_COMMENTS):
            self.note_loss(LossCode.COMMENT, "", "A comment was dropped", comment.text)
