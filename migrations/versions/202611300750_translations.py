"""Translations: articles name others as the same story, and the groups that this forms are stored with the articles."""

import sqlalchemy as sa
from alembic import op

revision = "202611300750_translations"
down_revision = "202611300745_trait_lists"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300750_translations"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLE = "article_translations"
GROUPS = "ix_articles_translation_group"


def upgrade() -> None:
    op.add_column("articles", sa.Column("translation_group", ID, nullable=True))
    grouped = sa.text("translation_group IS NOT NULL")
    op.create_index(op.f(GROUPS), "articles", ["translation_group"], sqlite_where=grouped, postgresql_where=grouped)
    op.create_table(
        TABLE,
        sa.Column("article_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("edition", CODE, nullable=True),
        sa.Column("source_id", CODE, nullable=True),
        sa.Column("given_id", ID, nullable=True),
        sa.Column("target_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_article_translations_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["articles.id"], name=op.f("fk_article_translations_target_id_articles"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("article_id", "position", name=op.f("pk_article_translations")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_article_translations_target_id"), TABLE, ["target_id"])
    pending = sa.text("target_id IS NULL")
    for name, columns in (
        ("ix_article_translations_pending_source", ["source_id", "edition"]),
        ("ix_article_translations_pending_id", ["given_id"]),
    ):
        op.create_index(op.f(name), TABLE, columns, sqlite_where=pending, postgresql_where=pending)


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_index(op.f(GROUPS), "articles")
    op.drop_column("articles", "translation_group")
