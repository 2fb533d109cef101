"""Delivery to one endpoint, change by change: acquire a lease, read, sign, send, record.

A lease lasts half a minute and is renewed before a send when little of it is left, and a send takes no longer than what
is left: so no other process sends to the endpoint concurrently. An acknowledgement is recorded before the next message
is sent; if recording fails, the result stays in memory and recording is retried.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from random import SystemRandom
from typing import Any

from app import clock
from app.actions.webhooks.deliveries import acquire_lease, enqueue_deliveries, record_delivery, record_failure
from app.background.loops import Backoff
from app.background.outage_log import OutageLogger
from app.db.database import DATABASE_ERRORS, Database
from app.domain.instant import SECOND_US
from app.domain.tsid import format_id
from app.domain.webhook import AttemptResult, FailureState, message_id, ping_id
from app.errors import InvalidInputError
from app.queries.changes.change_list import latest_seq
from app.queries.webhooks.webhook_outbox import (
    EndpointState,
    Message,
    NinjsRenderer,
    PendingDelivery,
    next_delivery,
    ping_delivery,
    read_outbox_batch,
)
from app.webhooks.backoff import DISABLED_AFTER_DAYS, retry_delay, should_disable
from app.webhooks.client import DeliveryAttempt, WebhookClient
from app.webhooks.signature import sign
from app.webhooks.transport import PreSendCheck, SupersededError

LEASE_S = 40
MIN_LEASE_LEFT_S = 25  # maximum duration of a send: the client's deadline, the rest of the response, and a margin
MAX_AT_ONCE = 128  # concurrent sends
CHECKPOINT_EVERY = 500  # changes that do not concern an endpoint, before the position is stored
RETRY_S = 0.1
MAX_RETRY_S = 5.0

Delay = Callable[..., float]

log = logging.getLogger(__name__)


class Deliverer:
    """Deliverer to any number of endpoints concurrently; `retry_delay` returns the seconds before the next attempt.

    `min_change_age_s` is the age at which a change is visible in every process, also on other machines: an earlier
    message would let its receiver read an older state.
    """

    def __init__(
        self,
        database: Database,
        client: WebhookClient,
        *,
        owner_id: str,
        render_ninjs: NinjsRenderer,
        min_change_age_s: float = 0.0,
        retry_delay: Delay = retry_delay,
    ) -> None:
        self.shutdown = asyncio.Event()
        self.scanned_up_to: dict[int, tuple[int, int]] = {}
        """Maps an endpoint to a revision and the change up to which nothing concerns it that is not recorded."""
        self.delivered = self.failed = 0
        """Number of attempts by result."""
        self._database = database
        self._client = client
        self._owner_id = owner_id
        self._render_ninjs = render_ninjs
        self._delay = retry_delay
        self._settled_s = min_change_age_s
        self._latest, self._settled_at = 0, 0.0
        self._places = asyncio.Semaphore(MAX_AT_ONCE)
        self._leases: dict[int, int] = {}
        self._random = SystemRandom()
        self._outage = OutageLogger(
            log, "Could not record webhook deliveries, retrying", "Recording webhook deliveries recovered"
        )
        self._recording: set[asyncio.Task[bool]] = set()

    async def run(self, endpoint: EndpointState, *, dead_owner: str | None) -> None:
        """Send to an endpoint until nothing is pending, a delivery fails, or `ending` is set.

        `dead_owner` is a process that held the lease and is known to have ended.
        """
        while not self.shutdown.is_set() and await self._deliver_next(endpoint.id, dead_owner):
            pass

    async def ping(self, endpoint_id: int) -> tuple[str, DeliveryAttempt] | None:
        """Send a ping immediately, and return its result; None if the endpoint does not exist."""
        now = clock.now()
        delivery = await self._database.read(ping_delivery, endpoint_id, now=now)
        if delivery is None or delivery.message is None:
            return None
        name = ping_id(endpoint_id, now)
        return name, await self._send(delivery, name, delivery.message)

    def drop_others(self, endpoint_ids: Collection[int]) -> None:
        """Remove the state of all endpoints but these: the others were deleted or disabled."""
        self.scanned_up_to = {number: seen for number, seen in self.scanned_up_to.items() if number in endpoint_ids}
        self._leases = {number: until for number, until in self._leases.items() if number in endpoint_ids}

    async def close(self, seconds: float) -> None:
        """Wait up to this time for results to be recorded, and close all connections."""
        recording = set(self._recording)
        if recording:
            _, late = await asyncio.wait(recording, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*recording, return_exceptions=True)
        await self._client.close()

    async def _deliver_next(self, endpoint_id: int, dead_owner: str | None) -> bool:
        """Send one message, or enqueue changes; return whether to continue."""
        async with self._places:
            now = clock.now()
            if self._leases.get(endpoint_id, 0) - now < MIN_LEASE_LEFT_S * SECOND_US and not await self._claim(
                endpoint_id, dead_owner, now
            ):
                return False
            delivery = await self._read_next(endpoint_id, now)
            if delivery is None:
                self._leases.pop(endpoint_id, None)
                return False
            if delivery.message is None:
                return await self._enqueue(delivery)
            await self._wait_until_visible(delivery.latest)
            attempted_at = clock.now()
            try:
                attempt = await self._send(
                    delivery,
                    message_id(endpoint_id, delivery.message.seq),
                    delivery.message,
                    pre_send_check=lambda: self._is_still_current(delivery),
                )
            except SupersededError:
                return True
            recording = asyncio.create_task(self._record(delivery, delivery.message, attempt, attempted_at))
        self._recording.add(recording)
        recording.add_done_callback(self._recording.discard)
        return await asyncio.shield(recording)  # recording completes even if the waiting task is cancelled

    async def _read_next(self, endpoint_id: int, now: int) -> PendingDelivery | None:
        return await self._database.read(
            next_delivery, endpoint_id, owner_id=self._owner_id, now=now, render_ninjs=self._render_ninjs
        )

    async def _wait_until_visible(self, latest: int) -> None:
        """Wait until this change, which is in the message, is visible in every process."""
        if latest > self._latest:
            self._latest, self._settled_at = latest, time.monotonic() + self._settled_s
        await asyncio.sleep(max(0.0, self._settled_at - time.monotonic()))

    async def _claim(self, endpoint_id: int, dead_owner: str | None, now: int) -> bool:
        until = now + LEASE_S * SECOND_US
        is_ours = await self._database.write(
            acquire_lease, endpoint_id, owner_id=self._owner_id, dead_owner=dead_owner, now=now, until=until
        )
        if is_ours:
            self._leases[endpoint_id] = until
        else:
            self._leases.pop(endpoint_id, None)
        return is_ours

    async def _enqueue(self, delivery: PendingDelivery) -> bool:
        revision, seen = self.scanned_up_to.get(delivery.id, (0, 0))
        since = max(delivery.enqueued_seq, seen) if revision == delivery.revision else delivery.enqueued_seq
        try:
            batch = await self._database.read(read_outbox_batch, delivery.id, since=since, now=clock.now())
        except InvalidInputError:  # the log was replaced since the position was read
            if self.scanned_up_to.pop(delivery.id, None) is None:
                raise
            return True
        if batch is None:
            return False
        if batch.rows or batch.as_of - delivery.enqueued_seq >= CHECKPOINT_EVERY:
            await self._database.write(
                enqueue_deliveries,
                delivery.id,
                batch.rows,
                owner_id=self._owner_id,
                revision=delivery.revision,
                since=delivery.enqueued_seq,
                as_of=batch.as_of,
            )
            return True
        self.scanned_up_to[delivery.id] = (delivery.revision, batch.as_of)
        await asyncio.sleep(0)
        return not batch.is_end

    async def _is_still_current(self, delivery: PendingDelivery) -> bool:
        """Return whether this message is still current: connecting may take seconds, and a withdrawal must not wait.

        False also if the database does not respond.
        """
        try:
            if await self._database.read(latest_seq) == delivery.latest:
                return True
            now = await self._read_next(delivery.id, clock.now())
        except DATABASE_ERRORS:
            return False
        return now is not None and (now.url, now.message) == (delivery.url, delivery.message)

    async def _send(
        self, delivery: PendingDelivery, name: str, message: Message, *, pre_send_check: PreSendCheck | None = None
    ) -> DeliveryAttempt:
        headers = sign(name, clock.now() // SECOND_US, message.body, delivery.secrets)
        return await self._client.send(delivery.url, message.body, headers, pre_send_check=pre_send_check)

    async def _record(
        self, delivery: PendingDelivery, message: Message, attempt: DeliveryAttempt, attempted_at: int
    ) -> bool:
        """Record the result, however long that takes; return whether to continue immediately."""
        self.delivered += attempt.is_delivered
        self.failed += not attempt.is_delivered
        outcome = AttemptResult(
            attempted_at=attempted_at,
            response_status=attempt.status,
            reason=attempt.reason,
            duration_ms=attempt.duration_ms,
        )
        if attempt.is_delivered:
            until = clock.now() + LEASE_S * SECOND_US
            is_held = await self._write_with_retry(
                record_delivery,
                delivery.id,
                message.seq,
                outcome,
                owner_id=self._owner_id,
                filters=delivery.filters,
                until=until,
            )
            self._leases[delivery.id] = until if is_held else 0
            return bool(is_held)
        failure_state = self._plan_retry(delivery, attempt, attempted_at)
        await self._write_with_retry(
            record_failure,
            delivery.id,
            message.seq,
            outcome,
            failure_state,
            owner_id=self._owner_id,
            revision=delivery.revision,
        )
        if failure_state.disabled_reason is not None:
            log.error("Webhook endpoint %s disabled: %s", format_id(delivery.id), failure_state.disabled_reason)
        return False

    def _plan_retry(self, delivery: PendingDelivery, attempt: DeliveryAttempt, attempted_at: int) -> FailureState:
        failing_since = attempted_at if delivery.failing_since is None else delivery.failing_since
        wait_s = self._delay(delivery.failures + 1, self._random.random(), retry_after_s=attempt.retry_after_s)
        disabled_reason = None
        if attempt.is_gone:
            disabled_reason = "The receiver answered 410: it wants no more messages."
        elif should_disable(failing_since=failing_since, now=attempted_at):
            disabled_reason = f"It failed for {DISABLED_AFTER_DAYS} days. {attempt.reason}"
        due_at = clock.now() + round(wait_s * SECOND_US)
        return FailureState(failing_since=failing_since, due_at=due_at, disabled_reason=disabled_reason)

    async def _write_with_retry(self, action: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Write, with retries until it succeeds."""
        backoff = Backoff(RETRY_S, MAX_RETRY_S)
        while True:
            try:
                result = await self._database.write(action, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 - whatever the cause, the result of a send must not be lost
                self._outage.failure(error)
                pause = backoff.failed()
            else:
                self._outage.success()
                return result
            await asyncio.sleep(RETRY_S if self.shutdown.is_set() else pause)
