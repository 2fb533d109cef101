"""Running something on the installation's database from the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.db import migrations
from app.db.engine import check_file_exists, find_path_flaw
from app.db.session import FAILURES, SERVING, Database, Limits, open_database, reason_of
from app.errors import OperatorError
from app.settings import read_settings

R = TypeVar("R")


def with_database(work: Callable[[Database], Awaitable[R]], *, at_head: bool = True, limits: Limits = SERVING) -> R:
    """What the work returns; OperatorError where the database cannot be reached or is not at this schema."""

    async def run() -> R:
        database = open_database(read_settings().database_url, limits=limits)
        try:
            flaw = find_path_flaw(database.url)
            if flaw is not None:
                raise OperatorError(flaw)
            if at_head:
                await check_schema(database)
            return await work(database)
        finally:
            await database.settle()
            await database.close()

    try:
        return asyncio.run(run())
    except BrokenPipeError:  # whoever read our output has gone: no failure of the database
        raise
    except FAILURES as error:
        raise OperatorError(f"The database failed: {reason_of(error).rstrip('.')}.") from error


async def check_schema(database: Database) -> migrations.SchemaState:
    """Compare the schema with the one this release expects; OperatorError where this release cannot work with it.

    A SQLite file that is not there is not created.
    """
    check_file_exists(database.url)
    state = await database.write(migrations.find_state)
    if not state.is_usable:
        raise OperatorError(state.flaw)
    return state
