"""Former slugs of catalogue entries, and codes of labels."""

import sqlalchemy as sa
from alembic import op

revision = "202611300720_former_slugs"
down_revision = "202611300342_article_formats"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300342_article_formats"

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "former_slugs",
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slug", CODE, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "edition_id", "slug", name=op.f("pk_former_slugs")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_former_slugs_kind_entry_id", "former_slugs", ["kind", "entry_id"])
    op.create_index("ix_former_slugs_until", "former_slugs", ["until"])


def downgrade() -> None:
    op.drop_table("former_slugs")
