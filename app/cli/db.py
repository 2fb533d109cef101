"""`dayline db`: the schema, backups and what follows their restoring."""

from pathlib import Path

import click

from app import clock
from app.actions.changelog.log_recovery import skip_sequence_numbers
from app.cli.runner import check_schema, with_database
from app.db import migrations
from app.db.backup import backup
from app.db.database import COMMANDS, MIGRATIONS, Database, open_database
from app.domain.actor import COMMAND_ACTOR
from app.domain.sequence_gap import Gap
from app.settings import read_settings


@click.group("db")
def database_group() -> None:
    """The database: bring its schema up to date, check it, back it up, go on from a backup."""


@database_group.command("upgrade")
@click.option(
    "--allow-newer",
    is_flag=True,
    help="Do nothing, and succeed, where a later release has upgraded the database and this one can work with it.",
)
def upgrade_schema(*, allow_newer: bool) -> None:
    """Bring the schema to what this release expects."""

    async def work(database: Database) -> str | None:
        state = await database.write(migrations.find_state)
        if state.standing is migrations.Standing.AHEAD_COMPATIBLE and allow_newer:
            return state.revision
        await database.write(migrations.upgrade)
        return await database.write(migrations.current)

    click.echo(f"The database is at {with_database(work, at_head=False, limits=MIGRATIONS)}.")


@database_group.command("check")
def check_current() -> None:
    """Report whether this release can work with the schema."""
    state = with_database(check_schema, at_head=False)
    if state.standing is migrations.Standing.CURRENT:
        click.echo(f"The database is at {state.revision}, as this release expects.")
    else:
        click.echo(
            f"The database is at {state.revision}; this release expects "
            f"{migrations.HEAD_REVISION} and can work with it."
        )


@database_group.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def back_up(file: Path) -> None:
    """Copy the database to FILE while it is in use."""
    backup(open_database(read_settings().database_url).url, file)
    click.echo(f"Backed up to {file}.")


@database_group.command("restored")
def note_restored() -> None:
    """Say that a backup was put in the database's place, before it is served.

    The change log goes on beyond all numbers that were ever given out, and whoever knows later news than the backup
    holds is told to begin anew. Run again, it only leaves another gap.
    """

    async def work(database: Database) -> Gap:
        return await database.write(skip_sequence_numbers, now=clock.now(), actor=COMMAND_ACTOR.name)

    gap = with_database(work, limits=COMMANDS)
    click.echo(f"The backup ends at change {gap.last}; the log goes on at {gap.first}.")
