"""Help of every command: examples that can be run as they stand, and the variables that the command reads."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from app.cli.command import Command
from app.cli.completion import SHELLS
from app.cli.main import COMMANDS, EXAMPLES, dayline
from app.environment import PREFIX, variable_name
from app.settings import FIELDS, SECRETS
from tests.cli.commands import PROJECT, environment_of
from tests.cli.conftest import Dayline

_ASSIGNMENT = re.compile(r"[A-Z_]+=\S*")
_END = {"|", ">", "&&", "<"}
NOWHERE = "mysql://nobody@127.0.0.1/news"
WITHOUT_EXAMPLE = {("db", "restored")}


def leaves() -> dict[tuple[str, ...], Command]:
    """Return the commands that do something, by the words that lead to them."""
    found: dict[tuple[str, ...], Command] = {}
    for name in COMMANDS:
        command = dayline.get_command(click.Context(dayline), name)
        assert command is not None
        inner = command.commands if isinstance(command, click.Group) else {}
        named = [((name,), command), *(((name, key), each) for key, each in inner.items())]
        for names, each in named:
            if not isinstance(each, click.Group) and names not in WITHOUT_EXAMPLE:
                assert isinstance(each, Command), names
                found[names] = each
    return found


LEAVES = leaves()


def arguments_of_example(line: str) -> list[list[str]]:
    """Return the arguments of each invocation of `dayline` in a line of shell."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found: list[list[str]] = []
    reading = False
    for word in lexer:
        if word == "dayline":
            found.append([])
            reading = True
        elif word in _END:
            reading = False
        elif reading:
            found[-1].append(word)
    return found


@pytest.mark.parametrize("names", LEAVES, ids=" ".join)
def test_command_has_examples_that_its_parser_accepts(names: tuple[str, ...]) -> None:
    command = LEAVES[names]
    assert command.examples
    for example in command.examples:
        invocations = arguments_of_example(example.line.replace('"$(', "").replace(')"', ""))
        assert any(tuple(words[: len(names)]) == names for words in invocations), example
        for words in invocations:
            own = next(key for key in LEAVES if tuple(words[: len(key)]) == key)
            LEAVES[own].make_context(" ".join(own), words[len(own) :])


@pytest.mark.parametrize("names", LEAVES, ids=" ".join)
def test_help_shows_examples_and_variables(dayline: Dayline, names: tuple[str, ...]) -> None:
    command, ended = LEAVES[names], dayline(*names, "--help")
    assert (ended.status, ended.errors) == (0, "")
    assert all(f"  {example.line}\n" in ended.output for example in command.examples)
    named = set(re.findall(rf"^  ({PREFIX}\w+)", ended.output, re.MULTILINE))
    files = {f"{variable_name(name)}_FILE" for name in command.settings if name in SECRETS}
    assert named == {variable_name(name) for name in command.settings} | files


REQUIRED = {
    ("db", "backup"): ["copy.db"],
    ("erase",): ["0s9ps1k80c7hd"],
    ("import",): ["news.jsonl"],
    ("keys", "create"): ["--name", "CMS", "--scope", "articles:write"],
    ("keys", "revoke"): ["k7q2m5xw3f"],
    ("keys", "rotate"): ["k7q2m5xw3f"],
    ("completion",): ["bash"],
    ("conformance",): ["nowhere"],
}
"""Arguments without which a command does nothing."""


@pytest.mark.parametrize("names", LEAVES, ids=" ".join)
def test_command_names_the_database_in_its_help_if_it_opens_one(
    dayline: Dayline, tmp_path: Path, names: tuple[str, ...]
) -> None:
    (tmp_path / "news.jsonl").touch()
    ended = dayline(*names, *REQUIRED.get(names, []), address=NOWHERE)
    assert ("database_url" in LEAVES[names].settings) == ("DAYLINE_DATABASE_URL" in ended.errors), ended


def test_help_of_the_program_lists_every_command(dayline: Dayline) -> None:
    shown = dayline("--help").output
    assert [name for name in COMMANDS if not re.search(rf"^  {name} ", shown, re.MULTILINE)] == []


def test_help_of_the_program_has_examples_in_lines_of_their_own(dayline: Dayline) -> None:
    shown = dayline("--help").output
    assert "\\b" not in shown
    assert all(f"  # {purpose}\n  {line}\n" in shown for line, purpose in EXAMPLES)


def test_serve_names_every_setting_of_the_server() -> None:
    assert set(LEAVES[("settings",)].settings) == set(FIELDS)
    assert set(FIELDS) - set(LEAVES[("serve",)].settings) == {"key"}


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_prints_a_script(dayline: Dayline, shell: str) -> None:
    ended = dayline("completion", shell)
    assert (ended.status, ended.errors) == (0, "")
    assert f"_DAYLINE_COMPLETE={shell}_complete" in ended.output


@pytest.mark.parametrize(
    ("words", "completed"),
    [(["ser"], {"serve"}), (["keys", "r"], {"revoke", "rotate"}), (["docs", "oper"], {"operations"})],
)
def test_bash_completes_commands_and_pages(words: list[str], completed: set[str], tmp_path: Path) -> None:
    environment = {
        **environment_of(f"sqlite:///{tmp_path}/a.db"),
        "_DAYLINE_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["dayline", *words]),
        "COMP_CWORD": str(len(words)),
    }
    program = PROJECT / ".venv/bin/dayline"
    command = str(program) if program.exists() else shutil.which("dayline", path=os.environ.get("PATH")) or ""
    ended = subprocess.run([command], env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    assert {line.removeprefix("plain,") for line in ended.stdout.splitlines()} == completed
