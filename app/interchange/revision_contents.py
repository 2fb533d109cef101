"""Contents of revisions: split into the blocks that are stored, and composed of them again."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import BindParameter, Connection, bindparam, select

from app.db.base import AnyRow
from app.db.bulk import chunked
from app.domain.instant import format_instant, parse_instant
from app.domain.stored_blocks import decompress_block, parse_numbers
from app.interchange.articles import EDITORIAL_FIELDS, InstantFormat, complete_content
from app.interchange.statements import IDS
from app.models.revision import revision_block_uses, revision_blocks
from app.schemas.interchange import Content

INSTANTS = ("updated_at", "expires_at", "embargoed_until")
"""Members that are instants: stored as numbers, shown in the zone of the edition."""

BESIDE_MEMBERS = frozenset({"body", "updated_at"})
"""Members that are stored outside of the first block: most saves change them, and rarely the others."""

_NUMBERS: BindParameter[list[int]] = bindparam("numbers", expanding=True)
_BLOCKS = select(revision_block_uses.c.article_id, revision_block_uses.c.number, revision_blocks.c.block).join(
    revision_blocks, revision_blocks.c.hash == revision_block_uses.c.hash
)
_BLOCKS_OF_ARTICLES = _BLOCKS.where(revision_block_uses.c.article_id.in_(IDS))
_NUMBERED_BLOCKS = _BLOCKS.where(
    revision_block_uses.c.article_id == bindparam("article_id"), revision_block_uses.c.number.in_(_NUMBERS)
)

Blocks = Mapping[int, Any]
"""Decoded blocks of an article by their number."""


class SplitContent(NamedTuple):
    """A content as it is stored: the members without the body, then each block of the body, as JSON."""

    blocks: list[bytes]
    updated_at: int | None


def split_record(record: Mapping[str, Any]) -> SplitContent:
    """Split the editorial members of a record; an earlier release stored contents that lack some."""
    numbers = {name: _number(record[name]) for name in INSTANTS if name in record}
    stored = {**record, **numbers}
    members = {name: stored[name] for name in EDITORIAL_FIELDS if name in stored and name not in BESIDE_MEMBERS}
    return SplitContent([orjson.dumps(members), *map(orjson.dumps, record["body"])], numbers["updated_at"])


def read_blocks(connection: Connection, article_ids: Sequence[int]) -> dict[int, dict[int, bytes]]:
    """Return all stored blocks of these articles, by article and number, for `decode_blocks`."""
    blocks: dict[int, dict[int, bytes]] = {}
    for ids in chunked(article_ids):
        for row in connection.execute(_BLOCKS_OF_ARTICLES, {"ids": ids}):
            blocks.setdefault(row.article_id, {})[row.number] = row.block
    return blocks


def decode_blocks(stored: Mapping[int, bytes]) -> Blocks:
    """Return the blocks of one article, which its contents share."""
    return {number: orjson.loads(decompress_block(block)) for number, block in stored.items()}


def read_content(connection: Connection, row: AnyRow, zone: ZoneInfo) -> dict[str, Any]:
    """Return the content that a row of `revisions` has, with its instants in this zone."""
    blocks: dict[int, bytes] = {}
    if row.blocks is not None:
        for numbers in chunked(sorted(set(parse_numbers(row.blocks)))):
            found = connection.execute(_NUMBERED_BLOCKS, {"article_id": row.article_id, "numbers": numbers})
            blocks |= {each.number: each.block for each in found}
    return compose_content(row, decode_blocks(blocks), zone)


def compose_content(
    row: AnyRow, blocks: Blocks, zone: ZoneInfo, *, instants: InstantFormat = format_instant
) -> dict[str, Any]:
    """Return the content that a row of `revisions` has, complete, with its instant in this zone."""
    content: dict[str, Any]
    if row.blocks is None:
        content = orjson.loads(row.content)
    else:
        members, *body = [blocks[number] for number in parse_numbers(row.blocks)]
        content = members | {"updated_at": row.updated_at, "body": body}
    if "sections" not in content:
        content["sections"] = [] if content.get("section") is None else [content["section"]]
    for name in INSTANTS:
        if content.get(name) is not None:
            content[name] = instants(content[name], zone)
    return complete_content({name: content[name] if name in content else _default(name) for name in EDITORIAL_FIELDS})


def _number(instant: str | int | None) -> int | None:
    return parse_instant(instant) if isinstance(instant, str) else instant


def _default(name: str) -> Any:
    """Return the value of a member that did not exist yet when the content was stored."""
    return Content.model_fields[name].get_default(call_default_factory=True)
