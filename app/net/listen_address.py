"""Address that a server listens on, as operators write it: `127.0.0.1:9100`, `[::1]:9100`."""

import re
from typing import NamedTuple

from app.errors import InvalidValueError

_ADDRESS = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})")
MAX_PORT = 65_535


class ListenAddress(NamedTuple):
    """Host (an address or a name) and port."""

    host: str
    port: int


def parse_listen_address(text: str) -> ListenAddress | None:
    """Parse `host:port`; None for an empty text. InvalidValueError for anything else."""
    if not text.strip():
        return None
    match = _ADDRESS.fullmatch(text.strip())
    if match is None or not 0 < int(match[3]) <= MAX_PORT:
        raise InvalidValueError("An address to listen on must be written like 127.0.0.1:9100 or [::1]:9100.")
    return ListenAddress(match[1] or match[2], int(match[3]))
