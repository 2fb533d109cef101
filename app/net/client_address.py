"""Client address of a request behind proxies: `Forwarded` (RFC 7239) and `X-Forwarded-For`, if the proxies are trusted.

Both lists are read from the right, where the nearest proxy appended last. Whatever a client sends stands to the left of
the element that the first trusted proxy appended, and is never reached.
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from app.errors import InvalidValueError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

UNKNOWN_CLIENT = "unknown"
"""Rate-limit bucket of requests without an address, such as those over a Unix socket."""
MAX_HOPS = 32
SITE_BITS = 64  # the smallest IPv6 network of one subscriber

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the name in the grammar of RFC 9110, not a secret
_STEP = re.compile(rf'[ \t]*+(?:({_TOKEN})=({_TOKEN}|"(?:[^"\\]|\\.)*+")|([;,])|\Z)')
_IN_BRACKETS = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]+))?")
_WITH_PORT = re.compile(r"([0-9.]+):(?:[0-9]{1,5}|_[A-Za-z0-9._-]+)")
_QUOTED = re.compile(r"\\(.)")


def parse_networks(text: str) -> tuple[Network, ...]:
    """Parse a comma separated list of addresses and networks; InvalidValueError names the first that is none."""
    return tuple(_network(each.strip()) for each in text.split(",") if each.strip())


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise InvalidValueError(f"'{text[:60]}' is neither an address nor a network such as 10.0.0.0/8.") from None


def client_address(
    direct: str | None, *, forwarded: str, x_forwarded_for: str, trusted: Sequence[Network]
) -> Address | None:
    """Return the nearest address that is not a trusted proxy's, given the connection's address and both header values.

    If every hop is trusted, return the farthest. A hop without an address (`unknown`, `_hidden`, garbage) ends the
    list: the request is then attributed to its proxy, also when the two headers name different peers, because a proxy
    writes one of them and forwards the other as the client sent it. Return None for a connection without an address.
    """
    nearest = None if direct is None else parse_address(direct)
    if nearest is None or not _is_trusted(nearest, trusted):
        return nearest
    match = []
    if forwarded.strip():
        match.append(_walk(nearest, _forwarded_hops(forwarded), trusted))
    if x_forwarded_for.strip():
        match.append(_walk(nearest, x_forwarded_for.split(","), trusted))
    return match[0] if match and all(each == match[0] for each in match) else nearest


def _walk(nearest: Address, hops: Sequence[str], trusted: Sequence[Network]) -> Address:
    for hop in list(reversed(hops))[:MAX_HOPS]:
        address = parse_address(hop)
        if address is None:
            return nearest
        nearest = address
        if not _is_trusted(address, trusted):
            return nearest
    return nearest


def _forwarded_hops(header: str) -> list[str]:
    """Return the `for` of each element, empty if it has none or two; one empty hop for a malformed header."""
    hops: list[list[str]] = [[]]
    position, is_after_pair = 0, False
    while position < len(header):
        step = _STEP.match(header, position)
        if step is None or (step[1] and is_after_pair):
            return [""]
        name, value, separator = step.groups()
        if separator == ",":
            hops.append([])
        elif name and name.lower() == "for":
            hops[-1].append(_QUOTED.sub(r"\1", value[1:-1]) if value.startswith('"') else value)
        position, is_after_pair = step.end(), bool(name)
    return [match[0] if len(match) == 1 else "" for match in hops]


def parse_address(text: str) -> Address | None:
    """Parse `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`; None for any other text.

    An IPv4-mapped address (`::ffff:192.0.2.1`) becomes the IPv4 address; a zone (`%eth0`) is dropped.
    """
    text = text.strip(" \t").partition("%")[0]
    match = _IN_BRACKETS.fullmatch(text) or _WITH_PORT.fullmatch(text)
    try:
        address = ip_address(match[1] if match else text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_trusted(address: Address, trusted: Iterable[Network]) -> bool:
    return any(address in network for network in trusted)


def rate_limit_bucket(address: Address | None) -> str:
    """Return the rate-limit bucket of an address: itself, or its /64 for IPv6, where a subscriber has that many."""
    if address is None:
        return UNKNOWN_CLIENT
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((address, SITE_BITS), strict=False))
