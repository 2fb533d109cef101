"""`dayline sample`: the sample newsroom, and scenarios for front-end developers."""

import time
from importlib.resources import as_file, files
from io import BufferedReader, BytesIO
from typing import cast

import click

from app import clock
from app.cli.command import DATABASE, Command, Example
from app.cli.import_export import ImportOptions, import_stream
from app.cli.output import json_option, print_items, print_table
from app.cli.runner import with_database
from app.cli.scenarios import SCENARIOS, Scenario, ScenarioEvent
from app.db.database import Database
from app.errors import ConfigurationError
from app.queries.catalogue.editions import list_all_editions

SAMPLE_EDITIONS = {"harbour", "havan"}
OTHER_EDITIONS = {*SCENARIOS, "conformance"}
"""Editions that are no newsroom's own: of scenarios, and of `dayline conformance --write`."""
SAMPLE = files("app") / "sample" / "meridian.jsonl"
MAX_WAIT_S = 3_600


@click.command(
    "sample",
    cls=Command,
    settings=DATABASE,
    examples=[
        Example("dayline sample", "Load two editions with 65 articles"),
        Example("dayline sample --if-empty && dayline serve", "Load them only into an empty database"),
        Example("dayline sample --scenario dst-night", "Load the days on which clocks change"),
        Example("dayline sample --scenario kill --after 60", "While a server runs: withdraw an article in a minute"),
        Example("dayline sample --list", "List the scenarios"),
    ],
)
@click.option("--if-empty", is_flag=True, help="Do nothing if the database has an edition.")
@click.option("--scenario", metavar="NAME", type=click.Choice(list(SCENARIOS)), help="Load this scenario instead.")
@click.option(
    "--after",
    metavar="SECONDS",
    default=20,
    show_default=True,
    type=click.IntRange(0, MAX_WAIT_S),
    help="Time until the event of 'kill' or 'bump'.",
)
@click.option("--list", "is_list", is_flag=True, help="List the scenarios.")
@json_option
def load_sample(*, if_empty: bool, scenario: str | None, after: int, is_list: bool, as_json: bool) -> int:
    """Load the sample newsroom: two editions of an invented paper.

    A scenario is an edition of the same name, on which to test a front end. The database must have no editions of a
    newsroom's own. Loading again changes nothing, except that 'kill' and 'bump' start over.
    """
    if is_list:
        _print_scenarios(as_json=as_json)
        return 0
    if as_json:
        raise click.UsageError("--json needs --list.")
    present = _find_editions()
    if present and if_empty:
        return 0
    if present - SAMPLE_EDITIONS - OTHER_EDITIONS:
        raise ConfigurationError("The sample needs a database of its own; this one has other editions.")
    return _load_newsroom() if scenario is None else _load_scenario(SCENARIOS[scenario], after, present)


def _print_scenarios(*, as_json: bool) -> None:
    if as_json:
        print_items([{"scenario": each.name, "summary": each.summary} for each in SCENARIOS.values()])
    else:
        print_table(["SCENARIO", "SHOWS"], [(each.name, each.summary) for each in SCENARIOS.values()])


def _find_editions() -> set[str]:
    async def work(database: Database) -> set[str]:
        return {edition.slug for edition in await database.read(list_all_editions)}

    return with_database(work)


def _load_newsroom() -> int:
    with as_file(SAMPLE) as path, path.open("rb") as stream:
        report = import_stream(stream, "sample", path.stat().st_size, ImportOptions())
    return 1 if report.rejected else 0


def _load_scenario(scenario: Scenario, after: int, present: set[str]) -> int:
    """Load a scenario, and let its event happen after some seconds."""
    if scenario.reset is not None and scenario.name in present:
        _apply(scenario.reset)
    records = scenario.read_records()
    stream = cast("BufferedReader", BufferedReader(BytesIO(records)))
    report = import_stream(stream, scenario.name, len(records), ImportOptions())
    if scenario.event is not None and not report.rejected:
        address = f"/v1/articles/{scenario.article}?edition={scenario.name}"
        if after:
            click.echo(f"{address} will be {scenario.event_name} in {after} s; Ctrl+C leaves it as it is.")
            time.sleep(after)
        _apply(scenario.event)
        click.echo(f"{address} was {scenario.event_name}.")
    return 1 if report.rejected else 0


def _apply(event: ScenarioEvent) -> None:
    async def work(database: Database) -> None:
        await database.write(event, clock.now())

    with_database(work)
