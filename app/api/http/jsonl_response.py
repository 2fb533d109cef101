"""Streamed responses of many lines, sent while they are read, at the pace of the client."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from app.api.http.responses import CROSS_ORIGIN, NO_STORE
from app.api.public.changes import run_until_disconnect
from app.db.database import TRANSIENT_ERRORS, is_transient, log_summary
from app.response_cache.negotiation import COMPRESS_FROM_BYTES, choose_encoding
from app.response_cache.stream_encoders import stream_encoder

PIECE_BYTES = 65_536
WRITE_TIMEOUT_S = 60.0  # maximum time of a client for one chunk
MAX_DURATION_S = 3_600.0  # maximum lifetime of a snapshot, during which the database cannot remove deleted rows

log = logging.getLogger(__name__)

ReadNext = Callable[[], Awaitable[bytes | None]]


class SlowClientError(Exception):
    """The client reads too slowly for the lifetime of a snapshot."""


class JsonLinesResponse(Response):
    """JSON Lines; `read_next` reads what follows `first`, None at the end, and then releases `held`.

    A disconnect ends it immediately. An abort (an outage, a slow client) leaves the chunked body without its last
    chunk, by which every HTTP client detects an incomplete response.
    """

    media_type = "application/jsonl"

    def __init__(
        self, first: bytes, read_next: ReadNext | None, *, headers: Mapping[str, str], resources: AsyncExitStack
    ) -> None:
        super().__init__(headers={**CROSS_ORIGIN, "cache-control": NO_STORE, "vary": "Accept-Encoding", **headers})
        del self.headers["content-length"]
        self._first = first
        self._read_next = read_next
        self._held = resources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, and release its resources."""
        async with self._held:
            request = Request(scope, receive)
            try:
                await run_until_disconnect(request, self._send(request, send))
            except SlowClientError:
                log.warning("%s aborted: client too slow", scope["path"])
            except TRANSIENT_ERRORS as error:
                if not is_transient(error):
                    raise
                log.error("%s aborted: database unavailable: %s", scope["path"], log_summary(error))  # noqa: TRY400 - one line an outage

    async def _send(self, request: Request, send: Send) -> None:
        encoding = choose_encoding(", ".join(request.headers.getlist("accept-encoding")), COMPRESS_FROM_BYTES)
        if encoding is not None:
            self.headers["content-encoding"] = encoding
        deadline = asyncio.get_running_loop().time() + MAX_DURATION_S
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        encoder = stream_encoder(encoding)
        lines: bytes | None = self._first
        while lines is not None:
            if lines:
                await _send_pieces(send, await asyncio.to_thread(encoder.compress, lines), deadline)
            lines = None if self._read_next is None else await self._read_next()
        await _send_pieces(send, encoder.flush(), deadline)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_pieces(send: Send, body: bytes, deadline: float) -> None:
    """Send it chunk by chunk, each when the client has read the previous one; SlowClientError."""
    for start in range(0, len(body), PIECE_BYTES):
        if asyncio.get_running_loop().time() > deadline:
            raise SlowClientError
        piece = body[start : start + PIECE_BYTES]
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except TimeoutError:
            raise SlowClientError from None
