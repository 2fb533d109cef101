"""Cross-origin access by a list of origins, with credentials (Fetch standard, section 3.3).

Responses are made and cached for any origin (`Access-Control-Allow-Origin: *`). Where origins are listed, this policy
replaces these fields when a response is sent, so that one cached response serves all of them.
"""

import re
from collections.abc import Iterable
from typing import Final

from app.domain.url import ascii_host
from app.errors import InvalidValueError

ANY_ORIGIN: Final = "*"
RawFields = list[tuple[bytes, bytes]]

_ORIGIN: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#@\\\s:\[\]]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
_HOST: Final = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_CORS_PREFIX: Final = b"access-control-"
_ALLOW_ORIGIN: Final = b"access-control-allow-origin"
_ALLOW_CREDENTIALS: Final = (b"access-control-allow-credentials", b"true")
_VARY: Final = b"vary"


def parse_origins(text: str) -> tuple[str, ...]:
    """Parse origins separated by commas, as browsers send them; `*` alone for any. InvalidValueError."""
    given = list(dict.fromkeys(filter(None, (each.strip() for each in text.split(",")))))
    if not given or given == [ANY_ORIGIN]:
        return (ANY_ORIGIN,)
    return tuple(dict.fromkeys(map(_parse_origin, given)))


def _parse_origin(text: str) -> str:
    """Return the serialization of an origin: scheme and host in lower case and ASCII, without the default port."""
    match = _ORIGIN.fullmatch(text)
    host = "" if match is None else ascii_host(match[2]).lower()
    if match is None or not _HOST.fullmatch(host):
        raise InvalidValueError(
            f"'{text[:100]}' is no origin: write scheme://host or scheme://host:port without a path, or * alone."
        )
    scheme, port = match[1].lower(), match[3]
    return f"{scheme}://{host}" if port in {None, _DEFAULT_PORTS.get(scheme)} else f"{scheme}://{host}:{port}"


class CrossOriginPolicy:
    """Access for the scripts of these origins alone, also with credentials."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(each.encode() for each in origins)

    def find_origin(self, value: bytes | None) -> bytes | None:
        """Return the value of an Origin field if it is a listed one, else None: all others get the same response."""
        return value if value in self._origins else None

    def apply(self, fields: RawFields, origin: bytes | None) -> RawFields:
        """Return the fields of a response to a request from this origin, which `find_origin` returned.

        A response without CORS fields, such as that of a health check, is for no other origin, and stays as it is.
        """
        if not any(name.lower() == _ALLOW_ORIGIN for name, _ in fields):
            return fields
        varies: list[bytes] = [b"Origin"]
        sent: RawFields = []
        for name, value in fields:
            lower = name.lower()
            if lower == _VARY:
                varies.insert(len(varies) - 1, value)
            elif lower != _ALLOW_ORIGIN and (origin is not None or not lower.startswith(_CORS_PREFIX)):
                sent.append((name, value))
        if origin is not None:
            sent += [(_ALLOW_ORIGIN, origin), _ALLOW_CREDENTIALS]
        return [*sent, (_VARY, b", ".join(varies))]


def find_policy(origins: tuple[str, ...]) -> CrossOriginPolicy | None:
    """Return the policy for the setting's value; None where any origin has access, without credentials."""
    return None if origins == (ANY_ORIGIN,) else CrossOriginPolicy(origins)
