"""Putting the house together: the only place that knows everybody."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import orjson
from fastapi import APIRouter, FastAPI

from app.api.http.cache_key import cache_key
from app.api.http.problems import install_exception_handlers
from app.api.middleware.access import AccessMiddleware
from app.api.middleware.fast_path import FastPathMiddleware
from app.api.middleware.head import HeadMiddleware
from app.api.middleware.security_headers import SecurityHeadersMiddleware
from app.api.openapi.document import install_openapi
from app.api.ops import docs, health
from app.api.public import articles, catalogue, changes, editions, export, stream, timeline
from app.api.router import include_lazily, include_routers
from app.background.scheduler import Scheduler
from app.background.shutdown_signals import on_shutdown_signal
from app.changefeed.log_follower import LogFollower
from app.changefeed.log_watcher import LogWatcher
from app.db.database import open_database
from app.domain.api_key import LastUsedBuffer
from app.invalidation.change_event import ChangeEvent
from app.response_cache.middleware import CacheMiddleware
from app.response_cache.store import ResponseStore
from app.response_cache.wire.raw_responses import STATE_KEY, RawResponseCache
from app.server.connections import STATE_KEY as MONITOR_KEY
from app.server.connections import ConnectionLimits, ConnectionMonitor
from app.settings import Reads, Settings, read_settings
from app.sse.hub import StreamHub
from app.webhooks.dispatcher import Dispatcher

if TYPE_CHECKING:
    from app.background.cdn_purger import CdnPurger
    from app.background.metrics_recorder import MetricsRecorder
    from app.background.service_metrics import MeasuredServices


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; nothing is opened before its lifespan begins."""
    chosen = settings or read_settings()
    store = ResponseStore(chosen.cache_bytes)
    recorder = _make_recorder(chosen)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
        store.clear()  # begun anew, perhaps over another database
        app.state.database = open_database(chosen.database_url)
        app.state.schedule = worker = Scheduler(app.state.database, app.state.key_uses)
        app.state.watch = watch = LogWatcher(app.state.database)
        app.state.hub = hub = _make_hub(app)
        app.state.webhooks = webhooks = Dispatcher(
            app.state.database, allowed_networks=chosen.webhook_networks, enabled=chosen.webhooks
        )
        purger = _make_purger(app, chosen)
        app.state.follower = follower = _make_follower(app, store, purger)
        try:
            await worker.start()
            await follower.start()
            if purger is not None:
                purger.start()
            webhooks.start()
            monitor = _make_monitor(app, chosen)
            if recorder is not None:
                await recorder.start(_measured_services(app, store, monitor))
            with on_shutdown_signal(lambda: _release_long_polls(app)):
                yield {MONITOR_KEY: monitor, **_wire_cache(app, chosen, store)}
        finally:
            if recorder is not None:
                await recorder.stop()
            await hub.close()
            await watch.close()
            await webhooks.stop()
            if purger is not None:
                await purger.stop()
            await follower.stop()
            await worker.stop()
            await app.state.database.close()

    app = FastAPI(
        title="Dayline",
        version=version("dayline"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # it would ask thrice a request who listens
        lifespan=lifespan,
    )
    _install_routes(app)
    install_openapi(app)
    install_exception_handlers(app)
    app.add_middleware(FastPathMiddleware)
    app.add_middleware(SecurityHeadersMiddleware)
    _install_cache(app, chosen, store)
    _install_access_control(app, chosen)
    app.add_middleware(HeadMiddleware)
    app.state.connection_limits = ConnectionLimits()
    app.state.key_uses = LastUsedBuffer()
    app.state.public_url = chosen.public_url
    app.state.exports = asyncio.BoundedSemaphore(export.AT_ONCE)
    app.state.openapi_bytes = cache(lambda: orjson.dumps(app.openapi()))
    return app


def _install_routes(app: FastAPI) -> None:
    public = (editions, timeline, articles, catalogue, changes, stream, export)
    include_routers(app, [each.router for each in public])
    include_lazily(app, "/feeds", _feeds_routers)
    include_lazily(app, "/v1/editorial", _load_editorial)
    include_routers(app, [health.router, docs.router])


def _feeds_routers() -> Iterable[APIRouter]:
    from app.api.public import feeds  # noqa: PLC0415 - with their renderers, for processes that are asked for them

    return [feeds.router]


def _load_editorial() -> Iterable[APIRouter]:
    from app.api.editorial import ROUTERS  # noqa: PLC0415 - a tenth of a start, and most processes have readers alone

    return ROUTERS


def _cdn_enabled(settings: Settings) -> bool:
    """Whether a network in front is to be told what changed: where reading is keyed, none keeps anything."""
    return settings.cdn_purge_url is not None and settings.reads is not Reads.API_KEY


def _make_purger(app: FastAPI, settings: Settings) -> "CdnPurger | None":
    if settings.cdn_purge_url is None or not _cdn_enabled(settings):
        return None
    from app.background.cdn_purger import CdnPurger  # noqa: PLC0415 - its client is slow to load, and most installations need none

    return CdnPurger(app.state.database, url=settings.cdn_purge_url, field=settings.cdn_purge_header)


def _make_follower(app: FastAPI, store: ResponseStore, purger: "CdnPurger | None") -> LogFollower:
    """Have kept answers and streams follow the log; what cannot be told one by one is purged as a whole, too."""
    hub: StreamHub = app.state.hub

    def apply(found: Sequence[ChangeEvent]) -> None:
        store.apply_changes(found)
        app.state.schedule.on_commit()
        hub.publish(found)
        if found:
            app.state.webhooks.wake_if_needed()

    def clear() -> None:
        store.clear()
        app.state.schedule.on_commit()
        hub.publish(None)
        app.state.webhooks.wake_if_needed()
        if purger is not None:
            purger.purge_all()

    return LogFollower(app.state.database, on_changes=apply, on_reset=clear)


def _make_hub(app: FastAPI) -> StreamHub:
    """The streams, which have the follower look while they are open."""

    def is_current() -> bool:
        follower: LogFollower = app.state.follower
        return follower.is_up_to_date()

    return StreamHub(app.state.database, app.state.watch, stream.EVENT_ENCODER, is_current=is_current)


def _release_long_polls(app: FastAPI) -> None:
    """Answer everybody who waits for news: the server drains."""
    app.state.watch.shutdown()
    app.state.hub.shutdown()


def _install_cache(app: FastAPI, settings: Settings, store: ResponseStore) -> None:
    """Keep public answers; where reading is keyed every answer is private, and none is kept."""
    app.state.store = store
    is_on = settings.cache_bytes > 0 and settings.reads is not Reads.API_KEY
    app.add_middleware(
        CacheMiddleware,
        cache_key=cache_key,
        store=store if is_on else None,
        up_to_date=lambda: app.state.follower,
        schedule=lambda: app.state.schedule,
        emit_surrogate_keys=_cdn_enabled(settings),
    )


def _install_access_control(app: FastAPI, settings: Settings) -> None:
    """Add the door where somebody may be turned away at it; elsewhere no request pays for it."""
    app.state.is_keyed = settings.reads is Reads.API_KEY
    limits = None
    if settings.rate_limit_address is not None or settings.rate_limit_key is not None:
        from app.api.auth.rate_limits import RateLimiter  # noqa: PLC0415 - slow to load, and most installations need none

        limits = RateLimiter(
            address=settings.rate_limit_address, key=settings.rate_limit_key, trusted=settings.trusted_proxies
        )
    app.state.has_door = app.state.is_keyed or limits is not None
    if app.state.has_door:
        app.add_middleware(AccessMiddleware, is_keyed=app.state.is_keyed, limits=limits)


def _make_recorder(settings: Settings) -> "MetricsRecorder | None":
    if settings.metrics is None:
        return None
    from app.background.metrics_recorder import MetricsRecorder  # noqa: PLC0415 - only where metrics are served
    from app.metrics.group import MetricsGroup  # noqa: PLC0415 - as above
    from app.metrics.leader import MetricsLeader  # noqa: PLC0415 - as above
    from app.metrics.requests import RequestMetrics  # noqa: PLC0415 - as above

    group = MetricsGroup(settings.metrics, settings.database_url)
    return MetricsRecorder(group, MetricsLeader(group, settings.metrics), RequestMetrics(["/v1/stream"]))


def _measured_services(app: FastAPI, store: ResponseStore, monitor: ConnectionMonitor) -> "MeasuredServices":
    from app.background.service_metrics import MeasuredServices  # noqa: PLC0415 - only where metrics are served

    return MeasuredServices(
        database=app.state.database,
        store=store,
        follower=app.state.follower,
        watcher=app.state.watch,
        scheduler=app.state.schedule,
        hub=app.state.hub,
        dispatcher=app.state.webhooks,
        connections=monitor,
    )


def _make_monitor(app: FastAPI, settings: Settings) -> ConnectionMonitor:
    """Return the registry of slow connections of this process."""
    return ConnectionMonitor(app.state.connection_limits, trusted_proxies=settings.trusted_proxies)


def _wire_cache(app: FastAPI, settings: Settings, store: ResponseStore) -> dict[str, RawResponseCache]:
    """What the server may send without asking the application: nothing that has to pass a door."""
    if not settings.early_hits or not settings.cache_bytes or app.state.has_door:
        return {}
    hits = RawResponseCache(store, cache_key=cache_key, up_to_date=app.state.follower, schedule=app.state.schedule)
    return {STATE_KEY: hits}
