"""Tree of sections: a parent for each, and the queue of the job that lists articles again after a move."""

import sqlalchemy as sa
from alembic import op

revision = "202611300825_section_tree"
down_revision = "202611300815_merged_entries"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300825_section_tree"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("sections", sa.Column("parent_id", sa.Integer(), nullable=True))
    op.create_index("ix_sections_parent_id", "sections", ["parent_id"])
    op.add_column("sections", sa.Column("is_tree_settled", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_table(
        "section_relistings",
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_section_relistings_section_id_sections"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("section_id", "edition_id", name=op.f("pk_section_relistings")),
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM listings WHERE kind = 9"))
    op.drop_table("section_relistings")
    op.drop_column("sections", "is_tree_settled")
    op.drop_index("ix_sections_parent_id", "sections")
    op.drop_column("sections", "parent_id")
