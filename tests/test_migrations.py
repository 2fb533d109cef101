"""Migrations: each goes up, down and up again, and the last one creates the schema of the models."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text

from app.actions.articles.revision_maintenance import convert_contents
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import Outcome, get_or_create_entries, upsert_entry
from app.actions.catalogue.merging import merge_entries
from app.db import migrations
from app.db.base import metadata
from app.domain.cldr.collation import COLLATION_VERSION
from app.domain.list_filter import Facet
from app.models.collation_key import collation_keys
from app.models.listing import listings
from tests.conftest import KINDS, NOW, create_database, run_once
from tests.records import article, edition, section

POSTGRESQL_SCHEMA = """
    SELECT concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, collation_name, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
"""
NAMES = {
    "pk": r"pk_{table}",
    "uq": r"uq_{table}_\w+",
    "fk": r"fk_{table}_\w+",
    "ck": r"ck_{table}_\w+",
    "ix": r"(ix|uq)_{table}_\w+",
}

MakeEmpty = Callable[[str], str]


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(migrations.MIGRATIONS_DIR))
    return ScriptDirectory.from_config(config)


def portrait(connection: Connection) -> set[str]:
    """Return the schema as the database describes it, without Alembic's own table."""
    if connection.dialect.name == "postgresql":
        found = connection.execute(text(POSTGRESQL_SCHEMA)).scalars().all()
    else:
        # The order of columns and constraints within a table does not matter, so each is a statement of its own.
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
        found = [f"{row.name}: {part.strip()}" for row in rows for part in _parts(row.sql)]
    return {re.sub(r"\s+", " ", each).strip() for each in found if "alembic_version" not in each}


def _parts(sql: str) -> list[str]:
    """Return the parts of a CREATE statement, at the commas outside of inner brackets."""
    head, _, rest = sql.partition("(")
    inside, _, tail = rest.rpartition(")")
    return [head, *re.split(r",(?![^()]*\))", re.sub(r"\s+", " ", inside)), tail]


@pytest.fixture(params=KINDS)
def make_empty(request: pytest.FixtureRequest, tmp_path: Path) -> MakeEmpty:
    """Return a function that creates a database without any table and returns its URL."""
    if request.param == "sqlite":
        return lambda name: f"sqlite:///{tmp_path / name}.db"
    server: str = request.getfixturevalue("postgresql_server")
    prefix = re.sub(r"\W", "_", tmp_path.name.lower())

    def make(name: str) -> str:
        run_once(server.format("postgres"), create_database(f"{prefix}_{name}"))
        return server.format(f"{prefix}_{name}")

    return make


def test_migrations_round_trip(make_empty: MakeEmpty) -> None:
    def walk(connection: Connection) -> None:
        for script in reversed(list(scripts().walk_revisions())):
            assert isinstance(script.down_revision, str | None)
            before = portrait(connection)
            migrations.upgrade(connection, script.revision)
            first = portrait(connection)
            assert (first == before) is getattr(script.module, "changes_rows_only", False), script.revision
            migrations.downgrade(connection, script.down_revision or "base")
            assert portrait(connection) == before, script.revision
            migrations.upgrade(connection, script.revision)
            assert portrait(connection) == first, script.revision
            assert migrations.current(connection) == script.revision

    run_once(make_empty("walked"), walk)


