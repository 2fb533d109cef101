"""SSRF guard: the addresses and names to which messages may be sent."""

import asyncio
import socket
import threading
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidValueError
from app.webhooks.dns import DnsResolver
from app.webhooks.ssrf_guard import REFUSED, SsrfGuard

CLOSED = SsrfGuard()
OPENED = SsrfGuard((ip_network("10.0.0.0/8"), ip_network("127.0.0.0/8"), ip_network("169.254.0.0/16")))

HOSTILE = """\
http://example.com/ ftp://example.com/ file:///etc/passwd gopher://example.com/ //example.com/ example.com https:// https:///x
javascript:alert(1) https://user@example.com/ https://user:word@example.com/ https://example.com/#x https://example.com#
https://127.0.0.1/ https://127.1/ https://127.0.1/ https://2130706433/ https://0x7f000001/ https://0x7f.1/ https://0177.0.0.1/
https://017700000001/ https://0x7f.0x0.0x0.0x1/ https://127.0.0.1./ https://0/ https://0.0.0.0/ https://00000000177.1/
https://%31%32%37.0.0.1/ https://127%2e0.0.1/ https://①②⑦.0.0.1/ https://127。0。0。1/ https://\uff11\uff12\uff17.0.0.1/
https://localhost/
https://LOCALHOST/ https://localhost./ https://a.localhost/ https://router.local/ https://vault.internal/ https://intranet/
https://10.1.2.3/ https://172.16.0.1/ https://172.31.255.255/ https://192.168.1.1/ https://100.64.0.1/ https://169.254.169.254/
https://169.254.1.1/ https://100.100.100.200/ https://168.63.129.16/ https://192.0.0.192/ https://198.18.0.1/ https://224.0.0.1/
https://239.1.1.1/ https://240.0.0.1/ https://255.255.255.255/ https://192.0.2.1/ https://198.51.100.1/ https://203.0.113.9/
https://192.88.99.1/ https://2852039166/ https://0xa9fea9fe/ https://0251.0376.0251.0376/ https://1.2.3.4.5/ https://host.0x7f/
https://[::]/ https://[::1]/ https://[0:0:0:0:0:0:0:1]/ https://[::ffff:127.0.0.1]/ https://[::ffff:7f00:1]/ https://[::127.0.0.1]/
https://[::ffff:0:127.0.0.1]/ https://[64:ff9b::127.0.0.1]/ https://[64:ff9b::a9fe:a9fe]/ https://[64:ff9b:1::8.8.8.8]/
https://[2002:7f00:1::]/ https://[2002:808:808::1]/ https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/ https://[fe80::1]/
https://[fe80::1%25eth0]/ https://[fe80::1%eth0]/ https://[2606:4700::1%25eth0]/ https://[fc00::1]/ https://[fd00:ec2::254]/
https://[fec0::1]/ https://[ff02::1]/ https://[2001:db8::1]/ https://[3fff::1]/ https://[5f00::1]/ https://[4000::1]/ https://[100::1]/
https://[v1.a]/ https://[::1/ https://example.com:0/ https://example.com:22/ https://example.com:25/ https://example.com:65536/
https://example.com:-443/ https://example.com:x/ https://ex_ample..com/ https://-example.com/ https://exa$mple.com/ https://a|b.com/
https://example.com\\@127.0.0.1/ https://example.com\\.evil.example/ https://xn--/x
"""


INTERNATIONAL = (
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://loc\u00adalhost/",
    "https://-ü.example/",
    "https://ü..example/",
)


@pytest.mark.parametrize(
    "url",
    [
        *HOSTILE.split(),
        "https://exa mple.com/",
        "https://example.com/\r\nx:y",
        "https://example.com/\t",
        "",
        *INTERNATIONAL,
    ],
)
def test_guard_rejects_hostile_addresses_in_any_notation(url: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        CLOSED.check_url(url)
    assert caught.value.detail.endswith(".")
    assert "\n" not in caught.value.detail


def test_guard_rejects_a_url_over_the_limit() -> None:
    CLOSED.check_url("https://example.com/".ljust(2048, "a"))
    with pytest.raises(InvalidValueError):
        CLOSED.check_url("https://example.com/".ljust(2049, "a"))


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://hooks.example.com/dayline?edition=global&a=@b",
            "HTTPS://Hooks.Example.com",
            "https://example.com:443/",
        ),
        *("https://example.com:8443/", "https://example.com:80/", "https://8.8.8.8/", "https://[2606:4700::1111]/"),
        *(
            "https://газета.example/",
            "https://xn--80aaf3bn6b.example/",
            "https://a_b.example.com/",
            "https://[64:ff9b::8.8.8.8]/",
        ),
        *("https://1e100.example/", "https://3.example/", "https://[::ffff:8.8.8.8]/"),
    ],
)
def test_guard_accepts_public_addresses_and_names(url: str) -> None:
    CLOSED.check_url(url)


def test_allowed_network_accepts_plain_http_and_private_names() -> None:
    for url in (
        "http://10.1.2.3:8080/",
        "https://10.1.2.3/",
        "http://cms.internal/",
        "http://127.0.0.1:9000/",
        "http://cms/",
    ):
        OPENED.check_url(url)


