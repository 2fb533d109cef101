"""API keys: scopes, token format, and verification of a token.

dl_  k7q2m5xw3f  pz4…52 characters
 │    │           └ secret, 260 bits, shown once
 │    └ public prefix, identifies the key
 └ marks a Dayline token, so that secret scanners find it

Only the SHA-256 of the whole token is stored. Slow hashes protect passwords, which people choose and attackers guess;
260 random bits cannot be guessed at any speed, and every request pays for the hash.
"""

import re
from base64 import b32encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from secrets import token_bytes

TOKEN_PREFIX = "dl_"  # noqa: S105 - the public beginning of every token, not a secret
PREFIX_LENGTH = 10
SECRET_LENGTH = 52
PREFIX_PATTERN = rf"[a-z2-7]{{{PREFIX_LENGTH}}}"

_PREFIX = re.compile(PREFIX_PATTERN)
_TOKEN = re.compile(rf"{TOKEN_PREFIX}({PREFIX_PATTERN})[a-z2-7]{{{SECRET_LENGTH}}}")
DUMMY_DIGEST = bytes(32)


class ApiKeyScope(StrEnum):
    """Permissions of an API key; a key has one or more."""

    CONTENT_READ = "content:read"
    ARTICLES_WRITE = "articles:write"
    ARTICLES_PUBLISH = "articles:publish"
    CATALOGUE_WRITE = "catalogue:write"
    WEBHOOKS_MANAGE = "webhooks:manage"
    KEYS_MANAGE = "keys:manage"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyValidity:
    """State of a stored key that decides whether its token is valid; instants in microseconds."""

    digest: bytes
    previous_digest: bytes | None
    previous_until: int | None
    expires_at: int | None
    revoked_at: int | None

    def is_valid_at(self, now: int) -> bool:
        """Return whether the key is neither revoked nor expired at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def make_prefix() -> str:
    """Return a random prefix out of 2^50; the caller handles a collision."""
    return _letters(PREFIX_LENGTH)


def make_token(prefix: str) -> str:
    """Return a token under a prefix, with a secret from the system's source of randomness."""
    return f"{TOKEN_PREFIX}{prefix}{_letters(SECRET_LENGTH)}"


def _letters(count: int) -> str:
    return b32encode(token_bytes(count)).decode()[:count].lower()


def hash_token(token: str) -> bytes:
    """Return the SHA-256 of a token, 32 bytes: the only form that is stored."""
    return sha256(token.encode()).digest()


def token_prefix(token: str) -> str | None:
    """Return the prefix of a well-formed token, None for any other text."""
    match = _TOKEN.fullmatch(token)
    return None if match is None else match[1]


def is_prefix(text: str) -> bool:
    """Return whether a text has the format of a prefix."""
    return _PREFIX.fullmatch(text) is not None


def verify_token(token: str, state: KeyValidity | None, *, now: int) -> bool:
    """Return whether the token belongs to this key and the key is valid at `now`.

    For an unknown prefix (`state` is None) the function does the same work, so that its duration reveals nothing.
    """
    shown = hash_token(token)
    is_current = compare_digest(shown, DUMMY_DIGEST if state is None else state.digest)
    previous = None if state is None else state.previous_digest
    is_previous = compare_digest(shown, DUMMY_DIGEST if previous is None else previous)
    if state is None or not state.is_valid_at(now):
        return False
    return is_current or (is_previous and state.previous_until is not None and now < state.previous_until)


class LastUsedBuffer:
    """Buffer of the last use of each API key until it is written to the database; for one process and event loop."""

    def __init__(self) -> None:
        self._uses: dict[int, int] = {}

    def note(self, key_id: int, now: int) -> None:
        """Record that the key was used at `now`."""
        self._uses[key_id] = now

    def take(self) -> dict[int, int]:
        """Return and clear the buffer: key id to instant of its last use."""
        taken, self._uses = self._uses, {}
        return taken
