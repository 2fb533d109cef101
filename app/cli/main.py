"""The `dayline` command: its subcommands, and its exit status."""

import gc
import os
import sys
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from app.errors import DaylineError

USAGE_STATUS = 2
INTERRUPTED_STATUS = 130


COMMANDS = {
    "serve": "app.cli.serve:serve",
    "db": "app.cli.db:database_group",
    "keys": "app.cli.keys:keys_group",
    "import": "app.cli.import_export:import_files",
    "export": "app.cli.import_export:export_file",
    "erase": "app.cli.erase:erase",
    "sample": "app.cli.sample:load_sample",
    "conformance": "app.cli.conformance:check_conformance",
    "openapi": "app.cli.openapi:print_openapi",
    "settings": "app.cli.settings:show_settings",
    "docs": "app.cli.docs:show_docs",
    "completion": "app.cli.completion:print_completion",
}
"""Location of each command, whose module is imported when it is called: no other command waits for that."""

EXAMPLES = (
    ("dayline db upgrade && dayline sample && dayline serve", "Serve the sample newsroom"),
    ("dayline keys create --help", "Show the options of a command"),
    ('eval "$(dayline completion bash)"', "Complete commands and options in this shell"),
)


class Commands(click.Group):
    """Group whose commands are imported when they are called, or when help lists them."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click passes it
        """Import a command and return it; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        gc.disable()  # modules stay: a collection while they load takes a twentieth of a start
        try:
            command: click.Command = getattr(import_module(module), name)
        finally:
            gc.enable()
        return command

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below the commands."""
        from app.cli.command import Example, write_examples  # noqa: PLC0415 - only help loads the settings

        super().format_epilog(ctx, formatter)
        write_examples(formatter, [Example(*each) for each in EXAMPLES])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the names of commands without importing them."""
        names = [CompletionItem(name) for name in COMMANDS if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(
    cls=Commands,
    commands={name: click.Command(name) for name in COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="dayline", prog_name="dayline", message="%(prog)s %(version)s")
def dayline() -> None:
    """Run a headless news API, built around the news timeline by local day.

    Settings are variables DAYLINE_…, of the environment or of a file .env in the working directory: 'dayline settings'
    prints them, and each command's help names those that it reads. 'dayline docs' prints the documentation.
    """


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status: 0; 1 for invalid content; 2 for what the operator must fix."""
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
        click.echo("dayline: Stopped. Stored records remain; run the command again to continue.", err=True)
        return INTERRUPTED_STATUS
    except BrokenPipeError:
        # The reader of our output has closed the pipe: discard what is buffered.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status if isinstance(status, int) else 0


def _fail(sentence: str) -> int:
    click.echo(f"dayline: {sentence}", err=True)
    return USAGE_STATUS
