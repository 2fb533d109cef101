"""An installation recorded from a real server, so that each fault is injected into the same responses without one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx

FIELDS = ("accept", "accept-encoding", "if-none-match", "if-modified-since", "origin", "last-event-id", "authorization")
"""Request fields that a response depends on."""

STREAM_BYTES = 4_096
"""The part of a stream that is recorded: the sample has more changes."""


@dataclass(slots=True)
class Response:
    """A response as it was received; faults change it."""

    status: int
    fields: httpx.Headers
    body: bytes


Key = tuple[str, ...]
Change = Callable[[httpx.Request, Response], Response | None]


@dataclass(slots=True)
class Recorder(httpx.BaseTransport):
    """Transport that sends each request to the server once, and repeats the response afterwards."""

    inner: httpx.BaseTransport = field(default_factory=httpx.HTTPTransport)
    recorded: dict[Key, Response] = field(default_factory=dict)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the recorded response, or that of the server."""
        return as_response(self.respond(request))

    def close(self) -> None:
        """Close the connections to the server; recorded responses remain."""
        self.inner.close()

    def respond(self, request: httpx.Request) -> Response:
        """Return a copy of the recorded response."""
        key = (request.method, str(request.url), *(request.headers.get(name, "") for name in FIELDS))
        if key not in self.recorded:
            self.recorded[key] = self._fetch(request)
        found = self.recorded[key]
        return Response(found.status, found.fields.copy(), found.body)

    def _fetch(self, request: httpx.Request) -> Response:
        response = self.inner.handle_request(request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        is_stream = request.url.path.endswith("/v1/stream")
        body = b""
        try:
            if not is_stream or "since" in request.url.params:  # else nothing comes until something changes
                for chunk in response.stream:
                    body += chunk
                    if is_stream and len(body) > STREAM_BYTES:
                        break
        finally:
            response.close()
        return Response(response.status_code, response.headers, body)


@dataclass(slots=True)
class Faulty(httpx.BaseTransport):
    """Transport between the checks and an installation that changes some of its responses."""

    recorder: Recorder
    change: Change

    def close(self) -> None:
        """Close the connections to the server."""
        self.recorder.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response of the installation, changed."""
        found = self.recorder.respond(request)
        return as_response(self.change(request, found) or found)


class Live(Recorder):
    """Transport that sends every request to the server: for writes."""

    def respond(self, request: httpx.Request) -> Response:
        """Return the response of the server."""
        return self._fetch(request)


class _Body(httpx.SyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body


def as_response(response: Response) -> httpx.Response:
    """Return the response as transports do, its body as it was sent."""
    return httpx.Response(response.status, headers=response.fields, stream=_Body(response.body))
