"""Blocks of former contents as they are stored: hashed, compressed, and listed by number."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Final

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # before Python 3.14
    from backports import zstd

HASH_BYTES: Final = 16
PLAIN: Final = b"\x00"
ZSTD_WITH_DICTIONARY: Final = b"\x01"
OPTIONS: Final = {zstd.CompressionParameter.compression_level: 3, zstd.CompressionParameter.content_size_flag: 0}

DICTIONARY: Final = (
    b'{"url":"https://www.","provider":"","thumbnail":null,"width":1200,"height":800,"type":"image/jpeg"}'
    b'{"type":"image","image":{"url":"https://","alt":"","caption":null,"credit":null,"width":null,"height":null,'
    b'"renditions":[]}}{"type":"list","ordered":false,"items":["</li><li>"]}'
    b'{"type":"pull_quote","text":"","attribution":null}{"type":"heading","level":2,"html":"<strong></strong><br>'
    b'<a href=\\"https://www.\\"></a><em></em>"}{"type":"paragraph","html":"'
)
"""Bytes that most blocks begin or end with. Stored blocks depend on it: a change needs a new leading byte."""


@lru_cache(maxsize=1)
def _dictionary() -> zstd.ZstdDict:
    return zstd.ZstdDict(DICTIONARY, is_raw=True)


def hash_block(block: bytes) -> bytes:
    """Return the hash that identifies a block."""
    return blake2b(block, digest_size=HASH_BYTES).digest()


def compress_blocks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield each block as it is stored: a byte for the encoding, then the compressed block, or itself if smaller."""
    compressor = zstd.ZstdCompressor(options=OPTIONS, zstd_dict=_dictionary())
    for block in blocks:
        compressed = compressor.compress(block, zstd.ZstdCompressor.FLUSH_FRAME)
        yield ZSTD_WITH_DICTIONARY + compressed if len(compressed) < len(block) else PLAIN + block


def decompress_block(stored: bytes) -> bytes:
    """Decompress a stored block."""
    if stored[:1] == PLAIN:
        return stored[1:]
    block: bytes = zstd.decompress(stored[1:], zstd_dict=_dictionary())
    return block


def format_numbers(numbers: Iterable[int]) -> str:
    """Return block numbers in their order as text, runs by their ends: `1 7-120 122`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def parse_numbers(text: str) -> list[int]:
    """Parse block numbers that `format_numbers` wrote."""
    numbers: list[int] = []
    for run in text.split():
        first, _, last = run.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers
