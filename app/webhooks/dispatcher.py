"""Dispatcher of webhook deliveries in a serving process: endpoints concurrently, the messages of each in order.

Any number of processes may run one. While no endpoint exists, it runs one statement every two seconds, and no HTTP
client is imported.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from math import isfinite
from typing import TYPE_CHECKING

from app import clock
from app.actions.webhooks.deliveries import release_leases
from app.background.loops import Backoff, run_loop, sleep_or_detect
from app.background.outage_log import OutageLogger
from app.db.database import Database
from app.domain.instant import SECOND_US
from app.errors import ConflictError
from app.net.client_address import Network
from app.queries.changes.change_list import latest_seq
from app.queries.webhooks.webhook_outbox import EndpointState, NinjsRenderer, list_enabled_endpoints
from app.webhooks.backoff import retry_delay
from app.webhooks.lease_owner import is_dead, make_owner_id

if TYPE_CHECKING:
    from app.webhooks.client import DeliveryAttempt
    from app.webhooks.deliverer import Deliverer
    from app.webhooks.ssrf_guard import SsrfGuard

POLL_S = 2.0
TOKEN_POLL_S = 0.02  # between two reads of the version token, where commits are not notified
MIN_POLL_GAP_S = 0.03  # between two polls for endpoints with pending messages
ERROR_BACKOFF_S = 5.0  # before an endpoint is retried after an internal error
SHUTDOWN_SEND_S = 5.0  # at shutdown, for sends in progress
SHUTDOWN_RECORD_S = 3.0

DISABLED_MESSAGE = "Webhooks are disabled here (DAYLINE_WEBHOOKS=false): messages are queued, not sent."

log = logging.getLogger(__name__)


class Dispatcher:
    """Dispatcher that sends messages from `start` to `stop`; receivers may be in `allowed_networks` or public.

    `render_ninjs` renders the articles of endpoints that receive ninjs, which no layer below the API does.
    `retry_delay` replaces the default delays, `deadline_s` that of the client. A disabled dispatcher sends nothing and
    takes no lease: messages stay pending.
    """

    def __init__(
        self,
        database: Database,
        *,
        render_ninjs: NinjsRenderer,
        allowed_networks: tuple[Network, ...] = (),
        enabled: bool = True,
        delay: Callable[..., float] | None = None,
        deadline_s: float | None = None,
    ) -> None:
        self.owner_id = make_owner_id()
        self._database = database
        self._render_ninjs = render_ninjs
        self._opened = allowed_networks
        self._enabled = enabled
        self._delay = delay
        self._deadline_s = deadline_s
        self._wake = asyncio.Event()
        self._watch = database.commit_watch(self._wake.set)
        self._stopping = asyncio.Event()
        self._working: dict[int, asyncio.Task[None]] = {}
        self._backoff_until: dict[int, float] = {}
        self._has_endpoints = False
        self._outage = OutageLogger(log, "Webhook dispatcher failed, retrying", "Webhook dispatcher recovered")
        self._made_guard: SsrfGuard | None = None
        self._made_deliverer: Deliverer | None = None
        self._token: object | None = None
        self._latest = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start in the background."""
        if not self._enabled:
            log.warning(DISABLED_MESSAGE)
            return
        self._task = asyncio.create_task(
            run_loop(
                self._poll,
                wake=self._wake,
                stopping=self._stopping,
                outage=self._outage,
                backoff=Backoff(POLL_S, POLL_S),
                pause=self._pause,
            ),
            name="dayline-webhooks",
        )

    async def stop(self) -> None:
        """Stop: start no further sends, wait a few seconds for those in progress, and release all leases."""
        self._stopping.set()
        self._wake.set()
        deliverer = self._made_deliverer
        if deliverer is not None:
            deliverer.shutdown.set()
        tasks = [*self._working.values(), *([] if self._task is None else [self._task])]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=SHUTDOWN_SEND_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if deliverer is not None:
            await deliverer.close(SHUTDOWN_RECORD_S)
            with suppress(Exception):  # then the leases expire
                async with asyncio.timeout(SHUTDOWN_RECORD_S):
                    await self._database.write(release_leases, owner_id=self.owner_id)
        await self._watch.close()

    def attempts(self) -> dict[str, int]:
        """Return how many messages this process sent that were delivered, and how many that failed."""
        deliverer = self._made_deliverer
        return {
            "delivered": 0 if deliverer is None else deliverer.delivered,
            "failed": 0 if deliverer is None else deliverer.failed,
        }

    def wake(self) -> None:
        """Poll for pending messages: the log has grown, or an endpoint was created or changed."""
        self._wake.set()

    def wake_if_needed(self) -> None:
        """Poll if any endpoint exists."""
        if self._has_endpoints:
            self._wake.set()

    def check_url(self, url: str) -> None:
        """Raise InvalidValueError if nothing may ever be sent to the URL."""
        self._guard().check_url(url)

    async def ping(self, endpoint_id: int) -> "tuple[str, DeliveryAttempt] | None":
        """Send a ping and return its result; None if the endpoint does not exist, ConflictError while disabled."""
        if not self._enabled:
            raise ConflictError(DISABLED_MESSAGE)
        return await self._deliverer().ping(endpoint_id)

    async def _poll(self) -> float:
        """Start a worker for each endpoint with pending messages; return the seconds to sleep."""
        token = self._watch.version_token()
        endpoints = await self._database.read(list_enabled_endpoints)
        self._token, self._has_endpoints = token, bool(endpoints)
        self._latest = endpoints[0].latest if endpoints else 0
        self._drop_others({endpoint.id for endpoint in endpoints} | self._working.keys())
        pause = POLL_S
        for endpoint in endpoints:
            if endpoint.id in self._working or not self._has_work(endpoint):
                continue
            dead_owner = self._dead_owner(endpoint)
            wait_s = self._wait_s(endpoint, dead_owner)
            if wait_s > 0:
                pause = min(pause, wait_s)
            else:
                self._start_worker(endpoint, dead_owner)
        return pause

    def _drop_others(self, endpoint_ids: Collection[int]) -> None:
        """Remove endpoints that were deleted or disabled."""
        self._backoff_until = {number: until for number, until in self._backoff_until.items() if number in endpoint_ids}
        if self._made_deliverer is not None:
            self._made_deliverer.drop_others(endpoint_ids)

    def _has_work(self, endpoint: EndpointState) -> bool:
        if endpoint.has_pending:
            return True
        revision, seen = (
            (0, 0) if self._made_deliverer is None else self._made_deliverer.scanned_up_to.get(endpoint.id, (0, 0))
        )
        known = max(endpoint.enqueued_seq, seen) if revision == endpoint.revision else endpoint.enqueued_seq
        return known < endpoint.latest

    def _dead_owner(self, endpoint: EndpointState) -> str | None:
        """Return the process that holds the lease, if it has ended."""
        by = endpoint.lease_owner
        is_held = by is not None and by != self.owner_id and endpoint.lease_expires_at > clock.now()
        return by if is_held and by is not None and is_dead(by) else None

    def _wait_s(self, endpoint: EndpointState, dead_owner: str | None) -> float:
        """Return the seconds until this process may deliver to the endpoint, as far as known."""
        now = clock.now()
        until = endpoint.next_attempt_at
        if endpoint.lease_owner not in {None, self.owner_id, dead_owner}:
            until = max(until, endpoint.lease_expires_at)
        return max((until - now) / SECOND_US, self._backoff_until.get(endpoint.id, 0.0) - time.monotonic())

    def _start_worker(self, endpoint: EndpointState, dead_owner: str | None) -> None:
        self._backoff_until.pop(endpoint.id, None)
        task = asyncio.create_task(
            self._deliverer().run(endpoint, dead_owner=dead_owner), name=f"dayline-webhook-{endpoint.id}"
        )
        self._working[endpoint.id] = task
        task.add_done_callback(lambda done: self._on_worker_done(endpoint.id, done))

    def _on_worker_done(self, endpoint_id: int, done: asyncio.Task[None]) -> None:
        del self._working[endpoint_id]
        if not done.cancelled() and (error := done.exception()) is not None:
            self._backoff_until[endpoint_id] = time.monotonic() + ERROR_BACKOFF_S
            self._outage.failure(error)
        self._wake.set()

    async def _pause(self, seconds: float | None) -> None:
        """Wait for the next commit that may matter, at most so many seconds."""
        await asyncio.sleep(MIN_POLL_GAP_S)
        poll_s = TOKEN_POLL_S if self._has_endpoints and self._watch.poll_interval_s is None else None
        await sleep_or_detect(self._wake, seconds or 0.0, poll_s=poll_s, detect=self._log_has_grown)

    async def _log_has_grown(self) -> bool:
        """Return whether the log has grown since the last poll; most commits are this process's own."""
        token = self._watch.version_token()
        if token is not None and token == self._token:
            return False
        self._token = token
        return await self._database.read(latest_seq) > self._latest

    def _guard(self) -> "SsrfGuard":
        if self._made_guard is None:
            from app.webhooks.ssrf_guard import SsrfGuard  # noqa: PLC0415 - slow to load, and most installations need none

            self._made_guard = SsrfGuard(self._opened)
        return self._made_guard

    def _deliverer(self) -> "Deliverer":
        if self._made_deliverer is None:
            from app.webhooks.client import DEADLINE_S, WebhookClient  # noqa: PLC0415 - as above
            from app.webhooks.deliverer import Deliverer  # noqa: PLC0415 - as above

            client = WebhookClient(self._guard(), deadline_s=self._deadline_s or DEADLINE_S)
            trusted_s = self._watch.trust_window_s
            self._made_deliverer = Deliverer(
                self._database,
                client,
                owner_id=self.owner_id,
                render_ninjs=self._render_ninjs,
                min_change_age_s=trusted_s if isfinite(trusted_s) else 0.0,
                retry_delay=self._delay or retry_delay,
            )
        return self._made_deliverer
