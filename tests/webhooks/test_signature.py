"""Signatures: accepted by the reference library of Standard Webhooks; valid and invalid secrets."""

import time
from base64 import b64encode

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.errors import InvalidValueError
from app.webhooks.signature import make_secret, parse_secret, sign

BODY = '{"type":"article.published","headline":"Туман над гаванню"}'.encode()


def test_receiver_with_the_secret_verifies_the_signature() -> None:
    secret = make_secret()
    headers = sign("msg_1", int(time.time()), BODY, [secret])
    assert Webhook(secret).verify(BODY, headers) == {
        "type": "article.published",
        "headline": "Туман над гаванню",
    }


def test_receivers_with_either_secret_verify_during_a_rotation() -> None:
    old, new, strangers = make_secret(), make_secret(), make_secret()
    headers = sign("msg_1", int(time.time()), BODY, [new, old])
    assert [each[:3] for each in headers["webhook-signature"].split(" ")] == ["v1,", "v1,"]
    Webhook(old).verify(BODY, headers)
    Webhook(new).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(strangers).verify(BODY, headers)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_signature_covers_id_and_time(name: str) -> None:
    secret = make_secret()
    now = int(time.time())
    headers = sign("msg_1", now, BODY, [secret])
    headers[name] = {"webhook-id": "msg_2", "webhook-timestamp": str(now - 1)}[name]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, headers)


def test_altered_body_fails_verification() -> None:
    secret = make_secret()
    headers = sign("msg_1", int(time.time()), BODY, [secret])
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers)


def test_signature_equals_that_of_openssl() -> None:
    secret = "whsec_" + b64encode(bytes(range(24))).decode()
    headers = sign("msg_1", 1795435200, b'{"seq": 7}', [secret])
    assert headers == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1795435200",
        "webhook-signature": "v1,gXVcUMpgmshG0pNvXUjAYicPE1/MO32bc/+QcEHAwds=",
    }


def test_new_secrets_are_distinct_and_long() -> None:
    assert len({make_secret() for _ in range(50)}) == 50
    assert len(parse_secret(make_secret())) == 32


@pytest.mark.parametrize("octets", [24, 25, 64])
def test_parse_secret_accepts_24_to_64_octets(octets: int) -> None:
    key = bytes(range(octets))
    assert parse_secret("whsec_" + b64encode(key).decode()) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        b64encode(bytes(32)).decode(),
        "whsec_" + b64encode(bytes(23)).decode(),
        "whsec_" + b64encode(bytes(65)).decode(),
        "whsec_" + b64encode(bytes(32)).decode().rstrip("="),
        "whsec_" + b64encode(b"\xff" * 32).decode().replace("/", "_"),
        "whsec_" + b64encode(bytes(32)).decode() + "\n",
        "whsec_" + "ї" * 40,
        "WHSEC_" + b64encode(bytes(32)).decode(),
    ],
)
def test_parse_secret_rejects_other_text_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_secret(text)
    assert caught.value.detail == "A secret must be 'whsec_' and the base64 of 24 to 64 octets."


@pytest.mark.parametrize(
    ("message_id", "at", "secrets"),
    [("a.b", 1, [make_secret()]), ("", 1, [make_secret()]), ("a", -1, [make_secret()]), ("a", 1, [])],
)
def test_sign_rejects_ambiguous_input(message_id: str, at: int, secrets: list[str]) -> None:
    with pytest.raises(InvalidValueError):
        sign(message_id, at, BODY, secrets)
