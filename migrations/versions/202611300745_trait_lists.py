"""Lists of articles by format, language, prominence and access, and of pages: rows for the public articles."""

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "202611300745_trait_lists"
down_revision = "202611300730_article_sections"
branch_labels = None
depends_on = None
oldest_compatible_revision = "202611300745_trait_lists"
"""An earlier release writes no rows of these lists, so that its articles would be missing from them."""
changes_rows_only = True

_FORMAT, _LANGUAGE, _FEATURED, _ACCESS = 5, 6, 7, 8
_FORMATS = "CASE format WHEN 'article' THEN 1 WHEN 'gallery' THEN 2 WHEN 'video' THEN 3 WHEN 'audio' THEN 4 ELSE 5 END"
_ACCESS_LEVELS = "CASE access WHEN 'free' THEN 1 WHEN 'registered' THEN 2 ELSE 3 END"

# In the order of the index: PostgreSQL and SQLite then append to it.
_ADD = """
    INSERT INTO listings (edition_id, kind, facet_id, published_at, article_id)
    SELECT CASE WHEN format = 'page' THEN -edition_id ELSE edition_id END, {kind}, {facet}, published_at, id
    FROM articles WHERE status = 'published'{where}
    ORDER BY 1, 3, published_at, id
"""
_PAGES = """
    UPDATE listings SET edition_id = -edition_id
    WHERE {where} AND article_id IN (SELECT id FROM articles WHERE format = 'page')
"""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT 1 FROM articles WHERE format = 'page' LIMIT 1")).first() is not None:
        op.execute(_PAGES.format(where="edition_id > 0"))  # after a downgrade
    op.execute(_ADD.format(kind=_FORMAT, facet=_FORMATS, where=""))
    op.execute(_ADD.format(kind=_FEATURED, facet="CASE WHEN featured THEN 1 ELSE 0 END", where=""))
    op.execute(_ADD.format(kind=_ACCESS, facet=_ACCESS_LEVELS, where=" AND access IS NOT NULL"))
    op.execute(_ADD.format(kind=_LANGUAGE, facet="0", where=" AND language IS NULL"))
    used = sa.text("SELECT DISTINCT language FROM articles WHERE status = 'published' AND language IS NOT NULL")
    for language in connection.execute(used).scalars().all():
        add = sa.text(_ADD.format(kind=_LANGUAGE, facet=_number(language), where=" AND language = :language"))
        connection.execute(add, {"language": language})


def downgrade() -> None:
    op.execute("DELETE FROM listings WHERE kind >= 5")
    op.execute(_PAGES.format(where="edition_id < 0"))


def _number(language: str) -> int:
    """Return the number of a language as `app/domain/traits.py` does."""
    return int.from_bytes(blake2b(language.lower().encode(), digest_size=4).digest()) >> 1 or 1
