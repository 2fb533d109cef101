"""API keys of editions, and keys that may name the person they act for."""

import sqlalchemy as sa
from alembic import op

revision = "202611300255_key_editions"
down_revision = "202611300240_article_members"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300255_key_editions"
"""An earlier release would let a bound key into every edition."""


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("edition_ids", sa.Text(), nullable=True))
    op.add_column("api_keys", sa.Column("is_trusted", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("api_keys", "is_trusted")
    op.drop_column("api_keys", "edition_ids")
