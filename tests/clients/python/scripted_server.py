"""Server whose responses a test writes down in advance."""

from typing import Any

import httpx

from dayline_client import Dayline

Reply = httpx.Response | Exception


def problem(status: int, code: str, **members: Any) -> httpx.Response:
    """Return an error response as the API sends them."""
    content = {"type": f"/problems/{code}", "title": "A title", "status": status, "detail": "A detail.", **members}
    return httpx.Response(status, json=content, headers={"content-type": "application/problem+json"})


class ScriptedServer:
    """Server that gives one response after the other; it records the requests, and the pauses of its client."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def client(self, base_url: str = "https://news.example", **options: Any) -> Dayline:
        """Return a client of this server."""
        transport = httpx.MockTransport(self._reply)
        return Dayline(base_url, transport=transport, sleep=self.pauses.append, **options)

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply
