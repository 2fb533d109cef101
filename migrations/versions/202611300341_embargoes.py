"""Embargoes, and the versions of articles in the systems that they come from.

Columns alone, so it takes no longer with more articles.
"""

import sqlalchemy as sa
from alembic import op

revision = "202611300341_embargoes"
down_revision = "202611300339_alerts"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300339_alerts"

COLUMNS = ("embargoed_until", "source_version", "source_updated_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("articles", sa.Column(name, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("articles", name)
