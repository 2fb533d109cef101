"""Purgers over a test's database, and how far they say that they came."""

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
    """One that has begun."""
    purger = CdnPurger(database, url=url, field=field)
    purger.start()
    try:
        yield purger
    finally:
        await purger.stop()


@asynccontextmanager
async def settled_purger(database: Database, network: Network) -> AsyncIterator[CdnPurger]:
    """One that has purged everything twice, as it does first; of that nothing is noted any more."""
    async with purger_of(database, network.address) as purger:
        await until(lambda: len(network.purges) == 2)
        await until_settled(database)
        network.purges.clear()
        yield purger


async def progress_of(database: Database) -> PurgeProgress:
    kept, _ = await database.read(read_purge_progress)
    return parse_progress(kept)


async def until_settled(database: Database) -> None:
    """Wait until it is written down that all was purged twice, and nobody has the turn."""
    deadline = time.monotonic() + 10
    while True:
        kept, latest = await database.read(read_purge_progress)
        progress = parse_progress(kept)
        if kept is not None and progress.is_done(latest) and not progress.holder:
            return
        assert time.monotonic() < deadline, progress
        await asyncio.sleep(0.01)


async def set_progress(database: Database, progress: PurgeProgress) -> None:
    kept, _ = await database.read(read_purge_progress)
    assert await database.write(compare_and_set, NAME, old=kept, new=dump_progress(progress))
