"""Tables of a document: a grid of inline texts with one row of headings."""

from typing import Final

from app.domain.html.conversion.elements.flat_html import flatten
from app.domain.html.conversion.elements.images import MAX_LINE_CHARACTERS
from app.domain.html.conversion.styles import parse_style
from app.domain.html.conversion.tree import Comment, Element, Node
from app.domain.html.conversion.walker import LANGUAGE, Block, Walker
from app.domain.html.inline_html import html_to_text

MAX_ROWS: Final = 2_000
MAX_COLUMNS: Final = 100
MAX_CHARACTERS: Final = 90_000

Row = list[str]
_NO_TABLE: Final = frozenset({"presentation", "none"})
_SECTIONS: Final = frozenset({"thead", "tbody", "tfoot"})
_DESCRIPTIONS: Final = frozenset({"caption", "colgroup", "col"})


def convert_table(walker: Walker, element: Element) -> None:
    """Add the block of a table; a table for layout alone becomes the blocks of its cells."""
    rows, others = _read_rows(element)
    cells = [cell for _, row in rows for cell in _cells(row)]
    if element.get("role") in _NO_TABLE or len(cells) <= 1:
        walker.note_element(element, *LANGUAGE)
        walker.walk_flow(element)
        return
    walker.note_attributes(element)
    for section in element.children:
        if isinstance(section, Element) and section.name not in {"caption", "tr", "td", "th"}:
            walker.note_attributes(section)
    before = walker.blocks_of(Element("div", {}, others))
    if before:
        walker.note_change("table content", "Content of a <table> outside of its cells was moved before it")
    head, body, after = _read_grid(walker, rows)
    caption, more = _caption(walker, element)
    block: Block = {"type": "table", "caption": caption, "head": head, "rows": body}
    walker.end_paragraph()
    walker.blocks += [*before, *more, *_bounded(walker, block), *after]


def convert_cell(walker: Walker, element: Element) -> None:
    """Add the blocks of a cell or caption outside of a table that is shown as one."""
    if element.name in {"th", "caption"}:
        walker.note_element(element, *LANGUAGE)
    walker.walk_flow(element)


def _read_rows(element: Element) -> tuple[list[tuple[str, Element]], list[Node]]:
    """Return the rows with the names of their sections, and what stands beside rows and cells."""
    rows: list[tuple[str, Element]] = []
    others: list[Node] = []
    waiting: list[tuple[str, Node]] = [("tbody", child) for child in reversed(element.children)]
    while waiting:
        section, child = waiting.pop()
        if not isinstance(child, Element):
            others += [child] if isinstance(child, Comment) or child.strip() else []
        elif child.name in _SECTIONS:
            waiting += [(child.name, inner) for inner in reversed(child.children)]
        elif child.name == "tr":
            rows.append((section, child))
            others += [
                each for each in child.children if not _is_cell(each) and (not isinstance(each, str) or each.strip())
            ]
        elif _is_cell(child):  # outside of its row, because that is nested too deeply
            rows.append((section, Element("tr", {}, [child])))
        elif child.name not in _DESCRIPTIONS:
            others.append(child)
    return rows, others


def _is_cell(node: Node) -> bool:
    return isinstance(node, Element) and node.name in {"td", "th"}


def _cells(row: Element) -> list[Element]:
    return [cell for cell in row.children if isinstance(cell, Element) and _is_cell(cell)]


def _caption(walker: Walker, element: Element) -> tuple[str | None, list[Block]]:
    caption = next((each for each in element.children if isinstance(each, Element) and each.name == "caption"), None)
    if caption is None:
        return None, []
    walker.note_attributes(caption)
    html, others = flatten(walker, walker.blocks_of(Element("div", {}, caption.children)), "a caption")
    if "<" in html.replace("<br>", ""):
        walker.note_change("caption marks", "Links and emphasis of a caption were dropped; its text stays", html)
    text = html_to_text(html)
    if len(text) > MAX_LINE_CHARACTERS:
        walker.note_change("long caption", "A caption became a paragraph: it is longer than a caption may be")
        return None, [{"type": "paragraph", "html": html}, *others]
    return text or None, others


