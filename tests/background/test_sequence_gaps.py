"""Gaps of the log, and a log replaced by another, while a process follows: the cache is cleared, everything purged."""

from collections.abc import Sequence

from app.changefeed.log_follower import LogFollower
from app.db.database import Database
from app.invalidation.change_event import ChangeEvent
from app.queries.changes.change_list import latest_seq
from tests.background.network import Network, until
from tests.background.purgers import progress_of, settled_purger, until_settled
from tests.conftest import NOW, Store
from tests.process_writers import append, sync_follower
from tests.records import edition
from tests.restore_backup import leap, restore


async def test_sequence_gap_is_applied_or_resets_the_follower(database: Database, store: Store) -> None:
    calls: list[list[int] | None] = []

    def apply(found: Sequence[ChangeEvent]) -> None:
        calls.extend([[each.seq for each in found]] if found else [])

    await store(edition())
    follower = LogFollower(database, apply, lambda: calls.append(None))
    await follower.start()
    await sync_follower(follower)
    calls.clear()
    gap = await database.write(leap)
    await sync_follower(follower)
    assert calls == [[gap.first]]
    await database.write(append, 3)
    await sync_follower(follower)
    again = await database.write(restore, gap.first + 1)
    await sync_follower(follower)
    assert calls[-1] is None
    await database.write(append)
    await sync_follower(follower)
    assert calls[-1] == [again.first + 1]
    await follower.stop()


async def test_sequence_gap_purges_everything(database: Database, store: Store, network: Network) -> None:
    await store(edition())
    async with settled_purger(database, network):
        last = await database.read(latest_seq)
        await database.write(append, 3)
        await until(lambda: len(network.purges) == 2)
        await until_settled(database)
        network.purges.clear()
        gap = await database.write(restore, last)
        await until(lambda: len(network.purges) == 2)
        await until_settled(database)
        assert [each.keys for each in network.purges] == [["all"], ["all"]]
        assert (await progress_of(database)).seq == gap.first
        network.purges.clear()
        await database.write(append, key="tag:7")
        await until(lambda: len(network.purges) == 2)
        assert network.purges[0].keys == ["tag:7"]
    assert gap.first == NOW // 100
