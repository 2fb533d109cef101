"""Scalar's API reference as one script, stored compressed with Brotli; `tools/vendor_scalar.py` replaces it.

It does not pass through the response cache, which would hold all 6 MB of it in each process. Nothing of it is read
before the first request.
"""

import asyncio
import gzip
from functools import cache
from importlib.resources import files
from typing import Final

import brotli
from fastapi import Request, Response

from app.api.http.responses import CROSS_ORIGIN, IMMUTABLE, TAG_DIGITS
from app.response_cache.conditional_requests import is_not_modified, parse_conditional_headers
from app.response_cache.negotiation import choose_encoding

VERSION: Final = "1.76.0"
SHA256: Final = "dcb027152bf20bf2f6dcd66e8f9fb073c1a9e274cf0b94b939a7d99ab8947060"
SIZE: Final = 4_858_049
"""Version of the package, and digest and size of its script before compression."""

FILE: Final = "scalar.js.br"
SCALAR_PATH: Final = f"/assets/scalar.{SHA256[:12]}.js"
ENCODINGS: Final = ("br", "gzip")


async def scalar_response(request: Request) -> Response:
    """Return the script in the encoding that the client prefers; a thread reads and encodes it."""
    conditions = parse_conditional_headers(request.scope["headers"])
    encoding = choose_encoding(conditions.accept_encoding, SIZE, ENCODINGS)
    tag = SHA256[:TAG_DIGITS]
    etag = f'"{tag}"' if encoding is None else f'"{tag}-{encoding}"'
    headers = {"etag": etag, "cache-control": IMMUTABLE, "vary": "Accept-Encoding", **CROSS_ORIGIN}
    if is_not_modified(etag, None, known=conditions.if_none_match, since=None):
        return Response(status_code=304, headers=headers)
    if encoding is not None:
        headers["content-encoding"] = encoding
    return Response(await asyncio.to_thread(read_script, encoding), headers=headers, media_type="text/javascript")


def read_script(encoding: str | None = None) -> bytes:
    """Return the script in one of `ENCODINGS`, or as it is."""
    if encoding == "gzip":
        return _gzip_script()
    stored = (files("app.pages") / "assets" / FILE).read_bytes()
    return stored if encoding == "br" else brotli.decompress(stored)


@cache
def _gzip_script() -> bytes:
    """Return the script with gzip, made once: browsers accept Brotli over HTTPS only."""
    return gzip.compress(read_script(), compresslevel=6, mtime=0)