def _read_grid(walker: Walker, rows: list[tuple[str, Element]]) -> tuple[Row, list[Row], list[Block]]:
    """Return the row of headings, the other rows, and the blocks that cells cannot hold."""
    others: list[Block] = []
    grid: list[Row] = []
    below: dict[int, int] = {}  # rows that a cell above still covers, by column
    head_rows = 0
    for number, (section, row) in enumerate(rows):
        walker.note_attributes(row)
        cells = _cells(row)
        is_head = section == "thead" or (number == 0 and bool(cells) and all(cell.name == "th" for cell in cells))
        head_rows += is_head and head_rows == number
        written: Row = []
        for cell in cells:
            _skip_covered(written, below)
            html = _cell_html(walker, cell, others, is_head=is_head)
            column, columns, span = len(written), _span(cell, "colspan"), _span(cell, "rowspan")
            if columns > 1 or span > 1:
                walker.note_change("spans", "Cells that span several columns or rows are followed by empty ones")
            columns = min(columns, max(MAX_COLUMNS - column, 1))
            written += [html, *[""] * (columns - 1)]
            below |= dict.fromkeys(range(column, column + columns), span - 1) if span > 1 else {}
        last = max((column for column, left in below.items() if left > 0), default=-1)
        while len(written) <= last:
            below[len(written)] = max(below.get(len(written), 0) - 1, 0)
            written.append("")
        grid.append(written)
    if head_rows > 1:
        walker.note_change("head rows", "The second and later rows of a table's head became rows of its body")
    width = min(max(map(len, grid), default=0), MAX_COLUMNS)
    grid = [[*row, *[""] * (width - len(row))] for row in grid]
    return (grid[0], grid[1:], others) if head_rows else ([], grid, others)


def _skip_covered(written: Row, below: dict[int, int]) -> None:
    while below.get(len(written), 0) > 0:
        below[len(written)] -= 1
        written.append("")


def _span(cell: Element, name: str) -> int:
    value = cell.get(name).strip()
    return min(max(int(value[:4]), 1), MAX_COLUMNS) if value[:4].isdecimal() else 1


def _cell_html(walker: Walker, cell: Element, others: list[Block], *, is_head: bool) -> str:
    walker.note_attributes(cell, *LANGUAGE)
    content = Element("td", cell.attributes, cell.children)
    html, blocks = flatten(walker, walker.blocks_of(content, style=parse_style(cell.get("style"))), "a table cell")
    others += blocks
    if cell.name == "th" and not is_head:
        walker.note_change("row headings", "The headings of rows (<th>) became cells in bold")
        return f"<strong>{html}</strong>" if html and not html.startswith("<strong>") else html
    return html


def _bounded(walker: Walker, block: Block) -> list[Block]:
    """Return the table within the bounds of a block: cut to its first columns, in parts where it is too long."""
    rows = block["rows"]
    if max(map(len, [block["head"], *rows])) > MAX_COLUMNS:
        walker.note_change("wide table", f"Columns after the {MAX_COLUMNS}th became rows")
        rows = [part for row in [block["head"], *rows] for part in _in_parts(row) if any(part)]
        block = {**block, "head": [], "rows": rows}
    head_size = sum(map(len, block["head"]))
    parts: list[list[Row]] = [[]]
    characters = head_size
    for row in rows:
        size = sum(map(len, row))
        if parts[-1] and (len(parts[-1]) >= MAX_ROWS or characters + size > MAX_CHARACTERS):
            parts.append([])
            characters = head_size
        parts[-1].append(row)
        characters += size
    if len(parts) > 1:
        walker.note_change("long table", "A table was split: it is longer than a block may be")
    return [
        {**block, "rows": part, "caption": block["caption"] if not number else None}
        for number, part in enumerate(parts)
    ]


def _in_parts(row: Row) -> list[Row]:
    return [row[start : start + MAX_COLUMNS] for start in range(0, len(row), MAX_COLUMNS)]
