"""Invariants of revisions: their numbers and versions, notes, and stored blocks."""

from collections import defaultdict
from collections.abc import Iterator

import orjson
from sqlalchemy import select

from app.db.base import AnyRow
from app.domain.stored_blocks import decompress_block, hash_block, parse_numbers
from app.domain.tsid import format_id
from app.interchange.articles import EDITORIAL_FIELDS
from app.interchange.revision_contents import BESIDE_MEMBERS
from app.models.revision import revision_block_uses, revision_blocks
from tests.invariants.stored_state import StoredState


def check_revision_numbers(state: StoredState) -> Iterator[str]:
    """Check that revisions are 1, 2, 3 … up to the article's own, each public one a version, the last one its state."""
    for number in state.past.keys() - state.rows.keys():
        yield f"{format_id(number)} has revisions and is not there"
    for row in state.rows.values():
        past = state.past[row.id]
        first = 1 if row.erased_at is None else row.revision
        numbers = [each.revision for each in past]
        is_complete = numbers == [*range(first, row.revision + 1)]
        if not is_complete and not (state.is_thinned and {first, row.revision} <= set(numbers)):
            yield f"{format_id(row.id)} is at {row.revision} after {numbers}"
            continue
        version = 0 if row.erased_at is None else row.version
        for each in past:
            version += each.status == "published"
            if each.version != version:
                yield f"revision {each.revision} of {format_id(row.id)} is version {each.version}, not {version}"
        last = past[-1]
        for mine, its in (("version", "version"), ("status", "status"), ("published_at", "published_at")):
            if getattr(row, mine) != getattr(last, its):
                yield f"{mine} of {format_id(row.id)} is {getattr(row, mine)}, of its last save {getattr(last, its)}"
        if row.modified_at != last.at or last.blocks is not None:
            yield f"{format_id(row.id)} is not what its last save made it"
        if any(each.content is not None for each in past):
            yield f"a revision of {format_id(row.id)} has a content that is not split into blocks"
        yield from _notes(row, past)


def _notes(row: AnyRow, past: list[AnyRow]) -> Iterator[str]:
    recorded = [
        {"type": each.note_type, "text": each.note_text, "at": each.at, "version": each.version}
        for each in past
        if each.note_type is not None and each.status == "published"
    ]
    if recorded != ([] if row.notes is None else orjson.loads(row.notes)):
        yield f"{format_id(row.id)} shows other notes than its revisions have"


def check_blocks(state: StoredState) -> Iterator[str]:
    """Check that revisions use all stored blocks of their article and no others, and that each block has its hash."""
    blocks = {bytes(row.hash): bytes(row.block) for row in state.connection.execute(select(revision_blocks))}
    decoded = {name: decompress_block(block) for name, block in blocks.items()}
    for name, block in decoded.items():
        if hash_block(block) != name:
            yield f"the block {name.hex()} has another hash"
    hashes: dict[int, dict[int, bytes]] = defaultdict(dict)
    for row in state.connection.execute(select(revision_block_uses)):
        hashes[row.article_id][row.number] = bytes(row.hash)
    unused = blocks.keys() - {name for names in hashes.values() for name in names.values()}
    if unused:
        yield f"{len(unused)} blocks are used by no revision"
    for number in sorted(hashes.keys() | state.past.keys()):
        lists = [parse_numbers(row.blocks) for row in state.past[number] if row.blocks is not None]
        listed = {each for numbers in lists for each in numbers}
        if listed != hashes[number].keys():
            yield f"revisions of {format_id(number)} list {sorted(listed ^ hashes[number].keys())} or lack them"
            continue
        for numbers in lists:
            members, *body = [orjson.loads(decoded[hashes[number][each]]) for each in numbers]
            if {*members, *BESIDE_MEMBERS} != set(EDITORIAL_FIELDS) or not all("type" in block for block in body):
                yield f"a revision of {format_id(number)} has other blocks than an article"
