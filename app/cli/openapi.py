"""`dayline openapi`: the OpenAPI document, without a server."""

import click
import orjson

from app.cli.command import Command, Example
from app.settings import Settings


@click.command(
    "openapi",
    cls=Command,
    examples=[Example("dayline openapi > openapi.json", "The document of this release, for generators of clients")],
)
def print_openapi() -> None:
    """Print the OpenAPI document."""
    from app.main import create_app  # noqa: PLC0415 - only this command pays for it

    document = create_app(Settings()).openapi()
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))
