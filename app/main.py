"""Putting the house together: the only place that knows everybody."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import orjson
from fastapi import APIRouter, FastAPI

from app.api import articles, catalogue, changes, editions, export, health, pages, stream, timeline
from app.api.door import DoorMiddleware
from app.api.express import ExpressMiddleware
from app.api.head import HeadMiddleware
from app.api.kept import name_of
from app.api.openapi import install_openapi
from app.api.problems import install_problems
from app.api.routes import add_routes, add_routes_later
from app.api.security_headers import SecurityHeadersMiddleware
from app.cache.early import STATE_KEY, EarlyHits
from app.cache.middleware import CacheMiddleware
from app.cache.store import Store
from app.db.session import open_database
from app.domain.api_key import KeyUses
from app.domain.logged_change import LoggedChange
from app.relay.draining import on_ending
from app.relay.follower import Follower
from app.relay.hub import Hub
from app.relay.log import LogWatch
from app.server.connections import STATE_KEY as MONITOR_KEY
from app.server.connections import ConnectionLimits, ConnectionMonitor
from app.settings import Reads, Settings, read_settings
from app.webhooks.dispatcher import Dispatcher
from app.worker import Worker

if TYPE_CHECKING:
    from app.relay.purging import Purger


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; nothing is opened before its lifespan begins."""
    chosen = settings or read_settings()
    store = Store(chosen.cache_bytes)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
        store.clear()  # begun anew, perhaps over another database
        app.state.database = open_database(chosen.database_url)
        app.state.schedule = worker = Worker(app.state.database, app.state.key_uses)
        app.state.watch = watch = LogWatch(app.state.database)
        app.state.hub = hub = _make_hub(app)
        app.state.webhooks = webhooks = Dispatcher(
            app.state.database, opened=chosen.webhook_networks, is_on=chosen.webhooks
        )
        purger = _make_purger(app, chosen)
        app.state.follower = follower = _make_follower(app, store, purger)
        try:
            await worker.start()
            await follower.start()
            if purger is not None:
                purger.start()
            webhooks.start()
            with on_ending(lambda: _end_waiting(app)):
                yield {MONITOR_KEY: _make_monitor(app, chosen), **_early_hits(app, chosen, store)}
        finally:
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
    install_problems(app)
    app.add_middleware(ExpressMiddleware)
    app.add_middleware(SecurityHeadersMiddleware)
    _install_cache(app, chosen, store)
    _install_door(app, chosen)
    app.add_middleware(HeadMiddleware)
    app.state.connection_limits = ConnectionLimits()
    app.state.key_uses = KeyUses()
    app.state.public_url = chosen.public_url
    app.state.exports = asyncio.BoundedSemaphore(export.AT_ONCE)
    app.state.openapi_bytes = cache(lambda: orjson.dumps(app.openapi()))
    return app


def _install_routes(app: FastAPI) -> None:
    public = (editions, timeline, articles, catalogue, changes, stream, export)
    add_routes(app, [each.router for each in public])
    add_routes_later(app, "/feeds", _load_feeds)
    add_routes_later(app, "/v1/editorial", _load_editorial)
    add_routes(app, [health.router, pages.router])


def _load_feeds() -> Iterable[APIRouter]:
    from app.api import feeds  # noqa: PLC0415 - with their renderers, for processes that are asked for them

    return [feeds.router]


def _load_editorial() -> Iterable[APIRouter]:
    from app.api.editorial import ROUTERS  # noqa: PLC0415 - a tenth of a start, and most processes have readers alone

    return ROUTERS


def _takes_purges(settings: Settings) -> bool:
    """Whether a network in front is to be told what changed: where reading is keyed, none keeps anything."""
    return settings.cdn_purge_url is not None and settings.reads is not Reads.KEYED


def _make_purger(app: FastAPI, settings: Settings) -> "Purger | None":
    if settings.cdn_purge_url is None or not _takes_purges(settings):
        return None
    from app.relay.purging import Purger  # noqa: PLC0415 - its client is slow to load, and most installations need none

    return Purger(app.state.database, url=settings.cdn_purge_url, field=settings.cdn_purge_header)


def _make_follower(app: FastAPI, store: Store, purger: "Purger | None") -> Follower:
    """Have kept answers and streams follow the log; what cannot be told one by one is purged as a whole, too."""
    hub: Hub = app.state.hub

    def apply(found: Sequence[LoggedChange]) -> None:
        store.apply(found)
        app.state.schedule.hear()
        hub.tell(found)
        if found:
            app.state.webhooks.wake_for_changes()

    def clear() -> None:
        store.clear()
        app.state.schedule.hear()
        hub.tell(None)
        app.state.webhooks.wake_for_changes()
        if purger is not None:
            purger.forget()

    return Follower(app.state.database, apply=apply, clear=clear)


def _make_hub(app: FastAPI) -> Hub:
    """The streams, which have the follower look while they are open."""

    def is_current() -> bool:
        follower: Follower = app.state.follower
        return follower.is_current()

    return Hub(app.state.database, app.state.watch, stream.WIRE, is_current=is_current)


def _end_waiting(app: FastAPI) -> None:
    """Answer everybody who waits for news: the server drains."""
    app.state.watch.stop()
    app.state.hub.stop()


def _install_cache(app: FastAPI, settings: Settings, store: Store) -> None:
    """Keep public answers; where reading is keyed every answer is private, and none is kept."""
    app.state.store = store
    is_on = settings.cache_bytes > 0 and settings.reads is not Reads.KEYED
    app.add_middleware(
        CacheMiddleware,
        name_of=name_of,
        store=store if is_on else None,
        vouching=lambda: app.state.follower,
        picture=lambda: app.state.schedule,
        is_purged=_takes_purges(settings),
    )


def _install_door(app: FastAPI, settings: Settings) -> None:
    """Add the door where somebody may be turned away at it; elsewhere no request pays for it."""
    app.state.is_keyed = settings.reads is Reads.KEYED
    limits = None
    if settings.rate_limit_address is not None or settings.rate_limit_key is not None:
        from app.api.rate_limits import RateLimits  # noqa: PLC0415 - slow to load, and most installations need none

        limits = RateLimits(
            address=settings.rate_limit_address, key=settings.rate_limit_key, trusted=settings.trusted_proxies
        )
    app.state.has_door = app.state.is_keyed or limits is not None
    if app.state.has_door:
        app.add_middleware(DoorMiddleware, is_keyed=app.state.is_keyed, limits=limits)


def _make_monitor(app: FastAPI, settings: Settings) -> ConnectionMonitor:
    """Return the registry of slow connections of this process."""
    return ConnectionMonitor(app.state.connection_limits, trusted_proxies=settings.trusted_proxies)


def _early_hits(app: FastAPI, settings: Settings, store: Store) -> dict[str, EarlyHits]:
    """What the server may send without asking the application: nothing that has to pass a door."""
    if not settings.early_hits or not settings.cache_bytes or app.state.has_door:
        return {}
    hits = EarlyHits(store, name_of=name_of, vouching=app.state.follower, picture=app.state.schedule)
    return {STATE_KEY: hits}
