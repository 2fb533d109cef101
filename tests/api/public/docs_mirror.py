"""The mirror of docs/mirror.md as printed, and a flaky network between it and its source."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import httpx

DOCUMENT = Path(__file__).parents[3] / "docs" / "mirror.md"


def read_program() -> str:
    """Return the program in the document."""
    programs = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert len(programs) == 1
    return str(programs[0])


def load_mirror(**settings: Any) -> Any:
    """Load the program as a module of its own, with these settings."""
    module = ModuleType("mirror")
    exec(compile(read_program(), DOCUMENT, "exec"), module.__dict__)  # noqa: S102 - it has to run as printed
    for name, value in settings.items():
        assert hasattr(module, name), name
        setattr(module, name, value)
    return module


def stored_articles(copy: sqlite3.Connection) -> list[Any]:
    """Return the articles of a copy, by id."""
    found = [json.loads(text) for (text,) in copy.execute("SELECT article FROM articles")]
    return sorted(found, key=lambda article: article["id"])


async def listed_articles(client: httpx.AsyncClient, requested: dict[str, Any]) -> list[Any]:
    """Return the lists of the source, page by page, by id."""
    found: list[Any] = []
    parameters: dict[str, Any] | None = {**requested, "body": "blocks", "limit": 50}
    href = "/v1/articles"
    while True:
        response = await client.get(href, params=parameters)
        assert response.status_code == 200, response.text
        page: Any = response.json()
        found += page["items"]
        if page["next"] is None:
            return sorted(found, key=lambda article: str(article["id"]))
        parameters, href = None, page["next"]["href"]


class TruncatedStream(httpx.AsyncByteStream):
    """Beginning of a response, after which the connection is closed."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning = beginning

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._beginning
        raise httpx.ReadError("the connection is gone")


class FlakyTransport(httpx.AsyncBaseTransport):
    """Network to the source that loses requests or responses, whole or in part."""

    def __init__(self, inner: httpx.AsyncBaseTransport, random: Random, counts: Counter[str]) -> None:
        self._inner = inner
        self._random = random
        self._counts = counts
        self.failure_rate = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Handle one request."""
        url = request.url.copy_set_param("wait", 0) if "wait" in request.url.params else request.url
        requested = httpx.Request(request.method, url, headers={**request.headers, "accept-encoding": "identity"})
        is_complete = self._arrives()
        response = await self._inner.handle_async_request(requested)
        if is_complete:
            return response
        self._counts["broken_exports"] += url.path == "/v1/export" and "id" not in url.params
        body = await response.aread()
        beginning = body[: self._random.randrange(len(body))] if body else b""
        return httpx.Response(response.status_code, headers=response.headers, stream=TruncatedStream(beginning))

    def _arrives(self) -> bool:
        """Send the request to the source; return whether its response arrives whole. ConnectError."""
        fate = self._random.random() / self.failure_rate if self.failure_rate else 1.0
        self._counts["lost"] += fate < 1.0
        if fate < 0.25:
            raise httpx.ConnectError("no source is running")
        return fate >= 1.0
