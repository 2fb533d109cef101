"""Article formats: text, pictures, or a recording."""

import sqlalchemy as sa
from alembic import op

revision = "202611300342_article_formats"
down_revision = "202611300341_embargoes"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300341_embargoes"


def upgrade() -> None:
    op.add_column("articles", sa.Column("format", sa.Text(), server_default=sa.text("'article'"), nullable=False))


def downgrade() -> None:
    op.drop_column("articles", "format")
