"""Writing an invented archive into a database of its own, made by the migrations: SQLite or PostgreSQL.

    .venv/bin/python -m bench.create_archive --articles 200000 sqlite:////var/tmp/archive.db

Everything is there that an import leaves (articles, bodies, tags, authors, references, picks, lists, a revision and a
row of the change log each), but it is inserted directly: `dayline import` takes some ten times as long.
"""

import argparse
import asyncio
import time
from collections.abc import Callable
from functools import partial
from itertools import islice

from pydantic import TypeAdapter
from sqlalchemy import Connection, create_engine, func, select, text, update

from app.actions.catalogue.entries import upsert_entry
from app.db import migrations
from app.db.database import MIGRATIONS, open_database
from app.domain.list_filter import LISTED_WHILE_USED
from app.interchange.catalogue import CATALOGUE_TABLES
from app.models.author import authors
from app.models.change import changes
from app.models.edition import editions
from app.models.label import labels
from app.models.listing import listings
from app.models.section import sections
from app.models.tag import tags
from app.schemas.catalogue_records import CatalogueRecord
from bench.archive import STORED_AT, Archive, Numbers, Size
from bench.rows import ACTOR, Rows

PORTION = 20_000  # articles
_FASTEST = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1048576", "temp_store = MEMORY")
_CATALOGUE: TypeAdapter[CatalogueRecord] = TypeAdapter(CatalogueRecord)

ReportProgress = Callable[[str], None]


def fill(address: str, size: Size, *, report_progress: ReportProgress = print) -> float:
    """Fill an empty database and prepare it for readers; return the seconds that this took."""
    begun = time.perf_counter()
    fill_it = partial(_fill, size=size, report_progress=report_progress)
    run_on(address, migrations.upgrade)
    if address.startswith("sqlite"):
        _on_new_file(address, fill_it)
    else:
        run_on(address, fill_it)
    run_on(address, _settle)
    return time.perf_counter() - begun


def run_on(address: str, action: Callable[[Connection], None]) -> None:
    """Run an action in a transaction of its own on the database of an address."""

    async def run() -> None:
        database = open_database(address, limits=MIGRATIONS)  # a batch takes longer than a request may
        try:
            await database.write(action)
        finally:
            await database.close()

    asyncio.run(run())


def _on_new_file(address: str, action: Callable[[Connection], None]) -> None:
    """Write without a journal and without waiting for the disk: an unfinished file is deleted."""
    engine = create_engine(address)
    with engine.connect() as connection:
        for pragma in _FASTEST:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.commit()
        action(connection)
        connection.commit()
    engine.dispose()


def _fill(connection: Connection, size: Size, report_progress: ReportProgress) -> None:
    archive = Archive(size)
    for record in archive.catalogue():
        upsert_entry(connection, _CATALOGUE.validate_python(record), now=STORED_AT, actor=ACTOR)
    numbers = _read_numbers(connection)
    seq: int = connection.execute(select(func.max(changes.c.seq))).scalar_one()
    rows, instants, done = Rows(STORED_AT), enumerate(archive.instants()), 0
    while portion := list(islice(instants, PORTION)):
        for number, instant in portion:
            seq += 1
            archive.add(rows, seq, number, instant, numbers)
        rows.insert(connection)
        done += len(portion)
        if done % (5 * PORTION) == 0:
            report_progress(f"  {done:,} of {size.articles:,} articles are written")
    _list_used_entries(connection)


def _list_used_entries(connection: Connection) -> None:
    """List the tags and authors of an article, as its publication would."""
    for kind in LISTED_WHILE_USED:
        table = CATALOGUE_TABLES[kind].table
        used = select(listings.c.facet_id).where(listings.c.kind == kind)
        connection.execute(update(table).where(table.c.id.in_(used)).values(is_listed=True))


def _read_numbers(connection: Connection) -> Numbers:
    slugs = {row.id: row.slug for row in connection.execute(select(editions.c.id, editions.c.slug))}
    return Numbers(
        editions={slug: number for number, slug in slugs.items()},
        sections={(slugs[row.edition_id], row.slug): row.id for row in connection.execute(select(sections))},
        tags={row.slug: row.id for row in connection.execute(select(tags))},
        authors={row.slug: row.id for row in connection.execute(select(authors))},
        labels={row.code: row.id for row in connection.execute(select(labels))},
    )


def _settle(connection: Connection) -> None:
    """Do what autovacuum does within a minute; a SQLite file is only opened, which restores its write-ahead log."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("COMMIT"))  # VACUUM runs outside of transactions
        connection.execute(text("VACUUM ANALYZE"))


def main() -> None:
    """Fill the database at a URL."""
    parser = argparse.ArgumentParser(description="Fill an empty database with an invented archive.")
    parser.add_argument("address", help="sqlite:////var/tmp/archive.db or postgresql://user@host/name")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lean", action="store_true", help="Bodies of two or three paragraphs.")
    options = parser.parse_args()
    seconds = fill(options.address, Size(options.articles, options.seed, options.lean))
    print(f"{options.articles:,} articles in {seconds:.0f} s")


if __name__ == "__main__":
    main()
