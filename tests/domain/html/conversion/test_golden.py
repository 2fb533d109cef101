"""Blocks and losses of every document, compared with `tests/golden/html_bodies.jsonl`.

`python -m tests.domain.html.conversion.test_golden` rewrites the file; read what changed before you commit it.
"""

from pathlib import Path
from typing import Any

import orjson

from app.domain.body import dump_body, parse_body
from app.domain.html.conversion.conversion import convert_html
from tests.domain.html.conversion.documents import SourceDocument, read_documents

GOLDEN = Path(__file__).parents[3] / "golden" / "html_bodies.jsonl"


def test_blocks_and_losses_equal_the_golden_file() -> None:
    golden = {entry["name"]: entry for entry in map(orjson.loads, GOLDEN.read_bytes().splitlines())}
    documents = read_documents()

    assert golden.keys() == {document.name for document in documents}
    assert [entry for document in documents if (entry := _converted(document)) != golden[document.name]] == []


def _converted(document: SourceDocument) -> dict[str, Any]:
    conversion = convert_html(document.html)
    blocks = [_without_nulls(block) for block in dump_body(parse_body(conversion.blocks))]
    losses = [f"{loss.code}: {loss.detail}" for loss in conversion.losses]
    return {"name": document.name, "blocks": blocks, "losses": losses}


def _without_nulls(value: Any) -> Any:
    """Return a block without members that are null or an empty list."""
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member not in (None, [])}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    lines = (orjson.dumps(_converted(document), option=orjson.OPT_APPEND_NEWLINE) for document in read_documents())
    GOLDEN.write_bytes(b"".join(lines))
