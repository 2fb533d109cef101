"""Bare server for comparison: an ASGI app that responds to every request with the bytes of one file.

BENCH_BODY names the file. uvicorn serves the app with uvloop and httptools.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

BODY = Path(os.environ["BENCH_BODY"]).read_bytes()
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())],
}
REST = {"type": "http.response.body", "body": BODY}


async def app(scope: dict[str, Any], _receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    """Respond with the file; lifespan events are not supported."""
    if scope["type"] == "http":
        await send(START)
        await send(REST)
