"""Addresses of articles in one notation: equal ones are equal texts."""

import pytest

from app.domain.article_address import address_digest, address_key, normalize_address
from app.errors import InvalidValueError


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("/2019/05/night-trams.html", "/2019/05/night-trams.html"),
        (" /a ", "/a"),
        ("/?p=12#comments", "/?p=12"),
        ("/a%7Eb/%d1%82/%2f", "/a~b/%D1%82/%2F"),
        ("/т", "/%D1%82"),
        ("/%C3%A9", "/%C3%A9"),
        ("/e\u0301", "/%C3%A9"),
        ("/e%CC%81", "/%C3%A9"),
        ("/x%ffy%", "/x%FFy%25"),
        ("HTTP://Old.Example:80", "http://old.example/"),
        ("https://old.example:443?p=1", "https://old.example/?p=1"),
        ("https://old.example:8443/A", "https://old.example:8443/A"),
        ("https://straße.example/Й", "https://xn--strae-oqa.example/%D0%99"),
    ],
)
def test_normalize_address_returns_one_notation(given: str, address: str) -> None:
    assert normalize_address(given) == address
    assert normalize_address(address) == address


@pytest.mark.parametrize(
    "text",
    ["", "a", "//x.example/a", "ftp://x.example/", "/a b", "/a\\b", "/\x00", "https://u:p@x.example/", "/" * 2_001],
)
def test_normalize_address_rejects_other_text(text: str) -> None:
    with pytest.raises(InvalidValueError):
        normalize_address(text)


def test_address_key_has_no_scheme() -> None:
    assert address_key("http://x.example/a") == address_key("https://x.example/a") == "//x.example/a"
    assert address_key("/a") == "/a"
    assert len(address_digest("/a" * 1_000)) == 16
