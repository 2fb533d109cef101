"""Guard against server-side request forgery: webhooks reach public addresses, and networks that the operator allows.

check_url    when an endpoint is created, and before each attempt: the format, and literal addresses in every spelling
resolve      when a connection is opened: the name is resolved once, each address is checked, and the connection goes to
             one of them, so that a later DNS response has no effect

Public addresses are listed here by IANA's registries of special-purpose addresses, because Python's classification
changed between releases. Addresses of cloud metadata services are refused even inside an allowed network; an operator
who needs one allows that single address (/32, /128).
"""

import re
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from app.domain.url import ascii_url
from app.errors import InvalidValueError
from app.net.client_address import Address, Network
from app.webhooks.dns import DnsResolver

LookUp = Callable[[str, int], Awaitable[list[str]]]

MAX_URL_CHARACTERS = 2_048
MAX_HOST_CHARACTERS = 253
PORTS = (80, 443)
MIN_PORT, MAX_PORT = 1_024, 65_535  # lower ports belong to other protocols, except those in PORTS

REFUSED = "The receiver's address is not public, and DAYLINE_WEBHOOK_NETWORKS does not name its network."

_NOT_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),  # including Teredo and 6to4, which embed IPv4
    )
)
_UNICAST = IPv6Network("2000::/3")  # all allocated IPv6 addresses
_NAT64 = IPv6Network("64:ff9b::/96")
_METADATA = frozenset(
    ip_address(each)
    for each in (
        *("169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"),
        *("fd20:ce::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"),
    )
)
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")  # browsers and inet_aton parse these as IPv4 addresses
_LOCAL_NAME = re.compile(r"[^.]*|.*\.(?:localhost|local|internal|intranet|lan|home|corp|private|home\.arpa)")


class SsrfGuard:
    """Guard with the networks that the operator allows; `look_up` resolves names."""

    def __init__(self, allowed_networks: tuple[Network, ...] = (), *, look_up: LookUp | None = None) -> None:
        self._opened = allowed_networks
        self._look_up: LookUp = DnsResolver() if look_up is None else look_up

    def check_url(self, url: str) -> None:
        """Raise InvalidValueError if nothing may ever be sent there; the addresses of a name are checked by `resolve`.

        `http` requires an allowed network: the literal address, or all addresses of the name, must lie in one.
        """
        scheme, host = _parse(url)
        is_plain = scheme == "http"
        if is_plain and not self._opened:
            raise InvalidValueError(
                "The URL of a webhook must begin with https://; http:// is allowed to networks in "
                "DAYLINE_WEBHOOK_NETWORKS."
            )
        address = _ip_literal(host)
        if address is not None:
            self._require_allowed(address, is_plain=is_plain)
        elif not self._opened and _LOCAL_NAME.fullmatch(host):
            raise InvalidValueError(REFUSED)

    def is_allowed(self, address: Address, *, is_plain: bool = False) -> bool:
        """Return whether to connect: public unicast, or in an opened network (`is_plain`, unencrypted, only there).

        IPv4 inside IPv6 (mapped, or 64:ff9b::/96 of NAT64) is judged as the IPv4 address that it reaches.
        """
        reached = _embedded_ipv4(address)
        holding = [network for network in self._opened if address in network or reached in network]
        if reached in _METADATA:
            return any(network.num_addresses == 1 for network in holding)
        return bool(holding) or (not is_plain and _is_public(reached))

    async def resolve(self, host: str, port: int, *, is_plain: bool = False) -> list[Address]:
        """Return the addresses to connect to in order of preference: of a name all that it resolves to.

        InvalidValueError unless every one is allowed: a name with both public and private addresses is an attack.
        OSError for a name without addresses.
        """
        literal = _ip_literal(host)
        addresses = [literal] if literal else [ip_address(each) for each in await self._look_up(host, port)]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "No address")
        for address in addresses:
            self._require_allowed(address, is_plain=is_plain)
        return addresses

    def _require_allowed(self, address: Address, *, is_plain: bool) -> None:
        if not self.is_allowed(address, is_plain=is_plain):
            is_for_encryption = is_plain and self.is_allowed(address)
            raise InvalidValueError("Webhooks to public addresses must use https://." if is_for_encryption else REFUSED)


def _parse(url: str) -> tuple[str, str]:
    """Return scheme and host (ASCII, no brackets) as they will be used for sending, after checking the whole URL."""
    if len(url) > MAX_URL_CHARACTERS or not url.isprintable() or " " in url or "\\" in url:
        raise InvalidValueError(
            f"A URL must have at most {MAX_URL_CHARACTERS} characters, no white space and no backslashes."
        )
    try:
        addresses = httpx.URL(ascii_url(url))
    except httpx.InvalidURL:
        raise InvalidValueError("Must be a URL.") from None
    if addresses.scheme not in {"http", "https"} or not addresses.raw_host:
        raise InvalidValueError("The URL of a webhook must begin with https:// and name a host.")
    if addresses.userinfo:
        raise InvalidValueError("A URL must not contain a user name or a password.")
    if "#" in url:
        raise InvalidValueError("A URL must not have a fragment ('#').")
    port = addresses.port
    if port is not None and port not in PORTS and not MIN_PORT <= port <= MAX_PORT:
        raise InvalidValueError(f"The port of a webhook must be 80, 443 or from {MIN_PORT} to {MAX_PORT}.")
    host = addresses.raw_host.decode("ascii")
    _check_host(host)
    return addresses.scheme, host


def _check_host(host: str) -> None:
    if _ip_literal(host) is not None:
        return
    if _NUMBER.fullmatch(host) or ":" in host:
        raise InvalidValueError("An address must be written as 192.0.2.1 or [2001:db8::1], without a zone.")
    if len(host) > MAX_HOST_CHARACTERS or _NAME.fullmatch(host) is None:
        raise InvalidValueError(
            "The host of a URL must be a name of letters, digits, hyphens and full stops, or an address."
        )


def _ip_literal(host: str) -> Address | None:
    """Return a host that is a literal address in its canonical spelling; None for a name or a similar text."""
    try:
        return None if "%" in host else ip_address(host)
    except ValueError:
        return None


def _embedded_ipv4(address: Address) -> Address:
    """Return the effective address: IPv4 embedded in IPv6 is extracted, and a zone is removed."""
    if isinstance(address, IPv4Address):
        return address
    number = int(address)
    if address.ipv4_mapped is not None or address in _NAT64:
        return IPv4Address(number & 0xFFFF_FFFF)
    return IPv6Address(number)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return not any(address in network for network in _NOT_PUBLIC)
