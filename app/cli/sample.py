"""`dayline sample`: the sample newsroom."""

from importlib.resources import as_file, files

import click

from app.cli.command import DATABASE, Command, Example
from app.cli.import_export import ImportOptions, import_stream
from app.cli.runner import with_database
from app.db.database import Database
from app.errors import ConfigurationError
from app.queries.catalogue.editions import list_all_editions

SAMPLE_EDITIONS = {"harbour", "havan"}
SAMPLE = files("app") / "sample" / "meridian.jsonl"


@click.command(
    "sample",
    cls=Command,
    settings=DATABASE,
    examples=[
        Example("dayline sample", "Two editions with 65 articles; loaded again, they do not change"),
        Example("dayline sample --if-empty && dayline serve", "Only into an empty database"),
    ],
)
@click.option("--if-empty", is_flag=True, help="Do nothing if the database has an edition.")
def load_sample(*, if_empty: bool) -> int:
    """Load the sample newsroom: two editions of an invented paper."""

    async def work(database: Database) -> set[str]:
        return {edition.slug for edition in await database.read(list_all_editions)}

    present = with_database(work)
    if present and if_empty:
        return 0
    if present - SAMPLE_EDITIONS:
        raise ConfigurationError("The sample needs a database of its own; this one has other editions.")
    with as_file(SAMPLE) as path, path.open("rb") as stream:
        report = import_stream(stream, "sample", path.stat().st_size, ImportOptions())
    return 1 if report.rejected else 0
