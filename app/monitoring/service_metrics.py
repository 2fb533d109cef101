"""Counters and gauges of the services of this process, and gauges of the figures of the database."""

from app import clock
from app.domain.instant import SECOND_US
from app.metrics.process import read_cpu_seconds, read_process_gauges
from app.metrics.snapshot import Values
from app.queries.operational_figures import OperationalFigures
from app.server.connections import ConnectionMonitor
from app.services import Services


def read_counters(services: Services, connections: ConnectionMonitor) -> Values:
    """Return what this process has counted since it started, requests apart."""
    stats = services.store.counters
    values: Values = {
        ("dayline_cache_hits_total",): [stats.hits],
        ("dayline_cache_misses_total",): [stats.misses],
        ("dayline_cache_fills_total",): [stats.fills],
        ("dayline_cache_invalidations_total",): [stats.dropped],
        ("dayline_cache_evictions_total",): [stats.evicted],
        ("dayline_process_cpu_seconds_total",): [read_cpu_seconds()],
    }
    for code, count in connections.refused_total().items():
        values["dayline_http_refused_requests_total", code] = [count]
    for outcome, count in services.dispatcher.attempts().items():
        values["dayline_webhook_attempts_total", outcome] = [count]
    publisher = services.websub_publisher
    if publisher is not None:
        values["dayline_websub_announcements_total", "announced"] = [publisher.announced]
        values["dayline_websub_announcements_total", "failed"] = [publisher.failed]
    return values


def read_gauges(services: Services) -> Values:
    """Return the state of this process."""
    values: Values = {
        ("dayline_cache_entries",): [len(services.store)],
        ("dayline_cache_bytes",): [services.store.size],
        ("dayline_cache_limit_bytes",): [services.store.budget],
        ("dayline_follower_position_seq",): [services.log_follower.position],
        ("dayline_scheduler_lag_seconds",): [services.scheduler.overdue_us() / SECOND_US],
        ("dayline_scheduler_failing_articles",): [services.scheduler.failing_articles],
        ("dayline_streams_open",): [services.stream_hub.open_streams],
        ("dayline_long_polls_waiting",): [services.log_watcher.waiting],
    }
    for name, usage in services.database.pool_usage().items():
        values["dayline_pool_connections", name, "in_use"] = [usage.in_use]
        values["dayline_pool_connections", name, "idle"] = [usage.idle]
        values["dayline_pool_waiting", name] = [usage.waiting]
    if services.websub_publisher is not None:
        values[("dayline_websub_position_seq",)] = [services.websub_publisher.position]
    return {**values, **read_process_gauges()}


def describe_figures(figures: OperationalFigures) -> Values:
    """Return the figures of the database as gauges."""
    oldest = figures.oldest_pending_at
    age_us = 0 if oldest is None else max(0, clock.now() - oldest)
    values: Values = {
        ("dayline_change_log_latest_seq",): [figures.latest_seq],
        ("dayline_webhook_pending_deliveries",): [figures.pending],
        ("dayline_webhook_oldest_pending_seconds",): [age_us / SECOND_US],
    }
    for state, count in figures.endpoints.items():
        values["dayline_webhook_endpoints", state] = [count]
    return values
