"""Addresses to listen on, as operators write them."""

import pytest

from app.errors import InvalidValueError
from app.net.listen_address import parse_listen_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9100", ("127.0.0.1", 9100)),
        (" localhost:1 ", ("localhost", 1)),
        ("[::1]:65535", ("::1", 65535)),
        ("metrics.internal:80", ("metrics.internal", 80)),
    ],
)
def test_listen_address_has_a_host_and_a_port(text: str, address: tuple[str, int]) -> None:
    assert parse_listen_address(text) == address


def test_empty_listen_address_is_none() -> None:
    assert parse_listen_address(" ") is None


@pytest.mark.parametrize(
    "text", ["9100", ":9100", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "::1:9100", "http://x:1", "a b:1", "x:1/"]
)
def test_invalid_listen_addresses_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"127\.0\.0\.1:9100"):
        parse_listen_address(text)
