"""Further sections of articles, in a table of links; the first one stays in the row of the article."""

import sqlalchemy as sa
from alembic import op

revision = "202611300730_article_sections"
down_revision = "202611300720_former_slugs"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300730_article_sections"


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "articles", sa.Column("has_further_sections", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "article_sections",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_sections_article_id_articles"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name=op.f("fk_article_sections_section_id_sections")),
        sa.PrimaryKeyConstraint("article_id", "position", name=op.f("pk_article_sections")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_sections_section_id_article_id", "article_sections", ["section_id", "article_id"])


def downgrade() -> None:
    op.drop_table("article_sections")
    op.drop_column("articles", "has_further_sections")
