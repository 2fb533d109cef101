"""Bringing a stream of records into the database: in batches, flat in memory, past bad lines."""

import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, cast

from app.actions.articles import store_articles
from app.actions.catalogue import Outcome, UnknownEdition, store_entry
from app.db.session import Database
from app.errors import DaylineError
from app.importers.json_lines import parse_line
from app.schemas.record import ArticleRecord, CatalogueRecord

BATCH = 400
LINE_BYTES_MOST = 32 * 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"

Line = tuple[int, bytes]


@dataclass(slots=True)
class Report:
    """What an import came to: records by (kind, outcome), entries made from codes, lines refused."""

    records: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    refused: int = 0


class Importer:
    """One run over one stream of JSON Lines, plain or gzipped.

    `tell_flaw` gets the number and the reason of each line refused, as they are found; `tell_progress` the lines
    read so far, now and then. Lines whose edition comes later in the stream are tried again at its end.
    """

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], int],
        tell_flaw: Callable[[int, str], None],
        tell_progress: Callable[[int], None] = lambda _lines: None,
    ) -> None:
        self.report = Report()
        self._database = database
        self._now = now
        self._tell_flaw = tell_flaw
        self._tell_progress = tell_progress
        self._batch: list[tuple[Line, ArticleRecord]] = []

    async def run(self, stream: IO[bytes]) -> Report:
        """Import the whole stream, a transaction a batch."""
        with TemporaryFile(prefix="dayline-import-") as waiting:
            await self._import(self._read(stream), waiting)
            waiting.seek(0)
            await self._import(_numbered(waiting), None)
        return self.report

    def _read(self, stream: IO[bytes]) -> Iterator[Line]:
        number = 0
        try:
            for number, line in enumerate(_lines(_plain(stream)), start=1):
                if len(line) > LINE_BYTES_MOST:
                    self._refuse(number, f"longer than {LINE_BYTES_MOST // 1024**2} MiB.")
                elif line.strip():
                    yield number, line
                if number % BATCH == 0:
                    self._tell_progress(number)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self._refuse(number + 1, "the compressed file is damaged from here on.")

    async def _import(self, lines: Iterator[Line], waiting: IO[bytes] | None) -> None:
        for number, line in lines:
            try:
                record = parse_line(line)
            except DaylineError as error:
                self._refuse(number, error.detail)
                continue
            if isinstance(record, ArticleRecord):
                self._batch.append(((number, line), record))
                if len(self._batch) >= BATCH:
                    await self._store_batch(waiting)
            else:
                await self._store_batch(waiting)
                await self._store_entry((number, line), record, waiting)
        await self._store_batch(waiting)

    async def _store_entry(self, line: Line, record: CatalogueRecord, waiting: IO[bytes] | None) -> None:
        try:
            outcome = await self._database.write(store_entry, record, now=self._now())
        except UnknownEdition as error:
            self._put_off(line, error, waiting)
        else:
            self.report.records[record.kind, outcome] += 1

    async def _store_batch(self, waiting: IO[bytes] | None) -> None:
        if not self._batch:
            return
        batch, self._batch = self._batch, []
        records = [record for _, record in batch]
        stored = await self._database.write(store_articles, records, now=self._now())
        self.report.made += stored.made
        for (line, record), outcome in zip(batch, stored.outcomes, strict=True):
            if isinstance(outcome, UnknownEdition):
                self._put_off(line, outcome, waiting)
            elif isinstance(outcome, DaylineError):
                self._refuse(line[0], outcome.detail)
            else:
                self.report.records[record.kind, outcome] += 1

    def _put_off(self, line: Line, error: UnknownEdition, waiting: IO[bytes] | None) -> None:
        if waiting is None:
            self._refuse(line[0], error.detail)
        else:
            waiting.write(b"%d %s\n" % (line[0], line[1].strip()))

    def _refuse(self, number: int, reason: str) -> None:
        self.report.refused += 1
        self._tell_flaw(number, reason)


def _plain(stream: IO[bytes]) -> IO[bytes]:
    start = cast("gzip.GzipFile", stream).peek(len(GZIP_MAGIC))
    return cast("IO[bytes]", gzip.open(stream)) if start.startswith(GZIP_MAGIC) else stream


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    line = stream.readline(LINE_BYTES_MOST + 1).removeprefix(b"\xef\xbb\xbf")
    while line:
        too_long = rest = len(line) > LINE_BYTES_MOST
        yield line
        while too_long and rest:
            piece = stream.readline(LINE_BYTES_MOST + 1)
            rest = bool(piece) and not piece.endswith(b"\n")
        line = stream.readline(LINE_BYTES_MOST + 1)


def _numbered(stream: IO[bytes]) -> Iterator[Line]:
    for each in stream:
        number, _, line = each.partition(b" ")
        yield int(number), line
