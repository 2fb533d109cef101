"""`dayline import` and `dayline export`: content as JSON Lines."""

import gc
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

import click
import orjson

from app import clock
from app.cli.command import DATABASE, Command, Example
from app.cli.progress import progress
from app.cli.runner import with_database
from app.db.database import COMMANDS, Connection, Database
from app.db.engine import create_private
from app.errors import ConfigurationError
from app.importers.runner import Importer, Report
from app.queries.articles.interchange_export import export_records

FORMATS = ("jsonl",)
GARBAGE_THRESHOLD = 200_000


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Options of an import, and the file that receives the report of each line."""

    make_default: bool = False
    strict: bool = False
    report_file: IO[bytes] | None = None


@click.command(
    "import",
    cls=Command,
    settings=DATABASE,
    examples=[
        Example("dayline import archive.jsonl.gz", "A gzipped file; imported again, it changes nothing"),
        Example("dayline import --strict --report losses.jsonl news.jsonl", "Reject what would be lost, and list it"),
        Example("zcat *.jsonl.gz | dayline import -", "From standard input"),
    ],
)
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=click.Path(allow_dash=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option("--make-default", is_flag=True, help='Let a line with "default": true change the default edition.')
@click.option("--strict", is_flag=True, help="Reject records with content that would be dropped or changed.")
@click.option(
    "--report",
    "report_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the warnings and the reason of each line to this file, as JSON Lines.",
)
def import_files(
    paths: tuple[Path, ...],
    form: str,  # noqa: ARG001 - click validates it; there is one format so far
    *,
    make_default: bool,
    strict: bool,
    report_path: Path | None,
) -> int:
    """Import records from JSON Lines, a JSON array, or indented or concatenated objects.

    FILE may be gzipped; - is stdin. Invalid records are reported with their line and the reason, the others are
    imported, and the exit status is 1. Content that is not stored, such as unknown HTML elements, is counted and
    reported with the first lines that contain it; --report has all of it.
    """
    for path in paths:
        if str(path) == "-":
            continue
        if path.is_dir():
            raise ConfigurationError(f"'{path}' is a folder; import its files by name.")
        if not path.exists():
            raise ConfigurationError(f"There is no file '{path}'.")
    refused = 0
    gc.freeze()  # modules stay: leave them out of every collection
    gc.set_threshold(GARBAGE_THRESHOLD)
    with _open_report(report_path) as report_file:
        for path in paths:
            with _open(path) as stream:
                size = path.stat().st_size if str(path) != "-" else 0
                options = ImportOptions(make_default=make_default, strict=strict, report_file=report_file)
                report = import_stream(stream, str(path), size, options)
            refused += report.rejected
    return 1 if refused else 0


def _open(path: Path) -> AbstractContextManager[BufferedReader]:
    if str(path) == "-":
        return nullcontext(cast("BufferedReader", sys.stdin.buffer))
    try:
        return path.open("rb")
    except OSError as error:
        raise ConfigurationError(f"'{path}' cannot be read: {error.strerror}.") from error


def _open_report(path: Path | None) -> AbstractContextManager[IO[bytes] | None]:
    if path is None:
        return nullcontext(None)
    try:
        return path.open("wb")
    except OSError as error:
        raise ConfigurationError(f"'{path}' cannot be written: {error.strerror}.") from error


def import_stream(stream: BufferedReader, name: str, size: int, options: ImportOptions) -> Report:
    """Import one stream of `size` bytes (0: unknown), print its summary and return its report."""

    def write(line: int, **members: object) -> None:
        if options.report_file is not None:
            entry = {"file": name, "line": line, **members}
            options.report_file.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))

    def show_error(line: int, reason: str) -> None:
        click.echo(f"{name}: line {line}: {reason}", err=True)
        write(line, error=reason)

    with progress(f"Importing {name}", size) as show:

        def show_progress(records: int) -> None:
            show(_position(stream, size), f"{records} records")

        async def work(database: Database) -> Report:
            importer = Importer(
                database,
                now=clock.now,
                on_error=show_error,
                on_warnings=lambda line, warnings: write(line, warnings=warnings),
                on_progress=show_progress,
                # Statements are cycles that refer to the rows of their batch.
                on_batch=lambda: gc.collect(1),
                make_default=options.make_default,
                strict=options.strict,
            )
            return await importer.run(stream)

        report = with_database(work, limits=COMMANDS)
    click.echo(f"{name}: {_summary(report)}")
    for (code, subject), count in report.warnings.most_common():
        examples = "; ".join(report.examples[code, subject])
        click.echo(
            f"{name}: {code}: {subject}, in {count} {'place' if count == 1 else 'places'} ({examples})", err=True
        )
    return report


def _position(stream: BufferedReader, size: int) -> int:
    return stream.tell() if size else 0


def _summary(report: Report) -> str:
    parts = [f"{_count(count, kind)} {outcome}" for (kind, outcome), count in sorted(report.records.items())]
    parts += [
        f"{_count(count, noun.removesuffix('s'))} created from unknown codes"
        for noun, count in sorted(report.created_entries.items())
    ]
    if report.rejected:
        parts.append(_count(report.rejected, "invalid record"))
    return ", ".join(parts) + "." if parts else "0 records."


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@click.command(
    "export",
    cls=Command,
    settings=DATABASE,
    examples=[
        Example("dayline export -o news.jsonl", "A file that only its owner can read, drafts included"),
        Example("dayline export | gzip > news.jsonl.gz", "To standard output"),
    ],
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of stdout."
)
def export_file(output: Path | None) -> None:
    """Export every record as JSON Lines, from one snapshot."""

    def write(connection: Connection) -> int:
        records = export_records(connection)
        if output is None:
            return _write_lines(sys.stdout.buffer, records)
        try:
            return _write_file(output, records)
        except OSError as error:
            raise ConfigurationError(f"'{output}' cannot be written: {error.strerror}.") from error

    async def work(database: Database) -> int:
        return await database.read_in_thread(write)

    count = with_database(work, limits=COMMANDS)
    click.echo(f"{count} records exported.", err=True)


def _write_file(output: Path, records: Iterable[dict[str, object]]) -> int:
    """Write a file that only its owner can read, complete or not at all; write directly to a device or a pipe."""
    if output.exists() and not output.is_file():
        with output.open("wb") as stream:
            return _write_lines(stream, records)
    partial = output.with_name(f"{output.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        create_private(partial)  # drafts are in it
        with partial.open("wb") as stream:
            count = _write_lines(stream, records)
        partial.rename(output)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _write_lines(stream: IO[bytes], records: Iterable[dict[str, object]]) -> int:
    count = 0
    for count, record in enumerate(records, start=1):  # noqa: B007 - the count is the result
        stream.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    stream.flush()
    return count
