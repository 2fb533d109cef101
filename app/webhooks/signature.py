"""Signatures of messages: Standard Webhooks 1.0, symmetric (`v1`), with several secrets during a rotation.

webhook-id         msg_2b7…           the same at every attempt, for deduplication by the receiver
webhook-timestamp  1795435200         time of this attempt, Unix time in seconds
webhook-signature  v1,K5oZ… v1,9tPq…  one for each valid secret; base64 of HMAC-SHA256

The signed text is `{id}.{timestamp}.{body}`, with the body's exact bytes.
"""

import binascii
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from secrets import token_bytes

from app.errors import InvalidValueError

SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix of a secret, not a secret
SECRET_BYTES = 32
MIN_SECRET_BYTES = 24
MAX_SECRET_BYTES = 64

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")  # no full stop, which delimits the timestamp


def make_secret() -> str:
    """Return a new secret, 256 bits from the system's source of randomness, in the format shown to partners."""
    return SECRET_PREFIX + b64encode(token_bytes(SECRET_BYTES)).decode()


def parse_secret(text: str) -> bytes:
    """Return the key in a secret: `whsec_` and padded base64 of 24 to 64 octets; InvalidValueError."""
    try:
        key = b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    is_as_written = text == SECRET_PREFIX + b64encode(key).decode()
    if not (is_as_written and MIN_SECRET_BYTES <= len(key) <= MAX_SECRET_BYTES):
        raise InvalidValueError(
            f"A secret must be '{SECRET_PREFIX}' and the base64 of {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} octets."
        )
    return key


def sign(message_id: str, timestamp_s: int, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Return the three header fields of a message, signed with each secret in the given order.

    InvalidValueError for an id with anything but letters, digits, `_` and `-`, a time before 1970, no secret or a bad
    one.
    """
    if _MESSAGE_ID.fullmatch(message_id) is None:
        raise InvalidValueError("The id of a message must have 1 to 255 letters, digits, hyphens and underscores.")
    if timestamp_s < 0:
        raise InvalidValueError("The time of a message must be in seconds since 1970.")
    if not secrets:
        raise InvalidValueError("A message must be signed with at least one secret.")
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp_s, body)
    signatures = (hmac.digest(parse_secret(secret), signed, "sha256") for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(f"v1,{b64encode(each).decode()}" for each in signatures),
    }
