"""API keys: their scopes, the form of a token, and whether a token shown is the one that was given out.

    dl_  k7q2m5xw3f  pz4…52 characters
    └ says whose it is  └ prefix, public: names the key   └ secret, 260 bits, shown once

Only the SHA-256 of the whole token is kept. A slow hash is for passwords, which people choose and others guess;
nobody guesses 256 random bits, however fast the guesses are, and every request pays for the hash.
"""

import re
from base64 import b32encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from secrets import token_bytes

TOKEN_PREFIX = "dl_"  # noqa: S105 - what every token begins with, no secret
PREFIX_LENGTH = 10
SECRET_LENGTH = 52
PREFIX_PATTERN = rf"[a-z2-7]{{{PREFIX_LENGTH}}}"

_PREFIX = re.compile(PREFIX_PATTERN)
_TOKEN = re.compile(rf"{TOKEN_PREFIX}({PREFIX_PATTERN})[a-z2-7]{{{SECRET_LENGTH}}}")
DUMMY_DIGEST = bytes(32)


class ApiKeyScope(StrEnum):
    """What a key may do; a key has one or more."""

    CONTENT_READ = "content:read"
    ARTICLES_WRITE = "articles:write"
    ARTICLES_PUBLISH = "articles:publish"
    CATALOGUE_WRITE = "catalogue:write"
    WEBHOOKS_MANAGE = "webhooks:manage"
    KEYS_MANAGE = "keys:manage"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyValidity:
    """What decides whether a token is good; instants in microseconds."""

    digest: bytes
    previous_digest: bytes | None
    previous_until: int | None
    expires_at: int | None
    revoked_at: int | None


def make_prefix() -> str:
    """A fresh prefix; one in 2^50, so that whoever stores it should still expect a clash."""
    return _letters(PREFIX_LENGTH)


def make_token(prefix: str) -> str:
    """A fresh token under a prefix, its secret from the system's source of randomness."""
    return f"{TOKEN_PREFIX}{prefix}{_letters(SECRET_LENGTH)}"


def _letters(count: int) -> str:
    return b32encode(token_bytes(count)).decode()[:count].lower()


def hash_token(token: str) -> bytes:
    """What is kept of a token: its SHA-256, 32 bytes."""
    return sha256(token.encode()).digest()


def token_prefix(token: str) -> str | None:
    """The prefix in a well-formed token; None for anything else."""
    found = _TOKEN.fullmatch(token)
    return None if found is None else found[1]


def is_prefix(text: str) -> bool:
    """Whether a text has the form of a prefix."""
    return _PREFIX.fullmatch(text) is not None


def verify_token(token: str, state: KeyValidity | None, *, now: int) -> bool:
    """Whether the token is this key's and the key may be used at `now`.

    Without a key (an unknown prefix) it does the same work and says no, so that time tells nothing.
    """
    shown = hash_token(token)
    is_current = compare_digest(shown, DUMMY_DIGEST if state is None else state.digest)
    previous = None if state is None else state.previous_digest
    is_previous = compare_digest(shown, DUMMY_DIGEST if previous is None else previous)
    if state is None:
        return False
    if state.revoked_at is not None or (state.expires_at is not None and state.expires_at <= now):
        return False
    return is_current or (is_previous and state.previous_until is not None and now < state.previous_until)


class LastUsedBuffer:
    """When keys were last used, kept until somebody writes it down; one process, one event loop."""

    def __init__(self) -> None:
        self._uses: dict[int, int] = {}

    def note(self, key_id: int, now: int) -> None:
        """The key was used at `now`."""
        self._uses[key_id] = now

    def take(self) -> dict[int, int]:
        """Key id → instant of everything since the last time, which is forgotten here."""
        taken, self._uses = self._uses, {}
        return taken
