"""Purgers over a test's database, and their stored progress."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.background.cdn_purger import CdnPurger
from app.db.database import Database
from app.interchange.key_value import compare_and_set
from app.invalidation.purge_progress import NAME, PurgeProgress, dump_progress, parse_progress
from app.queries.changes.invalidation_log import read_purge_progress
from tests.background.network import Network, until

SETTLED_S = 0.06


@asynccontextmanager
async def purger_of(database: Database, url: str, field: tuple[str, str] | None = None) -> AsyncIterator[CdnPurger]:
    """Start a purger."""
    purger = CdnPurger(database, url=url, field=field)
    purger.start()
    try:
        yield purger
    finally:
        await purger.stop()


@asynccontextmanager
async def settled_purger(database: Database, network: Network) -> AsyncIterator[CdnPurger]:
    """Start a purger that has purged everything twice, as it does first; the CDN's record is then empty."""
    async with purger_of(database, network.address) as purger:
        await until(lambda: len(network.purges) == 2)
        await until_settled(database)
        network.purges.clear()
        yield purger


async def progress_of(database: Database) -> PurgeProgress:
    stored, _ = await database.read(read_purge_progress)
    return parse_progress(stored)


async def until_settled(database: Database) -> None:
    """Wait until the progress says that all was purged twice, and no process has the lease."""
    deadline = time.monotonic() + 10
    while True:
        stored, latest = await database.read(read_purge_progress)
        progress = parse_progress(stored)
        if stored is not None and progress.is_done(latest) and not progress.holder:
            return
        assert time.monotonic() < deadline, progress
        await asyncio.sleep(0.01)


async def set_progress(database: Database, progress: PurgeProgress) -> None:
    stored, _ = await database.read(read_purge_progress)
    assert await database.write(compare_and_set, NAME, old=stored, new=dump_progress(progress))
