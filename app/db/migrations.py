"""Moving a database to the schema this release expects, and telling whether it is there."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

EXPECTED = "202611230500_partners"
"""The revision this release expects: the last one in the folder, written here so that starting needs no Alembic."""

FOLDER = Path(__file__).resolve().parents[2] / "migrations"

_CURRENT = text("SELECT version_num FROM alembic_version")


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - a tenth of a second that serving need not pay

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the schema up to a revision; does nothing when it is there."""
    from alembic import command  # noqa: PLC0415 - same

    command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Take the schema back to a revision (`base` for nothing at all)."""
    from alembic import command  # noqa: PLC0415 - same

    command.downgrade(_config(connection), revision)


def current(connection: Connection) -> str | None:
    """The revision the database is at; None where it holds no schema."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(_CURRENT).scalar()
