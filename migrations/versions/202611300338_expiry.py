"""Expiry: articles have an instant at which they are withdrawn, editions the public notice that they have then."""

import sqlalchemy as sa
from alembic import op

revision = "202611300338_expiry"
down_revision = "202611300335_slug_style"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300338_expiry"

EXPIRING = "ix_articles_expiring"


def upgrade() -> None:
    op.add_column("articles", sa.Column("expires_at", sa.BigInteger(), nullable=True))
    op.add_column("editions", sa.Column("expiry_notice", sa.Text(), nullable=True))
    condition = sa.text("status = 'published' AND expires_at IS NOT NULL")
    op.create_index(op.f(EXPIRING), "articles", ["expires_at"], sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    op.drop_index(op.f(EXPIRING), "articles")
    op.drop_column("editions", "expiry_notice")
    op.drop_column("articles", "expires_at")
