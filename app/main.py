"""Putting the house together: the only place that knows everybody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import version

import orjson
from fastapi import FastAPI

from app.api import articles, catalogue, editions, health, timeline
from app.api.head import HeadMiddleware
from app.api.openapi import install_openapi, operation_id
from app.api.pages import install_pages
from app.api.problems import install_problems
from app.db.session import open_database
from app.settings import Settings, read_settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; nothing is opened before its lifespan begins."""
    chosen = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = open_database(chosen.database_url)
        try:
            yield
        finally:
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
    for resource in (editions, timeline, articles, catalogue):
        app.include_router(resource.router, prefix="/v1")
    app.include_router(health.router)
    install_pages(app)
    install_openapi(app)
    install_problems(app)
    app.add_middleware(HeadMiddleware)
    app.state.openapi_bytes = cache(lambda: orjson.dumps(app.openapi()))
    return app
