"""Concurrent requests to the app under test, and a gate before its database at which they meet."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from app.response_cache.store import ResponseStore as KeptAnswers
from tests.conftest import app_of

ASKERS = 200


class Gate:
    """The app's database behind a gate: reads wait there, before or after, until it is open."""

    def __init__(self, *, reads_first: bool = False) -> None:
        self.state = app_of(0)[0].state
        self.begun = 0
        self.failures: list[Exception] = []
        self.open = asyncio.Event()
        self._reads_first = reads_first
        self._database = self.state.services.database
        self.state.services.database = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def read(self, *args: Any, **kwargs: Any) -> Any:
        return await self._pass(self._database.read, *args, **kwargs)

    async def read_autocommit(self, *args: Any, **kwargs: Any) -> Any:
        return await self._pass(self._database.read_autocommit, *args, **kwargs)

    async def _pass(self, read: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        self.begun += 1
        if self._reads_first:
            found = await read(*args, **kwargs)
            await self.open.wait()
            return found
        await self.open.wait()
        if self.failures:
            raise self.failures.pop(0)
        return await read(*args, **kwargs)


def response_store() -> KeptAnswers:
    """Return the response store of the app under test."""
    store: KeptAnswers = app_of(0)[0].state.services.store
    return store


async def start_requests(
    client: httpx.AsyncClient, path: str, count: int = ASKERS
) -> list[asyncio.Task[httpx.Response]]:
    """Start so many concurrent requests."""
    tasks = [asyncio.create_task(client.get(path)) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is true."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - the condition has no event
            await asyncio.sleep(0.001)


def scope(target: str) -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {"type": "http", "path": httpx.URL(f"http://x{path}").path, "query_string": query.encode()}
