"""Second process with an app of its own over the same database; the test sets its clock.

With the cache off it is the reference for every cached response; with the cache on it is another worker.
Commands run there as well: an import, an erasure, the compaction of the log, a merge, and the batch jobs.
"""

import asyncio
import multiprocessing
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from io import BufferedReader, BytesIO
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ConfigDict

from app import clock
from app.actions.articles.erasure import erase_article
from app.actions.catalogue import section_moves
from app.actions.catalogue.merging import merge_entries, rewrite_merged_links
from app.actions.catalogue.section_moves import relist_articles
from app.actions.changelog.compaction import compact_changes
from app.background import batch_jobs
from app.db.database import open_database
from app.domain.actor import COMMAND_ACTOR
from app.domain.list_filter import Facet
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.importers.runner import Importer
from app.main import create_app
from app.settings import Settings
from tests.response_cache.plain_messages import Request, Response, send_request
from tests.server_process import LOADED

AT_ONCE = 2  # concurrent requests, so that a database server is used in parallel
MAX_ENDED_SECONDS = 20.0

T = TypeVar("T")

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([*LOADED])


class OtherProcess:
    """The other process, as this one sees it; it handles one request at a time."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    async def request_all(self, requests: Sequence[Request], *, now: int) -> list[Response]:
        """Return its responses to these requests at that instant."""
        responses: list[Response] = await self._call("request_all", list(requests), now)
        return responses

    async def do(self, command: str, given: Any, *, now: int) -> Any:
        """Run what a command would: `import` bytes, `erase` an article, `compact` the log, `merge`, `jobs`."""
        return await self._call(command, given, now)

    @asynccontextmanager
    async def serving(self, address: str, *, now: int) -> AsyncIterator["OtherProcess"]:
        """Serve the database at this URL with its app, in this context."""
        await self._call("open", address, now)
        try:
            yield self
        finally:
            await self._call("close", None, now)

    async def _call(self, *message: Any) -> Any:
        self._pipe.send(message)
        found = await asyncio.to_thread(self._pipe.recv)
        if isinstance(found, BaseException):
            raise found
        return found


@contextmanager
def another_process(*, cache_bytes: int | None, folder: Path | None = None) -> Iterator[OtherProcess]:
    """Run a process of that kind; None leaves the cache at its default.

    With a temporary folder of its own it shares no memory with others, as on another machine.
    """
    ours, theirs = _processes.Pipe()
    process = _processes.Process(target=_live, args=(theirs, cache_bytes, folder), daemon=True)
    process.start()
    theirs.close()
    try:
        yield OtherProcess(ours)
    finally:
        ours.send(("end", None, None))
        process.join(MAX_ENDED_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()


def _live(pipe: Pipe, cache_bytes: int | None, folder: Path | None) -> None:
    tempfile.tempdir = None if folder is None else str(folder)
    leave_articles_to_jobs()
    asyncio.run(_Life(pipe, cache_bytes).run())


def leave_articles_to_jobs() -> None:
    """Have batch jobs run as steps of a history alone, and moves of sections leave their articles to them."""
    batch_jobs.POLL_S = 3_600.0
    section_moves.RELISTED_IN_MOVE = 0


class Movable(Settings):
    """Settings whose database changes between the lifespans of an app."""

    model_config = ConfigDict(frozen=False)


class _Life:
    """State of the other process."""

    def __init__(self, pipe: Pipe, cache_bytes: int | None) -> None:
        self._pipe = pipe
        self._settings = Movable.model_validate({} if cache_bytes is None else {"cache_bytes": cache_bytes})
        self._app = create_app(self._settings)
        self._life: Any = None

    async def run(self) -> None:
        """Execute calls until the connection closes."""
        while True:
            command, given, now = await asyncio.to_thread(self._pipe.recv)
            if command == "end":
                return
            clock._frozen_at = now
            try:
                found = await getattr(self, f"_{command}")(given)
            except Exception as error:  # noqa: BLE001 - returned to the calling process
                found = error
            self._pipe.send(found)

    async def _open(self, address: str) -> None:
        self._settings.database_url = address
        self._life = self._app.router.lifespan_context(self._app)
        await self._life.__aenter__()

    async def _close(self, _nothing: None) -> None:
        await self._life.__aexit__(None, None, None)

    async def _request_all(self, requests: Sequence[Request]) -> list[Response]:
        app = self._app
        await app.state.services.scheduler.refresh()
        responses: list[Response] = []
        for place in range(0, len(requests), AT_ONCE):
            responses += await asyncio.gather(*(send_request(app, each) for each in requests[place : place + AT_ONCE]))
        return responses

    async def _import(self, content: bytes) -> int:
        database = open_database(self._settings.database_url)
        try:
            importer = Importer(database, now=clock.now, on_error=lambda _number, _reason: None)
            report = await importer.run(BufferedReader(BytesIO(content)))
        finally:
            await database.settle()
            await database.close()
        return sum(report.records.values())

    async def _erase(self, article_id: int) -> str:
        return await self._write(erase_article, article_id, now=clock.now(), editor=COMMAND_ACTOR)

    async def _compact(self, most: int) -> int:
        return await self._write(compact_changes, now=clock.now(), most=most)

    async def _merge(self, given: tuple[str, str, str | None]) -> str | None:
        """Merge an entry and leave all its articles to the jobs; return the slug of the other one, None if refused."""
        kind, name, into = given
        members: dict[str, Any] = {"expected": None, "now": clock.now(), "actor": "command", "at_once": 0}
        try:
            merged = await self._write(merge_entries, Facet[kind.upper()], name, into or name, **members)
        except (ConflictError, InvalidInputError, NotFoundError):
            return None
        return merged.survivor

    async def _jobs(self, most: int) -> int:
        merged = await self._write(rewrite_merged_links, most=most)
        return merged + await self._write(relist_articles, most=most)

    async def _write(self, action: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        database = open_database(self._settings.database_url)
        try:
            return await database.write(action, *args, **kwargs)
        finally:
            await database.settle()
            await database.close()
