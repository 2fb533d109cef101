"""Keys of the editorial list: headlines by prefix, and articles of any status by their public time."""

from unicodedata import normalize

import sqlalchemy as sa
from alembic import op

revision = "202611300310_editorial_list_keys"
down_revision = "202611300255_key_editions"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300310_editorial_list_keys"
"""An earlier release would store headlines without their keys."""

ROWS_AT_ONCE = 2_000
MAX_KEY_CHARACTERS = 200
BY_HEADLINE = "ix_articles_edition_id_headline_key_id"
BY_PUBLIC_TIME = "ix_articles_edition_id_status_published_at_id"

_ARTICLES = sa.table(
    "articles", sa.column("id", sa.BigInteger), sa.column("headline", sa.Text), sa.column("headline_key", sa.Text)
)
_PAGE = (
    sa.select(_ARTICLES.c.id, _ARTICLES.c.headline)
    .where(_ARTICLES.c.id > sa.bindparam("after"))
    .order_by(_ARTICLES.c.id)
    .limit(ROWS_AT_ONCE)
)
_STORE = (
    sa.update(_ARTICLES)
    .where(_ARTICLES.c.id == sa.bindparam("article_id"))
    .values(headline_key=sa.bindparam("new_key"))
)


def upgrade() -> None:
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("articles", sa.Column("headline_key", key, nullable=False, server_default=sa.text("''")))
    connection, after = op.get_bind(), -1
    while rows := connection.execute(_PAGE, {"after": after}).all():
        connection.execute(_STORE, [{"article_id": row.id, "new_key": _key(row.headline)} for row in rows])
        after = rows[-1].id
    op.create_index(BY_HEADLINE, "articles", ["edition_id", "headline_key", "id"])
    op.create_index(BY_PUBLIC_TIME, "articles", ["edition_id", "status", "published_at", "id"])


def downgrade() -> None:
    op.drop_index(BY_PUBLIC_TIME, table_name="articles")
    op.drop_index(BY_HEADLINE, table_name="articles")
    op.drop_column("articles", "headline_key")


def _key(headline: str) -> str:
    return normalize("NFKC", normalize("NFKC", headline).casefold())[:MAX_KEY_CHARACTERS]
