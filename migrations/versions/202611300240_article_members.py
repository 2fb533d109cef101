"""Article members: what front ends, search engines and networks show of an article beside its text.

Columns alone, so it takes no longer with more articles. Lengths of texts are null until an article is saved again:
counting all words would read every body.
"""

import sqlalchemy as sa
from alembic import op

revision = "202611300240_article_members"
down_revision = "202611300235_curated_lists"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300230_revision_blocks"

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for column in (
        sa.Column("kicker", sa.Text(), nullable=True),
        sa.Column("access", sa.Text(), nullable=True),
        sa.Column("featured", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("language", CODE, nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("word_count", sa.Integer(), nullable=True),
        sa.Column("reading_minutes", sa.Integer(), nullable=True),
    ):
        op.add_column("articles", column)
    op.add_column("article_bodies", sa.Column("extra", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("article_bodies", "extra")
    for name in ("reading_minutes", "word_count", "details", "language", "featured", "access", "kicker"):
        op.drop_column("articles", name)
