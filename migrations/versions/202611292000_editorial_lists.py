"""Editorial lists: an index for a list by status, and one for each name that articles refer to.

Without the latter, a label, section, tag or author is found among articles by reading all of them: to list its
drafts, and to check the foreign key when an entry is deleted.
"""

from alembic import op

revision = "202611292000_editorial_lists"
down_revision = "202611291945_compatibility"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611230500_partners"

BEFORE = ("ix_articles_edition_id_modified_at_id", "articles", ["edition_id", "modified_at", "id"])
INDEXES = (
    ("ix_articles_edition_id_status_modified_at_id", "articles", ["edition_id", "status", "modified_at", "id"]),
    ("ix_articles_section_id", "articles", ["section_id"]),
    ("ix_articles_label_id", "articles", ["label_id"]),
    ("ix_article_tags_tag_id_article_id", "article_tags", ["tag_id", "article_id"]),
    ("ix_article_authors_author_id_article_id", "article_authors", ["author_id", "article_id"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(op.f(name), table, columns)
    op.drop_index(op.f(BEFORE[0]), BEFORE[1])


def downgrade() -> None:
    name, table, columns = BEFORE
    op.create_index(op.f(name), table, columns)
    for name, table, _columns in INDEXES:
        op.drop_index(op.f(name), table)
