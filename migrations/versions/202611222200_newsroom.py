"""Add the editorial API: API keys, revisions, stored responses, the audit log, and tombstones."""

from hashlib import blake2b
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "202611222200_newsroom"
down_revision = "202611221900_first_tables"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611222200_newsroom"

CATALOGUE = ("editions", "sections", "tags", "labels", "authors")
CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

HIDE_UNPUBLISHED = """
    UPDATE sections SET is_listed = false WHERE slug = name
    AND EXISTS (SELECT 1 FROM articles WHERE section_id = sections.id)
    AND NOT EXISTS (SELECT 1 FROM articles WHERE section_id = sections.id AND status IN ('published', 'withdrawn'));
    UPDATE labels SET is_listed = false WHERE code = text
    AND EXISTS (SELECT 1 FROM articles WHERE label_id = labels.id)
    AND NOT EXISTS (SELECT 1 FROM articles WHERE label_id = labels.id AND status IN ('published', 'withdrawn'));
    UPDATE tags SET is_listed = false WHERE slug = name
    AND EXISTS (SELECT 1 FROM article_tags WHERE tag_id = tags.id)
    AND NOT EXISTS (SELECT 1 FROM article_tags JOIN articles ON articles.id = article_id
                    WHERE tag_id = tags.id AND status IN ('published', 'withdrawn'));
    UPDATE authors SET is_listed = false WHERE slug = name
    AND EXISTS (SELECT 1 FROM article_authors WHERE author_id = authors.id)
    AND NOT EXISTS (SELECT 1 FROM article_authors JOIN articles ON articles.id = article_id
                    WHERE author_id = authors.id AND status IN ('published', 'withdrawn'))
"""
"""Unlists the entries that were created from their code for articles which have not been public."""

ARTICLES = sa.text(
    "SELECT articles.id, headline, lead, dateline, source_name, source_url, image, rights, blocks, "
    "labels.code AS label, sections.slug AS section FROM articles "
    "JOIN article_bodies ON article_bodies.article_id = articles.id "
    "LEFT JOIN labels ON labels.id = label_id LEFT JOIN sections ON sections.id = section_id "
    "WHERE articles.id > :after ORDER BY articles.id LIMIT 500"
)
_THESE: sa.BindParameter[list[int]] = sa.bindparam("ids", expanding=True)
TAGGED = sa.text(
    "SELECT article_id, slug FROM article_tags JOIN tags ON tags.id = tag_id "
    "WHERE article_id IN :ids ORDER BY article_id, position"
).bindparams(_THESE)
SIGNED = sa.text(
    "SELECT article_id, slug FROM article_authors JOIN authors ON authors.id = author_id "
    "WHERE article_id IN :ids ORDER BY article_id, position"
).bindparams(_THESE)
POINTED = sa.text(
    "SELECT article_id, reference FROM article_related WHERE article_id IN :ids ORDER BY article_id, position"
).bindparams(_THESE)
RENEW = sa.text("UPDATE articles SET fingerprint = :fingerprint WHERE id = :b_id")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prefix", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("previous_digest", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("rotated_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_table(
        "idempotent_answers",
        sa.Column("api_key_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", CODE, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("article_id", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("api_key_id", "name", name=op.f("pk_idempotent_answers")),
    )
    op.create_index("ix_idempotent_answers_at", "idempotent_answers", ["at"])
    op.create_table(
        "installation",
        sa.Column("name", CODE, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
    )
    op.create_table(
        "revisions",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note_type", sa.Text(), nullable=True),
        sa.Column("note_text", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_revisions_article_id_articles"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "revision", name=op.f("pk_revisions")),
        sqlite_with_rowid=False,
    )
    op.add_column("articles", sa.Column("notes", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("erased_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_articles_edition_id_modified_at_id", "articles", ["edition_id", "modified_at", "id"])
    op.add_column("changes", sa.Column("actor", sa.Text(), nullable=True))
    op.create_index("ix_changes_article_id_seq", "changes", ["article_id", "seq"])
    for table in CATALOGUE:
        op.add_column(table, sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False))
    for table in CATALOGUE[1:]:
        op.add_column(table, sa.Column("is_listed", sa.Boolean(), server_default=sa.true(), nullable=False))
    # Revisions are recorded from here on: of earlier ones only the last is known.
    op.execute(
        "INSERT INTO revisions (article_id, revision, version, status, published_at, action, at, actor) "
        "SELECT id, revision, version, status, published_at, CASE WHEN revision = 1 THEN 'created' ELSE 'edited' END, "
        "modified_at, 'import' FROM articles"
    )
    for statement in HIDE_UNPUBLISHED.split(";"):
        op.execute(statement)
    _renew_fingerprints(op.get_bind())


def _renew_fingerprints(connection: sa.Connection) -> None:
    """Recompute the content hashes by the formula of this release."""
    after = -1
    while rows := connection.execute(ARTICLES, {"after": after}).all():
        ids = {"ids": [row.id for row in rows]}
        lists: list[dict[int, list[str]]] = []
        for statement in (TAGGED, SIGNED, POINTED):
            found: dict[int, list[str]] = {row.id: [] for row in rows}
            for article_id, name in connection.execute(statement, ids):
                found[article_id].append(name)
            lists.append(found)
        renewed = [{"b_id": row.id, "fingerprint": _fingerprint(row, [each[row.id] for each in lists])} for row in rows]
        connection.execute(RENEW, renewed)
        after = rows[-1].id


def _fingerprint(row: Any, lists: list[list[str]]) -> bytes:
    columns = [row.headline, row.lead, row.dateline, row.label, row.section]
    source = None if row.source_name is None else {"name": row.source_name, "url": row.source_url}
    parts = [source, *(None if each is None else orjson.loads(each) for each in (row.image, row.rights))]
    content = orjson.dumps([columns, lists, parts])
    return blake2b(content + row.blocks.encode(), digest_size=16).digest()


def downgrade() -> None:
    for table in reversed(CATALOGUE[1:]):
        op.drop_column(table, "is_listed")
    for table in reversed(CATALOGUE):
        op.drop_column(table, "revision")
    op.drop_index("ix_changes_article_id_seq", "changes")
    op.drop_column("changes", "actor")
    op.drop_index("ix_articles_edition_id_modified_at_id", "articles")
    op.drop_column("articles", "erased_at")
    op.drop_column("articles", "notes")
    op.drop_table("revisions")
    op.drop_table("installation")
    op.drop_index("ix_idempotent_answers_at", "idempotent_answers")
    op.drop_table("idempotent_answers")
    op.drop_table("api_keys")
