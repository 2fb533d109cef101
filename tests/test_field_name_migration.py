"""The migration to field names: it renames tables and columns, and neither loses nor changes a stored value."""

from typing import Any

from sqlalchemy import Connection, text

from app.db import migrations
from tests.conftest import run_once

FORMER = "202611292000_editorial_lists"
RENAMED = "202611292310_field_names"

CONTENT = """
    INSERT INTO editions (id, slug, name, language, timezone, site_url, is_default, strings, modified_at)
    VALUES (1, 'global', 'The Lume Courier', 'en-GB', 'Europe/Kyiv', 'https://courier.example', true, '{}', 1);
    INSERT INTO articles (id, edition_id, slug, status, version, revision, modified_at, headline, fingerprint)
    VALUES (7, 1, 'fog', 'draft', 0, 1, 5, 'Fog', {first}), (8, 1, 'ice', 'draft', 0, 1, 5, 'Ice', {second});
    INSERT INTO api_keys (id, prefix, name, scopes, digest, previous_digest, previous_until, created_at)
    VALUES (1, 'k7q2m5xw3f', 'CMS', '[]', {first}, {second}, 1700000000000000, 5);
    INSERT INTO changes (seq, type, at, edition_id, article_id, actor, keys)
    VALUES (3, 'article.published', 5, 1, 7, 'import', '["article:7","edition:1"]');
    INSERT INTO idempotent_answers (api_key_id, name, digest, status, headers, body, article_id, at)
    VALUES (1, 'b', {first}, 201, '{}', {second}, 7, 5), (1, 'a', {second}, 204, '{}', {first}, NULL, 6);
    INSERT INTO installation (name, value) VALUES ('signing-secret', {first}), ('cdn_purged', {second});
    INSERT INTO article_picks (article_id, position, picked_id) VALUES (8, 0, 7);
    INSERT INTO article_slugs (edition_id, slug, article_id) VALUES (1, 'mist', 7), (1, 'haze', 7);
    INSERT INTO webhook_endpoints (id, url, question, types, secret, previous_secret, previous_until, filled_seq,
                                   due_at, claimed_by, claimed_until, created_at, modified_at)
    VALUES (9, 'https://partner.example/', '{"edition":"global"}', '[]', 'whsec_b', 'whsec_a', 8, 3,
            11, 'host', 12, 5, 6)
"""
BEFORE = {
    "articles": ("id, fingerprint", "id"),
    "api_keys": ("prefix, digest, previous_digest, previous_until", "id"),
    "changes": ("seq, type, at, edition_id, article_id, actor, keys", "seq"),
    "idempotent_answers": ("api_key_id, name, digest, status, headers, body, article_id, at", "name"),
    "installation": ("name, value", "name"),
    "article_picks": ("article_id, position, picked_id", "article_id"),
    "article_slugs": ("edition_id, slug, article_id", "slug"),
    "webhook_endpoints": ("question, filled_seq, due_at, claimed_by, claimed_until, previous_until", "id"),
}
AFTER = {
    "articles": ("id, content_hash", "id"),
    "api_keys": ("prefix, digest, previous_digest, previous_secret_expires_at", "id"),
    "changes": ("seq, type, at, edition_id, article_id, actor, surrogate_keys", "seq"),
    "idempotency_keys": ("api_key_id, key, request_hash, status, headers, body, article_id, created_at", "key"),
    "key_value": ("name, value", "name"),
    "article_recommendations": ("article_id, position, recommended_id", "article_id"),
    "slug_redirects": ("edition_id, slug, article_id", "slug"),
    "webhook_endpoints": (
        "filters, enqueued_seq, next_attempt_at, lease_owner, lease_expires_at, previous_secret_expires_at",
        "id",
    ),
}


def read_values(connection: Connection, tables: dict[str, tuple[str, str]]) -> list[list[tuple[Any, ...]]]:
    """Return the rows of each table, with bytes in one form on both databases."""
    found = []
    for table, (columns, key) in tables.items():
        rows = connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY {key}"))  # noqa: S608 - our own
        found.append([tuple(bytes(x) if isinstance(x, memoryview) else x for x in row) for row in rows])
    return found


def store_content(connection: Connection) -> None:
    is_postgresql = connection.dialect.name == "postgresql"
    blobs = {
        "{first}": "'\\x0102'" if is_postgresql else "x'0102'",
        "{second}": "'\\x03'" if is_postgresql else "x'03'",
    }
    for statement in CONTENT.split(";"):
        sql = statement
        for mark, blob in blobs.items():
            sql = sql.replace(mark, blob)
        connection.exec_driver_sql(sql)


def test_field_names_hold_every_stored_value_down_and_up_twice(address: str) -> None:
    def walk(connection: Connection) -> None:
        migrations.downgrade(connection, FORMER)
        store_content(connection)
        before = read_values(connection, BEFORE)
        assert all(before)
        for _ in range(2):
            migrations.upgrade(connection, RENAMED)
            assert read_values(connection, AFTER) == before
            migrations.downgrade(connection, FORMER)
            assert read_values(connection, BEFORE) == before
        migrations.upgrade(connection)

    run_once(address, walk)


def test_field_names_exclude_former_releases(address: str) -> None:
    def read_oldest(connection: Connection) -> str:
        statement = text("SELECT oldest_compatible_revision FROM schema_compatibility WHERE revision = :revision")
        return str(connection.execute(statement, {"revision": RENAMED}).scalar_one())

    assert run_once(address, read_oldest) == RENAMED
