"""Tokens: their form, their stored digest, and when one is valid."""

import re
from hashlib import sha256

import pytest

from app.domain.api_key import (
    ApiKeyScope,
    KeyValidity,
    LastUsedBuffer,
    hash_token,
    is_prefix,
    make_prefix,
    make_token,
    token_prefix,
    verify_token,
)

NOW = 1_800_000_000_000_000
PREFIX = "k7q2m5xw3f"
TOKEN = f"dl_{PREFIX}" + "a2b3" * 13
OLD = f"dl_{PREFIX}" + "c4d5" * 13


def state(**members: object) -> KeyValidity:
    """Return the state of the key whose token is TOKEN."""
    usual = {"previous_digest": None, "previous_until": None, "expires_at": None, "revoked_at": None}
    return KeyValidity(**{"digest": hash_token(TOKEN), **usual, **members})  # type: ignore[arg-type]


def test_token_has_a_marker_a_prefix_and_a_secret_of_more_than_256_bits() -> None:
    token = make_token(PREFIX)
    assert re.fullmatch(r"dl_k7q2m5xw3f[a-z2-7]{52}", token)
    assert 52 * 5 >= 256
    assert token_prefix(token) == PREFIX


def test_tokens_and_prefixes_are_unique() -> None:
    assert len({make_token(PREFIX) for _ in range(500)}) == 500
    prefixes = {make_prefix() for _ in range(500)}
    assert len(prefixes) == 500
    assert all(is_prefix(each) for each in prefixes)


def test_token_characters_are_uniformly_distributed() -> None:
    letters = "".join(make_token(PREFIX)[13:] for _ in range(400))
    counts = [letters.count(each) for each in "abcdefghijklmnopqrstuvwxyz234567"]
    assert sum(counts) == 400 * 52
    assert min(counts) > 500
    assert max(counts) < 800


def test_hash_token_is_the_sha256_of_the_whole_token() -> None:
    assert hash_token(TOKEN) == sha256(TOKEN.encode()).digest()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dl_",
        TOKEN[:-1],
        TOKEN + "a",
        TOKEN.upper(),
        TOKEN.replace("dl_", "dx_"),
        f" {TOKEN}",
        f"{TOKEN}\n",
        "dl_ключ",
    ],
)
def test_token_prefix_of_a_malformed_token_is_none(text: str) -> None:
    assert token_prefix(text) is None


@pytest.mark.parametrize("text", ["", "k7q2m5xw3", "k7q2m5xw3f1", "K7Q2M5XW3F", "k7q2m5xw31", "dl_k7q2m5xw3f"])
def test_is_prefix_rejects_a_malformed_prefix(text: str) -> None:
    assert not is_prefix(text)


def test_verify_token_accepts_the_issued_token_only() -> None:
    assert verify_token(TOKEN, state(), now=NOW)
    assert not verify_token(OLD, state(), now=NOW)
    assert not verify_token(TOKEN[:-1] + ("a" if TOKEN[-1] != "a" else "b"), state(), now=NOW)
    assert not verify_token(TOKEN, None, now=NOW)


def test_verify_token_accepts_until_the_expiry() -> None:
    assert verify_token(TOKEN, state(expires_at=NOW + 1), now=NOW)
    assert not verify_token(TOKEN, state(expires_at=NOW), now=NOW)


def test_verify_token_rejects_both_secrets_of_a_revoked_key() -> None:
    revoked = state(revoked_at=NOW, previous_digest=hash_token(OLD), previous_until=NOW + 10)
    assert not verify_token(TOKEN, revoked, now=NOW)
    assert not verify_token(OLD, revoked, now=NOW)


def test_verify_token_accepts_the_previous_secret_during_the_grace_period() -> None:
    rotated = state(previous_digest=hash_token(OLD), previous_until=NOW + 1)
    assert verify_token(TOKEN, rotated, now=NOW)
    assert verify_token(OLD, rotated, now=NOW)
    assert not verify_token(OLD, rotated, now=NOW + 1)
    assert verify_token(TOKEN, rotated, now=NOW + 1)
    expired = state(previous_digest=hash_token(OLD), previous_until=NOW + 9, expires_at=NOW)
    assert not verify_token(OLD, expired, now=NOW)


def test_verify_token_rejects_a_previous_secret_without_an_expiry() -> None:
    assert not verify_token(OLD, state(previous_digest=hash_token(OLD)), now=NOW)


def test_api_key_scopes_are_those_of_the_contract() -> None:
    assert set(ApiKeyScope) == {
        "content:read",
        "articles:write",
        "articles:publish",
        "catalogue:write",
        "webhooks:manage",
        "keys:manage",
    }


def test_last_used_buffer_returns_each_key_once() -> None:
    uses = LastUsedBuffer()
    assert uses.take() == {}
    uses.note(1, NOW)
    uses.note(2, NOW + 1)
    uses.note(1, NOW + 2)
    assert uses.take() == {1: NOW + 2, 2: NOW + 1}
    assert uses.take() == {}
