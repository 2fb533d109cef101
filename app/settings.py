"""What an operator can set, by environment variables `DAYLINE_…`; nobody else reads the environment.

DAYLINE_DATABASE_URL   sqlite:///dayline.db, sqlite:////var/lib/dayline/news.db, postgresql://user@host/name
DAYLINE_ACCESS_LOG     true writes a line per request
"""

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import OperatorError

PREFIX = "DAYLINE_"


class Settings(BaseModel):
    """Every setting with its default; docs/operations.md lists them."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    database_url: str = Field(
        "sqlite:///dayline.db",
        description="The database: `sqlite:///file.db` or `postgresql://user:password@host/name`.",
    )
    access_log: bool = Field(default=False, description="Write a line per request.")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; OperatorError names the variable that cannot be used."""
    variables = os.environ if environment is None else environment
    given = {name[len(PREFIX) :].lower(): value for name, value in variables.items() if name.startswith(PREFIX)}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise OperatorError(
            f"{PREFIX}{str(first['loc'][0]).upper()}: {first['msg'].removeprefix('Value error, ')}."
        ) from error
