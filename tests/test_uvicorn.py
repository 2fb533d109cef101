"""The application under plain uvicorn: everything but the wire cache and the limits that `dayline serve` adds."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.api.conftest import fill
from tests.cli.commands import environment_of
from tests.conftest import put_into
from tests.server_process import free_port

MAX_READY_SECONDS = 60.0


@pytest.fixture
async def served(address: str) -> AsyncIterator[tuple[subprocess.Popen[bytes], httpx.AsyncClient]]:
    """A process of uvicorn on a database with articles, and a client of it."""
    await asyncio.to_thread(put_into, address, fill)
    port = free_port()
    options = ["app.main:create_app", "--factory", "--port", str(port)]
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - of this test
        [sys.executable, "-m", "uvicorn", *options],
        env=environment_of(address),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            await wait_ready(process, client)
            yield process, client
    finally:
        process.kill()
        await asyncio.to_thread(process.communicate)


async def wait_ready(process: subprocess.Popen[bytes], client: httpx.AsyncClient) -> None:
    """Wait until it serves."""
    begun = time.monotonic()
    while time.monotonic() - begun < MAX_READY_SECONDS:
        assert process.poll() is None, "uvicorn stopped"
        try:
            if (await client.get("/health/ready")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError("uvicorn is not ready")


async def test_application_runs_under_plain_uvicorn(served: tuple[subprocess.Popen[bytes], httpx.AsyncClient]) -> None:
    process, client = served
    fresh, cached = [await client.get("/v1/timeline") for _ in range(2)]
    assert (fresh.status_code, fresh.content, fresh.headers["etag"]) == (200, cached.content, cached.headers["etag"])
    assert (await client.get("/v1/timeline", headers={"if-none-match": fresh.headers["etag"]})).status_code == 304
    assert (await client.head("/v1/timeline")).headers["content-length"] == fresh.headers["content-length"]
    assert (await client.get("/v1/editorial/keys")).status_code == 401
    assert (await client.get("/v1/timeline?limit=0")).headers["content-type"] == "application/problem+json"
    assert (await client.get("/openapi.json")).json()["openapi"].startswith("3.1")
    async with client.stream("GET", "/v1/stream") as stream:
        assert (await anext(stream.aiter_lines())).startswith(("retry", "id"))
    process.terminate()
    output, _ = await asyncio.to_thread(process.communicate, timeout=20)
    assert process.returncode in {0, -15}
    assert b"Traceback" not in output
