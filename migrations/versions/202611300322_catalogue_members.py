"""Catalogue members: types, texts, images and codes of entries, URL templates of editions, and the names of tags.

Tags and authors are listed while a public article names them. `is_entered` takes the former value
of `is_listed`: false while only articles that were never public name an entry, which is deleted with the last of them.
"""

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "202611300322_catalogue_members"
down_revision = "202611300310_editorial_list_keys"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300322_catalogue_members"

CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

LISTED_WHILE_USED = (("tags", "article_tags", "tag_id"), ("authors", "article_authors", "author_id"))
"""Tables of entries that are listed while a public article names them, their links to articles, and the column."""


def columns() -> list[tuple[str, sa.Column[Any]]]:
    return [
        ("editions", sa.Column("section_url", sa.Text())),
        ("editions", sa.Column("tag_url", sa.Text())),
        ("editions", sa.Column("author_url", sa.Text())),
        ("editions", sa.Column("preview_url", sa.Text())),
        ("editions", sa.Column("logo", sa.Text())),
        ("editions", sa.Column("icon", sa.Text())),
        ("sections", sa.Column("position", sa.Integer())),
        ("sections", sa.Column("description", sa.Text())),
        ("sections", sa.Column("image", sa.Text())),
        ("tags", sa.Column("tag_type", CODE, nullable=False, server_default=sa.text("'topic'"))),
        ("tags", sa.Column("description", sa.Text())),
        ("tags", sa.Column("codes", sa.Text(), nullable=False, server_default=sa.text("'[]'"))),
        ("tags", sa.Column("aliases", sa.Text(), nullable=False, server_default=sa.text("'[]'"))),
        ("authors", sa.Column("bios", sa.Text(), nullable=False, server_default=sa.text("'{}'"))),
        ("authors", sa.Column("author_type", CODE, nullable=False, server_default=sa.text("'person'"))),
        ("authors", sa.Column("image", sa.Text())),
        ("authors", sa.Column("url", sa.Text())),
        ("authors", sa.Column("email", sa.Text())),
        ("authors", sa.Column("links", sa.Text(), nullable=False, server_default=sa.text("'[]'"))),
        *(
            (table, sa.Column("is_entered", sa.Boolean(), nullable=False, server_default=sa.true()))
            for table in ("sections", "tags", "authors", "labels")
        ),
        ("sections", sa.Column("is_hidden", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("labels", sa.Column("is_hidden", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("changes", sa.Column("details", sa.Text())),
    ]


def upgrade() -> None:
    for table, column in columns():
        op.add_column(table, column)
    for table in ("sections", "tags", "authors", "labels"):
        op.execute(f"UPDATE {table} SET is_entered = is_listed")  # noqa: S608
    for table, links, link in LISTED_WHILE_USED:
        public = f"JOIN articles AS a ON a.id = l.article_id WHERE l.{link} = {table}.id AND a.status = 'published'"
        op.execute(f"UPDATE {table} SET is_listed = EXISTS (SELECT 1 FROM {links} AS l {public})")  # noqa: S608
    op.create_table(
        "tag_names",
        sa.Column("name_key", CODE, nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_tag_names_tag_id_tags"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("name_key", "tag_id", name=op.f("pk_tag_names")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_tag_names_tag_id"), "tag_names", ["tag_id"])
    tags = sa.table("tags", sa.column("id"), sa.column("name"))
    names = sa.table("tag_names", sa.column("name_key"), sa.column("tag_id"))
    found = op.get_bind().execute(sa.select(tags.c.id, tags.c.name)).all()
    rows = [{"name_key": name_key(name), "tag_id": number} for number, name in found]
    if rows:
        op.get_bind().execute(sa.insert(names), rows)


def downgrade() -> None:
    op.drop_table("tag_names")
    for table in ("sections", "tags", "authors", "labels"):
        op.execute(f"UPDATE {table} SET is_listed = is_entered")  # noqa: S608
    for table, column in reversed(columns()):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")


def name_key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())
