"""Variables `DAYLINE_…` of this process and where they come from; no other module reads the environment."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from app.errors import ConfigurationError

PREFIX = "DAYLINE_"
FILE_SUFFIX = "_file"
DOTENV = ".env"
MAX_SECRET_BYTES = 64 * 1024


class Origin(StrEnum):
    """Source of the value of a setting."""

    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


class Variable(NamedTuple):
    """Value of a variable, and the file that it was read from, None for the environment."""

    value: str
    file: str | None = None

    @property
    def origin(self) -> Origin:
        """Return whether the value is of the environment or of a file."""
        return Origin.ENVIRONMENT if self.file is None else Origin.FILE


def read_variables(
    secrets: Collection[str], is_ignored: Callable[[str, str], bool], environment: Mapping[str, str] | None = None
) -> dict[str, Variable]:
    """Return the variables `DAYLINE_…` by the names that settings have; ConfigurationError for an unusable file.

    A variable that `is_ignored` by its name and value is left out of its source, so that it hides no other source.
    Those of the environment precede those of the file `.env` in the working directory. A secret may be in a file that
    the variable with `_FILE` names, as Docker and Kubernetes mount them; ConfigurationError where both are set. The
    file `.env` is read for the environment of this process only.
    """
    sources = [_of_environment(os.environ if environment is None else environment)]
    if environment is None:
        sources.append(_of_dotenv(Path(DOTENV)))
    found: dict[str, Variable] = {}
    for source in reversed(sources):
        read = {name: variable for name, variable in source.items() if not is_ignored(name, variable.value)}
        found |= _with_secrets(read, secrets)
    return found


def _of_environment(environment: Mapping[str, str]) -> dict[str, Variable]:
    return {_setting(name): Variable(value) for name, value in environment.items() if name.startswith(PREFIX)}


def _of_dotenv(path: Path) -> dict[str, Variable]:
    """Return the variables of a file `.env`, whose other lines may be those of other programs."""
    if not path.is_file():
        return {}
    return {_setting(name): Variable(value, str(path)) for name, value in _parse_dotenv(path)}


def _parse_dotenv(path: Path) -> Iterator[tuple[str, str]]:
    from dotenv.parser import parse_stream  # noqa: PLC0415 - only where there is such a file

    try:
        with path.open(encoding="utf-8") as stream:
            for binding in parse_stream(stream):
                name = binding.key or ""
                is_flawed = binding.error and PREFIX in binding.original.string
                if is_flawed or (name.startswith(PREFIX) and binding.value is None):
                    raise ConfigurationError(f"{path}, line {binding.original.line}: A line is NAME=value.")
                if name.startswith(PREFIX) and binding.value is not None:
                    yield name, binding.value
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {_reason(error)}.") from error


def _with_secrets(variables: Mapping[str, Variable], secrets: Collection[str]) -> dict[str, Variable]:
    """Return the variables with the contents of the files that the names with `_FILE` lead to."""
    found = dict(variables)
    for secret in secrets:
        path = found.pop(secret + FILE_SUFFIX, None)
        if path is None:
            continue
        named = variable_name(secret + FILE_SUFFIX)
        if secret in found:
            raise ConfigurationError(f"{variable_name(secret)} and {named} are both set: unset one of them.")
        found[secret] = Variable(_read_secret(path.value, named), path.value)
    return found


def _read_secret(path: str, named: str) -> str:
    try:
        with Path(path).open("rb") as stream:
            secret = stream.read(MAX_SECRET_BYTES).decode().strip()
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{named}: '{path}' cannot be read: {_reason(error)}.") from error
    if not secret:
        raise ConfigurationError(f"{named}: '{path}' is empty.")
    return secret


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or "failed") if isinstance(error, OSError) else "it is no text in UTF-8"


def variable_name(setting: str) -> str:
    """Return the variable of a setting."""
    return f"{PREFIX}{setting.upper()}"


def _setting(variable: str) -> str:
    return variable[len(PREFIX) :].lower()


def environment_with(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of this process and these variables, for a program that it starts."""
    return {**os.environ, **variables}


def is_color_disabled() -> bool:
    """Return whether the user wants no colour on a terminal (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))
