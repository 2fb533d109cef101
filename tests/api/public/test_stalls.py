"""Blocking of the event loop by new combinations of filters; the soak test prints the figures."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench.archive import Size
from bench.create_archive import fill
from tests.conftest import opened

STALL_MOST_S = 0.25
"""Limit on a loaded machine; on an idle one, the longest is some 0.03 s."""


def names(parameter: str, values: list[str]) -> str:
    return "&".join(f"{parameter}={value}" for value in values)


@asynccontextmanager
async def longest_stall() -> AsyncIterator[list[float]]:
    """Measure the longest time in seconds in which no other task of the loop ran."""
    found, before = [0.0], time.perf_counter()

    async def beat() -> None:
        nonlocal before
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            found[0], before = max(found[0], now - before), now

    task = asyncio.create_task(beat())
    await asyncio.sleep(0)
    try:
        yield found
        await asyncio.sleep(0)
    finally:
        task.cancel()


@pytest.mark.soak
def test_new_filter_combination_blocks_the_loop_briefly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = f"sqlite:///{tmp_path / 'stalls.db'}"
    fill(address, Size(20_000, is_lean=True), report_progress=lambda _: None)
    stalls = asyncio.run(_measure(address))
    with capsys.disabled():
        for path, stall in stalls.items():
            sys.stdout.write(f"\n{stall * 1000:7.1f} ms  {path[:70]}")
    assert max(stalls.values()) <= STALL_MOST_S


async def _measure(address: str) -> dict[str, float]:
    async with opened(address) as client:
        tags = [each["slug"] for each in (await client.get("/v1/tags?limit=60")).json()["items"]]
        authors = [each["slug"] for each in (await client.get("/v1/authors?limit=60")).json()["items"]]
        articles = (await client.get("/v1/articles?limit=100")).json()["items"]
        await client.get("/v1/timeline")
        by_id = names("id", [each["id"] for each in articles])
        excluded = "exclude=" + ",".join(each["slug"] for each in articles)
        many, both = names("tag", tags[:50]), f"{names('tag', tags[:15])}&{names('author', authors[:15])}"
        year = "from=2024-06-01&to=2025-07-01"
        stalls = {}
        for path in (
            f"/v1/timeline?{many}",
            f"/v1/timeline?{both}",
            f"/v1/timeline?total=true&{both}&{excluded}",
            f"/v1/articles?edition=*&{many}&{excluded}",
            f"/v1/articles?{by_id}&{both}",
            f"/v1/timeline/2025-06-20?total=true&{both}",
            f"/v1/timeline/calendar?{year}&{both}",
            f"/feeds/harbour/atom.xml?{both}",
        ):
            async with longest_stall() as found:
                assert (await client.get(path)).status_code in {200, 503}
            stalls[path] = found[0]
        return stalls
