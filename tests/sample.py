"""The sample newsroom in the database of a test."""

from collections.abc import Callable
from importlib.resources import as_file

from app import clock
from app.cli.sample import SAMPLE
from app.db.database import COMMANDS, Database, open_database
from app.domain.instant import DAY_US
from app.importers.runner import Importer
from tests.conftest import NOW


def _next_day() -> int:
    return NOW + DAY_US


async def load_sample(database: Database, *, now: Callable[[], int] = _next_day) -> None:
    """Import the sample as `dayline sample` does, on the next day where absent: then all of its articles are public."""
    errors: list[str] = []
    importer = Importer(database, now=now, on_error=lambda _, reason: errors.append(reason))
    with as_file(SAMPLE) as path, path.open("rb") as stream:
        await importer.run(stream)
    assert errors == []


async def fill_database(address: str) -> None:
    """Fill a database as `make run` does: with the sample, at the present time."""
    database = open_database(address, limits=COMMANDS)
    try:
        await load_sample(database, now=clock.now)
    finally:
        await database.close()
