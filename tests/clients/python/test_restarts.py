"""The mirror of the client's guide and a synchronous follower stay exact while their server is killed and restarted."""

import asyncio
import os
import signal
import sqlite3
import sys
import time
from contextlib import closing
from itertools import takewhile
from pathlib import Path
from random import Random

import httpx
import pytest

from dayline_client import Dayline, Retries
from tests.api.public.docs_mirror import listed_articles, stored_articles
from tests.clients.python.guide import PROJECT, read_guide_mirror
from tests.conftest import Store
from tests.records import article, edition
from tests.server_process import Server, free_port, start_server

pytestmark = pytest.mark.soak
LIVES = 6
MAX_SECONDS = 30.0
EVERYTHING = {"edition": "*"}


class RestartedServer:
    """Server that is killed, and started again on the same port after a while."""

    def __init__(self, address: str, folder: Path) -> None:
        self._given = (address, folder, free_port())
        self.now: Server = start_server(*self._given)

    async def restart(self, store: Store, *names: str) -> None:
        """Kill it, store articles of these names while it is down, and start it again."""
        self.now.end()
        await store(*(article(source_id=name) for name in names))
        self.now = start_server(*self._given)
        await self.now.wait_ready()


async def test_mirror_of_the_guide_is_equal_after_kills_of_both_sides(
    database_address: str, store: Store, tmp_path: Path
) -> None:
    program, file, random = tmp_path / "mirror.py", tmp_path / "copy.db", Random(15)
    program.write_text(read_guide_mirror())
    await store(edition(), *(article(source_id=f"old-{n}") for n in range(300)))
    server = RestartedServer(database_address, tmp_path)
    await server.now.wait_ready()
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "clients/python")}
    try:
        for life in range(LIVES):
            with (tmp_path / "mirror.txt").open("ab") as words:
                mirror = await asyncio.create_subprocess_exec(
                    sys.executable, program, server.now.address, file, stdout=words, stderr=words, env=environment
                )
            try:
                await asyncio.sleep(random.uniform(0.2, 1.0))
                await store(*(article(source_id=f"life-{life}-{n}") for n in range(3)), article(source_id="old-7"))
                if life % 2:
                    await server.restart(store, f"down-{life}")
                if life == LIVES - 1:
                    await wait_until_equal(server.now.address, file)
            finally:
                mirror.send_signal(signal.SIGKILL)
                await mirror.wait()
    finally:
        server.now.end()
    assert (tmp_path / "mirror.txt").read_text() == ""


async def wait_until_equal(address: str, file: Path) -> None:
    """Wait until the copy has every article of the source."""
    async with httpx.AsyncClient(base_url=address) as client:
        expected = await listed_articles(client, EVERYTHING)
    deadline = time.monotonic() + MAX_SECONDS
    with closing(sqlite3.connect(file)) as copy:
        while stored_articles(copy) != expected:
            assert time.monotonic() < deadline, "the copy does not become equal"
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("by", ["stream", "poll"])
async def test_synchronous_follower_survives_a_killed_server(
    database_address: str, store: Store, tmp_path: Path, by: str
) -> None:
    await store(edition(), *(article(source_id=f"old-{n}") for n in range(5)))
    server = RestartedServer(database_address, tmp_path)
    await server.now.wait_ready()

    def follow() -> list[str]:
        with Dayline(server.now.address, retries=Retries(first_pause_s=0.1, max_pause_s=0.5)) as dayline:
            batches = dayline.follow(0, by=by, reconnects=20, fields="headline")  # type: ignore[arg-type]
            changes = (change for batch in batches for change in batch.changes if change["article"] is not None)
            named = (change["article"]["headline"] for change in changes if change["article"] is not None)
            return list(takewhile(lambda headline: headline != "Story end", named))

    following = asyncio.create_task(asyncio.to_thread(follow))
    try:
        for life in range(3):
            await asyncio.sleep(0.5)
            await server.restart(store, f"down-{life}")
            await store(article(source_id=f"up-{life}"))
        await store(article(source_id="end"))
        headlines = await asyncio.wait_for(following, MAX_SECONDS)
    finally:
        server.now.end()
    assert headlines == [
        *(f"Story old-{n}" for n in range(5)),
        *(f"Story {state}-{life}" for life in range(3) for state in ("down", "up")),
    ]
