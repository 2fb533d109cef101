"""`dayline db`: migrate the schema, check it, back the database up, and finish a restore."""

from pathlib import Path

import click

from app import clock
from app.actions.changelog.log_recovery import skip_sequence_numbers
from app.cli.command import DATABASE, Command, Example
from app.cli.output import json_option, print_json
from app.cli.runner import check_schema, with_database
from app.db import migrations
from app.db.backup import backup
from app.db.database import COMMANDS, MIGRATIONS, Database, open_database
from app.domain.actor import COMMAND_ACTOR
from app.domain.sequence_gap import Gap
from app.settings import read_settings


@click.group("db")
def database_group() -> None:
    """Migrate, check and back up the database."""


@database_group.command(
    "upgrade",
    cls=Command,
    settings=DATABASE,
    examples=[
        Example("dayline db upgrade", "Create the schema, or bring it up to date"),
        Example(
            "dayline db upgrade --allow-newer && dayline serve", "In a container, which may be of the older release"
        ),
    ],
)
@click.option(
    "--allow-newer",
    is_flag=True,
    help="Do nothing, with status 0, if a later release has migrated the database and this one can work with it.",
)
def upgrade_schema(*, allow_newer: bool) -> None:
    """Apply pending migrations."""

    async def work(database: Database) -> str | None:
        state = await database.write(migrations.find_state)
        if state.standing is migrations.Standing.AHEAD_COMPATIBLE and allow_newer:
            return state.revision
        await database.write(migrations.upgrade)
        return await database.write(migrations.current)

    click.echo(f"The database is at {with_database(work, at_head=False, limits=MIGRATIONS)}.")


@database_group.command(
    "check",
    cls=Command,
    settings=DATABASE,
    examples=[
        Example("dayline db check", "Status 2 and the reason if this release cannot work with the schema"),
        Example("dayline db check --json | jq -r .revision", "The revision of the schema"),
    ],
)
@json_option
def check_current(*, as_json: bool) -> None:
    """Check whether this release can work with the schema."""
    state = with_database(check_schema, at_head=False)
    if as_json:
        is_current = state.standing is migrations.Standing.CURRENT
        print_json({"revision": state.revision, "expected": migrations.HEAD_REVISION, "current": is_current})
    elif state.standing is migrations.Standing.CURRENT:
        click.echo(f"The database is at {state.revision}, as this release expects.")
    else:
        click.echo(
            f"The database is at {state.revision}; this release expects "
            f"{migrations.HEAD_REVISION} and can work with it."
        )


@database_group.command(
    "backup",
    cls=Command,
    settings=DATABASE,
    examples=[Example("dayline db backup /var/backups/news-2026-11-20.db", "FILE must not exist")],
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def back_up(file: Path) -> None:
    """Back up the database to FILE while it is in use."""
    backup(open_database(read_settings().database_url).url, file)
    click.echo(f"Backed up to {file}.")


@database_group.command(
    "post-restore",
    cls=Command,
    settings=DATABASE,
    examples=[Example("dayline db post-restore && dayline serve", "After the backup is in place")],
)
def finish_restore() -> None:
    """Run once after restoring a backup, before serving.

    The change log continues beyond every sequence number that was ever issued, so that clients and webhook receivers
    which know later changes than the backup holds start again. A repeated run leaves a second gap, which is harmless.
    """

    async def work(database: Database) -> Gap:
        return await database.write(skip_sequence_numbers, now=clock.now(), actor=COMMAND_ACTOR.name)

    gap = with_database(work, limits=COMMANDS)
    click.echo(f"The backup ends at change {gap.last}; the log continues at {gap.first}.")


@database_group.command("restored", hidden=True)
@click.pass_context
def finish_restore_by_former_name(context: click.Context) -> None:
    """Run `post-restore`, whose name this was before 0.2.0."""
    click.echo("dayline: 'db restored' is deprecated and works until 1.0: use 'db post-restore'.", err=True)
    context.invoke(finish_restore)
