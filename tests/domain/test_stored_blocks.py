"""Stored blocks: compressed without loss, in an encoding that never changes, and listed in few characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.stored_blocks import (
    HASH_BYTES,
    compress_blocks,
    decompress_block,
    format_numbers,
    hash_block,
    parse_numbers,
)

STORED_BY_0_2_0 = (
    "0128b52ffd0000750100740254686520686172626f757220697320636c6f73656420756e74696c2054687572736461792e227d0100cf4c20"
)
PARAGRAPH = b'{"type":"paragraph","html":"The last tram leaves at half past midnight, and the harbour line later."}'


@given(st.lists(st.binary(max_size=2_000), max_size=10))
def test_blocks_survive_compression(blocks: list[bytes]) -> None:
    stored = list(compress_blocks(blocks))
    assert [decompress_block(each) for each in stored] == blocks
    assert all(len(each) <= len(block) + 1 for each, block in zip(stored, blocks, strict=True))


def test_block_of_text_is_compressed() -> None:
    (stored,) = compress_blocks([PARAGRAPH])
    assert len(stored) < 0.9 * len(PARAGRAPH)


@pytest.mark.parametrize(
    ("stored", "block"),
    [
        ("007b7d", b"{}"),
        (
            STORED_BY_0_2_0,
            b'{"type":"paragraph","html":"The harbour is closed until Thursday."}',
        ),
    ],
)
def test_encoding_of_earlier_blocks_is_still_read(stored: str, block: bytes) -> None:
    assert decompress_block(bytes.fromhex(stored)) == block


def test_hash_identifies_a_block() -> None:
    assert len(hash_block(PARAGRAPH)) == HASH_BYTES
    assert hash_block(PARAGRAPH) == hash_block(bytes(PARAGRAPH)) != hash_block(PARAGRAPH + b" ")


@given(st.lists(st.integers(min_value=1, max_value=40)))
def test_numbers_survive_formatting(numbers: list[int]) -> None:
    assert parse_numbers(format_numbers(numbers)) == numbers


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([3], "3"), ([1, 2, 3, 7, 4, 5, 5], "1-3 7 4-5 5"), ([2, 1], "2 1"), (range(1, 401), "1-400")],
)
def test_runs_of_numbers_are_written_by_their_ends(numbers: list[int], text: str) -> None:
    assert format_numbers(numbers) == text
