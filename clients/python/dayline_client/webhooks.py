"""Verification of webhook messages: Standard Webhooks 1.0, symmetric signatures (`v1`)."""

import binascii
import hmac
import json
import re
import time
from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any

from dayline_client.errors import InvalidSignatureError

PREFIX = "whsec_"
TOLERANCE_S = 300
TIMESTAMP = re.compile(r"[0-9]{1,15}")


def verify(
    body: bytes,
    headers: Mapping[str, str],
    secret: str | Iterable[str],
    *,
    tolerance_s: int = TOLERANCE_S,
    now_s: float | None = None,
) -> Any:
    """Return the content of a message that one of the secrets signed at most `tolerance_s` ago; InvalidSignatureError.

    `body` is what was received, byte for byte; the names of `headers` are in any letter case. A message may arrive
    repeatedly: its `webhook-id` is the same then. ValueError for a malformed secret.
    """
    fields = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, timestamp, signatures = (fields[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as missing:
        raise InvalidSignatureError(f"The message has no {missing.args[0]}.") from None
    if not TIMESTAMP.fullmatch(timestamp):
        raise InvalidSignatureError("Its webhook-timestamp is not in seconds since 1970.")
    age_s = (time.time() if now_s is None else now_s) - int(timestamp)
    if abs(age_s) > tolerance_s:
        raise InvalidSignatureError(f"It was signed {age_s:.0f} seconds ago; at most {tolerance_s} are accepted.")
    try:
        signed = b"%s.%s.%s" % (message_id.encode(), timestamp.encode(), body)
    except UnicodeEncodeError:  # lone surrogates, as some frameworks decode octets that are not UTF-8
        raise InvalidSignatureError("Its webhook-id is not UTF-8.") from None
    keys = [_parse_secret(each) for each in ([secret] if isinstance(secret, str) else secret)]
    given = [_parse_signature(each) for each in signatures.split()]
    matches = [hmac.compare_digest(hmac.digest(key, signed, "sha256"), each) for key in keys for each in given]
    if not any(matches):
        raise InvalidSignatureError("None of its signatures is that of a secret.")
    try:
        return json.loads(body)
    except ValueError:
        raise InvalidSignatureError("It is signed, but not JSON.") from None


def _parse_secret(text: str) -> bytes:
    try:
        key = b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError(f"A secret is '{PREFIX}' and base64, as the API returned it.")
    return key


def _parse_signature(text: str) -> bytes:
    """Return the octets of a `v1` signature; empty if it has another version or is damaged."""
    version, _, signature = text.partition(",")
    try:
        return b64decode(signature, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""
