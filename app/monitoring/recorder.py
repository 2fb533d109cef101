"""Publishing the metrics of a serving process: requests four times a second, everything else less often.

every 0.25 s  the counts of requests, where there were any
every second  the state of the services; the lead of the group, should the process that held it have ended
every 5 s     figures of the database: the end of the change log, pending messages of webhooks
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from importlib.metadata import version

from app import clock
from app.background.loops import Backoff, run_loop
from app.background.outage_log import OutageLogger
from app.clock import uptime
from app.db.database import DATABASE_ERRORS
from app.domain.instant import SECOND_US
from app.errors import ConfigurationError
from app.metrics.group import PUBLISH_INTERVAL_S, Member, MetricsGroup
from app.metrics.leader import MetricsLeader
from app.metrics.requests import RequestMetrics
from app.metrics.snapshot import Snapshot, Values, encode_snapshot
from app.monitoring.service_metrics import describe_figures, read_counters, read_gauges
from app.queries.operational_figures import OperationalFigures, read_operational_figures
from app.server.connections import ConnectionMonitor
from app.services import Services

SERVICES_S = 1.0
DATABASE_S = 5.0
RETRY_S = 0.1
MAX_RETRY_S = 5.0
STOP_S = 3.0
EXPECTED = (OSError, ConfigurationError)

log = logging.getLogger(__name__)


class MetricsRecorder:
    """Publishes the metrics of this process from `start` to `stop`, and serves those of all while it leads."""

    def __init__(self, group: MetricsGroup, leader: MetricsLeader, requests: RequestMetrics) -> None:
        self._group = group
        self._leader = leader
        self.requests = requests
        self._constant: Values = {
            ("dayline_process_start_time_seconds",): [clock.now() / SECOND_US],
            ("dayline_build_info", version("dayline")): [1],
        }
        self._read_counters: Callable[[], Values] = dict
        self._gauges: Values = {}
        self._figures: OperationalFigures | None = None
        self._read_at = 0
        self._applied_at = uptime()
        self._is_applied = True
        self._publishing = OutageLogger(log, "Metrics not published, retrying", "Metrics published", expected=EXPECTED)
        self._reading = OutageLogger(log, "Reading figures failed, retrying", "Figures read")
        self._published = 0  # requests
        self._due_at = 0.0  # when the services are measured next
        self._member: Member | None = None
        self._wake, self._stopping = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, services: Services, connections: ConnectionMonitor) -> None:
        """Begin; ConfigurationError where another program uses the address, or the files cannot be written."""
        self._leader.lead_if_free()
        try:
            member = self._member = self._group.join()
        except OSError as error:
            raise ConfigurationError(f"DAYLINE_METRICS: {error}.") from error
        self._stopping.clear()
        self._read_counters = partial(read_counters, services, connections)
        publish = self._run(partial(self._publish, services, member), self._publishing)
        read = self._run(partial(self._read, services), self._reading)
        self._tasks = [
            asyncio.create_task(publish, name="dayline-metrics"),
            asyncio.create_task(read, name="dayline-metrics-database"),
        ]

    async def stop(self) -> None:
        """Publish the last counts, without gauges, and end."""
        tasks, self._tasks = self._tasks, []
        self._stopping.set()
        self._wake.set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_S)  # not cancelled: a thread may be writing the file
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        member, self._member = self._member, None
        if member is not None:
            with suppress(OSError):
                member.publish(encode_snapshot(Snapshot({**self._read_counters(), **self.requests.read()})))
            member.close()
        self._leader.close()
        self._group.resign()

    async def _run(self, step: Callable[[], Awaitable[float]], outage: OutageLogger) -> None:
        await run_loop(
            step, wake=self._wake, stopping=self._stopping, outage=outage, backoff=Backoff(RETRY_S, MAX_RETRY_S)
        )

    async def _publish(self, services: Services, member: Member) -> float:
        """Write the snapshot where something was counted or a second has passed; return the pause."""
        total = self.requests.total()
        if uptime() >= self._due_at:
            self._gauges = self._read_gauges(services)
            await asyncio.to_thread(self._leader.lead_if_free)
            self._due_at = uptime() + SERVICES_S
        elif total == self._published:
            return PUBLISH_INTERVAL_S
        counters = {**self._read_counters(), **self.requests.read()}
        snapshot = encode_snapshot(Snapshot(counters, self._gauges, self._read_at))
        await asyncio.to_thread(member.publish, snapshot)  # a busy disk must not delay responses
        self._published = total
        return PUBLISH_INTERVAL_S

    async def _read(self, services: Services) -> float:
        """Read the database; return the pause. An outage of it is logged by the services."""
        try:
            await self._read_database(services)
        except Exception as error:
            self._figures, self._is_applied = None, False
            if not isinstance(error, DATABASE_ERRORS):
                raise
        return DATABASE_S

    async def _read_database(self, services: Services) -> None:
        """Read the figures, and compare the end of the log with what this process has applied."""
        figures = await services.database.read(read_operational_figures)
        if services.log_follower.position < figures.latest_seq:
            await services.log_follower.sync()  # a process without requests looks at the log only here
        self._figures, self._read_at = figures, clock.now()
        self._is_applied = services.log_follower.position >= figures.latest_seq
        if self._is_applied:
            self._applied_at = uptime()

    def _read_gauges(self, services: Services) -> Values:
        lag = 0.0 if self._is_applied else uptime() - self._applied_at
        figures = {} if self._figures is None else describe_figures(self._figures)
        return {**self._constant, **read_gauges(services), **figures, ("dayline_follower_lag_seconds",): [lag]}
