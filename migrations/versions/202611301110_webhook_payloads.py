"""Payload of webhook endpoints: messages of this API, or ninjs."""

import sqlalchemy as sa
from alembic import op

revision = "202611301110_webhook_payloads"
down_revision = "202611301040_sitemap_weeks"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611301040_sitemap_weeks"

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("webhook_endpoints", sa.Column("payload", CODE, server_default=sa.text("'dayline'"), nullable=False))


def downgrade() -> None:
    op.drop_column("webhook_endpoints", "payload")
