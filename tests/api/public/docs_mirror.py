"""The mirror of docs/mirror.md as it stands there, and the weather between it and its source."""

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


def printed() -> str:
    """The program of the document."""
    programs = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert len(programs) == 1
    return str(programs[0])


def load_mirror(**settings: Any) -> Any:
    """The program as a module of its own, with these of its settings."""
    module = ModuleType("mirror")
    exec(compile(printed(), DOCUMENT, "exec"), module.__dict__)  # noqa: S102 - it is to be run as it is printed
    for name, value in settings.items():
        assert hasattr(module, name), name
        setattr(module, name, value)
    return module


def held(copy: sqlite3.Connection) -> list[Any]:
    """The articles of a copy, by id."""
    found = [json.loads(text) for (text,) in copy.execute("SELECT article FROM articles")]
    return sorted(found, key=lambda article: article["id"])


async def walked(client: httpx.AsyncClient, asked: dict[str, Any]) -> list[Any]:
    """What the lists of the source show, page by page, by id."""
    found: list[Any] = []
    parameters: dict[str, Any] | None = {**asked, "body": "blocks", "limit": 50}
    href = "/v1/articles"
    while True:
        answer = await client.get(href, params=parameters)
        assert answer.status_code == 200, answer.text
        page: Any = answer.json()
        found += page["items"]
        if page["next"] is None:
            return sorted(found, key=lambda article: str(article["id"]))
        parameters, href = None, page["next"]["href"]


class Cut(httpx.AsyncByteStream):
    """The beginning of an answer; then the connection is gone."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning = beginning

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._beginning
        raise httpx.ReadError("the connection is gone")


class Weather(httpx.AsyncBaseTransport):
    """The way to the source: requests or answers get lost on it, whole or in part, and nobody waits for news."""

    def __init__(self, inner: httpx.AsyncBaseTransport, random: Random, counts: Counter[str]) -> None:
        self._inner = inner
        self._random = random
        self._counts = counts
        self.badness = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        url = request.url.copy_set_param("wait", 0) if "wait" in request.url.params else request.url
        asked = httpx.Request(request.method, url, headers={**request.headers, "accept-encoding": "identity"})
        is_whole = self._arrives()
        answer = await self._inner.handle_async_request(asked)
        if is_whole:
            return answer
        self._counts["broken_exports"] += url.path == "/v1/export" and "id" not in url.params
        body = await answer.aread()
        beginning = body[: self._random.randrange(len(body))] if body else b""
        return httpx.Response(answer.status_code, headers=answer.headers, stream=Cut(beginning))

    def _arrives(self) -> bool:
        """Reach the source; whether its answer will arrive whole. ConnectError."""
        fate = self._random.random() / self.badness if self.badness else 1.0
        self._counts["lost"] += fate < 1.0
        if fate < 0.25:
            raise httpx.ConnectError("nobody answers")
        return fate >= 1.0
