"""Tokens: their form, what is kept of them, and when one is good."""

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
    """The state of the key whose token is TOKEN."""
    usual = {"previous_digest": None, "previous_until": None, "expires_at": None, "revoked_at": None}
    return KeyValidity(**{"digest": hash_token(TOKEN), **usual, **members})  # type: ignore[arg-type]


def test_a_token_is_a_mark_a_prefix_and_a_secret_of_more_than_256_bits() -> None:
    token = make_token(PREFIX)
    assert re.fullmatch(r"dl_k7q2m5xw3f[a-z2-7]{52}", token)
    assert 52 * 5 >= 256
    assert token_prefix(token) == PREFIX


def test_no_two_tokens_or_prefixes_are_alike() -> None:
    assert len({make_token(PREFIX) for _ in range(500)}) == 500
    prefixes = {make_prefix() for _ in range(500)}
    assert len(prefixes) == 500
    assert all(is_prefix(each) for each in prefixes)


def test_every_letter_is_as_likely_as_any_other() -> None:
    letters = "".join(make_token(PREFIX)[13:] for _ in range(400))
    counts = [letters.count(each) for each in "abcdefghijklmnopqrstuvwxyz234567"]
    assert sum(counts) == 400 * 52
    assert min(counts) > 500
    assert max(counts) < 800


def test_what_is_kept_is_the_digest_of_the_whole_token() -> None:
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
def test_what_is_no_token_has_no_prefix(text: str) -> None:
    assert token_prefix(text) is None


@pytest.mark.parametrize("text", ["", "k7q2m5xw3", "k7q2m5xw3f1", "K7Q2M5XW3F", "k7q2m5xw31", "dl_k7q2m5xw3f"])
def test_what_is_no_prefix_is_told(text: str) -> None:
    assert not is_prefix(text)


def test_the_token_that_was_given_out_is_good_and_others_are_not() -> None:
    assert verify_token(TOKEN, state(), now=NOW)
    assert not verify_token(OLD, state(), now=NOW)
    assert not verify_token(TOKEN[:-1] + ("a" if TOKEN[-1] != "a" else "b"), state(), now=NOW)
    assert not verify_token(TOKEN, None, now=NOW)


def test_a_key_is_good_until_the_instant_it_expires() -> None:
    assert verify_token(TOKEN, state(expires_at=NOW + 1), now=NOW)
    assert not verify_token(TOKEN, state(expires_at=NOW), now=NOW)


def test_a_revoked_key_is_good_for_nothing_with_either_secret() -> None:
    revoked = state(revoked_at=NOW, previous_digest=hash_token(OLD), previous_until=NOW + 10)
    assert not verify_token(TOKEN, revoked, now=NOW)
    assert not verify_token(OLD, revoked, now=NOW)


def test_after_a_rotation_the_old_secret_is_good_for_the_grace_and_no_longer() -> None:
    rotated = state(previous_digest=hash_token(OLD), previous_until=NOW + 1)
    assert verify_token(TOKEN, rotated, now=NOW)
    assert verify_token(OLD, rotated, now=NOW)
    assert not verify_token(OLD, rotated, now=NOW + 1)
    assert verify_token(TOKEN, rotated, now=NOW + 1)
    expired = state(previous_digest=hash_token(OLD), previous_until=NOW + 9, expires_at=NOW)
    assert not verify_token(OLD, expired, now=NOW)


def test_an_old_secret_without_an_end_is_not_good() -> None:
    assert not verify_token(OLD, state(previous_digest=hash_token(OLD)), now=NOW)


def test_scopes_are_those_of_the_contract() -> None:
    assert set(ApiKeyScope) == {
        "content:read",
        "articles:write",
        "articles:publish",
        "catalogue:write",
        "webhooks:manage",
        "keys:manage",
    }


def test_uses_are_kept_once_a_key_and_handed_over_once() -> None:
    uses = LastUsedBuffer()
    assert uses.take() == {}
    uses.note(1, NOW)
    uses.note(2, NOW + 1)
    uses.note(1, NOW + 2)
    assert uses.take() == {1: NOW + 2, 2: NOW + 1}
    assert uses.take() == {}
