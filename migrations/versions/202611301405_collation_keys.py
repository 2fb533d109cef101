"""Collation keys: the places of tags, authors and sections in lists by name.

A change of `COLLATION_VERSION` takes a migration that deletes all rows and fills the table as this one does: `fill` may
be copied. `collation_version` is the version of which the table holds keys from then on.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.domain.cldr.collation import get_collation, name_collation

revision = "202611301405_collation_keys"
down_revision = "202611301120_released_sections"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611301405_collation_keys"
collation_version = "48.1"

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROWS_AT_ONCE = 1_000
KINDS = {"sections": 1, "tags": 2, "authors": 3}


def upgrade() -> None:
    table = op.create_table(
        "collation_keys",
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("collation_name", CODE, nullable=False),
        sa.Column("collation_key", sa.LargeBinary(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "kind", "edition_id", "collation_name", "collation_key", name=op.f("pk_collation_keys")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_collation_keys_kind_entry_id", "collation_keys", ["kind", "entry_id"])
    fill(table)


def downgrade() -> None:
    op.drop_table("collation_keys")


def fill(table: sa.Table) -> None:
    """Store the keys of all entries."""
    editions = op.get_bind().execute(sa.text("SELECT id, language FROM editions ORDER BY id")).all()
    collations = {row.id: name_collation(row.language) for row in editions}
    for edition_id, name in collations.items():
        for rows in read("sections", f"edition_id = {edition_id}"):
            store(table, "sections", edition_id, name, rows)
    for entries in ("tags", "authors"):
        for rows in read(entries, "merged_into IS NULL"):
            for name in sorted(set(collations.values())):
                store(table, entries, 0, name, rows)


def read(entries: str, condition: str) -> Iterator[list[Any]]:
    """Yield the entries of a kind in batches."""
    statement = sa.text(
        f"SELECT id, slug, name FROM {entries} WHERE {condition} AND id > :last ORDER BY id LIMIT {ROWS_AT_ONCE}"  # noqa: S608 - names of this file
    )
    last = 0
    while rows := op.get_bind().execute(statement, {"last": last}).all():
        yield [*rows]
        last = rows[-1].id


def store(table: sa.Table, entries: str, edition_id: int, name: str, rows: list[Any]) -> None:
    """Store the keys of entries in one order."""
    collation, owner = get_collation(name), {"kind": KINDS[entries], "edition_id": edition_id, "collation_name": name}
    keys = [{**owner, "collation_key": collation.key_of(row.name, row.slug), "entry_id": row.id} for row in rows]
    op.get_bind().execute(sa.insert(table), keys)
