"""Content negotiation of cached responses: choice of the media type and of the encoding, and compression."""

import gzip
import re
from collections.abc import Callable, Iterable, Sequence

import brotli

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # before Python 3.14
    from backports import zstd


COMPRESS_FROM_BYTES = 1_000

_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstd.compress(body, 6),
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


def encode(body: bytes, encoding: str) -> bytes:
    """Compress with an encoding that `choose_encoding` returned; deterministic."""
    return _ENCODERS[encoding](body)


def choose_encoding(accepted: str, size: int, available: Iterable[str] = tuple(_ENCODERS)) -> str | None:
    """Return the best accepted encoding (RFC 9110, section 12.5.3), the first one among equals; None for identity.

    Small responses are compressed only for a client that refuses identity.
    """
    if not accepted:
        return None
    conditions = _parse_conditions(accepted)
    fallback = conditions.get("*", 0.0)
    ranked = [(conditions.get(name, fallback), name) for name in available]
    best = max(quality for quality, _ in ranked)
    refuses_identity = conditions.get("identity", conditions.get("*", 1.0)) == 0
    if best <= 0 or best < conditions.get("identity", 0.0) or (size < COMPRESS_FROM_BYTES and not refuses_identity):
        return None
    return next(name for quality, name in ranked if quality == best)


def choose_media_type(accepted: str, offered: Sequence[str]) -> str:
    """Return the offered media type that `Accept` prefers (RFC 9110, section 12.5.1), the first one among equals.

    The most specific range that matches a type decides its quality; other parameters than `q` are ignored. Where none
    is acceptable it is the first one: RFC 9110 lets a server disregard the field.
    """
    if not accepted:
        return offered[0]
    conditions = _parse_conditions(accepted)
    ranked = [_quality_of(each, conditions) for each in offered]
    return offered[ranked.index(max(ranked))]


def _quality_of(media_type: str, conditions: dict[str, float]) -> float:
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((conditions[each] for each in ranges if each in conditions), 0.0)


def _parse_conditions(accepted: str) -> dict[str, float]:
    """Return the quality of each name in an `Accept` or `Accept-Encoding` field."""
    conditions: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        conditions[name] = _quality(parameters)
    return conditions


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return 1.0
