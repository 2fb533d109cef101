"""Signed tokens: what is granted and until when, signed with the installation's secret.

version (1 byte) · id of what is granted (8) · expiry in microseconds (8) · HMAC-SHA256 of these (32), in base64url

Nothing is stored for a token: a valid signature grants access until it expires.
"""

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import sha256
from typing import Final, NamedTuple

SECRET_BYTES: Final = 32
SECRET_NAME: Final = "signing-secret"  # noqa: S105 - the name of a row, not the secret in it
"""Key of the signing secret in the key-value table."""

_VERSION: Final = 1
_CONTENT: Final = struct.Struct(">Bqq")
_TOKEN_CHARACTERS: Final = 66


class Grant(NamedTuple):
    """Access that a token grants: to the resource with this id, until an instant (µs)."""

    subject_id: int
    expires_at: int


class TokenSigner:
    """Signer of the tokens of one purpose; the signature of another purpose is not valid for this one."""

    def __init__(self, purpose: str) -> None:
        self._purpose = f"dayline {purpose}\n".encode()

    def make_token(self, secret: bytes, grant: Grant) -> str:
        """Return the token of a grant, 66 characters that need no escape in a URL."""
        content = _CONTENT.pack(_VERSION, *grant)
        return urlsafe_b64encode(content + self._sign(secret, content)).rstrip(b"=").decode()

    def read_token(self, secret: bytes, token: str) -> Grant | None:
        """Return the grant of a token, expired or not; None for a damaged or forged one."""
        content, signature = _split(token)
        if not hmac.compare_digest(self._sign(secret, content), signature) or len(content) != _CONTENT.size:
            return None
        version, subject_id, expires_at = _CONTENT.unpack(content)
        return Grant(subject_id, expires_at) if version == _VERSION else None

    def _sign(self, secret: bytes, content: bytes) -> bytes:
        return hmac.new(secret, self._purpose + content, sha256).digest()


def _split(token: str) -> tuple[bytes, bytes]:
    if len(token) != _TOKEN_CHARACTERS:
        return b"", b""
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (Error, ValueError):
        return b"", b""
    if urlsafe_b64encode(raw).rstrip(b"=").decode() != token:  # only the canonical encoding of a token is valid
        return b"", b""
    return raw[: _CONTENT.size], raw[_CONTENT.size :]
