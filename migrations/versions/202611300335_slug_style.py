"""Slugs in the letters of any script, by a setting of editions."""

import sqlalchemy as sa
from alembic import op

revision = "202611300335_slug_style"
down_revision = "202611300330_article_addresses"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300322_catalogue_members"

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("editions", sa.Column("slug_style", CODE, nullable=False, server_default=sa.text("'ascii'")))


def downgrade() -> None:
    op.drop_column("editions", "slug_style")
