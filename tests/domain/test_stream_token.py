"""Stream tokens: read back until they expire, never forged, and different from tokens of previews."""

import pytest

from app.domain import preview_token
from app.domain.preview_token import Preview
from app.domain.signed_token import Grant, TokenSigner
from app.domain.stream_token import TOKEN_LIFETIME_US, make_stream_token, read_stream_token
from app.errors import NotFoundError
from tests.conftest import NOW

SECRET = b"s" * 32


def test_stream_token_is_valid_until_it_expires() -> None:
    token, expires_at = make_stream_token(SECRET, 7, now=NOW)
    assert expires_at == NOW + TOKEN_LIFETIME_US
    assert read_stream_token(SECRET, token, now=expires_at - 1) == 7
    assert read_stream_token(SECRET, token, now=expires_at) is None
    assert read_stream_token(SECRET, token, now=None) == 7


def test_changed_stream_token_is_invalid() -> None:
    token, _ = make_stream_token(SECRET, 7, now=NOW)
    for place, character in enumerate(token):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        assert read_stream_token(SECRET, changed, now=NOW) is None
    for changed in ("", token[:-1], f"{token}=", f" {token}", token.upper(), "é" * len(token)):
        assert read_stream_token(SECRET, changed, now=NOW) is None
    assert read_stream_token(b"o" * 32, token, now=NOW) is None


def test_token_of_another_purpose_is_invalid() -> None:
    preview = preview_token.make_token(SECRET, Preview(7, NOW + TOKEN_LIFETIME_US))
    stream, _ = make_stream_token(SECRET, 7, now=NOW)
    assert read_stream_token(SECRET, preview, now=NOW) is None
    with pytest.raises(NotFoundError):
        preview_token.read_token(SECRET, stream, now=NOW)
    assert TokenSigner("other").read_token(SECRET, stream) is None
    assert TokenSigner("stream").read_token(SECRET, stream) == Grant(7, NOW + TOKEN_LIFETIME_US)
