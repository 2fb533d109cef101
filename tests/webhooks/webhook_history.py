"""Random history of a mirror by webhooks: its server, its dispatchers and itself end at any time."""

from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from app import clock
from app.actions.webhooks.deliveries import RETENTION_US, prune_deliveries
from app.actions.webhooks.endpoints import delete_webhook, edit_webhook, replay_changes
from app.db.database import Connection, Database
from app.queries.webhooks.webhook_outbox import list_enabled_endpoints, read_outbox_batch
from tests.api.public.docs_mirror import listed_articles
from tests.conftest import NOW
from tests.queries.history import Walk, last_moment
from tests.queries.mirror_history import MirrorHistory
from tests.webhooks.endpoints import make_endpoint, until
from tests.webhooks.killable_dispatcher import KillableDispatchers
from tests.webhooks.mirror_process import MirrorReceiver
from tests.webhooks.source_server import Source
from tests.webhooks.webhook_mirror import WebhookMirror

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HAPPENINGS = 24
LAST_WRITES = 6
OF_OTHERS = {"related", "neighbours"}
"""Members of an article that show other articles, and so change without a change of their own."""


class WebhookHistory(MirrorHistory):
    """History in an edition of its own; at its end the mirror's file must equal what the source shows."""

    def __init__(self, database: Database, number: int, *, address: str, folder: Path, dead: set[str]) -> None:
        super().__init__(database, number)
        self._chance = Random(f"weather {number}")  # of its own: the order of events does not change what is written
        self._source = Source(address, self._chance)
        self._senders = KillableDispatchers(address, self._chance, dead)
        self._file = folder / f"hook-{number}.db"
        self._hook: MirrorReceiver
        self._endpoint = 0
        self._url = ""
        self._backup: bytes | None = None
        self._has_stayed_away = False

    async def run(self) -> Counter[str]:
        """Run the history; return the counts of what happened."""
        # Not before the clock of the servers, whose schedule would otherwise publish before the history does.
        self._now = max(NOW, clock.now(), await self._database.read(last_moment))
        await self._rename_edition()
        await self._store([self._new() for _ in range(self._random.randrange(8, 25))])
        self._ask()
        self._hook = MirrorReceiver(self._file, self._source, self._params, self._chance)
        async with AsyncExitStack() as stack:
            for end in (self._source.end, self._hook.kill, self._senders.close, self._forget_endpoint):
                stack.push_async_callback(end)
            await self._begin()
            for _ in range(HAPPENINGS):
                await self._happen()
                assert not self._hook.checks.faults, self._hook.checks.faults
            await self._arrive()
            await self._compare()
        of_others = self._source.counts + self._senders.counts + self._hook.counts + self._hook.checks.counts
        return self.counts + of_others

    def _ask(self) -> None:
        """Return filters that webhooks have."""
        super()._ask()
        self._params = {name: value for name, value in self._params.items() if name not in {"exclude", "from", "to"}}
        self._lower, self._upper = -(2**62), 2**62

    async def _begin(self) -> None:
        """Copy, and subscribe to the changes after the copy; the newsroom writes meanwhile."""
        await self._source.begin()
        await self._hook.begin()
        await until(lambda: not self._hook.mirror.is_stale)
        for _ in range(self._random.randrange(5)):
            await self._live()
        since = self._hook.mirror.seq
        self._hook.checks.begin(since)
        self._url = self._hook.url
        self._endpoint = await make_endpoint(self._database, self._url, since=since, filters=self._params)
        await self._senders.begin(self._hook.checks)
        await self._alter_weather()

    async def _happen(self) -> None:
        happenings: dict[Callable[[], Awaitable[None]], int] = {
            self._write_some: 24,
            self._listen: 24,
            self._alter_weather: 8,
            self._restart_hook: 6,
            self._move_hook: 2,
            self._put_hook_back: 2,
            self._ask_for_replay: 2,
            self._restart_sender: 10,
            self._switch: 3,
            self._source.restart: 2,
            self._tidy: 2,
            self._stay_away_once: 2,
        }
        what = self._chance.choices([*happenings], [*happenings.values()])[0]
        await what()

    async def _write_some(self) -> None:
        for _ in range(self._chance.choice((1, 2, 4))):
            await self._live()
        self._senders.wake()

    async def _listen(self) -> None:
        """Wait for some messages, if they can arrive."""
        sendings = self._hook.checks
        goal = sendings.counts["arrivals"] + self._chance.choice((1, 3, 8))

        async def has_received() -> bool:
            is_still = not self._hook.is_up or not len(self._senders)
            return is_still or sendings.counts["arrivals"] >= goal or await self._database.read(self._is_quiet)

        await until(has_received)

    async def _alter_weather(self) -> None:
        self._hook.failure_rate = self._chance.choice((0, 0.3, 0.5, 0.8))
        self._source.failure_rate = self._chance.choice((0, 0.3, 0.6))

    async def _restart_hook(self) -> None:
        """Kill the receiver, or restart it; sometimes its file is backed up."""
        if not self._hook.is_up:
            await self._begin_hook()
            return
        await self._hook.kill()
        self.counts["receivers_killed"] += 1
        if self._chance.random() < 0.4:
            self._backup = self._file.read_bytes()
        if self._chance.random() < 0.5:
            await self._begin_hook()

    async def _move_hook(self) -> None:
        await self._hook.kill()
        await self._begin_hook(is_elsewhere=True)
        self.counts["moves"] += 1

    async def _put_hook_back(self) -> None:
        """Continue with an older copy of the file, at another URL, which receives the replay alone."""
        if self._backup is None:
            return
        await self._hook.kill()
        self._file.write_bytes(self._backup)
        await self._replay(0)
        await self._begin_hook(is_elsewhere=True)
        self.counts["put_back"] += 1

    async def _ask_for_replay(self) -> None:
        await self._hook.kill()
        await self._replay(self._chance.randrange(12))
        await self._begin_hook()

    async def _replay(self, changes: int) -> None:
        """Move a file that no process uses back by so many changes, and request a replay."""
        mirror = WebhookMirror(self._file)
        since = max(mirror.seq - changes, self._hook.checks.since)
        mirror.go_back(since)
        mirror.close()
        self._hook.checks.replay(since)
        await self._database.write(replay_changes, self._endpoint, since=since, now=clock.now())
        self.counts["replays"] += 1

    async def _restart_sender(self) -> None:
        """Start or end a dispatcher; two at most."""
        if len(self._senders) == 0 or (len(self._senders) == 1 and self._chance.random() < 0.4):
            await self._senders.begin(self._hook.checks)
        else:
            await self._senders.end_one(is_killed=self._chance.random() < 0.6)

    async def _switch(self) -> None:
        """Disable the endpoint, or enable it again."""
        await self._edit({"enabled": not await self._database.read(self._is_enabled)})
        self.counts["switched"] += 1

    async def _tidy(self) -> None:
        await self._database.write(prune_deliveries, now=clock.now() + self._chance.choice((0, RETENTION_US)))

    async def _stay_away_once(self) -> None:
        """Write until undelivered changes are compacted in the log."""
        if not self._has_stayed_away:
            self._has_stayed_away = True
            self._held = {piece.id: piece for piece in self._matching()}
            await self._stay_away()

    async def _begin_hook(self, *, is_elsewhere: bool = False) -> None:
        await self._hook.begin(is_elsewhere=is_elsewhere)
        if self._hook.url != self._url:
            self._url = self._hook.url
            await self._edit({"url": self._url})

    async def _edit(self, patch: dict[str, Any]) -> None:
        await self._database.write(edit_webhook, self._endpoint, patch, expected=None, now=clock.now())
        self._senders.wake()

    def _is_enabled(self, connection: Connection) -> bool:
        return any(each.id == self._endpoint for each in list_enabled_endpoints(connection))

    def _is_quiet(self, connection: Connection) -> bool:
        """Return whether there is nothing to send, or the endpoint is disabled."""
        for each in list_enabled_endpoints(connection):
            since = each.enqueued_seq
            while each.id == self._endpoint:
                found = (
                    None if each.has_pending else read_outbox_batch(connection, each.id, since=since, now=clock.now())
                )
                if found is None or found.rows:
                    return False
                if found.is_end:
                    return True
                since = found.as_of
        return True

    async def _arrive(self) -> None:
        """Wait, without network faults, until everything has arrived."""
        self._hook.failure_rate = self._source.failure_rate = 0
        for _ in range(LAST_WRITES):
            await self._write(Walk(set()))
        if not self._hook.is_up:
            await self._begin_hook()
        if not len(self._senders):
            await self._senders.begin(self._hook.checks)
        if not await self._database.read(self._is_enabled):
            await self._edit({"enabled": True})

        async def has_all() -> bool:
            return not self._hook.mirror.is_stale and await self._database.read(self._is_quiet)

        await until(has_all)
        assert not self._hook.checks.faults, self._hook.checks.faults

    async def _compare(self) -> None:
        """Compare each article with its page, without the parts that show others; copied ones with their list items."""
        held = self._hook.mirror.held()
        async with self._source.connect(is_fair=True) as client:
            listed = {item["id"]: item for item in await listed_articles(client, self._params)}
            pages = {name: (await client.get(f"/v1/articles/{name}")).json() for name in listed}
        assert sorted(held) == sorted(listed) == sorted(piece.id for piece in self._matching())
        for name, (article, by_message) in held.items():
            assert article.keys() == (pages[name] if by_message else listed[name]).keys()
            own = article.keys() - OF_OTHERS
            assert {each: article[each] for each in own} == {each: pages[name][each] for each in own}
            self.counts["by_message"] += by_message
        self.counts.update(compared=1, articles=len(held))

    async def _forget_endpoint(self) -> None:
        if self._endpoint:
            await self._database.write(delete_webhook, self._endpoint)
