"""Commands whose help has examples and the variables that they read, and options whose default is a setting."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import click

from app.environment import FILE_SUFFIX, variable_name
from app.settings import FIELDS, SECRETS, Settings

F = TypeVar("F", bound=Callable[..., Any])

DATABASE = ("database_url",)
"""Settings of a command that opens the database and reads no other."""

EVERY_SETTING = tuple(FIELDS)
SERVER_SETTINGS = tuple(name for name in FIELDS if name != "key")
"""Settings of the server: `DAYLINE_KEY` is that of a client, `dayline conformance`."""


class Example(NamedTuple):
    """An invocation, and what it does."""

    line: str
    purpose: str


class Command(click.Command):
    """Command with examples and, by the names of settings, the variables that it reads."""

    def __init__(
        self, *args: Any, examples: Sequence[Example] = (), settings: Sequence[str] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.examples = tuple(examples)
        self.settings = tuple(settings)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples and the variables below the options."""
        super().format_epilog(ctx, formatter)
        write_examples(formatter, self.examples)
        write_variables(formatter, self.settings)


def write_examples(formatter: click.HelpFormatter, examples: Iterable[Example]) -> None:
    """Write each example in a line of its own, unwrapped, so that it can be pasted."""
    written = [f"  # {each.purpose}\n  {each.line}\n" for each in examples]
    if written:
        formatter.write("\nExamples:\n" + "\n".join(written))


def write_variables(formatter: click.HelpFormatter, settings: Iterable[str]) -> None:
    """Write the variables of these settings, and for secrets those that name a file."""
    rows: list[tuple[str, str]] = []
    for name in settings:
        rows.append((variable_name(name), _describe(name)))
        if name in SECRETS:
            rows.append((variable_name(name + FILE_SUFFIX), f"A file that holds {variable_name(name)}."))
    if rows:
        with formatter.section("Variables, of the environment or of a file .env in the working directory"):
            formatter.write_dl(rows)


def setting_option(name: str, **options: Any) -> Callable[[F], F]:
    """Return an option that overrides a setting; its value is None where it is not given."""
    field = FIELDS[name]
    default = "" if field.default is None else f"; default: {field.default}"
    text = f"{_describe(name).rstrip('.')}.  [variable: {variable_name(name)}{default}]"
    return click.option(f"--{name}", default=None, help=text, **options)


def _describe(name: str) -> str:
    return (FIELDS[name].description or "").replace("`", "")


def with_options(settings: Settings, **given: object) -> Settings:
    """Return the settings with the options that were given."""
    return settings.model_copy(update={name: value for name, value in given.items() if value is not None})
