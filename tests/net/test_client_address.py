"""Client address behind proxies: values that the client sends itself are never trusted."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidValueError
from app.net.client_address import UNKNOWN_CLIENT, client_address, parse_address, parse_networks, rate_limit_bucket

TRUSTED = parse_networks("10.0.0.0/8, 192.0.2.10, 2001:db8:ffff::/48")
PROXY = "10.0.0.1"


def peer(direct: str | None = PROXY, *, forwarded: str = "", x: str = "") -> str:
    """Return the client address as text."""
    return str(client_address(direct, forwarded=forwarded, x_forwarded_for=x, trusted=TRUSTED))


@pytest.mark.parametrize("header", ["203.0.113.5", "10.0.0.9", "unknown", ""])
def test_untrusted_client_is_its_own_address(header: str) -> None:
    assert peer("198.51.100.7", x=header, forwarded=f"for={header or 'unknown'}") == "198.51.100.7"


def test_no_proxy_is_trusted_by_default() -> None:
    assert str(client_address(PROXY, forwarded="", x_forwarded_for="203.0.113.5", trusted=())) == PROXY


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("1.1.1.1, 203.0.113.5", "203.0.113.5"),
        ("1.1.1.1, 203.0.113.5, 10.9.9.9, 192.0.2.10", "203.0.113.5"),
        ("10.0.0.7, 10.9.9.9", "10.0.0.7"),
        ("203.0.113.5:49152", "203.0.113.5"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("203.0.113.5, 2001:db8:ffff::1", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("203.0.113.5, ::ffff:10.1.1.1", "203.0.113.5"),
        ("\t203.0.113.5\t", "203.0.113.5"),
    ],
)
def test_x_forwarded_for_is_read_from_the_right_across_trusted_proxies(header: str, found: str) -> None:
    assert peer(x=header) == found


@pytest.mark.parametrize(
    "header",
    ["unknown", "_hidden", "203.0.113.5, unknown", "203.0.113.5,", ",", "example.com", "999.1.1.1", "1.1.1.1 2"],
)
def test_hop_without_an_address_counts_as_its_proxy(header: str) -> None:
    assert peer(x=header) == PROXY
    assert peer(x=f"{header}, 10.2.2.2") == "10.2.2.2"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("for=203.0.113.5", "203.0.113.5"),
        ("For=203.0.113.5;proto=https;by=10.0.0.1", "203.0.113.5"),
        ("for=1.1.1.1, FOR=203.0.113.5 , for=10.3.3.3", "203.0.113.5"),
        ('for="[2001:db8::7]:4711"', "2001:db8::7"),
        ('for="[2001:db8::7]"', "2001:db8::7"),
        ('for="203.0.113.5:80";host="a,b;for=9.9.9.9"', "203.0.113.5"),
        ('proto=http ; for="203.0.113.\\5"', "203.0.113.5"),
        ("for=1.1.1.1,for=203.0.113.5;", "203.0.113.5"),
    ],
)
def test_forwarded_is_parsed_by_rfc_7239(header: str, found: str) -> None:
    assert peer(forwarded=header) == found


@pytest.mark.parametrize(
    "header",
    [
        "for=unknown",
        "for=_SEVKISEK",
        'for="_gazonk:80"',
        "proto=https",
        "for=1.1.1.1;for=2.2.2.2",
        "for=",
        "203.0.113.5",
        "for=2001:db8::7",
        'for="203.0.113.5',
        'for=1.1.1.1, for="[2001:db8::7]',
        'for="evil, for="[2001:db8::7]"',
        'for="\\, for=203.0.113.5',
        "for = 203.0.113.5",
    ],
)
def test_forwarded_without_an_address_counts_as_the_proxy(header: str) -> None:
    assert peer(forwarded=header) == PROXY


@pytest.mark.parametrize(
    "forged", ['for="', 'for="\\', "for=9.9.9.9", 'for="9.9.9.9', ",,", ";", 'x="\\"', "for=10.0.0.8"]
)
def test_forged_hops_never_become_the_client_address(forged: str) -> None:
    for added in ("for=203.0.113.5", 'for="203.0.113.5:80"'):
        assert peer(forwarded=f"{forged}, {added}") in {"203.0.113.5", PROXY}
    assert peer(x=f"{forged}, 203.0.113.5") == "203.0.113.5"


def test_both_headers_are_trusted_if_they_agree() -> None:
    assert peer(forwarded='for="203.0.113.5:1"', x="203.0.113.5") == "203.0.113.5"


def test_contradicting_second_header_counts_as_the_proxy() -> None:
    assert peer(forwarded="for=203.0.113.5", x="198.51.100.7") == PROXY
    assert peer(forwarded="for=_x", x="198.51.100.7") == PROXY


def test_client_address_without_headers_or_connection_address() -> None:
    assert peer() == PROXY
    assert peer(None, x="203.0.113.5") == "None"
    assert peer("/run/dayline.sock", x="203.0.113.5") == "None"


@given(
    st.text(max_size=40),
    st.text(alphabet='for=;,"\\[]:0123456789abc._ ', max_size=60),
)
def test_garbage_left_of_the_proxys_element_has_no_effect(x: str, forwarded: str) -> None:
    assert peer(x=f"{x},203.0.113.5") == "203.0.113.5"
    assert peer(forwarded=f"{forwarded},for=203.0.113.5") in {"203.0.113.5", PROXY}


def test_maximum_header_is_parsed_in_linear_time() -> None:
    before = time.perf_counter()
    for header in (
        'for="' + "\\a" * 30_000,
        "for=1.1.1.1;" * 5_000 + '"',
        ";" * 60_000 + '"',
        " " * 60_000 + '"',
        ", " * 30_000 + '"',
    ):
        assert peer(forwarded=header) == PROXY
    assert peer(x="10.0.0.1," * 7_000 + "10.0.0.2") == "10.0.0.1"
    assert time.perf_counter() - before < 5  # in steps of every other character it would take minutes


@pytest.mark.parametrize(
    "text",
    ["", "a", "1.2.3", "1.2.3.4:", "1.2.3.4:port", "1.2.3.4:123456", "[1.2.3.4", "::1]:80", "[::1]80", "01.2.3.4"],
)
def test_parse_address_returns_none_for_other_text(text: str) -> None:
    assert parse_address(text) is None


def test_rate_limit_bucket_of_ipv6_is_its_network() -> None:
    sites = {rate_limit_bucket(parse_address(f"2001:db8:1:2:{each:x}::1")) for each in range(50)}
    assert sites == {"2001:db8:1:2::/64"}
    assert rate_limit_bucket(parse_address("2001:db8:1:3::1")) not in sites


def test_rate_limit_bucket_of_ipv4_is_the_address_in_any_notation() -> None:
    assert (
        rate_limit_bucket(parse_address("203.0.113.5"))
        == rate_limit_bucket(parse_address("::ffff:203.0.113.5"))
        == "203.0.113.5"
    )
    assert rate_limit_bucket(parse_address("203.0.113.6")) == "203.0.113.6"
    assert rate_limit_bucket(parse_address("fe80::1%eth0")) == "fe80::/64"
    assert rate_limit_bucket(None) == UNKNOWN_CLIENT


@pytest.mark.parametrize("text", ["10.0.0.0/33", "proxy.example", "10.0.0.1/8", "10.0.0.1 10.0.0.2", "*"])
def test_parse_networks_names_an_invalid_network(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is neither an address nor a network"):
        parse_networks(text)


def test_parse_networks_of_an_empty_text_is_empty() -> None:
    assert parse_networks("") == parse_networks(" , ") == ()
