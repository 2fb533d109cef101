"""`dayline settings`: the settings of this environment, their sources and values, and whether they are usable."""

from collections.abc import Mapping

import click

from app.db.engine import parse_database_url
from app.errors import ConfigurationError
from app.logging.redaction import escape_controls
from app.settings import describe_settings, find_former_variables, find_unknown_variables, read_settings


@click.command("settings")
@click.option("--check", is_flag=True, help="Print nothing; exit with status 2 if a setting is invalid or unknown.")
def show_settings(*, check: bool) -> None:
    """Print every setting, its source and value, without secrets."""
    parse_database_url(read_settings().database_url)
    unknown = find_unknown_variables()
    if check and unknown:
        raise ConfigurationError(f"Unknown settings: {format_unknown(unknown)}.")
    if check:
        return
    for variable, source, value in describe_settings():
        click.echo(f"{variable:<28}{source:<13}{escape_controls(value)}")
    former = find_former_variables()
    if former:
        click.echo(f"dayline: Deprecated settings, read until 1.0: {format_former(former)}; rename them.", err=True)
    if unknown:
        click.echo(f"dayline: Unknown settings are ignored: {format_unknown(unknown)}.", err=True)


def format_former(former: Mapping[str, str]) -> str:
    """Return the former names that are set, each with the present name."""
    return ", ".join(f"{old} is now {new}" for old, new in former.items())


def format_unknown(unknown: Mapping[str, str | None]) -> str:
    """Return the names of unknown variables with the nearest known ones, never their values, which may be secrets."""
    return ", ".join(
        escape_controls(name) + (f" (did you mean {nearest}?)" if nearest else "") for name, nearest in unknown.items()
    )
