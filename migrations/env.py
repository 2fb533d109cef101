"""How Alembic runs: on the connection it is handed, in one transaction, with batch mode for SQLite."""

from alembic import context

from app import models
from app.db.base import metadata

if not models.__all__:  # importing the tables registers them with the metadata
    raise RuntimeError("There are no tables to migrate to.")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=False,  # the caller's transaction holds the whole upgrade
)
context.run_migrations()
