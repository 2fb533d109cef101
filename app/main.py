"""Putting the house together: the only place that knows everybody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import version

import orjson
from fastapi import FastAPI

from app.api import articles, catalogue, changes, editions, health, timeline
from app.api.door import DoorMiddleware
from app.api.editorial import ROUTERS
from app.api.head import HeadMiddleware
from app.api.openapi import install_openapi, operation_id
from app.api.pages import install_pages
from app.api.private import EDITORIAL
from app.api.problems import install_problems
from app.db.session import open_database
from app.domain.api_key import KeyUses
from app.relay.draining import on_ending
from app.relay.log import LogWatch
from app.settings import Reads, Settings, read_settings
from app.worker import Worker


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; nothing is opened before its lifespan begins."""
    chosen = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = open_database(chosen.database_url)
        app.state.schedule = worker = Worker(app.state.database, app.state.key_uses)
        app.state.watch = watch = LogWatch(app.state.database)
        try:
            await worker.start()
            with on_ending(watch.stop):
                yield
        finally:
            await watch.close()
            await worker.stop()
            await app.state.database.close()

    app = FastAPI(
        title="Dayline",
        version=version("dayline"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
        lifespan=lifespan,
    )
    _install_routes(app)
    install_openapi(app)
    install_problems(app)
    _install_door(app, chosen)
    app.add_middleware(HeadMiddleware)
    app.state.key_uses = KeyUses()
    app.state.openapi_bytes = cache(lambda: orjson.dumps(app.openapi()))
    return app


def _install_routes(app: FastAPI) -> None:
    for resource in (editions, timeline, articles, catalogue, changes):
        app.include_router(resource.router, prefix="/v1")
    for router in ROUTERS:
        app.include_router(router, prefix=EDITORIAL)
    app.include_router(health.router)
    install_pages(app)


def _install_door(app: FastAPI, settings: Settings) -> None:
    """Add the door where somebody may be turned away at it; elsewhere no request pays for it."""
    app.state.is_keyed = settings.reads is Reads.KEYED
    limits = None
    if settings.rate_limit_address is not None or settings.rate_limit_key is not None:
        from app.api.rate_limits import RateLimits  # noqa: PLC0415 - slow to load, and most installations need none

        limits = RateLimits(
            address=settings.rate_limit_address, key=settings.rate_limit_key, trusted=settings.trusted_proxies
        )
    if app.state.is_keyed or limits is not None:
        app.add_middleware(DoorMiddleware, is_keyed=app.state.is_keyed, limits=limits)
