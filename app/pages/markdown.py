"""Markdown of the documentation as HTML: headings with anchors, highlighted examples, tables that scroll.

It loads the parser and the highlighter, so only code that renders a guide imports it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from app.pages.html import Markup, element

LinkResolver = Callable[[str], str | None]
"""Returns the address for the target of a link; None for a file that has no page."""

_FORMATTER: Final = HtmlFormatter(nowrap=True)
_NOT_IN_ANCHORS: Final = re.compile(r"[^\w\- ]")
_SCROLL: Final = '<div class="scroll" tabindex="0" role="group" aria-label="Table">'
_LINKED_LEVELS: Final = frozenset({"h2", "h3", "h4"})


class GuideSection(NamedTuple):
    """A heading with its anchor, and the text below it up to the next one, without examples."""

    level: int
    title: str
    anchor: str
    text: str


class RenderedMarkdown(NamedTuple):
    """A page in HTML, and its sections, the first of which has the title of the page."""

    html: Markup
    sections: list[GuideSection]


def render_markdown(source: str, resolve: LinkResolver) -> RenderedMarkdown:
    """Return a page in HTML; HTML in the source is text."""
    parser = _make_parser()
    tokens = parser.parse(source)
    _set_anchors(tokens)
    _resolve_links(tokens, resolve)
    _replace_empty_heads(tokens)
    html: str = parser.renderer.render(tokens, parser.options, {})
    return RenderedMarkdown(Markup(html), _list_sections(tokens))


def parse_sections(source: str) -> list[GuideSection]:
    """Return the sections of a page, for the search."""
    tokens = _make_parser().parse(source)
    _set_anchors(tokens)
    return _list_sections(tokens)


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": None}).enable("table")
    parser.add_render_rule("fence", _render_example)
    parser.add_render_rule("code_block", _render_example)
    parser.add_render_rule("table_open", lambda *_: f"{_SCROLL}<table>\n")
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    parser.add_render_rule("heading_close", _render_heading_close)
    parser.add_render_rule("elsewhere_open", lambda *_: '<span class="elsewhere" title="In the source repository">')
    parser.add_render_rule("elsewhere_close", lambda *_: "</span>")
    return parser


def _render_example(_renderer: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:
    token = tokens[index]
    language = token.info.strip()
    code: str = element("code", token.content)
    if language:
        try:
            lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
        except ClassNotFound:
            pass
        else:
            marked = Markup(highlight(token.content, lexer, _FORMATTER))
            code = element("code", marked, class_=f"language-{language}")
    return element("pre", code, tabindex="0") + "\n"


def _render_heading_close(_renderer: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:
    token = tokens[index]
    if token.tag not in _LINKED_LEVELS:
        return f"</{token.tag}>\n"
    anchor = str(tokens[index - 2].attrs["id"])
    return f"{element('a', '#', href=f'#{anchor}', class_='anchor', aria_label='Link to this section')}</{token.tag}>\n"


def _set_anchors(tokens: Iterable[Token]) -> None:
    """Give each heading the anchor that it has on GitHub, where a repeated one ends with a number."""
    seen: dict[str, int] = {}
    opened: Token | None = None
    for token in tokens:
        if token.type == "heading_open":
            opened = token
        elif opened is not None:
            anchor = _NOT_IN_ANCHORS.sub("", token.content.lower()).replace(" ", "-")
            number = seen[anchor] = seen.get(anchor, -1) + 1
            opened.attrs["id"] = f"{anchor}-{number}" if number else anchor
            opened = None


def _resolve_links(tokens: Iterable[Token], resolve: LinkResolver) -> None:
    for token in tokens:
        is_elsewhere = False
        for child in token.children or ():
            if child.type == "link_open":
                target = resolve(str(child.attrs["href"]))
                is_elsewhere = target is None
                if target is None:
                    child.type = "elsewhere_open"
                else:
                    child.attrs["href"] = target
            elif child.type == "link_close" and is_elsewhere:
                child.type = "elsewhere_close"


def _replace_empty_heads(tokens: Sequence[Token]) -> None:
    """Make a cell of a column head that is empty an ordinary one: it is the head of nothing."""
    for start, content, end in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if start.type == "th_open" and not content.content:
            start.tag = end.tag = "td"


def _list_sections(tokens: Iterable[Token]) -> list[GuideSection]:
    sections: list[GuideSection] = []
    texts: list[str] = []
    opened: Token | None = None
    for token in tokens:
        if token.type == "heading_open":
            opened = token
        elif token.type == "inline" and opened is not None:
            _add_text(sections, texts)
            sections.append(GuideSection(int(opened.tag[1]), _text_of(token), str(opened.attrs["id"]), ""))
            opened = None
        elif token.type == "inline":
            texts.append(_text_of(token))
    _add_text(sections, texts)
    return sections


def _add_text(sections: list[GuideSection], texts: list[str]) -> None:
    """Give the latest section the texts that were collected below it."""
    if sections:
        sections[-1] = sections[-1]._replace(text=" ".join(texts))
    texts.clear()


def _text_of(inline: Token) -> str:
    """Return the text of a paragraph, a heading or a cell, without its marks."""
    parts = (" " if child.type == "softbreak" else child.content for child in inline.children or ())
    return "".join(parts)
