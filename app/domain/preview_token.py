"""Preview tokens: an article and an expiry, signed with the installation's secret.

version (1 byte) · article id (8) · expiry in microseconds (8) · HMAC-SHA256 of these (32), in base64url

Nothing is stored for a preview: a token with a valid signature grants reading until it expires.
"""

import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import sha256
from typing import Final, NamedTuple

from app.errors import NotFoundError, PreviewExpiredError

SECRET_BYTES: Final = 32
SECRET_NAME: Final = "signing-secret"  # noqa: S105 - the name of a row, not the secret in it
"""Key of the signing secret in the key-value table."""

_VERSION: Final = 1
_CONTENT: Final = struct.Struct(">Bqq")
_PURPOSE: Final = (
    b"dayline preview\n"  # domain separation: another use of the secret cannot produce a valid preview token
)
_TOKEN_CHARACTERS: Final = 66


class Preview(NamedTuple):
    """Grant of a token: reading one article until an instant."""

    article_id: int
    expires_at: int


def make_token(secret: bytes, preview: Preview) -> str:
    """Return the token of a preview, 66 characters that need no escape in a URL."""
    content = _CONTENT.pack(_VERSION, *preview)
    return urlsafe_b64encode(content + _sign(secret, content)).rstrip(b"=").decode()


def read_token(secret: bytes, token: str, *, now: int) -> Preview:
    """Verify a token at `now`; NotFoundError if it is damaged or forged, PreviewExpiredError after its expiry."""
    content, signature = _split(token)
    if not hmac.compare_digest(_sign(secret, content), signature) or len(content) != _CONTENT.size:
        raise NotFoundError("There is no such preview.")
    version, article_id, expires_at = _CONTENT.unpack(content)
    if version != _VERSION:
        raise NotFoundError("There is no such preview.")
    if expires_at <= now:
        raise PreviewExpiredError
    return Preview(article_id, expires_at)


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


def _sign(secret: bytes, content: bytes) -> bytes:
    return hmac.new(secret, _PURPOSE + content, sha256).digest()
