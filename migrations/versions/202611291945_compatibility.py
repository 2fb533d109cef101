"""Compatibility: a table in which each migration stores the oldest release that can work with its schema."""

import sqlalchemy as sa
from alembic import op

revision = "202611291945_compatibility"
down_revision = "202611230500_partners"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611230500_partners"

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "schema_compatibility",
        sa.Column("revision", CODE, nullable=False),
        sa.Column("oldest_compatible_revision", CODE, nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_compatibility")),
    )


def downgrade() -> None:
    op.drop_table("schema_compatibility")
