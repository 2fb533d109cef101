"""The `dayline` command and how it ends."""

import os
import sys
from importlib.metadata import version

import click

from app.cli.content import export_file, import_files, load_sample
from app.cli.database import database_group
from app.cli.document import print_openapi
from app.cli.erasure import erase
from app.cli.keys import keys_group
from app.cli.server import serve
from app.errors import DaylineError

USAGE_STATUS = 2
INTERRUPTED_STATUS = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("dayline"), prog_name="dayline", message="%(prog)s %(version)s")
def dayline() -> None:
    """A headless news content API built around the per-day news timeline."""


COMMANDS = (
    serve,
    database_group,
    keys_group,
    import_files,
    export_file,
    erase,
    load_sample,
    print_openapi,
)
for command in COMMANDS:
    dayline.add_command(command)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status: 0, 1 for flawed content, 2 for what the operator must mend."""
    try:
        status = dayline.main(args=arguments, prog_name="dayline", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return USAGE_STATUS
    except click.ClickException as error:
        message = " ".join(error.format_message().split())  # click sets lists of choices in lines of their own
        return _fail(message if message.endswith((".", "?", ")")) else f"{message}.")
    except DaylineError as error:
        return _fail(error.detail)
    except click.Abort:
        click.echo("dayline: Stopped. What was stored stays; the same command goes on from there.", err=True)
        return INTERRUPTED_STATUS
    except BrokenPipeError:
        # Whoever read our output has gone; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status if isinstance(status, int) else 0


def _fail(sentence: str) -> int:
    click.echo(f"dayline: {sentence}", err=True)
    return USAGE_STATUS
