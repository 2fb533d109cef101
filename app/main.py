"""The application: its services, routes and middleware are assembled here, and only here.

`create_app` returns the ASGI application of one process; `uvicorn app.main:create_app --factory` serves it. `dayline
serve` adds the wire cache, which answers cached responses before ASGI, and the limits on slow connections. Nothing is
opened before the lifespan of the application begins.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI

from app.api.http.cache_key import cache_key
from app.api.http.problems import install_exception_handlers
from app.api.http.shared_routes import SharedRoutes
from app.api.lazy_routes import include_lazily
from app.api.middleware.access import AccessMiddleware
from app.api.middleware.access_log import AccessLog, flushing
from app.api.middleware.head import HeadMiddleware
from app.api.middleware.request_context import ObservedFastAPI, observe_recovery
from app.api.middleware.security_headers import SecurityHeadersMiddleware
from app.api.openapi.document import install_openapi
from app.api.ops import health, openapi_document
from app.api.pages import assets, guides, problems, reference, start
from app.api.public import (
    addresses,
    articles,
    catalogue,
    changes,
    curated_lists,
    editions,
    export,
    stream,
    stream_tokens,
    timeline,
)
from app.api.public.direct_routes import DirectRoutesMiddleware, add_direct_routes
from app.api.router import include_routers
from app.background.scheduler import Scheduler
from app.background.shutdown_signals import on_shutdown_signal
from app.changefeed.log_follower import LogFollower
from app.changefeed.log_watcher import LogWatcher
from app.db.database import Connection, Database, open_database
from app.domain.api_key import LastUsedBuffer
from app.invalidation.change_event import ChangeEvent
from app.logging.configuration import configure_logging, is_configured, make_configuration
from app.net.base_path import links_below
from app.net.cross_origin import find_policy
from app.response_cache.middleware import CacheMiddleware
from app.response_cache.store import ResponseStore
from app.response_cache.wire.raw_responses import STATE_KEY, HitObserver, RawResponse, RawResponseCache
from app.server.connections import STATE_KEY as MONITOR_KEY
from app.server.connections import ConnectionLimits, ConnectionMonitor
from app.services import Services
from app.settings import LogFormat, Settings, read_settings
from app.sse.hub import StreamHub
from app.webhooks.dispatcher import Dispatcher

if TYPE_CHECKING:
    from app.api.auth.rate_limits import RateLimiter
    from app.background.cdn_purger import CdnPurger
    from app.monitoring.recorder import MetricsRecorder
    from app.queries.webhooks.webhook_outbox import CurrentChange
    from app.webhooks.websub_publisher import WebSubPublisher


def create_app(settings: Settings | None = None, *, connection_limits: ConnectionLimits | None = None) -> FastAPI:
    """Build the application from these settings, by default those of the environment."""
    chosen = settings or read_settings()
    cross_origin = find_policy(chosen.cors_origins)
    store, limits = ResponseStore(chosen.cache_bytes), connection_limits or ConnectionLimits()
    recorder = _build_recorder(chosen)
    access_log = AccessLog(base_path=chosen.base_path) if chosen.access_log else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
        _ensure_logging(chosen)
        async with _running_services(chosen, store) as services:
            app.state.services = services
            monitor = ConnectionMonitor(
                limits, trusted_proxies=chosen.trusted_proxies, base_path=chosen.base_path, cross_origin=cross_origin
            )
            async with _running_recorder(recorder, services, monitor):
                with flushing(access_log), on_shutdown_signal(lambda: _release_waiting_clients(services)):
                    yield {MONITOR_KEY: monitor, **_wire_cache(services, recorder, access_log)}

    app = ObservedFastAPI(
        base_path=chosen.base_path,
        cross_origin=cross_origin,
        title="Dayline",
        version=version("dayline"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # else it looks for listeners on each request
        lifespan=lifespan,
    )
    if recorder is not None:
        app.observers.append(recorder.requests.observe)
    _add_routes(app)
    _add_middleware(app, chosen, store)
    install_openapi(app, base_path=chosen.base_path)
    install_exception_handlers(app)
    app.observers.append(lambda record: observe_recovery(app.state.services, record))
    if access_log is not None:
        app.observers.append(access_log.on_request)
    return app


def _ensure_logging(settings: Settings) -> None:
    """Configure logging where the server that runs the application has not: uvicorn configures its own loggers only."""
    if not is_configured():
        configure_logging(
            make_configuration(level=settings.log_level.upper(), json=settings.log_format == LogFormat.JSON)
        )


def _add_routes(app: FastAPI) -> None:
    public = (editions, timeline, articles, addresses, curated_lists, catalogue, changes, stream, stream_tokens, export)
    include_routers(app, [each.router for each in public])
    include_lazily(app, "/feeds", _load_feeds)
    include_lazily(app, "/v1/editorial", _load_editorial)
    pages = (start, guides, problems, reference, assets)
    include_routers(app, [each.router for each in (health, openapi_document, *pages)])
    add_direct_routes(app)


def _load_feeds() -> Iterable[APIRouter]:
    from app.api.public import feeds  # noqa: PLC0415 - loads every renderer, which most processes never need

    return [feeds.router]


def _load_editorial() -> Iterable[APIRouter]:
    from app.api.editorial import ROUTERS  # noqa: PLC0415 - a tenth of the start, and most processes have only readers

    return ROUTERS


def _add_middleware(app: FastAPI, settings: Settings, store: ResponseStore) -> None:
    """Add the layers around the routes, the innermost first; of optional ones only those that the settings need."""
    app.add_middleware(DirectRoutesMiddleware, routes=app.router.routes)
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(
        CacheMiddleware,
        cache_key=cache_key,
        store=store if settings.cache_enabled else None,
        up_to_date=lambda: app.state.services.log_follower,
        schedule=lambda: app.state.services.scheduler,
        emit_surrogate_keys=settings.cdn_enabled,
        is_shared=SharedRoutes(app),
    )
    if settings.access_enabled:
        app.add_middleware(AccessMiddleware, is_keyed=settings.reads_require_key, limits=_build_rate_limiter(settings))
    app.add_middleware(HeadMiddleware)


def _build_rate_limiter(settings: Settings) -> "RateLimiter | None":
    if not settings.rate_limits_enabled:
        return None
    from app.api.auth.rate_limits import RateLimiter  # noqa: PLC0415 - slow to load, and most installations need none

    return RateLimiter(
        address=settings.rate_limit_address, key=settings.rate_limit_key, trusted=settings.trusted_proxies
    )


@asynccontextmanager
async def _running_services(settings: Settings, store: ResponseStore) -> AsyncIterator[Services]:
    """Open the services of the process and start their background work; stop and close them at the end."""
    store.clear()  # another run of the same application may have filled it from another database
    services = _build_services(settings, store)
    purger, publisher = services.cdn_purger, services.websub_publisher
    try:
        with links_below(settings.base_path):  # their tasks render links as requests do
            await services.scheduler.start()
            await services.log_follower.start()
            if purger is not None:
                purger.start()
            services.dispatcher.start()
            if publisher is not None:
                publisher.start()
        yield services
    finally:
        await services.stream_hub.close()
        await services.log_watcher.close()
        await services.dispatcher.stop()
        if publisher is not None:
            await publisher.stop()
        if purger is not None:
            await purger.stop()
        await services.log_follower.stop()
        await services.scheduler.stop()
        await services.database.close()


def _build_services(settings: Settings, store: ResponseStore) -> Services:
    database, last_used = open_database(settings.database_url), LastUsedBuffer()
    scheduler = Scheduler(database, last_used, thins_revisions=settings.revision_thinning)
    log_watcher = LogWatcher(database)
    dispatcher = Dispatcher(
        database,
        render_ninjs=_render_ninjs,
        allowed_networks=settings.webhook_networks,
        enabled=settings.webhooks,
    )
    cdn_purger = _build_cdn_purger(settings, database)
    websub_publisher = _build_websub_publisher(settings, database)

    def apply_changes(changes: Sequence[ChangeEvent]) -> None:
        store.apply_changes(changes)
        scheduler.on_commit()
        stream_hub.publish(changes)
        if changes:
            dispatcher.wake_if_needed()

    def reset() -> None:
        """Invalidate everything: what changed is not known."""
        store.clear()
        scheduler.on_commit()
        stream_hub.publish(None)
        dispatcher.wake_if_needed()
        if cdn_purger is not None:
            cdn_purger.purge_all()

    log_follower = LogFollower(database, on_changes=apply_changes, on_reset=reset)
    stream_hub = StreamHub(database, log_watcher, stream.EVENT_ENCODER, is_current=log_follower.is_up_to_date)
    return Services(
        settings=settings,
        database=database,
        store=store,
        scheduler=scheduler,
        log_watcher=log_watcher,
        log_follower=log_follower,
        stream_hub=stream_hub,
        dispatcher=dispatcher,
        cdn_purger=cdn_purger,
        websub_publisher=websub_publisher,
        last_used=last_used,
    )


def _render_ninjs(connection: Connection, change: "CurrentChange") -> bytes:
    from app.api.public.ninjs_payload import render_ninjs_payload  # noqa: PLC0415 - loads renderers that few need

    return render_ninjs_payload(connection, change)


def _build_cdn_purger(settings: Settings, database: Database) -> "CdnPurger | None":
    if settings.cdn_purge_url is None or not settings.cdn_enabled:
        return None
    from app.background.cdn_purger import CdnPurger  # noqa: PLC0415 - slow to load, and most installations need none

    return CdnPurger(database, url=settings.cdn_purge_url, field=settings.cdn_purge_header)


def _build_websub_publisher(settings: Settings, database: Database) -> "WebSubPublisher | None":
    """Return the publisher where a hub is configured; a copy of an installation that sends no webhooks has none."""
    hub = settings.hub_href
    if hub is None or not settings.webhooks:
        return None
    from app.api.public.feed_channel import feed_url  # noqa: PLC0415 - slow to load, and most installations need none
    from app.webhooks.client import WebhookClient  # noqa: PLC0415 - as above
    from app.webhooks.ssrf_guard import SsrfGuard  # noqa: PLC0415 - as above
    from app.webhooks.websub_publisher import WebSubPublisher  # noqa: PLC0415 - as above

    return WebSubPublisher(
        database,
        WebhookClient(SsrfGuard(settings.webhook_networks)),
        hub=hub,
        feed_url=partial(feed_url, settings.public_url),
        waits_for_purges=settings.cdn_enabled,
    )


def _build_recorder(settings: Settings) -> "MetricsRecorder | None":
    if settings.metrics is None:
        return None
    from app.metrics.group import MetricsGroup  # noqa: PLC0415 - only where metrics are served
    from app.metrics.leader import MetricsLeader  # noqa: PLC0415 - as above
    from app.metrics.requests import RequestMetrics  # noqa: PLC0415 - as above
    from app.monitoring.recorder import MetricsRecorder  # noqa: PLC0415 - as above

    group = MetricsGroup(settings.metrics, settings.database_url)
    return MetricsRecorder(group, MetricsLeader(group, settings.metrics), RequestMetrics(["/v1/stream"]))


@asynccontextmanager
async def _running_recorder(
    recorder: "MetricsRecorder | None", services: Services, monitor: ConnectionMonitor
) -> AsyncIterator[None]:
    """Publish the metrics of these services, where metrics are served."""
    if recorder is None:
        yield
        return
    try:
        await recorder.start(services, monitor)
        yield
    finally:
        await recorder.stop()


def _release_waiting_clients(services: Services) -> None:
    """Answer the clients that wait for changes: the server drains."""
    services.log_watcher.shutdown()
    services.stream_hub.shutdown()


def _wire_cache(
    services: Services, recorder: "MetricsRecorder | None", access_log: AccessLog | None
) -> dict[str, RawResponseCache]:
    """Return what the server may send before ASGI: nothing where each request has to be authorized or rate-limited."""
    settings = services.settings
    if not settings.wire_cache or not settings.cache_enabled or settings.access_enabled:
        return {}
    hits = RawResponseCache(
        services.store,
        cache_key=cache_key,
        up_to_date=services.log_follower,
        schedule=services.scheduler,
        on_hit=_build_hit_observer(recorder, access_log),
        base_path=settings.base_path,
        cross_origin=find_policy(settings.cors_origins),
    )
    return {STATE_KEY: hits}


def _build_hit_observer(recorder: "MetricsRecorder | None", access_log: AccessLog | None) -> HitObserver | None:
    if recorder is None:
        return None if access_log is None else access_log.on_hit
    from app.response_cache.wire.hit_metrics import HitMetrics  # noqa: PLC0415 - only where metrics are served

    count = HitMetrics(recorder.requests).observe
    if access_log is None:
        return count
    write = access_log.on_hit

    def observe(request: bytes, ready: RawResponse, seconds: float) -> None:
        count(request, ready, seconds)
        write(request, ready, seconds)

    return observe
