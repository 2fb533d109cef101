"""Blocks of former contents: stored once under their hash, and deleted when no revision uses them.

Every write of them runs under the lock of the change log, so that a block cannot be deleted while another transaction
begins to use it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    Connection,
    bindparam,
    delete,
    func,
    literal,
    select,
    union_all,
)

from app.db.base import AnyRow
from app.db.bulk import bulk_insert_missing, bulk_insert_tuples, chunked
from app.domain.stored_blocks import compress_blocks, format_numbers, hash_block
from app.interchange.statements import IDS
from app.models.revision import revision_block_uses, revision_blocks

_HASHES: BindParameter[list[bytes]] = bindparam("hashes", expanding=True)
_NUMBERS: BindParameter[list[int]] = bindparam("numbers", expanding=True)
_ARTICLE: BindParameter[int] = bindparam("article_id")
_USES = select(revision_block_uses.c.article_id, revision_block_uses.c.number, revision_block_uses.c.hash)
_USES_OF_ARTICLES = _USES.where(revision_block_uses.c.article_id.in_(IDS))
_HASH = revision_block_uses.c.hash
_KNOWN = union_all(
    select(revision_block_uses.c.number, _HASH).where(_HASH.in_(_HASHES), revision_block_uses.c.article_id == _ARTICLE),
    select(func.coalesce(func.max(revision_block_uses.c.number), 0), literal(b"")).where(
        revision_block_uses.c.article_id == _ARTICLE
    ),
)
"""Known blocks among these of one article, and its last number under an empty hash."""

_DELETE_USES = delete(revision_block_uses).where(
    revision_block_uses.c.article_id == _ARTICLE, revision_block_uses.c.number.in_(_NUMBERS)
)
_DELETE_UNUSED = delete(revision_blocks).where(
    revision_blocks.c.hash.in_(_HASHES), ~select(_HASH).where(revision_blocks.c.hash == _HASH).exists()
)


class FormerContent(NamedTuple):
    """Blocks of a former content of an article, as JSON."""

    article_id: int
    blocks: Sequence[bytes]


def store_blocks(connection: Connection, contents: Sequence[FormerContent]) -> list[str]:
    """Store the blocks of these contents that are not stored yet; return the numbers of each content as text."""
    hashes = [[hash_block(block) for block in content.blocks] for content in contents]
    numbers = _known_numbers(connection, contents, hashes)
    added: dict[bytes, bytes] = {}
    uses: list[tuple[int, int, bytes]] = []
    lists: list[str] = []
    for content, names in zip(contents, hashes, strict=True):
        known = numbers[content.article_id]
        for name, block in zip(names, content.blocks, strict=True):
            if name not in known:
                known[b""] += 1
                known[name] = known[b""]
                added[name] = block
                uses.append((content.article_id, known[name], name))
        lists.append(format_numbers(known[name] for name in names))
    if uses:
        ordered = sorted(added)  # adjacent rows of the table are inserted together
        compressed = compress_blocks(added[name] for name in ordered)
        bulk_insert_missing(connection, revision_blocks, list(zip(ordered, compressed, strict=True)))
        bulk_insert_tuples(connection, revision_block_uses, uses)
    return lists


def release_all_blocks(connection: Connection, article_id: int) -> None:
    """Remove all blocks of an article; blocks that revisions of other articles use remain stored."""
    _release(connection, article_id, connection.execute(_USES_OF_ARTICLES, {"ids": [article_id]}).all())


def release_blocks(connection: Connection, article_id: int, *, used: Collection[int]) -> None:
    """Remove the blocks of an article whose numbers its revisions do not use any more."""
    rows = connection.execute(_USES_OF_ARTICLES, {"ids": [article_id]})
    _release(connection, article_id, [row for row in rows if row.number not in used])


def _release(connection: Connection, article_id: int, uses: Iterable[AnyRow]) -> None:
    hash_by_number = {row.number: bytes(row.hash) for row in uses}
    for numbers in chunked(sorted(hash_by_number)):
        connection.execute(_DELETE_USES, {"article_id": article_id, "numbers": numbers})
        connection.execute(_DELETE_UNUSED, {"hashes": [hash_by_number[number] for number in numbers]})


def _known_numbers(
    connection: Connection, contents: Sequence[FormerContent], hashes: Sequence[Sequence[bytes]]
) -> Mapping[int, dict[bytes, int]]:
    """Return the numbers of stored blocks of these articles by hash, and their last number under an empty hash.

    Of a single article, which may have tens of thousands of blocks, only those of the contents are read.
    """
    article_ids = sorted({content.article_id for content in contents})
    known: dict[int, dict[bytes, int]] = {article_id: {b"": 0} for article_id in article_ids}
    if len(article_ids) == 1:
        sorted_hashes = sorted({name for names in hashes for name in names})
        for article_id, names in [(article_ids[0], part) for part in chunked(sorted_hashes)]:
            rows = connection.execute(_KNOWN, {"article_id": article_id, "hashes": names})
            known[article_id] |= {bytes(name): number for number, name in rows}
        return known
    for ids in chunked(article_ids):
        for article_id, number, name in connection.execute(_USES_OF_ARTICLES, {"ids": ids}):
            numbers = known[article_id]
            numbers[bytes(name)] = number
            numbers[b""] = max(numbers[b""], number)
    return known
