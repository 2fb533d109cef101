"""Announce changed feeds to a WebSub hub, which fetches them and distributes them to its subscribers.

The change log says what changed. A second after a change, its feeds and those of all changes within that second are
announced, each once; the progress is stored after that, so that a process that is killed, or any other, announces them
again. Of any number of processes, one holds a lease at a time.
"""

import asyncio
import logging
from collections.abc import Callable
from http import HTTPStatus

from app import clock
from app.background.leased_progress import LeasedProgress, LeaseLostError
from app.background.loops import Backoff, CommitPause, end_task, run_loop, sleep_or_wake
from app.background.outage_log import OutageLogger
from app.db.database import DATABASE_ERRORS, Database
from app.domain.instant import SECOND_US
from app.domain.websub import FORM, NAME, AnnouncementProgress, dump_progress, parse_progress, publish_request
from app.queries.catalogue.editions import EditionView
from app.queries.feeds.topics import (
    AnnouncementState,
    Topic,
    TopicBatch,
    list_edition_topics,
    read_announcement_state,
    read_topics,
)
from app.webhooks.client import DeliveryAttempt, WebhookClient
from app.webhooks.lease_owner import is_dead, make_owner_id

POLL_S = 2.0  # between two reads of the database without notifications
TOKEN_POLL_S = 0.1  # between two reads of the version token, where commits are not notified
PURGE_POLL_S = 0.5  # while a change waits to be purged from the CDN
SETTLE_S = 1.0  # by then a change is visible in every process, and more may have followed
LEASE_S = 60
MIN_LEASE_LEFT_S = 30  # a request takes at most half of that
MAX_ROWS = 500  # changes that are announced together
BACK_OFF_S = 2.0
MAX_BACK_OFF_S = 300.0
STOPPED_WITHIN_S = 2.0
_REPEATED = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})

FeedUrl = Callable[[EditionView, str], str]
"""Function that returns the absolute URL of a feed, from its edition and its path."""

log = logging.getLogger(__name__)


class HubError(Exception):
    """The hub did not take an announcement."""


