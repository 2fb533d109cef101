"""Weeks of sitemaps: how many articles each has, and when it last changed."""

import sqlalchemy as sa
from alembic import op

revision = "202611301040_sitemap_weeks"
down_revision = "202611300825_section_tree"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300825_section_tree"

# The numbers are a week, and the distance of the epoch, a Thursday, from a Monday before all instants.
FILL = """
    INSERT INTO sitemap_weeks (edition_id, starts_at, articles, modified_at)
    SELECT edition_id, published_at - (published_at + 36287654400000000) % 604800000000, count(*),
           max(CASE WHEN updated_at > published_at THEN updated_at ELSE published_at END)
    FROM articles WHERE status = 'published'
    GROUP BY 1, 2
"""


def upgrade() -> None:
    op.create_table(
        "sitemap_weeks",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_sitemap_weeks_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "starts_at", name=op.f("pk_sitemap_weeks")),
        sqlite_with_rowid=False,
    )
    op.execute(sa.text(FILL))


def downgrade() -> None:
    op.drop_table("sitemap_weeks")
