"""Revision blocks: revisions list numbered blocks, which are stored once and compressed.

The migration only adds columns and tables. Contents of existing revisions are converted afterwards by maintenance, in
small transactions (`app/actions/articles/revision_maintenance.py`); a downgrade writes them out again.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from app.domain.stored_blocks import decompress_block, parse_numbers

revision = "202611300230_revision_blocks"
down_revision = "202611292310_field_names"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300230_revision_blocks"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNCONVERTED = "ix_revisions_unconverted"
ROWS_AT_ONCE = 100

_ROWS = sa.text(
    "SELECT article_id, revision, blocks, updated_at FROM revisions WHERE blocks IS NOT NULL "
    "ORDER BY article_id, revision"
)
_BLOCKS = sa.text(
    "SELECT uses.number, stored.block FROM revision_block_uses AS uses "
    "JOIN revision_blocks AS stored ON stored.hash = uses.hash WHERE uses.article_id = :article_id"
)
_RESTORE = sa.text("UPDATE revisions SET content = :content WHERE article_id = :article_id AND revision = :revision")


def upgrade() -> None:
    op.add_column("revisions", sa.Column("blocks", sa.Text(), nullable=True))
    op.add_column("revisions", sa.Column("updated_at", sa.BigInteger(), nullable=True))
    condition = sa.text("content IS NOT NULL")
    op.create_index(
        op.f(UNCONVERTED),
        "revisions",
        ["article_id", "revision"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
    op.create_table(
        "revision_blocks",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("block", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_revision_blocks")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revision_block_uses",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_revision_block_uses_article_id_articles"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["hash"], ["revision_blocks.hash"], name=op.f("fk_revision_block_uses_hash_revision_blocks")
        ),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_revision_block_uses")),
        sa.UniqueConstraint("hash", "article_id", name=op.f("uq_revision_block_uses_hash_article_id")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    _restore_contents(op.get_bind())
    op.drop_table("revision_block_uses")
    op.drop_table("revision_blocks")
    op.drop_index(op.f(UNCONVERTED), "revisions")
    op.drop_column("revisions", "updated_at")
    op.drop_column("revisions", "blocks")


def _restore_contents(connection: sa.Connection) -> None:
    contents = _contents(connection, connection.execute(_ROWS).all())
    while portion := list(islice(contents, ROWS_AT_ONCE)):
        connection.execute(_RESTORE, portion)


def _contents(connection: sa.Connection, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield the whole content of each row, a JSON document."""
    for article_id, revisions in groupby(rows, key=attrgetter("article_id")):
        found = connection.execute(_BLOCKS, {"article_id": article_id})
        stored = {each.number: orjson.loads(decompress_block(bytes(each.block))) for each in found}
        for row in revisions:
            members, *body = [stored[number] for number in parse_numbers(row.blocks)]
            content = orjson.dumps(members | {"updated_at": row.updated_at, "body": body})
            yield {"content": content.decode(), "article_id": article_id, "revision": row.revision}
