"""Import of a stream of records: in batches, with constant memory, skipping bad lines."""

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BufferedIOBase, BufferedReader
from tempfile import TemporaryFile
from typing import IO, cast

from app.actions.articles.upsert import upsert_articles
from app.actions.articles.write_options import WriteOptions
from app.actions.catalogue.entries import Outcome, UnknownEditionError
from app.actions.catalogue.import_defaults import ImportedEntry, has_default_edition, import_entry
from app.actions.curated_lists import put_curated_list
from app.db.database import Database
from app.domain.json_text import TextPosition
from app.errors import DaylineError, InvalidInputError
from app.importers.json_lines import ParsedLine, parse_line
from app.importers.record_reader import RawRecord, RecordReader, RejectedPart
from app.schemas.catalogue_records import CatalogueRecord
from app.schemas.curated_list_records import CuratedListRecord
from app.schemas.interchange import ArticleRecord
from app.schemas.write_warning import WriteWarning, find_date_warnings, refuse_losses

BATCH = 400
BATCH_BYTES = 16 * 1024 * 1024
MAX_REASON_CHARACTERS = 400
_COUNT_AND_EXAMPLE = re.compile(r"(?: \(\d+ times\))?(?:\.|: .*)?$", re.DOTALL)
GZIP_MAGIC = b"\x1f\x8b"

MAX_CONCERNS = 200
MAX_EXAMPLES = 3

Concern = tuple[str, str]
"""Code of a warning and its subject."""


@dataclass(slots=True)
class Report:
    """Result of an import: records by (kind, outcome), entries created from codes, rejected records.

    `warnings` counts changes to the input, by code and sentence (without its example); `examples` has the first lines
    of each.
    """

    records: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    created_entries: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    warnings: Counter[Concern] = field(default_factory=Counter)
    examples: dict[Concern, list[str]] = field(default_factory=dict)

    def add_warnings(self, number: int, warnings: Iterable[WriteWarning]) -> None:
        """Count the warnings of the record at a line."""
        for each in warnings:
            concern = (each["code"], _subject(each["detail"]))
            if concern not in self.warnings and len(self.warnings) >= MAX_CONCERNS:
                concern = (each["code"], "further kinds")
            self.warnings[concern] += 1
            examples = self.examples.setdefault(concern, [])
            if len(examples) < MAX_EXAMPLES:
                examples.append(f"line {number}, {each['where']}")


