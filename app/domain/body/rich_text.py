"""Inline HTML as runs of text, and blocks that have runs in place of HTML."""

import html as entities
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from app.domain.body.shown_blocks import FIRST_BLOCK_TYPES
from app.domain.body.text_rendering import render_text
from app.domain.html.inline_html import spell_out_tags
from app.domain.html.tokens import TokenKind, iterate_tokens
from app.domain.url import ascii_url

# fmt: off
MARKS: Final = (
    "b", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "s", "small", "strong", "sub", "sup", "u",
)
# fmt: on
"""Elements that mark a run. Of the others, links have a member, and `br`, `q` and ruby text have characters."""

Json = dict[str, Any]


def render_runs(html: str) -> list[Json]:
    """Render sanitised inline HTML as runs of text; their texts joined are those of `html_to_text`.

    A run has its marks from the outermost to the innermost, the address of its link, and its language if that is
    stated.
    """
    runs: list[Json] = []
    opened: list[tuple[str, Mapping[str, str]]] = []
    for token in iterate_tokens(spell_out_tags(html)):
        if token.kind is TokenKind.TEXT:
            _append(runs, _run(entities.unescape(token.source), opened))
        elif token.kind is TokenKind.START and token.name != "wbr":
            opened.append((token.name, dict(token.attributes)))
            if token.name == "q":
                _append(runs, _run('"', opened))
        elif token.kind is TokenKind.END:
            if token.name == "q":
                _append(runs, _run('"', opened))
            opened.pop()
    return runs


def render_rich(blocks: Iterable[Mapping[str, Any]]) -> list[Json]:
    """Render blocks (complete, with URLs by RFC 3986) with runs in place of HTML, later types with `fallback_text`."""
    rendered = []
    for block in blocks:
        render = _RENDERERS.get(block["type"])
        rich = {**block, **(render(block) if render else {})}
        rich.pop("html", None)
        if block["type"] not in FIRST_BLOCK_TYPES:
            rich["fallback_text"] = render_text([block])
        rendered.append(rich)
    return rendered


def _run(text: str, opened: Iterable[tuple[str, Mapping[str, str]]]) -> Json:
    run: Json = {"text": text, "marks": [], "href": None, "lang": None}
    for name, attributes in opened:
        if name in MARKS and name not in run["marks"]:
            run["marks"].append(name)
        if name == "a" and "href" in attributes:
            run["href"] = ascii_url(attributes["href"])
        run["lang"] = attributes.get("lang", run["lang"])
    return run


def _append(runs: list[Json], run: Json) -> None:
    """Append a run, or its text to the last one where they differ in nothing else."""
    if runs and {**runs[-1], "text": ""} == {**run, "text": ""}:
        runs[-1]["text"] += run["text"]
    else:
        runs.append(run)


def _prose(block: Mapping[str, Any]) -> Json:
    return {"runs": render_runs(block["html"] or "")}


def _list(block: Mapping[str, Any]) -> Json:
    return {"ordered": block["ordered"], "items": [_item(item) for item in block["items"]]}


def _item(item: str | Mapping[str, Any]) -> Json:
    if isinstance(item, str):
        return {"runs": render_runs(item), "list": None}
    return {"runs": render_runs(item["html"]), "list": _list(item["list"])}


def _table(block: Mapping[str, Any]) -> Json:
    return {
        "head": [render_runs(cell) for cell in block["head"]],
        "rows": [[render_runs(cell) for cell in row] for row in block["rows"]],
    }


_RENDERERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Json]]] = {
    "paragraph": _prose,
    "heading": _prose,
    "embed": _prose,
    "list": _list,
    "table": _table,
    "quote": lambda block: {"blocks": render_rich(block["blocks"])},
}
