"""Checks of a request head that the parser leaves to the server (RFC 9112), and the limits of one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import httptools
from httptools import HttpRequestParser

from app.server.refusals import (
    BAD_REQUEST,
    HTTP_VERSION_NOT_SUPPORTED,
    NOT_IMPLEMENTED,
    Refusal,
    RefusedRequest,
)

VERSIONS = ("1.1", "1.0")
_HOST = re.compile(
    rb"(?:\[[0-9A-Fa-f:.]+\]|\[[vV][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+\]"
    rb"|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?"
)
"""uri-host with an optional port (RFC 9110, section 7.2; RFC 3986, section 3.2.2); empty is allowed."""
_TOKEN_THEN_SPACE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ ")


class IgnoredUpgrade(Exception):  # noqa: N818 - an outcome, raised to leave the parser's callbacks
    """Raised for an Upgrade field on a request with a body, such as the first ones of Java's HttpClient.

    A server may ignore the field (RFC 9110, section 7.8), but the parser takes the body for another protocol: it must
    read the head again without the field.
    """


@dataclass(frozen=True, slots=True)
class HeadLimits:
    """Bounds of one request head: request line and header fields together."""

    max_bytes: int = 65_536
    max_fields: int = 1_000


def check_head(
    version: str,
    method: bytes,
    headers: Sequence[tuple[bytes, bytes]],
    fields: Mapping[bytes, bytes],
    *,
    is_upgrade: bool,
) -> None:
    """Raise RefusedRequest where a head that the parser accepted cannot be served.

    IgnoredUpgrade where the parser has to read it again. Names are in lower case; `fields` has the last value of each.
    """
    is_usual = (
        version == "1.1" and len(fields) == len(headers) and not is_upgrade and b"transfer-encoding" not in fields
    )
    if is_usual and _is_host(fields.get(b"host", b"/")):
        return
    if version not in VERSIONS:
        raise RefusedRequest(HTTP_VERSION_NOT_SUPPORTED, "This server supports HTTP/1.1 and HTTP/1.0.")
    _check_host(version, fields, headers)
    codings = [value for name, value in headers if name == b"transfer-encoding"]
    if codings:
        _check_codings(version, codings)
    if method == b"CONNECT":
        raise RefusedRequest(NOT_IMPLEMENTED, "CONNECT is not supported: this server is no proxy.")
    if is_upgrade and (codings or fields.get(b"content-length", b"0").strip(b"0")):
        raise IgnoredUpgrade


def render_head(parser: HttpRequestParser, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return the head that this parser has read, without its Upgrade field."""
    lines = [b"%s %s HTTP/%s" % (parser.get_method(), target, parser.get_http_version().encode())]
    lines += [b"%s: %s" % field for field in headers if field[0] != b"upgrade"]
    return b"\r\n".join([*lines, b"", b""])


def _check_host(version: str, fields: Mapping[bytes, bytes], headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Check the number of Host fields and the value (RFC 9112, section 3.2); HTTP/1.0 may have none."""
    host = fields.get(b"host")
    if host is None:
        if version == "1.1":
            raise RefusedRequest(BAD_REQUEST, "An HTTP/1.1 request has exactly one Host field; this one has none.")
        return
    if len(fields) < len(headers) and sum(name == b"host" for name, _ in headers) > 1:
        raise RefusedRequest(BAD_REQUEST, "A request has at most one Host field; this one has several.")
    if not _is_host(host):
        raise RefusedRequest(BAD_REQUEST, "The Host field is not a host name or IP address with an optional port.")


@lru_cache(maxsize=1_024)
def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value) is not None


def _check_codings(version: str, codings: Sequence[bytes]) -> None:
    """Check the values of all Transfer-Encoding fields, which are one list (RFC 9110, section 5.3)."""
    if version != "1.1":
        raise RefusedRequest(BAD_REQUEST, "Transfer-Encoding is not allowed in HTTP/1.0.")
    if [coding.strip(b" \t").lower() for coding in codings] != [b"chunked"]:
        raise RefusedRequest(NOT_IMPLEMENTED, "The only supported transfer coding is chunked.")


def explain_parser_error(reason: str, piece: bytes, *, is_first_piece: bool) -> tuple[Refusal, str]:
    """Return the refusal for an error of the parser, whose reasons are fixed texts without bytes of the client."""
    if reason in {"Invalid HTTP version", "Pause on PRI/Upgrade"}:
        return HTTP_VERSION_NOT_SUPPORTED, "This server supports HTTP/1.1 and HTTP/1.0."
    if reason == "Invalid method encountered" and is_first_piece and _TOKEN_THEN_SPACE.match(piece.lstrip(b"\r\n")):
        return NOT_IMPLEMENTED, "The request method is not supported."
    return BAD_REQUEST, f"The request does not follow HTTP/1.1: {reason}."


def path_of(target: bytes) -> str:
    """Return the decoded path of a request target; empty where there is none."""
    try:
        return unquote((httptools.parse_url(target).path or b"").decode("ascii"))
    except (httptools.HttpParserError, ValueError):
        return ""
