"""Import of a stream of records: in batches, with constant memory, skipping bad lines."""

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from tempfile import TemporaryFile
from typing import IO, cast

from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.entries import Outcome, UnknownEditionError
from app.actions.catalogue.import_defaults import has_default_edition, import_entry
from app.db.database import Database
from app.errors import DaylineError
from app.importers.json_lines import ParsedLine, parse_line
from app.schemas.catalogue_records import CatalogueRecord
from app.schemas.interchange import ArticleRecord
from app.schemas.write_warning import WriteWarning, find_date_warnings

BATCH = 400
BATCH_BYTES = 16 * 1024 * 1024
MAX_LINE_BYTES = 32 * 1024 * 1024
MAX_REASON_CHARACTERS = 400
_COUNT_AND_EXAMPLE = re.compile(r"(?: \(\d+ times\))?(?:\.|: .*)?$", re.DOTALL)
GZIP_MAGIC = b"\x1f\x8b"

MAX_CONCERNS = 200
MAX_EXAMPLES = 3

Line = tuple[int, bytes]
Concern = tuple[str, str]
"""Code of a warning and its subject."""


@dataclass(slots=True)
class Report:
    """Result of an import: records by (kind, outcome), entries created from codes, rejected lines.

    `warnings` counts changes to the input, by code and sentence (without its example); `examples` has the first lines
    of each.
    """

    records: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    created_entries: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    warnings: Counter[Concern] = field(default_factory=Counter)
    examples: dict[Concern, list[str]] = field(default_factory=dict)

    def add_warnings(self, number: int, warnings: Iterable[WriteWarning]) -> None:
        """Count the warnings of a line."""
        for each in warnings:
            concern = (each["code"], _subject(each["detail"]))
            if concern not in self.warnings and len(self.warnings) >= MAX_CONCERNS:
                concern = (each["code"], "further kinds")
            self.warnings[concern] += 1
            examples = self.examples.setdefault(concern, [])
            if len(examples) < MAX_EXAMPLES:
                examples.append(f"line {number}, {each['where']}")


