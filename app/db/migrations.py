"""Migration of a database to the schema this release expects, and the check whether this release can work with it."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app.db.locks import lock_change_log
from app.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD_REVISION = "202611301405_collation_keys"
"""Revision that this release expects: the latest in the folder, repeated here so that a start needs no Alembic."""

_PLACES = (Path(__file__).resolve().parents[2] / "migrations", Path(__file__).resolve().parents[1] / "migrations")
"""Migrations are beside the package in a checkout, and inside it when installed from a wheel."""

MIGRATIONS_DIR = next((folder for folder in _PLACES if (folder / "env.py").is_file()), _PLACES[0])

_CURRENT = text("SELECT version_num FROM alembic_version ORDER BY version_num")
_OLDEST = text("SELECT oldest_compatible_revision FROM schema_compatibility WHERE revision = :revision")


class Standing(StrEnum):
    """Relation of a database's schema to the one this release expects."""

    CURRENT = "current"
    ABSENT = "absent"
    BEHIND = "behind"
    AHEAD_COMPATIBLE = "ahead, and this release can work with it"
    AHEAD = "ahead, and this release cannot work with it"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The revision a database is at, and how that compares; `oldest` is the oldest release that can work with it."""

    standing: Standing
    revision: str | None = None
    oldest: str | None = None

    @property
    def is_usable(self) -> bool:
        """Return whether this release can read and write the database as it is."""
        return self.standing in {Standing.CURRENT, Standing.AHEAD_COMPATIBLE}

    @property
    def problem(self) -> str:
        """Return why this release cannot work with the database, in one sentence for an operator."""
        match self.standing:
            case Standing.ABSENT:
                return "The database holds no schema yet; run 'dayline db upgrade' first."
            case Standing.BEHIND:
                return (
                    f"The database is at schema {self.revision} and this release expects {HEAD_REVISION}; "
                    "run 'dayline db upgrade'."
                )
        needed = "does not know" if self.oldest is None else f"cannot work with (it needs {self.oldest} or later)"
        return f"The database is at schema {self.revision}, which this release ({HEAD_REVISION}) {needed}."


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - takes a tenth of a second, which serving does not need

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Raise Alembic's own errors (an unknown revision, a broken chain) as an ConfigurationError."""
    from alembic.script.revision import RevisionError  # noqa: PLC0415 - same
    from alembic.util.exc import CommandError  # noqa: PLC0415 - same

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=r"Revision .* present", category=UserWarning)  # a broken chain
            yield
    except (CommandError, RevisionError, UserWarning) as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"The schema cannot be migrated: {reason.rstrip('.')}.") from error


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Migrate the schema up to a revision, if it is older. Concurrent upgrades run one after another.

    ConfigurationError where the database is at a revision that this release does not know.
    """
    from alembic import command  # noqa: PLC0415 - same

    lock_change_log(connection)
    state = find_state(connection)
    if state.standing in {Standing.AHEAD, Standing.AHEAD_COMPATIBLE}:
        raise ConfigurationError(
            f"The database is at schema {state.revision}, which this release ({HEAD_REVISION}) does not know; "
            "upgrade with the release that made it."
        )
    with _one_sentence():
        command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Downgrade the schema to a revision (`base` removes everything)."""
    from alembic import command  # noqa: PLC0415 - same

    with _one_sentence():
        command.downgrade(_config(connection), revision)


def current(connection: Connection) -> str | None:
    """Return the revision of the database; None if it has no schema.

    ConfigurationError if it has several revisions: the chain of its migrations is broken.
    """
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(_CURRENT).scalars().all()
    if len(found) > 1:
        raise ConfigurationError(f"The database is at several schemas at once: {', '.join(found)}.")
    return found[0] if found else None


def find_state(connection: Connection) -> SchemaState:
    """Compare the schema of the database with the one this release expects.

    An unknown revision belongs to a later release. It is usable if its migration stored an oldest compatible revision
    that this release knows: its processes can then restart during an upgrade.
    """
    revision = current(connection)
    if revision is None:
        return SchemaState(Standing.ABSENT)
    if revision == HEAD_REVISION:
        return SchemaState(Standing.CURRENT, revision)
    known = known_revisions()
    if revision in known:
        return SchemaState(Standing.BEHIND, revision)
    oldest = _find_oldest_compatible(connection, revision)
    standing = Standing.AHEAD_COMPATIBLE if oldest in known else Standing.AHEAD
    return SchemaState(standing, revision, oldest)


def known_revisions() -> frozenset[str]:
    """Return every revision that this release has a migration for."""
    return frozenset(path.stem for path in (MIGRATIONS_DIR / "versions").glob("*.py")) | {HEAD_REVISION}


def _find_oldest_compatible(connection: Connection, revision: str) -> str | None:
    if not inspect(connection).has_table("schema_compatibility"):
        return None
    found: str | None = connection.execute(_OLDEST, {"revision": revision}).scalar()
    return found