class WebSubPublisher:
    """Publisher that announces changes from `start` to `stop`; `client` sends them under the rules of webhooks.

    The first change that is announced is the one after the first start. With `waits_for_purges` a change is announced
    once it was purged from the CDN, from which the hub reads.
    """

    def __init__(
        self, database: Database, client: WebhookClient, *, hub: str, feed_url: FeedUrl, waits_for_purges: bool = False
    ) -> None:
        self.announced = self.failed = 0
        """Number of announcements by result."""
        self.position = 0
        """The change up to which all are announced, as this process read it last."""
        self._database = database
        self._client = client
        self._hub = hub
        self._feed_url = feed_url
        self._waits_for_purges = waits_for_purges
        self._progress = LeasedProgress(database, NAME, owner=make_owner_id(), parse=parse_progress, dump=dump_progress)
        self._acknowledged: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._watch = database.commit_watch(self._wake.set)
        self._commits = CommitPause(self._watch, self._wake, poll_s=TOKEN_POLL_S)
        self._stopping = asyncio.Event()
        self._outage = OutageLogger(
            log,
            "WebSub announcement failed, retrying",
            "WebSub announcements recovered",
            expected=(HubError, *DATABASE_ERRORS),
        )
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start in the background."""
        loop = run_loop(
            self._step,
            wake=self._wake,
            stopping=self._stopping,
            outage=self._outage,
            backoff=Backoff(BACK_OFF_S, MAX_BACK_OFF_S, jitter=True),
            pause=self._commits.sleep,
        )
        self._task = asyncio.create_task(loop, name="dayline-websub")

    async def stop(self) -> None:
        """Stop within a few seconds, and release the lease."""
        self._stopping.set()
        self._wake.set()
        await end_task(self._task, STOPPED_WITHIN_S)
        await self._progress.release()
        await self._client.close()
        await self._watch.close()

    async def _step(self) -> float:
        try:
            return await self._announce_next()
        except LeaseLostError:
            return POLL_S

    async def _announce_next(self) -> float:
        """Announce the next changes; return the seconds until the next look."""
        await self._watch.ensure_connected()
        self._commits.begin()
        state, progress = await self._read_state()
        while progress is not None and (left_us := progress.resumes_at - clock.now()) > 0:
            if await sleep_or_wake(self._stopping, left_us / SECOND_US):
                return POLL_S
            state, progress = await self._read_state()  # another process may have announced since
        if progress is None:
            await self._progress.write(AnnouncementProgress(seq=state.latest))
            return POLL_S
        self.position = progress.seq
        if progress.seq == state.latest or self._is_leased(progress):
            return POLL_S
        batch = await self._read_batch(state, progress)
        if batch is None:
            return PURGE_POLL_S
        for topic in batch.topics:
            if self._stopping.is_set():
                return POLL_S
            await self._renew_lease()
            await self._announce(topic)
        await self._progress.write(AnnouncementProgress(seq=batch.seq))
        self._acknowledged.clear()
        self.position = batch.seq
        return 0.0 if batch.seq < state.latest else POLL_S

    async def _read_state(self) -> tuple[AnnouncementState, AnnouncementProgress | None]:
        state = await self._database.read(read_announcement_state)
        self._progress.stored = state.progress
        return state, parse_progress(state.progress)

    async def _read_batch(self, state: AnnouncementState, progress: AnnouncementProgress) -> TopicBatch | None:
        """Return the feeds to announce next; None while their changes wait to be purged from the CDN."""
        if progress.seq > state.latest:  # the log was replaced, and what it had before is not known
            return TopicBatch(await self._database.read(list_edition_topics, seq=state.latest), state.latest)
        up_to = min(state.latest, state.purged) if self._waits_for_purges else state.latest
        if up_to <= progress.seq:
            return None
        await self._renew_lease()
        await sleep_or_wake(self._stopping, SETTLE_S)
        return await self._database.read(read_topics, since=progress.seq, up_to=up_to, most=MAX_ROWS)

    def _is_leased(self, progress: AnnouncementProgress) -> bool:
        """Return whether another process, which has not ended, holds the lease."""
        is_held = progress.until > clock.now() and progress.holder not in {"", self._progress.owner}
        return is_held and not is_dead(progress.holder)

    async def _renew_lease(self) -> None:
        """Acquire the lease, or renew it while little of it is left; LeaseLostError."""
        progress, now = parse_progress(self._progress.stored), clock.now()
        if progress is None or (
            progress.holder == self._progress.owner and progress.until - now > MIN_LEASE_LEFT_S * SECOND_US
        ):
            return
        await self._progress.write(progress.with_lease(self._progress.owner, now + LEASE_S * SECOND_US))

    async def _announce(self, topic: Topic) -> None:
        """Announce a feed, unless that was done after its last change; HubError where it has to be repeated."""
        url = self._feed_url(topic.edition, topic.path)
        if self._acknowledged.get(url, 0) >= topic.seq:
            return
        attempt = await self._client.send(self._hub, publish_request(url), {"content-type": FORM})
        self.announced += attempt.is_delivered
        self.failed += not attempt.is_delivered
        if not attempt.is_delivered:
            if is_repeated(attempt):
                await self._store_retry_after(attempt.retry_after_s)
                raise HubError(attempt.reason)
            log.warning("The hub refused an announcement, which is not repeated: %s", attempt.reason)
        self._acknowledged[url] = topic.seq

    async def _store_retry_after(self, seconds: int | None) -> None:
        """Store until when no process is to announce; LeaseLostError."""
        progress = parse_progress(self._progress.stored)
        if seconds and progress is not None:
            await self._progress.write(progress.with_resumption(clock.now() + seconds * SECOND_US))


def is_repeated(attempt: DeliveryAttempt) -> bool:
    """Return whether a failed announcement may succeed later: not where the hub refused this feed by a 4xx."""
    status = attempt.status
    is_refusal = status is not None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return not is_refusal or status in _REPEATED
