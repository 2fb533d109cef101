"""Alerts: articles that are announced once, and when each was."""

import sqlalchemy as sa
from alembic import op

revision = "202611300339_alerts"
down_revision = "202611300338_expiry"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300338_expiry"


def upgrade() -> None:
    op.add_column("articles", sa.Column("alert", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("articles", sa.Column("alerted_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("articles", "alerted_at")
    op.drop_column("articles", "alert")
