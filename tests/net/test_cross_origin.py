"""Origins with access: parsed as browsers write them, and CORS fields for each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidValueError
from app.net.cross_origin import CrossOriginPolicy, RawFields, find_policy, parse_origins

FIELDS: RawFields = [
    (b"content-type", b"application/json"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag"),
    (b"vary", b"Accept-Encoding"),
]
POLICY = CrossOriginPolicy(["https://www.news.example", "http://localhost:3000"])


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("*", ("*",)),
        ("", ("*",)),
        (" https://www.news.example , http://localhost:3000,", ("https://www.news.example", "http://localhost:3000")),
        ("HTTPS://WWW.News.Example:443", ("https://www.news.example",)),
        ("http://news.example:80,http://news.example", ("http://news.example",)),
        ("https://news.example:8443", ("https://news.example:8443",)),
        ("https://bücher.example", ("https://xn--bcher-kva.example",)),
        ("http://[::1]:8000", ("http://[::1]:8000",)),
        ("capacitor://localhost", ("capacitor://localhost",)),
    ],
)
def test_origins_are_parsed_as_browsers_send_them(text: str, origins: tuple[str, ...]) -> None:
    assert parse_origins(text) == origins


@pytest.mark.parametrize(
    "text",
    [
        *("null", "*,https://a.example", "https://a.example/", "https://a.example/news", "a.example", "//a.example"),
        *(
            "https://",
            "https://user@a.example",
            "https://a.example?x",
            "https://*.example",
            "https://a.example:x",
            "https://a b.example",
        ),
    ],
)
def test_invalid_origin_is_rejected(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is no origin"):
        parse_origins(text)


def test_any_origin_needs_no_policy() -> None:
    assert find_policy(("*",)) is None
    assert find_policy(("https://a.example",)) is not None


def test_listed_origin_has_access_with_credentials() -> None:
    origin = POLICY.find_origin(b"http://localhost:3000")
    assert POLICY.apply(FIELDS, origin) == [
        (b"content-type", b"application/json"),
        (b"access-control-expose-headers", b"ETag"),
        (b"access-control-allow-origin", b"http://localhost:3000"),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Accept-Encoding, Origin"),
    ]


@given(
    st.one_of(st.none(), st.binary(), st.sampled_from([b"null", b"*", b"http://localhost", b"HTTP://LOCALHOST:3000"]))
)
def test_other_origins_have_one_response_without_access(value: bytes | None) -> None:
    origin = POLICY.find_origin(value)
    assert origin is None
    assert POLICY.apply(FIELDS, origin) == [
        (b"content-type", b"application/json"),
        (b"vary", b"Accept-Encoding, Origin"),
    ]


def test_response_without_cors_fields_does_not_vary() -> None:
    fields = [(b"content-type", b"application/json")]
    assert POLICY.apply(fields, POLICY.find_origin(b"http://localhost:3000")) == fields
