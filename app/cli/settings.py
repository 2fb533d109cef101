"""`dayline settings`: the settings of this environment, their sources and values, and whether they are usable."""

from collections.abc import Mapping

import click

from app.db.engine import parse_database_url
from app.errors import ConfigurationError
from app.logging.redaction import escape_controls
from app.settings import describe_settings, find_unknown_variables, read_settings


@click.command("settings")
@click.option("--check", is_flag=True, help="Print nothing; exit with status 2 when a setting is invalid or unknown.")
def show_settings(*, check: bool) -> None:
    """Print every setting with its source and value; secrets are left out."""
    parse_database_url(read_settings().database_url)
    unknown = find_unknown_variables()
    if check and unknown:
        raise ConfigurationError(f"Unknown settings: {format_unknown(unknown)}.")
    if check:
        return
    for variable, source, value in describe_settings():
        click.echo(f"{variable:<28}{source:<13}{escape_controls(value)}")
    if unknown:
        click.echo(f"dayline: Unknown settings are ignored: {format_unknown(unknown)}.", err=True)


def format_unknown(unknown: Mapping[str, str | None]) -> str:
    """Return the names of unknown variables with the nearest known ones, never their values, which may be secrets."""
    return ", ".join(
        escape_controls(name) + (f" (did you mean {nearest}?)" if nearest else "") for name, nearest in unknown.items()
    )
