"""Tokens of previews: parsed back completely, never forged, with one spelling only."""

from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instant import EARLIEST, LATEST
from app.domain.preview_token import Preview, make_token, read_token
from app.domain.tsid import MAX_ID
from app.errors import NotFoundError, PreviewExpiredError

SECRET = b"s" * 32
PREVIEW = Preview(article_id=MAX_ID - 7, expires_at=1_795_000_000_000_000)
NOW = PREVIEW.expires_at - 1
LETTERS = ascii_letters + digits + "-_"


@given(st.integers(0, MAX_ID), st.integers(EARLIEST, LATEST))
def test_preview_token_round_trips(article_id: int, expires_at: int) -> None:
    preview = Preview(article_id, expires_at)
    token = make_token(SECRET, preview)
    assert set(token) <= set(LETTERS)
    assert read_token(SECRET, token, now=expires_at - 1) == preview


def test_preview_token_has_one_spelling() -> None:
    token = make_token(SECRET, PREVIEW)
    for place, character in enumerate(token):
        for other in set(LETTERS) - {character}:
            with pytest.raises(NotFoundError):
                read_token(SECRET, token[:place] + other + token[place + 1 :], now=NOW)


def test_preview_token_of_another_length_or_alphabet_is_rejected() -> None:
    token = make_token(SECRET, PREVIEW)
    for bent in (token[:-1], f"{token}A", f"{token}=", f"{token[:-1]}=", f" {token[1:]}", "é" * len(token), ""):
        with pytest.raises(NotFoundError):
            read_token(SECRET, bent, now=NOW)


@given(st.text(max_size=80) | st.text(LETTERS, min_size=66, max_size=66))
def test_arbitrary_text_is_no_preview_token(text: str) -> None:
    with pytest.raises(NotFoundError):
        read_token(SECRET, text, now=NOW)


def test_preview_token_of_another_secret_is_rejected() -> None:
    with pytest.raises(NotFoundError):
        read_token(b"t" * 32, make_token(SECRET, PREVIEW), now=NOW)


def test_preview_token_is_valid_until_its_expiry() -> None:
    token = make_token(SECRET, PREVIEW)
    assert read_token(SECRET, token, now=PREVIEW.expires_at - 1) == PREVIEW
    for now in (PREVIEW.expires_at, PREVIEW.expires_at + 1):
        with pytest.raises(PreviewExpiredError):
            read_token(SECRET, token, now=now)


def test_forged_preview_token_is_rejected_regardless_of_its_expiry() -> None:
    with pytest.raises(NotFoundError):
        read_token(SECRET, make_token(b"t" * 32, PREVIEW), now=PREVIEW.expires_at + 1)
