"""Requests and responses as plain values that processes exchange, and requests to an app in this process."""

from typing import Any, NamedTuple
from urllib.parse import unquote

import orjson
from fastapi import FastAPI

Headers = tuple[tuple[str, str], ...]


class Request(NamedTuple):
    """Request: its target, and its method and header fields."""

    target: str
    method: str = "GET"
    headers: Headers = ()
    body: bytes = b""


class Response(NamedTuple):
    """Response; header names in lower case, in their order."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of a header field, None if absent."""
        return next((value for each, value in self.headers if each == name), None)

    def json(self) -> Any:
        """Return the parsed JSON body."""
        return orjson.loads(self.body)


async def send_request(app: FastAPI, request: Request) -> Response:
    """Return the response of an app in this process, as a server requests it."""
    content: list[Any] = []
    brought = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Any:
        return brought.pop() if brought else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        content.append(message)

    await app(_scope(request), receive, send)
    start, *pieces = content
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"])
    return Response(start["status"], headers, b"".join(piece.get("body", b"") for piece in pieces))


def _scope(request: Request) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    headers = [("host", "dayline.test"), *request.headers]
    if request.body:
        headers += [("content-type", "application/json"), ("content-length", str(len(request.body)))]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("dayline.test", 80),
        "state": {},
    }
