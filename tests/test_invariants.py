"""The check of invariants detects each kind of damage."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.actions.articles.publication import publish_article, withdraw_article
from app.actions.articles.upsert import upsert_articles
from app.db.database import Database
from app.domain.actor import COMMAND_ACTOR
from tests.api.conftest import fill
from tests.conftest import NOW
from tests.invariants import check_invariants
from tests.records import article

ARTICLES = {
    "ANY": "(SELECT min(id) FROM articles)",
    "PUBLIC": "(SELECT min(id) FROM articles WHERE status = 'published')",
    "OTHER": "(SELECT max(id) FROM articles WHERE status = 'published')",
    "DRAFT": "(SELECT min(id) FROM articles WHERE status = 'draft')",
}
LAST = (
    "SELECT seq + 1, type, at, edition_id, article_id, actor, surrogate_keys, details FROM changes "
    "ORDER BY seq DESC LIMIT 1"
)
ANSWER = (
    "INSERT INTO idempotency_keys (api_key_id, key, request_hash, status, headers, body, article_id, created_at) "
    "VALUES "
)
WAITING = "SELECT id, 90, source_id, NULL FROM articles WHERE source_id IS NOT NULL ORDER BY id LIMIT 1"
DAMAGES = (
    ("links", "UPDATE article_tags SET tag_id = 99 WHERE position = 0"),
    ("bodies", "DELETE FROM article_bodies WHERE article_id = PUBLIC"),
    ("bodies", "UPDATE article_bodies SET blocks = '[]' WHERE article_id = PUBLIC"),
    ("bodies", "UPDATE articles SET headline = 'Half' WHERE id = PUBLIC"),
    ("states", "UPDATE articles SET withdrawn_at = 1 WHERE id = PUBLIC"),
    ("states", "UPDATE articles SET first_published_at = NULL WHERE id = PUBLIC"),
    ("revision_numbers", "UPDATE articles SET revision = revision + 1 WHERE id = PUBLIC"),
    ("revision_numbers", "UPDATE revisions SET revision = revision + 9 WHERE article_id = PUBLIC"),
    ("revision_numbers", "UPDATE articles SET version = version + 1 WHERE id = PUBLIC"),
    ("revision_numbers", "UPDATE articles SET status = 'scheduled' WHERE id = PUBLIC"),
    ("revision_numbers", "UPDATE articles SET notes = '[1]' WHERE id = PUBLIC"),
    ("blocks", "DELETE FROM revision_block_uses WHERE number = 1"),
    ("blocks", "UPDATE revision_block_uses SET number = number + 9"),
    ("blocks", "UPDATE revision_blocks SET block = (SELECT max(block) FROM revision_blocks)"),
    ("blocks", "UPDATE revisions SET blocks = '1' WHERE blocks IS NOT NULL"),
    ("lists", "DELETE FROM listings WHERE kind = 0 AND article_id = PUBLIC"),
    ("lists", "INSERT INTO listings VALUES (1, 2, 9, 1, PUBLIC)"),
    ("log", "DELETE FROM changes WHERE seq = 2"),
    ("log", "DELETE FROM changes WHERE seq = 1"),
    ("log", f"INSERT INTO changes {LAST}"),
    ("log", "UPDATE changes SET article_id = PUBLIC WHERE article_id = OTHER"),
    ("log", "UPDATE changes SET surrogate_keys = '[]' WHERE article_id = PUBLIC"),
    ("catalogue", "UPDATE sections SET is_listed = false"),
    ("catalogue", "UPDATE tags SET is_listed = true, is_entered = false"),
    ("catalogue", "UPDATE editions SET is_default = false"),
    ("collation_keys", "DELETE FROM collation_keys WHERE kind = 2"),
    ("collation_keys", "UPDATE authors SET name = 'Aaron'"),
    ("collation_keys", "UPDATE editions SET language = 'sv'"),
    ("slugs", "INSERT INTO slug_redirects SELECT edition_id, slug, id FROM articles WHERE id = PUBLIC"),
    ("references", f"INSERT INTO article_related {WAITING}"),
    ("translations", "UPDATE articles SET translation_group = 5 WHERE id = PUBLIC"),
    ("stored_responses", f"{ANSWER} (1, 'a', '', 201, '{{}}', '{{}}', 5, 1)"),
)
UNBOUND = {"sqlite": "PRAGMA defer_foreign_keys = ON", "postgresql": "SET LOCAL session_replication_role = replica"}


def corrupt(connection: Connection, statement: str) -> None:
    """Apply the damage without foreign keys, check, and roll back."""
    connection.execute(text(UNBOUND[connection.dialect.name]))
    for name, chosen in ARTICLES.items():
        statement = statement.replace(name, chosen)
    assert connection.execute(text(statement)).rowcount
    check_invariants(connection)


@pytest.fixture
async def populated(database: Database) -> Database:
    """Fill a database with the small newsroom, one article withdrawn by hand and one published."""
    by_hand: Any = {"expected": None, "now": NOW, "editor": COMMAND_ACTOR}

    def move(connection: Connection) -> None:
        fill(connection)
        public, draft = (connection.scalar(text(f"SELECT {ARTICLES[name]}")) for name in ("PUBLIC", "DRAFT"))
        withdraw_article(connection, public, reason=None, notice="Wrong.", **by_hand)
        publish_article(connection, draft, at=None, **by_hand)
        for text_of_body in ("First.", "Second."):
            body = [{"type": "paragraph", "html": text_of_body}]
            upsert_articles(connection, [article(None, source_id="edited", body=body)], now=NOW)

    await database.write(move)
    return database


async def test_invariants_hold_for_a_newsroom(populated: Database) -> None:
    found = await populated.read(check_invariants)
    assert min(found[name] for name in ("articles", "public", "revisions", "changes")) > 0


async def test_invariants_detect_each_corruption(populated: Database) -> None:
    for check, statement in DAMAGES:
        with pytest.raises(AssertionError) as noticed:
            await populated.write(corrupt, statement)
        assert f"\n{check}: " in str(noticed.value), statement
    await populated.read(check_invariants)
