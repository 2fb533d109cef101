"""Verification of webhook messages by the Python client, beside the reference library and the server's signatures."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from app.webhooks.signature import make_secret, sign
from dayline_client import InvalidSignatureError, verify

SECRET, OTHER = make_secret(), make_secret()
NOW_S = 1_795_435_200
BODY = json.dumps({"type": "article.updated", "data": {"seq": 7, "article": {"headline": "Лід скрес"}}}).encode()
NAME = "msg_0677y7hzc3m2e_7"


def test_signed_message_is_returned() -> None:
    headers = sign(NAME, NOW_S, BODY, [SECRET])
    assert verify(BODY, headers, SECRET, now_s=NOW_S) == json.loads(BODY)
    assert verify(BODY, {name.title(): text for name, text in headers.items()}, SECRET, now_s=NOW_S)


def test_message_is_valid_while_a_secret_is_rotated() -> None:
    headers = sign(NAME, NOW_S, BODY, [OTHER, SECRET])
    for secret in (SECRET, OTHER, [make_secret(), SECRET]):
        assert verify(BODY, headers, secret, now_s=NOW_S)
    with pytest.raises(InvalidSignatureError, match="None of its signatures"):
        verify(BODY, headers, make_secret(), now_s=NOW_S)


@pytest.mark.parametrize("late_s", [-301, -300, 0, 300, 301])
def test_age_of_a_message_is_bounded(late_s: int) -> None:
    headers = sign(NAME, NOW_S, BODY, [SECRET])
    if abs(late_s) <= 300:
        assert verify(BODY, headers, SECRET, now_s=NOW_S + late_s)
    else:
        with pytest.raises(InvalidSignatureError, match="seconds ago"):
            verify(BODY, headers, SECRET, now_s=NOW_S + late_s)
    assert verify(BODY, headers, SECRET, tolerance_s=10**6, now_s=NOW_S + late_s)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_changed_message_is_refused(name: str) -> None:
    headers = sign(NAME, NOW_S, BODY, [SECRET])
    missing = {each: text for each, text in headers.items() if each != name}
    for broken in (missing, {**headers, name: ""}, {**headers, name: headers[name] + "0"}):
        with pytest.raises(InvalidSignatureError):
            verify(BODY, broken, SECRET, now_s=NOW_S)
    with pytest.raises(InvalidSignatureError):
        verify(BODY + b" ", headers, SECRET, now_s=NOW_S)


@pytest.mark.parametrize("signature", ["v1", "v1,", "v1,%%%", "v2,AAAA", "v1a,AAAA", "v1,AAAA v1,ü", ",", "v1,AAAA,"])
def test_damaged_signatures_are_refused(signature: str) -> None:
    headers = sign(NAME, NOW_S, BODY, [SECRET]) | {"webhook-signature": signature}
    with pytest.raises(InvalidSignatureError):
        verify(BODY, headers, SECRET, now_s=NOW_S)


@pytest.mark.parametrize("timestamp", ["soon", "-5", "1e9", "٣", "1795435200.5", "9" * 16, "1" * 5_000, "1795435200\n"])
def test_damaged_timestamps_are_refused(timestamp: str) -> None:
    headers = sign(NAME, NOW_S, BODY, [SECRET]) | {"webhook-timestamp": timestamp}
    with pytest.raises(InvalidSignatureError, match="timestamp"):
        verify(BODY, headers, SECRET, now_s=NOW_S)


def test_names_that_are_not_utf_8_are_refused() -> None:
    headers = sign(NAME, NOW_S, BODY, [SECRET])
    for name, text in headers.items():
        with pytest.raises(InvalidSignatureError):
            verify(BODY, {**headers, name: f"{text}\udcff"}, SECRET, now_s=NOW_S)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_%", []])
def test_unusable_secret_is_an_error_of_the_receiver(secret: Any) -> None:
    with pytest.raises((ValueError, InvalidSignatureError)):
        verify(BODY, sign(NAME, NOW_S, BODY, [SECRET]), secret, now_s=NOW_S)


def test_signed_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(InvalidSignatureError, match="JSON"):
        verify(b"hello", sign(NAME, NOW_S, b"hello", [SECRET]), SECRET, now_s=NOW_S)


def test_verification_agrees_with_the_reference_library() -> None:
    random = Random(15)
    now = datetime.now(tz=UTC)
    for _ in range(200):
        body = json.dumps({"text": "".join(random.choices("aé漢\n ", k=random.randrange(9)))}).encode()
        used = random.choice((SECRET, OTHER))
        signed = Webhook(used).sign(NAME, now, body.decode())
        spoilt = random.choice((signed, signed[:-2], f"v1,{b64encode(random.randbytes(32)).decode()} {signed}"))
        headers = {
            "webhook-id": NAME,
            "webhook-timestamp": str(int(now.timestamp()) + random.choice((0, -299, -310, 310))),
            "webhook-signature": spoilt,
        }
        assert outcome(verify, body, headers, SECRET) == outcome(Webhook(SECRET).verify, body, headers)


def outcome(verification: Any, *given: Any) -> Any:
    """Return what a verification returns, None where it refuses."""
    try:
        return verification(*given)
    except Exception:  # noqa: BLE001 - the reference library raises several kinds
        return None
