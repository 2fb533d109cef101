"""`dayline completion`: the script that completes commands, options and their values in a shell."""

import click
from click.shell_completion import get_completion_class

from app.cli.command import Command, Example

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_DAYLINE_COMPLETE"


@click.command(
    "completion",
    cls=Command,
    examples=[
        Example('eval "$(dayline completion bash)"', "bash: in this shell, or in ~/.bashrc for every shell"),
        Example("dayline completion zsh > ~/.zfunc/_dayline", "zsh: into a folder of $fpath"),
        Example("dayline completion fish > ~/.config/fish/completions/dayline.fish", "fish"),
    ],
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def print_completion(context: click.Context, shell: str) -> None:
    """Print a script for completion of commands and options in a shell."""
    completion = get_completion_class(shell)
    if completion is None:  # pragma: no cover - click has these three
        raise click.UsageError(f"There is no completion for {shell}.")
    click.echo(completion(context.find_root().command, {}, "dayline", VARIABLE).source())
