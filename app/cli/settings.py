"""`dayline settings`: the settings of this environment, their sources and values, and whether they are usable."""

from collections.abc import Mapping

import click

from app.cli.command import EVERY_SETTING, Command, Example
from app.cli.output import json_option, print_items, print_table
from app.db.engine import parse_database_url
from app.environment import Origin
from app.errors import ConfigurationError
from app.logging.redaction import escape_controls
from app.settings import (
    SettingValue,
    describe_settings,
    find_former_variables,
    find_unknown_variables,
    read_settings,
)


@click.command(
    "settings",
    cls=Command,
    settings=EVERY_SETTING,
    examples=[
        Example("dayline settings", "Print all settings"),
        Example("dayline settings --json | jq '.items[] | select(.source != \"default\")'", "Print those that are set"),
        Example("dayline settings --check && dayline serve", "Do not start with a misspelt variable"),
    ],
)
@click.option("--check", is_flag=True, help="Print nothing; exit with status 2 if a setting is invalid or unknown.")
@json_option
def show_settings(*, check: bool, as_json: bool) -> None:
    """Print every setting with the source of its value, and the value unless it is secret.

    The source is 'environment', 'default' or a file: .env in the working directory, or the file of a secret. The
    environment overrides .env, and options of 'dayline serve' override both.
    """
    parse_database_url(read_settings().database_url)
    unknown = find_unknown_variables()
    if check and unknown:
        raise ConfigurationError(f"Unknown settings: {format_unknown(unknown)}.")
    if check:
        return
    if as_json:
        print_items([_as_item(each) for each in describe_settings()])
    else:
        rows = [(each.variable, each.file or each.origin, _shown(each)) for each in describe_settings()]
        print_table(["VARIABLE", "SOURCE", "VALUE"], rows)
    former = find_former_variables()
    if former:
        click.echo(f"dayline: Deprecated settings, read until 1.0: {format_former(former)}; rename them.", err=True)
    if unknown:
        click.echo(f"dayline: Unknown settings are ignored: {format_unknown(unknown)}.", err=True)


def _as_item(setting: SettingValue) -> dict[str, object]:
    return {
        "variable": setting.variable,
        "source": setting.origin,
        "file": setting.file,
        "secret": setting.is_secret,
        "value": setting.value,
    }


def _shown(setting: SettingValue) -> str:
    """Return the value as a table shows it; dots stand for a secret."""
    if setting.value is not None:
        return setting.value
    return "…" if setting.is_secret and setting.origin is not Origin.DEFAULT else "none"


def format_former(former: Mapping[str, str]) -> str:
    """Return the former names that are set, each with the present name."""
    return ", ".join(f"{old} is now {new}" for old, new in former.items())


def format_unknown(unknown: Mapping[str, str | None]) -> str:
    """Return the names of unknown variables with the nearest known ones, never their values, which may be secrets."""
    return ", ".join(
        escape_controls(name) + (f" (did you mean {nearest}?)" if nearest else "") for name, nearest in unknown.items()
    )