class Importer:
    """Import of one stream of JSON Lines, plain or gzipped.

    `on_error` receives the number and the reason of each rejected line, as it is found; `on_progress` the lines read
    so far, at intervals. `make_default` lets a line with `"default": true` replace the default edition; an
    installation without a default edition takes that of the file. Lines whose edition comes later in the stream are
    retried at its end, with all that follow in that edition, so that their order is preserved.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], int],
        on_error: Callable[[int, str], None],
        on_progress: Callable[[int], None] = lambda _lines: None,
        make_default: bool = False,
    ) -> None:
        self.report = Report()
        self._database = database
        self._now = now
        self._tell_flaw = on_error
        self._tell_progress = on_progress
        self._make_default = make_default
        self._batch: list[tuple[Line, ParsedLine]] = []
        self._batch_bytes = 0
        self._late: set[str] = set()

    async def run(self, stream: BufferedReader) -> Report:
        """Import the whole stream, one transaction for each batch."""
        self._make_default = self._make_default or not await self._database.read(has_default_edition)
        with TemporaryFile(prefix="dayline-import-") as waiting:
            await self._import(self._read(stream), waiting)
            waiting.seek(0)
            await self._import(_numbered(waiting), None)
        return self.report

    def _read(self, stream: BufferedReader) -> Iterator[Line]:
        number = 0
        try:
            for number, line in enumerate(_lines(_plain(stream)), start=1):
                if len(line) > MAX_LINE_BYTES:
                    self._refuse(number, f"longer than {MAX_LINE_BYTES // 1024**2} MiB.")
                elif line.strip():
                    yield number, line
                if number % BATCH == 0:
                    self._tell_progress(number)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self._refuse(number + 1, "the compressed file is damaged from here on.")

    async def _import(self, lines: Iterator[Line], waiting: IO[bytes] | None) -> None:
        for number, line in lines:
            try:
                parsed = parse_line(line)
            except DaylineError as error:
                self._refuse(number, error.detail)
                continue
            record = parsed.record
            if waiting is not None and getattr(record, "edition", None) in self._late:
                _defer(waiting, (number, line))
            elif isinstance(record, ArticleRecord):
                self._batch.append(((number, line), parsed))
                self._batch_bytes += len(line)
                if len(self._batch) >= BATCH or self._batch_bytes >= BATCH_BYTES:
                    await self._store_batch(waiting)
            else:
                await self._store_batch(waiting)
                await self._store_entry((number, line), record, waiting)
        await self._store_batch(waiting)

    async def _store_entry(self, line: Line, record: CatalogueRecord, waiting: IO[bytes] | None) -> None:
        try:
            may_make_default, now = self._make_default, self._now()
            stored = await self._database.write(import_entry, record, may_make_default=may_make_default, now=now)
        except UnknownEditionError as error:
            self._defer_unknown_edition(line, error, waiting)
        else:
            self.report.records[record.kind, stored.outcome] += 1
            self.report.add_warnings(line[0], stored.warnings)

    async def _store_batch(self, waiting: IO[bytes] | None) -> None:
        if not self._batch:
            return
        batch, self._batch, self._batch_bytes = self._batch, [], 0
        records, now = [cast("ArticleRecord", parsed.record) for _, parsed in batch], self._now()
        stored = await self._database.write(upsert_articles, records, now=now)
        self.report.created_entries += stored.created_entries
        for (line, parsed), outcome in zip(batch, stored.outcomes, strict=True):
            if isinstance(outcome, UnknownEditionError):
                self._defer_unknown_edition(line, outcome, waiting)
            elif isinstance(outcome, DaylineError):
                self._refuse(line[0], outcome.detail)
            else:
                record = cast("ArticleRecord", parsed.record)
                self.report.records[record.kind, outcome] += 1
                self.report.add_warnings(line[0], parsed.warnings)
                if outcome is not Outcome.UNCHANGED:
                    self.report.add_warnings(line[0], find_date_warnings(record, now))

    def _defer_unknown_edition(self, line: Line, error: UnknownEditionError, waiting: IO[bytes] | None) -> None:
        if waiting is None:
            self._refuse(line[0], error.detail)
        else:
            self._late.add(error.slug)
            _defer(waiting, line)

    def _refuse(self, number: int, reason: str) -> None:
        self.report.rejected += 1
        # A reason may quote the line, and a terminal would execute its control sequences.
        shown = "".join(each if each.isprintable() else "\ufffd" for each in reason[:MAX_REASON_CHARACTERS])
        self._tell_flaw(number, shown)


def _subject(detail: str) -> str:
    """Return the sentence of a warning without its count and its example, which differ from line to line."""
    return _COUNT_AND_EXAMPLE.sub("", detail, count=1)


def _defer(waiting: IO[bytes], line: Line) -> None:
    waiting.write(b"%d %s\n" % (line[0], line[1].strip()))


def _plain(stream: BufferedReader) -> IO[bytes]:
    start = stream.peek(len(GZIP_MAGIC))
    return cast("IO[bytes]", gzip.open(stream)) if start.startswith(GZIP_MAGIC) else stream


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    line = stream.readline(MAX_LINE_BYTES + 1).removeprefix(b"\xef\xbb\xbf")
    while line:
        yield line
        is_whole = len(line) <= MAX_LINE_BYTES or line.endswith(b"\n")
        while not is_whole:
            piece = stream.readline(MAX_LINE_BYTES + 1)
            is_whole = not piece or piece.endswith(b"\n")
        line = stream.readline(MAX_LINE_BYTES + 1)


def _numbered(stream: IO[bytes]) -> Iterator[Line]:
    for each in stream:
        number, _, line = each.partition(b" ")
        yield int(number), line
