"""Every metric: name, kind, labels, and how the values of several processes become one.

docs/monitoring.md lists the same metrics; a test compares them.
"""

from dataclasses import dataclass
from enum import StrEnum

PREFIX = "dayline_"
DURATION_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histogram's buckets, in seconds; one more bucket holds what is above them."""


class Kind(StrEnum):
    """Type of a metric in Prometheus's terms."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Merge(StrEnum):
    """Rule by which gauges of several processes become one value; counters and histograms are always added."""

    SUM = "sum"
    MAX = "max"
    MIN = "min"
    LATEST = "latest"
    """The value of the process that has read the database last: all of them read the same."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric family."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    merge: Merge = Merge.SUM


REQUESTS = "dayline_http_requests_total"
DURATIONS = "dayline_http_request_duration_seconds"

METRICS = (
    Metric(REQUESTS, Kind.COUNTER, "Requests whose response has ended.", ("method", "route", "status", "cache")),
    Metric(
        DURATIONS,
        Kind.HISTOGRAM,
        "Time from the request head to the last byte of the response, except for /v1/stream.",
        ("route", "cache"),
    ),
    Metric(
        "dayline_http_refused_requests_total",
        Kind.COUNTER,
        "Requests that the server refused before the application.",
        ("code",),
    ),
    Metric("dayline_cache_entries", Kind.GAUGE, "Responses in the cache."),
    Metric("dayline_cache_bytes", Kind.GAUGE, "Memory that the cached responses take."),
    Metric("dayline_cache_limit_bytes", Kind.GAUGE, "Memory that cached responses may take."),
    Metric("dayline_cache_hits_total", Kind.COUNTER, "Responses sent from the cache."),
    Metric("dayline_cache_misses_total", Kind.COUNTER, "Responses built because the cache had none."),
    Metric("dayline_cache_fills_total", Kind.COUNTER, "Responses stored in the cache."),
    Metric("dayline_cache_invalidations_total", Kind.COUNTER, "Cached responses that a change or the clock removed."),
    Metric("dayline_cache_evictions_total", Kind.COUNTER, "Cached responses removed to stay within the limit."),
    Metric("dayline_change_log_latest_seq", Kind.GAUGE, "Number of the latest change.", merge=Merge.LATEST),
    Metric(
        "dayline_follower_position_seq",
        Kind.GAUGE,
        "Number of the latest change that every process has applied to its cache.",
        merge=Merge.MIN,
    ),
    Metric(
        "dayline_follower_lag_seconds",
        Kind.GAUGE,
        "Time since a process was last found to have applied every change; 0 while all have.",
        merge=Merge.MAX,
    ),
    Metric(
        "dayline_scheduler_lag_seconds",
        Kind.GAUGE,
        "How late the longest due article is that is not yet public; 0 where none is late.",
        merge=Merge.MAX,
    ),
    Metric(
        "dayline_scheduler_failing_articles",
        Kind.GAUGE,
        "Scheduled articles that could not be published and are tried again.",
        merge=Merge.MAX,
    ),
    Metric("dayline_webhook_endpoints", Kind.GAUGE, "Webhook endpoints.", ("state",), Merge.LATEST),
    Metric(
        "dayline_webhook_pending_deliveries",
        Kind.GAUGE,
        "Messages that wait for delivery; at most 10,000 are counted.",
        merge=Merge.LATEST,
    ),
    Metric(
        "dayline_webhook_oldest_pending_seconds",
        Kind.GAUGE,
        "Age of the message that has waited for delivery the longest; 0 where none waits.",
        merge=Merge.LATEST,
    ),
    Metric("dayline_webhook_attempts_total", Kind.COUNTER, "Attempts to deliver a message.", ("outcome",)),
    Metric(
        "dayline_websub_announcements_total", Kind.COUNTER, "Announcements of changed feeds to the hub.", ("outcome",)
    ),
    Metric(
        "dayline_websub_position_seq",
        Kind.GAUGE,
        "Number of the latest change whose feeds were announced to the hub.",
        merge=Merge.MAX,
    ),
    Metric("dayline_streams_open", Kind.GAUGE, "Open event streams."),
    Metric("dayline_long_polls_waiting", Kind.GAUGE, "Requests and streams that wait for the next change."),
    Metric("dayline_pool_connections", Kind.GAUGE, "Open PostgreSQL connections of the pool.", ("pool", "state")),
    Metric("dayline_pool_waiting", Kind.GAUGE, "Reads or writes that wait for a PostgreSQL connection.", ("pool",)),
    Metric("dayline_processes", Kind.GAUGE, "Serving processes."),
    Metric("dayline_process_cpu_seconds_total", Kind.COUNTER, "Processor time of the serving processes."),
    Metric("dayline_process_resident_memory_bytes", Kind.GAUGE, "Resident memory of the serving processes."),
    Metric("dayline_process_open_fds", Kind.GAUGE, "Open file descriptors of the serving processes."),
    Metric(
        "dayline_process_start_time_seconds",
        Kind.GAUGE,
        "When the longest-running serving process started, in Unix time.",
        merge=Merge.MIN,
    ),
    Metric("dayline_build_info", Kind.GAUGE, "1 for each release that is running.", ("version",), Merge.MAX),
)
BY_NAME = {metric.name: metric for metric in METRICS}
