"""Field names: tables and columns get the names that databases, HTTP and messaging use for what they hold.

Renamed columns and, on PostgreSQL, renamed tables cost no more than an entry of the catalogue. SQLite cannot rename
a constraint, so there the four tables are created again and their rows are copied in the order of their keys.
"""

from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "202611292310_field_names"
down_revision = "202611292000_editorial_lists"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611292310_field_names"

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

COLUMNS = (
    ("api_keys", "previous_until", "previous_secret_expires_at"),
    ("articles", "fingerprint", "content_hash"),
    ("changes", "keys", "surrogate_keys"),
    ("webhook_endpoints", "question", "filters"),
    ("webhook_endpoints", "filled_seq", "enqueued_seq"),
    ("webhook_endpoints", "due_at", "next_attempt_at"),
    ("webhook_endpoints", "claimed_by", "lease_owner"),
    ("webhook_endpoints", "claimed_until", "lease_expires_at"),
    ("webhook_endpoints", "previous_until", "previous_secret_expires_at"),
)
"""Columns of tables that have their names already: table, former name, new name."""


class Name(NamedTuple):
    """Name of a table, with those of its columns that differ between the two schemas."""

    table: str
    columns: tuple[str, ...] = ()


class Renaming(NamedTuple):
    """A renamed table: both names, the referenced tables by column, and the columns of its index."""

    old: Name
    new: Name
    create: Callable[[Name], None]
    references: tuple[tuple[str, str], ...] = ()
    indexed: tuple[str, ...] = ()


def create_idempotency_keys(name: Name) -> None:
    key, request_hash, created_at = name.columns
    op.create_table(
        name.table,
        sa.Column("api_key_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(key, CODE, nullable=False),
        sa.Column(request_hash, sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("article_id", ID, nullable=True),
        sa.Column(created_at, sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("api_key_id", key, name=op.f(f"pk_{name.table}")),
    )


def create_key_value(name: Name) -> None:
    op.create_table(
        name.table,
        sa.Column("name", CODE, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f(f"pk_{name.table}")),
    )


def create_article_recommendations(name: Name) -> None:
    (recommended_id,) = name.columns
    op.create_table(
        name.table,
        sa.Column("article_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(recommended_id, ID, nullable=False),
        reference(name, "article_id", "articles", ondelete="CASCADE"),
        reference(name, recommended_id, "articles", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "position", name=op.f(f"pk_{name.table}")),
        sqlite_with_rowid=False,
    )


def create_slug_redirects(name: Name) -> None:
    op.create_table(
        name.table,
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("slug", CODE, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        reference(name, "article_id", "articles", ondelete="CASCADE"),
        reference(name, "edition_id", "editions"),
        sa.PrimaryKeyConstraint("edition_id", "slug", name=op.f(f"pk_{name.table}")),
        sqlite_with_rowid=False,
    )


def reference(name: Name, column: str, target: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    label = op.f(foreign_key(name.table, column, target))
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=label, ondelete=ondelete)


def foreign_key(table: str, column: str, target: str) -> str:
    return f"fk_{table}_{column}_{target}"


TABLES = (
    Renaming(
        Name("idempotent_answers", ("name", "digest", "at")),
        Name("idempotency_keys", ("key", "request_hash", "created_at")),
        create_idempotency_keys,
        indexed=("at", "created_at"),
    ),
    Renaming(Name("installation"), Name("key_value"), create_key_value),
    Renaming(
        Name("article_picks", ("picked_id",)),
        Name("article_recommendations", ("recommended_id",)),
        create_article_recommendations,
        references=(("article_id", "articles"), ("picked_id", "articles")),
        indexed=("picked_id", "recommended_id"),
    ),
    Renaming(
        Name("article_slugs"),
        Name("slug_redirects"),
        create_slug_redirects,
        references=(("article_id", "articles"), ("edition_id", "editions")),
        indexed=("article_id", "article_id"),
    ),
)


def upgrade() -> None:
    for each in TABLES:
        rename_table(each.old, each.new, each, each.indexed)
    for table, old, new in COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")


def downgrade() -> None:
    for table, old, new in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}")
    for each in reversed(TABLES):
        rename_table(each.new, each.old, each, each.indexed[::-1])


def rename_table(source: Name, target: Name, renaming: Renaming, index: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        copy_table(source, target, renaming, index)
    else:
        alter_table(source, target, renaming, index)


def copy_table(source: Name, target: Name, renaming: Renaming, index: tuple[str, ...]) -> None:
    """Create the table again under its new name, and move the rows: in the order of the key, which appends."""
    columns = [each["name"] for each in sa.inspect(op.get_bind()).get_columns(source.table)]
    renamed = dict(zip(source.columns, target.columns, strict=True))
    renaming.create(target)
    copied = ", ".join(renamed.get(each, each) for each in columns)
    key = ", ".join(sa.inspect(op.get_bind()).get_pk_constraint(source.table)["constrained_columns"])
    op.execute(f"INSERT INTO {target.table} ({copied}) SELECT {', '.join(columns)} FROM {source.table} ORDER BY {key}")  # noqa: S608
    op.drop_table(source.table)
    if index:
        op.create_index(op.f(f"ix_{target.table}_{index[1]}"), target.table, [index[1]])


def alter_table(source: Name, target: Name, renaming: Renaming, index: tuple[str, ...]) -> None:
    """Rename the table, its columns, its index and its constraints, each of which is named after the table."""
    renamed = dict(zip(source.columns, target.columns, strict=True))
    former = dict(zip(renaming.old.columns, source.columns, strict=True))
    op.execute(f"ALTER TABLE {source.table} RENAME TO {target.table}")
    for old, new in renamed.items():
        op.execute(f"ALTER TABLE {target.table} RENAME COLUMN {old} TO {new}")
    if index:
        op.execute(f"ALTER INDEX ix_{source.table}_{index[0]} RENAME TO ix_{target.table}_{index[1]}")
    names = {f"pk_{source.table}": f"pk_{target.table}"}
    for column, referred in renaming.references:
        old = former.get(column, column)
        names[foreign_key(source.table, old, referred)] = foreign_key(target.table, renamed.get(old, old), referred)
    for old, new in names.items():
        op.execute(f"ALTER TABLE {target.table} RENAME CONSTRAINT {old} TO {new}")