def test_migrations_create_exactly_the_tables_of_the_models(make_empty: MakeEmpty) -> None:
    def migrate(connection: Connection) -> set[str]:
        migrations.upgrade(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        return portrait(connection)

    def create(connection: Connection) -> set[str]:
        metadata.create_all(connection)
        return portrait(connection)

    migrated, created = run_once(make_empty("migrated"), migrate), run_once(make_empty("created"), create)
    assert len(migrated) > len(metadata.sorted_tables)
    assert migrated == created


def test_every_constraint_is_named_after_its_table(address: str) -> None:
    def collect(connection: Connection) -> list[tuple[str, str, str | None]]:
        seen = inspect(connection)
        found: list[tuple[str, str, str | None]] = []
        for table in seen.get_table_names():
            if table != "alembic_version":
                found.append((table, "pk", seen.get_pk_constraint(table)["name"]))
                found += [(table, "uq", each["name"]) for each in seen.get_unique_constraints(table)]
                found += [(table, "fk", each["name"]) for each in seen.get_foreign_keys(table)]
                found += [(table, "ck", each["name"]) for each in seen.get_check_constraints(table)]
                found += [(table, "ix", each["name"]) for each in seen.get_indexes(table)]
        return found

    named = run_once(address, collect)
    assert {kind for _, kind, _ in named} == set(NAMES)
    strays = [each for each in named if not re.fullmatch(NAMES[each[1]].format(table=each[0]), each[2] or "")]
    assert strays == []


def test_head_revision_is_the_last_migration() -> None:
    assert scripts().get_heads() == [migrations.HEAD_REVISION]


def test_migrations_are_named_by_minute_and_slug() -> None:
    for script in scripts().walk_revisions():
        assert re.fullmatch(r"20\d{10}_[a-z0-9_]+", script.revision)
        assert Path(script.path).stem == script.revision


def test_each_migration_declares_the_oldest_compatible_release() -> None:
    declared = [(each.revision, each.module.oldest_compatible_revision) for each in scripts().walk_revisions()]
    assert {oldest for _, oldest in declared} <= migrations.known_revisions() == {revision for revision, _ in declared}
    assert all(oldest <= revision for revision, oldest in declared)
    assert [oldest for _, oldest in declared] == sorted((oldest for _, oldest in declared), reverse=True)


def test_each_migration_stores_the_declaration_and_removes_it_on_downgrade(address: str) -> None:
    storing = [each for each in scripts().walk_revisions() if each.revision >= "202611291945_compatibility"]

    def stored(connection: Connection) -> dict[str, str]:
        rows = connection.execute(text("SELECT revision, oldest_compatible_revision FROM schema_compatibility"))
        return {row.revision: row.oldest_compatible_revision for row in rows}

    def walk(connection: Connection) -> None:
        expected = {each.revision: each.module.oldest_compatible_revision for each in storing}
        assert stored(connection) == expected
        for script in storing[:-1]:
            migrations.downgrade(connection, str(script.down_revision))
            del expected[script.revision]
            assert stored(connection) == expected

    run_once(address, walk)


def test_upgrading_twice_changes_nothing(address: str) -> None:
    def upgrade_again(connection: Connection) -> None:
        once = portrait(connection)
        migrations.upgrade(connection)
        assert portrait(connection) == once

    run_once(address, upgrade_again)


FIRST = "202611221900_first_tables"
BEFORE = """
    INSERT INTO editions (id, slug, name, language, timezone, site_url, is_default, strings, modified_at)
    VALUES (1, 'global', 'The Lume Courier', 'en-GB', 'Europe/Kyiv', 'https://courier.example', true, '{}', 1);
    INSERT INTO labels (id, code, text, texts, disclaimers, modified_at)
    VALUES (1, 'exclusive', 'EXCLUSIVE', '{}', '{}', 1);
    INSERT INTO sections (id, edition_id, slug, name, modified_at)
    VALUES (1, 1, 'city', 'city', 1), (2, 1, 'sea', 'sea', 1);
    INSERT INTO tags (id, slug, name, modified_at)
    VALUES (1, 'fog', 'fog', 1), (2, 'tide', 'tide', 1), (3, 'ice', 'ice', 1);
    INSERT INTO authors (id, slug, name, modified_at) VALUES (1, 'tem-ost', 'Tem Ost', 1);
    INSERT INTO articles (id, edition_id, source_id, slug, status, version, revision, published_at, first_published_at,
                          modified_at, label_id, section_id, headline, lead, source_name, image, fingerprint)
    VALUES (7, 1, 'one', 'fog', 'published', 2, 2, 1000000, 1000000, 5, 1, 1, 'Fog', 'Thick.', 'Port radio',
            '{"url":"https://courier.example/i.jpg","alt":"Fog","caption":null,"credit":null,"width":null,"height":null,"renditions":[]}',
            {blank}),
           (8, 1, 'two', 'ice', 'draft', 0, 1, NULL, NULL, 5, NULL, 2, 'Ice', NULL, NULL, NULL, {blank});
    INSERT INTO article_bodies (article_id, blocks)
    VALUES (7, '[{"type":"paragraph","html":"It is <em>thick</em>."}]'), (8, '[]');
    INSERT INTO article_tags (article_id, position, tag_id) VALUES (7, 0, 2), (7, 1, 1), (8, 0, 1), (8, 1, 3);
    INSERT INTO article_authors (article_id, position, author_id) VALUES (7, 0, 1);
    INSERT INTO article_related (article_id, position, reference) VALUES (7, 0, 'three')
"""
AGAIN = [
    article(
        "1970-01-01T00:00:01Z",
        source_id="one",
        slug="fog",
        headline="Fog",
        lead="Thick.",
        label="exclusive",
        section="city",
        tags=["tide", "fog"],
        authors=["tem-ost"],
        source={"name": "Port radio", "url": None},
        image={"url": "https://courier.example/i.jpg", "alt": "Fog"},
        related=["three"],
        body=[{"type": "paragraph", "html": "It is <em>thick</em>."}],
    ),
    article(None, source_id="two", slug="ice", headline="Ice", section="sea", tags=["fog", "ice"]),
]


def test_content_of_the_first_schema_survives_the_upgrade(make_empty: MakeEmpty) -> None:
    def upgrade_with_content(connection: Connection) -> None:
        migrations.upgrade(connection, FIRST)
        blank = "decode('', 'hex')" if connection.dialect.name == "postgresql" else "x''"
        for statement in BEFORE.replace("{blank}", blank).split(";"):
            connection.exec_driver_sql(statement)
        migrations.upgrade(connection)
        stored = upsert_articles(connection, AGAIN, now=NOW)
        assert stored.outcomes == [Outcome.UNCHANGED, Outcome.UNCHANGED]
        saves = connection.execute(text("SELECT article_id, revision, action, actor FROM revisions ORDER BY 1")).all()
        assert [tuple(row) for row in saves] == [(7, 2, "edited", "import"), (8, 1, "created", "import")]
        hidden = (
            "SELECT slug FROM tags WHERE NOT is_listed UNION SELECT slug FROM sections WHERE NOT is_listed ORDER BY 1"
        )
        assert connection.execute(text(hidden)).scalars().all() == ["ice", "sea"]
        migrations.downgrade(connection, FIRST)
        migrations.upgrade(connection)

    run_once(make_empty("filled"), upgrade_with_content)


BEFORE_BLOCKS = "202611292310_field_names"
CONTENT = (
    '{"slug":"fog","label":null,"headline":"Fog","lead":null,"dateline":null,"section":null,"tags":["ice"],'
    '"authors":[],"updated_at":1700000000250000,"source":null,"image":null,"rights":null,"related":[],'
    '"body":[{"type":"paragraph","html":"Thick."},{"type":"paragraph","html":"Thick."}]}'
)


def test_contents_of_revisions_survive_conversion_and_downgrade(address: str) -> None:
    contents = text("SELECT content FROM revisions WHERE revision < 3 ORDER BY revision")

    def convert(connection: Connection) -> None:
        upsert_entry(connection, edition(), now=NOW)
        for headline in ("One", "Two", "Three"):
            upsert_articles(connection, [article(source_id="one", headline=headline)], now=NOW)
        migrations.downgrade(connection, BEFORE_BLOCKS)
        headlines = [orjson.loads(each)["headline"] for each in connection.execute(contents).scalars()]
        assert headlines == ["One", "Two"]
        connection.execute(text("UPDATE revisions SET content = :content WHERE revision = 1"), {"content": CONTENT})
        migrations.upgrade(connection)
        assert convert_contents(connection, most=10) == 2
        assert set(connection.execute(text("SELECT content FROM revisions")).scalars()) == {None}
        migrations.downgrade(connection, BEFORE_BLOCKS)
        first, second = connection.execute(contents).scalars()
        assert orjson.loads(first) == orjson.loads(CONTENT)
        assert orjson.loads(second)["headline"] == "Two"

    run_once(address, convert)


BEFORE_COLLATION_KEYS = "202611301120_released_sections"
COLLATION = re.compile(r'^collation_version = "(.+)"$', re.MULTILINE)
BEFORE_TRAITS = "202611300730_article_sections"
TRAITS: tuple[dict[str, Any], ...] = (
    {},
    {"format": "page", "access": "registered"},
    {"format": "video", "language": "uk", "featured": True, "access": "paid"},
    {"format": "gallery", "language": "EN-gb", "access": "free"},
    {"format": "audio", "language": "uk"},
)


def test_collation_keys_are_filled_and_removed(address: str) -> None:
    def stored(connection: Connection) -> set[tuple[Any, ...]]:
        return {tuple(row) for row in connection.execute(select(collation_keys))}

    def fill(connection: Connection) -> None:
        for each in (edition(), edition("sv", language="sv", default=False), section("city", "Łódź", edition="sv")):
            upsert_entry(connection, each, now=NOW)
        names = {f"t{number}": f"Ö {number}" for number in range(1_001)}  # more than a batch of the migration
        get_or_create_entries(connection, Facet.TAG, dict.fromkeys(names, True), edition_id=1, now=NOW, names=names)
        merge_entries(connection, Facet.TAG, "t3", "t4", expected=None, now=NOW, actor="desk")
        expected = stored(connection)
        assert len(expected) == 2 * 1_000 + 1
        migrations.downgrade(connection, BEFORE_COLLATION_KEYS)
        migrations.upgrade(connection)
        assert stored(connection) == expected

    run_once(address, fill)


def test_last_renewed_collation_keys_are_of_the_present_version() -> None:
    versions = [
        each
        for path in sorted((migrations.MIGRATIONS_DIR / "versions").glob("*.py"))
        if (each := COLLATION.search(path.read_text()))
    ]
    assert versions[-1][1] == COLLATION_VERSION, "a migration has to renew the keys"


def test_lists_by_traits_are_filled_and_removed(address: str) -> None:
    def listed(connection: Connection) -> set[tuple[int, ...]]:
        return {tuple(row) for row in connection.execute(select(listings))}

    def fill(connection: Connection) -> None:
        upsert_entry(connection, edition(), now=NOW)
        records = [article(source_id=f"{n}", tags=["fog"], **each) for n, each in enumerate(TRAITS)]
        upsert_articles(connection, [*records, article(None, source_id="draft", featured=True)], now=NOW)
        expected = listed(connection)
        assert len(expected) == len(TRAITS) * 5 + 3
        migrations.downgrade(connection, BEFORE_TRAITS)
        left = listed(connection)
        assert {(edition_id, kind) for edition_id, kind, *_ in left} == {(1, 0), (1, 2)}
        assert len(left) == 2 * len(TRAITS)
        migrations.upgrade(connection)
        assert listed(connection) == expected

    run_once(address, fill)
