"""Merged tags and authors."""

import sqlalchemy as sa
from alembic import op

revision = "202611300815_merged_entries"
down_revision = "202611300750_translations"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300815_merged_entries"


def upgrade() -> None:
    condition = sa.text("merged_into IS NOT NULL")
    for table in ("authors", "tags"):
        op.add_column(table, sa.Column("merged_into", sa.Integer(), nullable=True))
        op.create_index(
            f"ix_{table}_merged_into", table, ["merged_into"], sqlite_where=condition, postgresql_where=condition
        )


def downgrade() -> None:
    for table in ("authors", "tags"):
        op.drop_index(f"ix_{table}_merged_into", table)
        op.drop_column(table, "merged_into")
