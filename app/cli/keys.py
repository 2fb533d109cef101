"""`dayline keys`: keys given out, listed, rotated and revoked by the operator, who needs none."""

import click

from app import clock
from app.actions.keys import create_key, revoke_key, rotate_key
from app.cli.runner import with_database
from app.db.database import Connection, Database
from app.domain.api_key import TOKEN_PREFIX, ApiKeyScope
from app.domain.calendar import UTC
from app.domain.instant import SECOND_US, drop_zero_fraction, format_short_instant, parse_instant
from app.errors import ConfigurationError, InvalidInputError
from app.queries.keys import list_keys
from app.schemas.api_key import MAX_GRACE_SECONDS, ApiKey, ApiKeyCreate, ApiKeyListParams
from app.schemas.errors import validated

ONCE = "It is shown this once; keep it as you keep passwords."
LINE = "{prefix:<12}{state:<10}{last_used_at:<34}{name}  [{scopes}]"


@click.group("keys")
def keys_group() -> None:
    """Keys: who may write, and read where reading is keyed."""


@keys_group.command("create")
@click.option("--name", required=True, help="Who or what it is for.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice([each.value for each in ApiKeyScope])
)
@click.option("--expires", metavar="INSTANT", help="Such as 2027-01-01T00:00:00Z; never where absent.")
def create(name: str, scopes: tuple[str, ...], expires: str | None) -> None:
    """Give out a key: its token alone on standard output."""
    given = {"name": name, "scopes": list(scopes), "expires_at": expires}
    try:
        record = validated(ApiKeyCreate, given)

        async def work(database: Database) -> tuple[str, str]:
            return await database.write(create_key, record, now=clock.now())

        prefix, token = with_database(work)
    except InvalidInputError as error:
        flaw = error.errors[0]
        raise ConfigurationError(f"--{flaw.location.partition('_')[0]}: {flaw.message}") from None
    click.echo(f"Key {prefix} for '{record.name}' may: {', '.join(record.scopes)}. {ONCE}", err=True)
    click.echo(token)


@keys_group.command("list")
def list_all() -> None:
    """Every key without its secret, revoked and expired ones too."""

    def read(connection: Connection) -> list[ApiKey]:
        question = ApiKeyListParams(limit=200)
        page = list_keys(connection, question)
        found = page["items"]
        while page["next"] is not None:
            page = list_keys(connection, ApiKeyListParams(limit=200, cursor=page["next"]["cursor"]))
            found += page["items"]
        return found

    async def work(database: Database) -> list[ApiKey]:
        return await database.read(read)

    found = with_database(work)
    if not found:
        click.echo("There is no key yet; 'dayline keys create' gives one out.", err=True)
        return
    heading = {"prefix": "PREFIX", "state": "STATE", "last_used_at": "LAST USED", "name": "NAME", "scopes": "SCOPES"}
    click.echo(LINE.format(**heading))
    for key in found:
        shown = {"last_used_at": drop_zero_fraction(key["last_used_at"] or "never"), "scopes": ", ".join(key["scopes"])}
        click.echo(LINE.format(prefix=key["prefix"], name=key["name"], state=_state(key), **shown))


def _state(key: ApiKey) -> str:
    if key["revoked_at"] is not None:
        return "revoked"
    if key["expires_at"] is not None and parse_instant(key["expires_at"]) <= clock.now():
        return "expired"
    return "good"


@keys_group.command("revoke")
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Make the key PREFIX good for nothing, at once and everywhere."""
    prefix = prefix.removeprefix(TOKEN_PREFIX)

    async def work(database: Database) -> None:
        await database.write(revoke_key, prefix, now=clock.now())

    with_database(work)
    click.echo(f"Key {prefix} is revoked.", err=True)


@keys_group.command("rotate")
@click.argument("prefix")
@click.option(
    "--grace",
    metavar="SECONDS",
    default=0,
    show_default=True,
    type=click.IntRange(0, MAX_GRACE_SECONDS),
    help="How long the old secret stays good.",
)
def rotate(prefix: str, grace: int) -> None:
    """Give the key PREFIX a new secret: its new token alone on standard output."""
    prefix, now = prefix.removeprefix(TOKEN_PREFIX), clock.now()

    async def work(database: Database) -> str:
        return await database.write(rotate_key, prefix, grace_seconds=grace, now=now)

    token = with_database(work)
    until = format_short_instant(now + grace * SECOND_US, UTC)
    past = f"The old secret is good until {until}." if grace else "The old secret is good no more."
    click.echo(f"Key {prefix} has a new secret. {past} {ONCE}", err=True)
    click.echo(token)
