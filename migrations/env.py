"""Alembic environment: the given connection, one transaction, and batch mode for SQLite."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import Script

from app import models
from app.db.base import metadata

if not models.__all__:  # importing the tables registers them with the metadata
    raise RuntimeError("There are no tables to migrate to.")

_DELETE = sa.text("DELETE FROM schema_compatibility WHERE revision = :revision")
_INSERT = sa.text("INSERT INTO schema_compatibility (revision, oldest_compatible_revision) VALUES (:revision, :oldest)")


def store_compatibility(
    ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]
) -> None:
    """Store which releases can work with the schema after a step; Alembic calls it after each one.

    The table itself is created by a migration: earlier migrations store nothing.
    """
    del heads, run_args
    connection, script = ctx.connection, step.up_revision
    if not isinstance(script, Script) or connection is None:
        return
    if not sa.inspect(connection).has_table("schema_compatibility"):
        return
    connection.execute(_DELETE, {"revision": script.revision})
    if step.is_upgrade:
        oldest = script.module.oldest_compatible_revision
        connection.execute(_INSERT, {"revision": script.revision, "oldest": oldest})


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=False,  # the caller's transaction holds the whole upgrade
    on_version_apply=store_compatibility,
)
context.run_migrations()
