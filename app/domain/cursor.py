"""Cursors of keyset pagination, each bound to the list that issued it.

A cursor is the sort key of an item (an instant and an id, a name, a position and a name, a collation key, or a number),
a digest of the list's filters and a checksum, in base64url. Nothing in it ages, so it never expires, and it does not
need its item to exist. Of a list of articles it has a direction: a page has the items before its sort key, or upward
those from it on.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from functools import lru_cache
from hashlib import blake2b

from app.domain.instant import EARLIEST, LATEST
from app.domain.list_filter import DIGEST_BYTES
from app.errors import CursorMismatchError, InvalidCursorError

CHECK_BYTES = 4
_MOMENT, _NAME, _NUMBER, _UPWARD = b"\x01", b"\x02", b"\x03", b"\x04"
_POSITIONED, _COLLATED = b"\x05", b"\x06"
_KEY = struct.Struct(">qq")
_WHOLE = struct.Struct(">q")
_POSITION = struct.Struct(">H")

DAMAGED = "The cursor is damaged; start again without one."
FOREIGN = "The cursor belongs to a list with other filters, or in another order; start again without one."


def encode_position(published_at: int, article_id: int, digest: bytes) -> str:
    """Return the cursor of the items before this sort key, newest first."""
    return _seal(_MOMENT, _KEY.pack(published_at, article_id), digest)


def encode_upward_position(published_at: int, article_id: int, digest: bytes) -> str:
    """Return the cursor of the items from this sort key on, the oldest of them first to be read."""
    return _seal(_UPWARD, _KEY.pack(published_at, article_id), digest)


def decode_position(cursor: str, *digests: bytes) -> tuple[int, int]:
    """Return the sort key in a cursor of `encode_position`; InvalidCursorError, CursorMismatchError.

    `digests` are those of the list: the present one, and those that it had under other names of its entries.
    """
    return _position(_open(cursor, _MOMENT, *digests))


def decode_upward_position(cursor: str, *digests: bytes) -> tuple[int, int]:
    """Return the sort key in a cursor of `encode_upward_position`; InvalidCursorError, CursorMismatchError."""
    return _position(_open(cursor, _UPWARD, *digests))


def is_upward(cursor: str) -> bool:
    """Return whether a cursor of any list leads upward; False for a damaged one."""
    try:
        return _unseal(cursor)[0] == _UPWARD
    except InvalidCursorError:
        return False


def peek_digest(cursor: str) -> bytes | None:
    """Return the digest in a cursor of any list; None for a damaged cursor."""
    try:
        return _unseal(cursor)[1]
    except InvalidCursorError:
        return None


def peek_position(cursor: str) -> tuple[int, int] | None:
    """Return the sort key in a cursor of `encode_position`, unverified; None for any other cursor."""
    try:
        kind, _, key = _unseal(cursor)
        return _position(key) if kind == _MOMENT else None
    except InvalidCursorError:
        return None


def _position(key: bytes) -> tuple[int, int]:
    if len(key) != _KEY.size:
        raise InvalidCursorError(DAMAGED)
    published_at, article_id = _KEY.unpack(key)
    if not EARLIEST <= published_at <= LATEST + 1 or article_id < 0:  # a position may be after the last instant
        raise InvalidCursorError(DAMAGED)
    return published_at, article_id


def encode_name(name: str, digest: bytes) -> str:
    """Return the cursor after the entry of this name, in lists ordered by name."""
    return _seal(_NAME, name.encode(), digest)


def decode_name(cursor: str, digest: bytes) -> str:
    """Return the name in a cursor of a list ordered by name; InvalidCursorError, CursorMismatchError."""
    return _name(_open(cursor, _NAME, digest))


def is_by_name(cursor: str) -> bool:
    """Return whether a cursor is of a list ordered by name; False for a damaged one."""
    try:
        return _unseal(cursor)[0] == _NAME
    except InvalidCursorError:
        return False


def encode_positioned_name(key: tuple[int, str], digest: bytes) -> str:
    """Return the cursor after the entry of this position and name, in lists ordered by both."""
    position, name = key
    return _seal(_POSITIONED, _POSITION.pack(position) + name.encode(), digest)


def decode_positioned_name(cursor: str, digest: bytes) -> tuple[int, str]:
    """Return position and name in a cursor of `encode_positioned_name`; InvalidCursorError, CursorMismatchError."""
    key = _open(cursor, _POSITIONED, digest)
    if len(key) <= _POSITION.size:
        raise InvalidCursorError(DAMAGED)
    return _POSITION.unpack(key[: _POSITION.size])[0], _name(key[_POSITION.size :])


def encode_collation_key(key: bytes, digest: bytes) -> str:
    """Return the cursor after the entry of this collation key, whose order is part of the digest."""
    return _seal(_COLLATED, key, digest)


def decode_collation_key(cursor: str, digest: bytes) -> bytes:
    """Return the key in a cursor of `encode_collation_key`; InvalidCursorError, CursorMismatchError."""
    return _open(cursor, _COLLATED, digest)


def _name(key: bytes) -> str:
    name = key.decode("ascii", "replace")
    if not (name.isascii() and name.isprintable()):
        raise InvalidCursorError(DAMAGED)
    return name


def encode_number(number: int, digest: bytes) -> str:
    """Return the cursor after the row of this number, in lists ordered by an integer."""
    return _seal(_NUMBER, _WHOLE.pack(number), digest)


def decode_number(cursor: str, *digests: bytes) -> int:
    """Return the number, 0 or more, in a cursor of a list ordered by one; InvalidCursorError, CursorMismatchError."""
    key = _open(cursor, _NUMBER, *digests)
    if len(key) != _WHOLE.size:
        raise InvalidCursorError(DAMAGED)
    number: int = _WHOLE.unpack(key)[0]
    if number < 0:
        raise InvalidCursorError(DAMAGED)
    return number


def _seal(kind: bytes, key: bytes, digest: bytes) -> str:
    content = kind + digest + key
    return urlsafe_b64encode(content + _check(content)).rstrip(b"=").decode()


def _open(cursor: str, kind: bytes, *digests: bytes) -> bytes:
    own_kind, own_digest, key = _unseal(cursor)
    if own_kind != kind or own_digest not in digests:
        raise CursorMismatchError(FOREIGN)
    return key


@lru_cache(maxsize=64)
def _unseal(cursor: str) -> tuple[bytes, bytes, bytes]:
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (Error, ValueError):
        raise InvalidCursorError(DAMAGED) from None
    content, check = raw[:-CHECK_BYTES], raw[-CHECK_BYTES:]
    canonical = urlsafe_b64encode(raw).rstrip(b"=").decode()
    if canonical != cursor or len(content) <= DIGEST_BYTES + 1 or _check(content) != check:
        raise InvalidCursorError(DAMAGED)
    return content[:1], content[1 : 1 + DIGEST_BYTES], content[1 + DIGEST_BYTES :]


def _check(content: bytes) -> bytes:
    return blake2b(content, digest_size=CHECK_BYTES, person=b"dayline cursor").digest()