class Importer:
    """Import of one stream of records, plain or gzipped, in any form that RecordReader splits.

    `on_error` receives the line and the reason of each rejected record, as it is found; `on_warnings` the line of a
    record that was changed, with its warnings; `on_progress` the number of records so far, at intervals; `on_batch` is
    called after each full batch of articles. `make_default` lets a line with `"default": true` replace the default
    edition; an installation without a default edition takes that of the file. `strict` rejects records with content
    that would be lost. Records whose edition comes later in the stream are retried at its end, with all that follow in
    that edition, so that their order is preserved. So is a line of the catalogue that later lines may make possible,
    such as a section whose parent is below it until then.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], int],
        on_error: Callable[[int, str], None],
        on_warnings: Callable[[int, Sequence[WriteWarning]], None] = lambda _line, _warnings: None,
        on_progress: Callable[[int], None] = lambda _count: None,
        on_batch: Callable[[], object] = lambda: None,
        make_default: bool = False,
        strict: bool = False,
    ) -> None:
        self.report = Report()
        self._database = database
        self._now = now
        self._report_error = on_error
        self._report_warnings = on_warnings
        self._report_progress = on_progress
        self._end_batch = on_batch
        self._strict = strict
        self._options = WriteOptions(is_strict=strict)
        self._make_default = make_default
        self._batch: list[tuple[RawRecord, ParsedLine]] = []
        self._batch_bytes = 0
        self._late: set[str] = set()

    async def run(self, stream: BufferedReader) -> Report:
        """Import the whole stream, one transaction for each batch."""
        self._make_default = self._make_default or not await self._database.read(has_default_edition)
        with TemporaryFile(prefix="dayline-import-") as waiting:
            await self._import(self._read(stream), waiting)
            waiting.seek(0)
            await self._import(_deferred(waiting), None)
        return self.report

    def _read(self, stream: BufferedReader) -> Iterator[RawRecord]:
        reader = RecordReader(_plain(stream))
        try:
            for count, part in enumerate(reader, start=1):
                if isinstance(part, RejectedPart):
                    self._refuse(part.line, part.reason)
                else:
                    yield part
                if count % BATCH == 0:
                    self._report_progress(count)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self._refuse(reader.line, "the compressed file is damaged from here on.")

    async def _import(self, records: Iterator[RawRecord], waiting: IO[bytes] | None) -> None:
        for raw in records:
            try:
                parsed = parse_line(raw.text, raw.start, raw.value)
                if self._strict:
                    refuse_losses(parsed.warnings)
            except DaylineError as error:
                self._refuse_record(raw, error)
                continue
            record = parsed.record
            if waiting is not None and getattr(record, "edition", None) in self._late:
                _defer(waiting, raw)
            elif isinstance(record, ArticleRecord):
                self._batch.append((RawRecord(raw.start, raw.text, raw.ordinal), parsed))
                self._batch_bytes += len(raw.text)
                if len(self._batch) >= BATCH or self._batch_bytes >= BATCH_BYTES:
                    await self._store_batch(waiting)
                    self._end_batch()
            else:
                await self._store_batch(waiting)
                await self._store_entry(raw, parsed, record, waiting)
        await self._store_batch(waiting)

    def _note_warnings(self, line: int, warnings: Sequence[WriteWarning]) -> None:
        if warnings:
            self.report.add_warnings(line, warnings)
            self._report_warnings(line, warnings)

    async def _store_entry(
        self,
        raw: RawRecord,
        parsed: ParsedLine,
        record: CatalogueRecord | CuratedListRecord,
        waiting: IO[bytes] | None,
    ) -> None:
        now = self._now()
        try:
            if isinstance(record, CuratedListRecord):
                outcome = await self._database.write(put_curated_list, record, now=now)
                stored = ImportedEntry(outcome, [])
            else:
                make_default = self._make_default
                stored = await self._database.write(import_entry, record, may_make_default=make_default, now=now)
        except UnknownEditionError as error:
            self._defer_unknown_edition(raw, error, waiting)
        except InvalidInputError as error:
            if waiting is None:
                self._refuse_record(raw, error)
            else:  # a later line may make it possible, as by moving the parent of a section
                _defer(waiting, raw)
        else:
            self.report.records[record.kind, stored.outcome] += 1
            if stored.created_parents:
                self.report.created_entries["sections"] += stored.created_parents
            self._note_warnings(raw.start.line, [*parsed.warnings, *stored.warnings])

    async def _store_batch(self, waiting: IO[bytes] | None) -> None:
        if not self._batch:
            return
        batch, self._batch, self._batch_bytes = self._batch, [], 0
        records, now = [cast("ArticleRecord", parsed.record) for _, parsed in batch], self._now()
        stored = await self._database.write(upsert_articles, records, now=now, options=self._options)
        self.report.created_entries += stored.created_entries
        for position, ((raw, parsed), outcome) in enumerate(zip(batch, stored.outcomes, strict=True)):
            if isinstance(outcome, UnknownEditionError):
                self._defer_unknown_edition(raw, outcome, waiting)
            elif isinstance(outcome, DaylineError):
                self._refuse_record(raw, outcome)
            else:
                record = cast("ArticleRecord", parsed.record)
                self.report.records[record.kind, outcome] += 1
                self._note_warnings(raw.start.line, [*parsed.warnings, *stored.warnings.get(position, ())])
                if outcome is not Outcome.UNCHANGED:
                    self._note_warnings(raw.start.line, find_date_warnings(record, now))

    def _defer_unknown_edition(self, raw: RawRecord, error: UnknownEditionError, waiting: IO[bytes] | None) -> None:
        if waiting is None:
            self._refuse_record(raw, error)
        else:
            self._late.add(error.slug)
            _defer(waiting, raw)

    def _refuse_record(self, raw: RawRecord, error: DaylineError) -> None:
        place = "" if raw.ordinal is None else f"record {raw.ordinal} of the array: "
        self._refuse(raw.start.line, place + error.detail)

    def _refuse(self, line: int, reason: str) -> None:
        self.report.rejected += 1
        # A reason may quote the line, and a terminal would execute its control sequences.
        shown = "".join(each if each.isprintable() else "\ufffd" for each in reason[:MAX_REASON_CHARACTERS])
        self._report_error(line, shown)


def _subject(detail: str) -> str:
    """Return the sentence of a warning without its count and its example, which differ from line to line."""
    return _COUNT_AND_EXAMPLE.sub("", detail, count=1)


def _plain(stream: BufferedReader) -> BufferedIOBase:
    start = stream.peek(len(GZIP_MAGIC))
    return gzip.open(stream) if start.startswith(GZIP_MAGIC) else stream


def _defer(waiting: IO[bytes], raw: RawRecord) -> None:
    ordinal = raw.ordinal or 0
    waiting.write(b"%d %d %d %d\n" % (*raw.start, ordinal, len(raw.text)))
    waiting.write(raw.text)


def _deferred(waiting: IO[bytes]) -> Iterator[RawRecord]:
    for each in iter(waiting.readline, b""):
        line, byte, ordinal, size = map(int, each.split())
        yield RawRecord(TextPosition(line, byte), waiting.read(size), ordinal or None)
