"""Responses with their ETags, so that what did not change is not sent again."""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

import httpx


class StoredResponse(NamedTuple):
    """Body of a response, and the validator that it came with."""

    etag: str
    content: bytes


class ResponseMemory:
    """Least recently used responses, bounded in bytes; several threads may share it."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._stored: OrderedDict[str, StoredResponse] = OrderedDict()
        self._lock = Lock()

    def find(self, url: httpx.URL) -> StoredResponse | None:
        """Return the response of this URL."""
        with self._lock:
            found = self._stored.get(str(url))
            if found is not None:
                self._stored.move_to_end(str(url))
            return found

    def store(self, url: httpx.URL, response: httpx.Response) -> None:
        """Store a response that has an ETag and may be stored; drop those not used for longest."""
        etag = response.headers.get("etag")
        if etag is None or "no-store" in response.headers.get("cache-control", ""):
            return
        with self._lock:
            self._drop(str(url))
            if len(response.content) > self._max_bytes:
                return
            self._stored[str(url)] = StoredResponse(etag, response.content)
            self._bytes += len(response.content)
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._stored)))

    def _drop(self, url: str) -> None:
        dropped = self._stored.pop(url, None)
        if dropped is not None:
            self._bytes -= len(dropped.content)
