"""Addresses of articles: aliases, former URLs, and the members of editions that formed former URLs.

Former slugs of earlier releases have no date; they are found through `slug_redirects`.
"""

import sqlalchemy as sa
from alembic import op

revision = "202611300330_article_addresses"
down_revision = "202611300322_catalogue_members"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300322_catalogue_members"

INSTANT = sa.BigInteger()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("editions", sa.Column("section_fallback", CODE, nullable=False, server_default=sa.text("'news'")))
    op.create_table(
        "former_article_urls",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("site_url", sa.Text(), nullable=False),
        sa.Column("article_url", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("section_fallback", CODE, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_former_article_urls_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("edition_id", "until", name=op.f("pk_former_article_urls")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "article_addresses",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("address", CODE, nullable=False),
        sa.Column("until", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_article_addresses_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_article_addresses_edition_id_editions")),
        sa.PrimaryKeyConstraint("edition_id", "digest", name=op.f("pk_article_addresses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_article_addresses_article_id"), "article_addresses", ["article_id"])


def downgrade() -> None:
    op.drop_table("article_addresses")
    op.drop_table("former_article_urls")
    op.drop_column("editions", "section_fallback")
