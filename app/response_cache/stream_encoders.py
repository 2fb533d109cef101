"""Compression of streamed responses: everything written so far can be decompressed at the other end immediately."""

import zlib
from collections.abc import Callable
from typing import NamedTuple

import brotli

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # before Python 3.14
    from backports import zstd

_GZIP = 16 + zlib.MAX_WBITS


class Encoder(NamedTuple):
    """Encoder of one response: `add` compresses the next bytes, `end` finishes."""

    compress: Callable[[bytes], bytes]
    flush: Callable[[], bytes]


def stream_encoder(encoding: str | None) -> Encoder:
    """Return an encoder for an encoding that `choose_encoding` returned; its methods may be called in a thread."""
    return Encoder(lambda body: body, bytes) if encoding is None else _ENCODERS[encoding]()


def _zstd() -> Encoder:
    compressor = zstd.ZstdCompressor(level=3)
    return Encoder(lambda body: compressor.compress(body, compressor.FLUSH_BLOCK), compressor.flush)


def _brotli() -> Encoder:
    compressor = brotli.Compressor(quality=4)
    return Encoder(lambda body: compressor.process(body) + compressor.flush(), compressor.finish)


def _gzip() -> Encoder:
    compressor = zlib.compressobj(5, zlib.DEFLATED, _GZIP)
    return Encoder(lambda body: compressor.compress(body) + compressor.flush(zlib.Z_SYNC_FLUSH), compressor.flush)


_ENCODERS: dict[str, Callable[[], Encoder]] = {"zstd": _zstd, "br": _brotli, "gzip": _gzip}
