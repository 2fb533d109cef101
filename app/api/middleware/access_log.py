"""The access log: one line for each request, hits of the wire cache in batches."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app import clock
from app.logging.context import BATCH, MAKE_RECORD, REQUEST_ID
from app.net.base_path import without_base
from app.response_cache.wire.raw_responses import RawResponse
from app.server.request_head import path_of
from app.server.request_record import HIT, RequestRecord

FLUSH_INTERVAL_S = 0.25
MAX_BATCH = 1_000
"""Hits that are written at once: formatting them takes about a millisecond, in which nothing else is done."""

log = logging.getLogger("app.access")


class AccessLog:
    """Logs method, path, status, milliseconds, bytes of content, cache state and key prefix of each request.

    A hit of the wire cache takes some twenty microseconds, so it is only noted, and logged within a quarter of a second
    with its own time. Query strings are never logged, and paths without the base path, as they are routed.
    """

    def __init__(self, *, base_path: str = "") -> None:
        self._base_path = base_path
        self._hits: list[tuple[int, bytes, RawResponse, float]] = []
        self._timer: asyncio.TimerHandle | None = None

    def on_request(self, record: RequestRecord) -> None:
        """Log a request that reached the application, after the hits before it."""
        self.flush()
        if log.isEnabledFor(logging.INFO):
            duration_ms = round(record.duration_s * 1_000, 1)
            log.info("%s %s", record.method, record.path, extra=_fields(record, duration_ms))

    def on_hit(self, request: bytes, response: RawResponse, seconds: float) -> None:
        """Note a hit of the wire cache; `request` begins with its request line."""
        self._hits.append((clock.now(), request, response, seconds))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_INTERVAL_S, self.flush)
        elif len(self._hits) >= MAX_BATCH:
            self.flush()

    def flush(self) -> None:
        """Log the hits that were noted; to be called when the server ends, too."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._hits:
            return
        hits, self._hits = self._hits, []
        if not log.isEnabledFor(logging.INFO):
            return
        batch = [
            (at, (request[: request.find(b" HTTP/")], response, round(seconds * 1_000, 1)))
            for at, request, response, seconds in hits
        ]
        token = REQUEST_ID.set(None)  # they have none, also where a request causes this
        try:
            log.info("%d hits of the wire cache", len(hits), extra={BATCH: batch, MAKE_RECORD: self._make_record})
        finally:
            REQUEST_ID.reset(token)

    def _make_record(self, start: bytes, response: RawResponse, duration_ms: float) -> logging.LogRecord:
        """Return the record of one hit."""
        path = without_base(path_of(start.partition(b" ")[2]), self._base_path)
        record = RequestRecord(
            response.method.decode(), path, "", status=response.status, response_bytes=len(response.body), cache=HIT
        )
        return log.makeRecord(
            *(log.name, logging.INFO, __file__, 0, "%s %s", (record.method, record.path), None),
            extra=_fields(record, duration_ms),
        )


@contextmanager
def flushing(access_log: AccessLog | None) -> Iterator[None]:
    """Log the noted hits when the server ends."""
    try:
        yield
    finally:
        if access_log is not None:
            access_log.flush()


def _fields(record: RequestRecord, duration_ms: float) -> dict[str, Any]:
    return {
        "method": record.method,
        "path": record.path,
        "status": record.status,
        "ms": duration_ms,
        "bytes": record.response_bytes,
        "cache": record.cache,
        "key": record.key_prefix,
    }
