"""`dayline keys`: create, list, rotate and revoke API keys. The command line itself needs no key."""

import click

from app import clock
from app.actions.keys import create_key, revoke_key, rotate_key
from app.cli.command import DATABASE, Command, Example
from app.cli.output import json_option, print_items, print_table
from app.cli.runner import with_database
from app.db.database import Connection, Database
from app.domain.api_key import TOKEN_PREFIX, ApiKeyScope
from app.domain.calendar import UTC
from app.domain.instant import SECOND_US, drop_zero_fraction, format_short_instant, parse_instant
from app.errors import ConfigurationError, InvalidInputError
from app.queries.keys import list_keys
from app.schemas.api_key import MAX_GRACE_SECONDS, ApiKey, ApiKeyCreate, ApiKeyListParams
from app.schemas.errors import validated

ONCE = "The token is shown once; store it like a password."


@click.group("keys")
def keys_group() -> None:
    """Manage API keys."""


@keys_group.command(
    "create",
    cls=Command,
    settings=DATABASE,
    examples=[
        Example(
            'dayline keys create --name "Newsroom CMS" --scope articles:write --scope articles:publish > cms.token',
            "A key of a CMS; its token goes to a file",
        ),
        Example(
            'dayline keys create --name "Guest desk" --scope articles:write --edition harbour '
            "--expires 2027-01-01T00:00:00Z",
            "Drafts of one edition, until the end of the year",
        ),
    ],
)
@click.option("--name", required=True, help="Name of the person or program that uses the key.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([each.value for each in ApiKeyScope]),
    help="Scope of the key; repeat it for several.",
)
@click.option(
    "--expires", metavar="INSTANT", help="Expiry, such as 2027-01-01T00:00:00Z; without it the key does not expire."
)
@click.option(
    "--edition",
    "editions",
    multiple=True,
    help="Edition whose articles the key may read and write; repeat it for several. Without it, all.",
)
@click.option("--trusted", is_flag=True, help="The key may name the person it acts for (Dayline-Actor).")
def create(
    *, name: str, scopes: tuple[str, ...], expires: str | None, editions: tuple[str, ...], trusted: bool
) -> None:
    """Create an API key and print its token to stdout."""
    given = {"name": name, "scopes": list(scopes), "expires_at": expires, "trusted": trusted}
    given |= {"editions": list(editions)} if editions else {}
    try:
        record = validated(ApiKeyCreate, given)

        async def work(database: Database) -> tuple[str, str]:
            return await database.write(create_key, record, now=clock.now())

        prefix, token = with_database(work)
    except InvalidInputError as error:
        first = error.errors[0]
        raise ConfigurationError(f"--{first.location.partition('_')[0]}: {first.message}") from None
    click.echo(f"Key {prefix} for '{record.name}' created; scopes: {', '.join(record.scopes)}. {ONCE}", err=True)
    click.echo(token)


@keys_group.command(
    "list",
    cls=Command,
    settings=DATABASE,
    examples=[
        Example("dayline keys list", "All keys, without their secrets"),
        Example("dayline keys list --json | jq -r '.items[] | select(.state == \"active\") | .prefix'", "In a script"),
    ],
)
@json_option
def list_all(*, as_json: bool) -> None:
    """List all API keys, revoked and expired ones included."""

    def read(connection: Connection) -> list[ApiKey]:
        page = list_keys(connection, ApiKeyListParams(limit=200))
        keys = page["items"]
        while page["next"] is not None:
            page = list_keys(connection, ApiKeyListParams(limit=200, cursor=page["next"]["cursor"]))
            keys += page["items"]
        return keys

    async def work(database: Database) -> list[ApiKey]:
        return await database.read(read)

    keys = with_database(work)
    if as_json:
        print_items([{**key, "state": _state(key)} for key in keys])
        return
    if not keys:
        click.echo("No API keys. Create one with 'dayline keys create'.", err=True)
        return
    print_table(["PREFIX", "STATE", "LAST USED", "NAME", "EDITIONS", "SCOPES"], map(_row, keys))


def _row(key: ApiKey) -> tuple[str, ...]:
    last_used = drop_zero_fraction(key["last_used_at"] or "never")
    editions = "all" if key["editions"] is None else ", ".join(key["editions"])
    return (key["prefix"], _state(key), last_used, key["name"], editions, ", ".join(key["scopes"]))


def _state(key: ApiKey) -> str:
    if key["revoked_at"] is not None:
        return "revoked"
    if key["expires_at"] is not None and parse_instant(key["expires_at"]) <= clock.now():
        return "expired"
    return "active"


@keys_group.command(
    "revoke",
    cls=Command,
    settings=DATABASE,
    examples=[Example("dayline keys revoke k7q2m5xw3f", "By the ten characters after dl_ in the token")],
)
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Revoke the API key PREFIX immediately, in every process."""
    prefix = prefix.removeprefix(TOKEN_PREFIX)

    async def work(database: Database) -> None:
        await database.write(revoke_key, prefix, now=clock.now())

    with_database(work)
    click.echo(f"Key {prefix} revoked.", err=True)


@keys_group.command(
    "rotate",
    cls=Command,
    settings=DATABASE,
    examples=[
        Example("dayline keys rotate k7q2m5xw3f --grace 3600 > cms.token", "The old secret stays valid for an hour"),
    ],
)
@click.argument("prefix")
@click.option(
    "--grace",
    metavar="SECONDS",
    default=0,
    show_default=True,
    type=click.IntRange(0, MAX_GRACE_SECONDS),
    help="How long the old secret stays valid.",
)
def rotate(prefix: str, grace: int) -> None:
    """Rotate the API key PREFIX and print its new token to stdout."""
    prefix, now = prefix.removeprefix(TOKEN_PREFIX), clock.now()

    async def work(database: Database) -> str:
        return await database.write(rotate_key, prefix, grace_seconds=grace, now=now)

    token = with_database(work)
    until = format_short_instant(now + grace * SECOND_US, UTC)
    past = f"The old secret is valid until {until}." if grace else "The old secret is no longer valid."
    click.echo(f"Key {prefix} rotated. {past} {ONCE}", err=True)
    click.echo(token)
