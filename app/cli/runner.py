"""Database of a command: opened, checked and closed around its work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.db import migrations
from app.db.database import DATABASE_ERRORS, SERVING, Database, Limits, error_summary, open_database
from app.db.engine import check_file_exists, find_path_flaw
from app.errors import ConfigurationError
from app.settings import read_settings

R = TypeVar("R")


def with_database(work: Callable[[Database], Awaitable[R]], *, at_head: bool = True, limits: Limits = SERVING) -> R:
    """Return the result of the work; ConfigurationError if the database is unavailable or its schema unusable."""

    async def run() -> R:
        database = open_database(read_settings().database_url, limits=limits)
        try:
            problem = find_path_flaw(database.url)
            if problem is not None:
                raise ConfigurationError(problem)
            if at_head:
                await check_schema(database)
            return await work(database)
        finally:
            await database.settle()
            await database.close()

    try:
        return asyncio.run(run())
    except BrokenPipeError:  # the reader of our output closed the pipe: no failure of the database
        raise
    except DATABASE_ERRORS as error:
        raise ConfigurationError(f"The database failed: {error_summary(error).rstrip('.')}.") from error


async def check_schema(database: Database) -> migrations.SchemaState:
    """Compare the schema with the one this release expects; ConfigurationError if this release cannot work with it.

    A missing SQLite file is not created.
    """
    check_file_exists(database.url)
    state = await database.write(migrations.find_state)
    if not state.is_usable:
        raise ConfigurationError(state.problem)
    return state
