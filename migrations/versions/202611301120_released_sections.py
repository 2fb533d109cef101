"""Former slugs of sections that other sections took."""

import sqlalchemy as sa
from alembic import op

revision = "202611301120_released_sections"
down_revision = "202611301110_webhook_payloads"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611301040_sitemap_weeks"

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "released_section_slugs",
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slug", CODE, nullable=False),
        sa.Column("section_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["sections.id"],
            name=op.f("fk_released_section_slugs_section_id_sections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("edition_id", "slug", "section_id", name=op.f("pk_released_section_slugs")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_released_section_slugs_section_id", "released_section_slugs", ["section_id"])


def downgrade() -> None:
    op.drop_table("released_section_slugs")
