"""Choosing what is sent of an answer: its encoding, and whether the client has it already."""

import gzip
import re
from collections.abc import Callable

import brotli

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # before Python 3.14
    from backports import zstd

from app import clock
from app.domain.http_date import parse_http_date

COMPRESS_FROM_BYTES = 1_000

_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstd.compress(body, 6),
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


def encode(body: bytes, encoding: str) -> bytes:
    """The bytes in an encoding that `choose_encoding` chose; the same for the same."""
    return _ENCODERS[encoding](body)


def choose_encoding(accepted: str, size: int) -> str | None:
    """The best encoding that is accepted (RFC 9110, section 12.5.3); None for the bytes as they are.

    Small answers are compressed only for a client that refuses them as they are.
    """
    if not accepted:
        return None
    wishes: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        wishes[name] = _quality(parameters)
    fallback = wishes.get("*", 0.0)
    ranked = [(wishes.get(name, fallback), name) for name in _ENCODERS]
    best = max(quality for quality, _ in ranked)
    refuses_identity = wishes.get("identity", wishes.get("*", 1.0)) == 0
    if best <= 0 or best < wishes.get("identity", 0.0) or (size < COMPRESS_FROM_BYTES and not refuses_identity):
        return None
    return next(name for quality, name in ranked if quality == best)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return 1.0


def is_not_modified(tag: str, last_modified: str | None, *, known: str | None, since: str | None) -> bool:
    """Whether the client's copy is the current one (RFC 9110, section 13): tags decide before dates.

    A date is taken in each of the three forms of HTTP-date; one that is not valid counts as none.
    `known` is its If-None-Match, `since` its If-Modified-Since.
    """
    if known is not None:
        return known.strip() == "*" or tag in [each.strip().removeprefix("W/") for each in known.split(",")]
    if since is None or last_modified is None:
        return False
    modified_s, known_s = (parse_http_date(each, now=clock.now()) for each in (last_modified, since))
    return modified_s is not None and known_s is not None and modified_s <= known_s
