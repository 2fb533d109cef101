"""Curated lists: articles in an editor's order."""

import sqlalchemy as sa
from alembic import op

revision = "202611300235_curated_lists"
down_revision = "202611300230_revision_blocks"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300230_revision_blocks"

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "curated_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("slug", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=True),
        sa.Column("max_items", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_curated_lists_edition_id_editions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curated_lists")),
        sa.UniqueConstraint("edition_id", "slug", name=op.f("uq_curated_lists_edition_id_slug")),
    )


def downgrade() -> None:
    op.drop_table("curated_lists")
