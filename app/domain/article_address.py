"""Addresses of articles: past paths and URLs in one notation, so that equal ones compare equal."""

import re
import unicodedata
from hashlib import blake2b
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from app.domain.html.inline_html import validate_url
from app.domain.url import ascii_url
from app.errors import InvalidValueError

MAX_ADDRESS: Final = 2_000
DIGEST_BYTES: Final = 16

_SCHEME: Final = re.compile(r"https?://", re.IGNORECASE)
_DEFAULT_PORT: Final = re.compile(r":(?:80|443)?$")
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f\\]")
_ENCODED_TEXT: Final = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_ENCODED: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def normalize_address(value: str) -> str:
    """Return a path or an absolute http(s) URL in one notation; InvalidValueError for anything else.

    The host is in lower case and ASCII without its default port, text is NFC, percent-encoding is written in upper
    case and only where RFC 3986 needs it, and the fragment is dropped, which browsers do not send. Path and query are
    otherwise unchanged, also a slash at the end.
    """
    text = value.strip()
    if len(text) > MAX_ADDRESS or _FORBIDDEN.search(text):
        raise InvalidValueError(f"An address is a path or a URL of at most {MAX_ADDRESS} characters, without blanks.")
    scheme = _SCHEME.match(text)
    if scheme is None and (not text.startswith("/") or text.startswith("//")):
        raise InvalidValueError("Must be a path that begins with '/', such as /2019/05/night-trams.html, or a URL.")
    text = text.partition("#")[0]
    if scheme is None:
        return _normalize_path(text)
    validate_url(text)
    host, path = _split_host(text[scheme.end() :])
    host = _DEFAULT_PORT.sub("", ascii_url(f"//{host}")[2:].lower())
    return f"{scheme[0].lower()}{host}{_normalize_path(path)}"


def address_key(address: str) -> str:
    """Return a normalised address without its scheme: sites move from http to https with all their addresses."""
    return address if address.startswith("/") else address.partition(":")[2]


def address_digest(key: str) -> bytes:
    """Return the digest under which an address is stored: an index takes no text of 2,000 characters."""
    return blake2b(key.encode(), digest_size=DIGEST_BYTES).digest()


def _split_host(text: str) -> tuple[str, str]:
    end = min((at for mark in "/?" if (at := text.find(mark)) >= 0), default=len(text))
    path = text[end:]
    return text[:end], path if path.startswith("/") else f"/{path}"


def _normalize_path(path: str) -> str:
    plain = _ENCODED_TEXT.sub(_decode_text, path)
    written = ascii_url(unicodedata.normalize("NFC", plain))
    return _ENCODED.sub(_normalize_octet, written)


def _decode_text(match: re.Match[str]) -> str:
    """Return the text of encoded UTF-8; other octets unchanged."""
    try:
        unquote_to_bytes(match[0]).decode()
    except UnicodeDecodeError:
        return match[0]
    return unquote(match[0])


def _normalize_octet(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()
