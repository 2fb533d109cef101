"""A body with every type of block and every inline element: from the API through exports and imports, byte for byte."""

import re
from pathlib import Path
from typing import Any, Final

from app.db import migrations
from app.db.database import Database, open_database
from app.domain.body.shown_blocks import FIRST_BLOCK_TYPES
from app.domain.html.allowed_elements import ALLOWED_TAGS
from app.importers.json_lines import parse_line
from tests.api.editorial.editor_client import TODAY, Desk, Json
from tests.importers.conftest import export_bytes, import_bytes

GOLDEN: Final = Path(__file__).parents[2] / "golden" / "full.jsonl"
VOID: Final = {"br", "wbr"}
RUBY: Final = {"rb", "rp", "rt", "rtc", "ruby"}


def every_element() -> str:
    """Return inline HTML with every allowed element and attribute."""
    simple = sorted(ALLOWED_TAGS - VOID - RUBY - {"a", "abbr", "time", "span"})
    return (
        "".join(f'<{tag} id="{tag}" lang="uk" dir="ltr">{tag}</{tag}> ' for tag in simple)
        + '<a href="#kbd" title="t" hreflang="fr" rel="sponsored nofollow ugc">a</a> <abbr title="t">abbr</abbr><br>'
        + '<time datetime="2026-11-20">time</time> <span lang="fr">span</span> w<wbr>br '
        + "<ruby><rb>漢</rb><rp>(</rp><rt>かん</rt><rp>)</rp><rtc><rt>kan</rt></rtc></ruby>"
    )


def every_block() -> list[Json]:
    """Return the body of the golden file that has every type of block, then every inline element."""
    for line in GOLDEN.read_bytes().splitlines():
        record: Any = parse_line(line).record
        if record.kind == "article" and len({block.type for block in record.body}) >= 13:
            blocks: list[Json] = [block.model_dump() for block in record.body]
            return [*blocks, {"type": "paragraph", "html": every_element()}]
    raise AssertionError("no article of the golden file has every type of block")


async def exported_again(content: bytes, other: Database) -> bytes:
    """Return what another database exports once it has imported this."""
    report = await import_bytes(other, content)
    assert (report.errors, report.report.created_entries) == ([], {})
    return await other.read_in_thread(export_bytes)


async def test_every_block_and_element_round_trips(desk: Desk, database: Database, tmp_path: Path) -> None:
    made = await desk.make(source_id="every", body=every_block(), published_at=TODAY)
    assert desk.warnings == []
    assert set(re.findall(r"<([a-z]+)", made["body"][-1]["html"])) == ALLOWED_TAGS
    assert {block["type"] for block in made["body"]} > FIRST_BLOCK_TYPES
    assert (await desk.edit(made, {"body": made["body"]}))["revision"] == made["revision"]
    first = await database.read_in_thread(export_bytes)
    other = open_database(f"sqlite:///{tmp_path}/other.db")
    try:
        await other.write(migrations.upgrade)
        assert await exported_again(first, other) == first
    finally:
        await other.close()
    for name in ("rss.xml", "atom.xml", "feed.json", "ninjs.json", "sitemap.xml"):
        assert (await desk.client.get(f"/feeds/global/{name}")).status_code == 200