@pytest.mark.parametrize(
    "url", ["http://8.8.8.8/", "https://192.168.1.1/", "http://192.168.1.1/", "https://2130706433/"]
)
def test_allowed_network_allows_nothing_else(url: str) -> None:
    with pytest.raises(InvalidValueError):
        OPENED.check_url(url)


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"])
def test_cloud_metadata_requires_its_exact_address_to_be_allowed(address: str) -> None:
    metadata = ip_address(address)
    assert not OPENED.is_allowed(metadata)
    assert not SsrfGuard((ip_network("0.0.0.0/0"), ip_network("::/0"))).is_allowed(metadata)
    assert SsrfGuard((ip_network("169.254.169.254/32"),)).is_allowed(metadata)


def test_ipv6_zone_does_not_hide_cloud_metadata() -> None:
    assert not SsrfGuard((ip_network("fd00::/8"),)).is_allowed(IPv6Address("fd00:ec2::254%eth0"))
    assert SsrfGuard((ip_network("fd00::/8"),)).is_allowed(IPv6Address("fd00:ec2::255"))


@given(st.one_of(st.ip_addresses(), st.ip_addresses(v=6, network="2000::/3")))
def test_allowed_addresses_are_global_by_the_standard_library_too(address: IPv4Address | IPv6Address) -> None:
    if CLOSED.is_allowed(address):
        reached = IPv4Address(int(address) & 0xFFFFFFFF) if address in ip_network("64:ff9b::/96") else address
        assert reached.is_global
        assert not reached.is_multicast


@given(st.ip_addresses(v=4))
def test_ipv4_is_checked_alike_in_every_notation(address: IPv4Address) -> None:
    number = int(address)
    mapped, translated = IPv6Address(0xFFFF << 32 | number), IPv6Address((0x64FF9B << 96) | number)
    for guard in (CLOSED, OPENED):
        assert guard.is_allowed(mapped) == guard.is_allowed(translated) == guard.is_allowed(address)


def names(**known: list[str]) -> SsrfGuard:
    """Return a guard whose names resolve to given addresses."""

    async def look_up(host: str, _port: int) -> list[str]:
        return known[host]

    return SsrfGuard((ip_network("10.0.0.0/8"),), look_up=look_up)


async def test_resolve_returns_all_public_addresses_in_order() -> None:
    guard = names(news=["2606:4700::1111", "8.8.8.8"])
    assert await guard.resolve("news", 443) == [ip_address("2606:4700::1111"), ip_address("8.8.8.8")]


@pytest.mark.parametrize(
    "addresses",
    [
        ["8.8.8.8", "127.0.0.1"],
        ["127.0.0.1", "8.8.8.8"],
        ["8.8.8.8", "::1"],
        ["8.8.8.8", "fe80::1%eth0"],
        ["169.254.169.254"],
    ],
)
async def test_resolve_rejects_a_name_with_one_forbidden_address(addresses: list[str]) -> None:
    with pytest.raises(InvalidValueError, match=REFUSED):
        await names(news=addresses).resolve("news", 443)


async def test_plain_http_name_must_resolve_into_allowed_networks_only() -> None:
    guard = names(inside=["10.0.0.1"], both=["10.0.0.1", "8.8.8.8"], outside=["8.8.8.8"])
    assert await guard.resolve("inside", 80, is_plain=True) == [ip_address("10.0.0.1")]
    assert len(await guard.resolve("both", 443)) == 2
    for host in ("both", "outside", "8.8.8.8"):
        with pytest.raises(InvalidValueError, match="must use https://"):
            await guard.resolve(host, 80, is_plain=True)


async def test_resolve_raises_oserror_for_an_unknown_name() -> None:
    with pytest.raises(OSError, match="No address"):
        await names(news=[]).resolve("news", 443)


@pytest.mark.parametrize("spelling", ["2130706433", "127.1", "0x7f.1", "localhost"])
async def test_system_resolver_results_are_checked(spelling: str) -> None:
    with pytest.raises(InvalidValueError, match=REFUSED):
        await SsrfGuard().resolve(spelling, 443)


async def test_slow_name_server_blocks_its_own_name_only(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over, looked_up = threading.Event(), []

    def look_up(host: bytes, port: int, **_: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        if host.startswith(b"slow"):
            is_over.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    lookups = DnsResolver()
    slow = [asyncio.create_task(lookups(f"slow-{number % 50}.example", 443)) for number in range(100)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(lookups("quick.example", 443), 2) == ["8.8.8.8"]
    slow[0].cancel()  # others that wait for the same name still get it
    is_over.set()
    assert await asyncio.gather(*slow[1:]) == [["8.8.8.8"]] * 99
    assert len(looked_up) == 51
    assert await lookups("slow-1.example", 443) == ["8.8.8.8"]
    assert len(looked_up) == 52, "results are not cached"


def test_plain_http_names_the_setting_that_allows_it() -> None:
    with pytest.raises(InvalidValueError, match="DAYLINE_WEBHOOK_NETWORKS"):
        SsrfGuard().check_url("http://127.0.0.1:8705/h")
