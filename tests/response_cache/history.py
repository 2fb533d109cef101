"""Random history of a newsroom with continuous readers: after every step all their responses must be fresh.

Events come through the editorial API, through commands that run in another process, and by the clock alone.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, select

from app import clock
from app.domain.calendar import date_at, start_of_day
from app.domain.instant import DAY_US, MINUTE_US, SECOND_US
from app.domain.tsid import parse_id
from app.models.change import changes
from app.queries.changes.change_list import latest_seq
from tests.response_cache.compare_with_reference import Asking, Here, RequestedTargets, Stale
from tests.response_cache.newsroom import Newsroom, archive, text_of
from tests.response_cache.plain_messages import Request, Response, send_request
from tests.response_cache.random_article_edits import EDITORIAL, ArticleEdits, Edit
from tests.response_cache.random_catalogue_edits import CatalogueEdits
from tests.response_cache.random_requests import PAGES, START, RequestGenerator
from tests.response_cache.second_process import OtherProcess

MAX_REFUSED = 0.35  # of the edits of a history: some are late, or refer to what cannot be changed


def rows_behind(connection: Connection, since: int) -> list[str]:
    """Return the rows of the change log after this position, in readable form."""
    found = (
        select(changes.c.seq, changes.c.type, changes.c.surrogate_keys)
        .where(changes.c.seq > since)
        .order_by(changes.c.seq)
    )
    return [f"{seq} {kind} {names}" for seq, kind, names in connection.execute(found)]


@dataclass(slots=True, kw_only=True)
class Pace:
    """Length of a history, and the number of its requests; `again` of None repeats all requests after each step."""

    steps: int
    begin: int = 60
    new: int = 8
    again: int | None = 40
    articles: int = 40


@dataclass(slots=True, kw_only=True)
class History:
    """History: `here` is under test, and so are the `others`, which write and respond, too."""

    number: int
    here: Here
    reference: OtherProcess
    document: Any
    token: str
    newsroom: Newsroom
    others: Sequence[OtherProcess] = ()
    requested: RequestedTargets = field(init=False)
    _still: ExitStack = field(default_factory=ExitStack, init=False)
    _articles: ArticleEdits = field(init=False)
    _names: CatalogueEdits = field(init=False)
    _last_event: str = field(default="", init=False)

    def __post_init__(self) -> None:
        newsroom = self.newsroom
        self.requested = RequestedTargets(newsroom.random, RequestGenerator(newsroom, self.document), self.reference)
        self._articles, self._names = ArticleEdits(newsroom), CatalogueEdits(newsroom)

    async def run(self, pace: Pace) -> None:
        """Run the history; Stale names the step, its rows of the log and the differences."""
        with self.clock():
            await self.learn_all()
            await self.compare(PAGES)  # some are large, and no event changes them
            self.requested.known.clear()
            await self.compare([START, *self.requested.invent(pace.begin)])
            for step in range(pace.steps):
                since = await self.here.reads.read(latest_seq)
                await self.step()
                try:
                    again = self.requested.draw(len(self.requested.known) if pace.again is None else pace.again)
                    await self.compare([*again, *self.requested.invent(pace.new)])
                except Stale as error:
                    rows = await self.here.reads.read(rows_behind, since)
                    content = "\n  ".join(rows) or "no rows of the log"
                    error.add_note(f"in history {self.number}, step {step}, after {self._last_event}:\n  {content}")
                    raise
            await self.compare([*self.requested.known, *PAGES])
        refused = self.requested.counts["refused"]
        assert refused <= MAX_REFUSED * pace.steps + 3, f"{refused} of {pace.steps} edits were refused"

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Set the clock of this process to the time of the history in this context."""
        with self._still:
            self._still.enter_context(clock.frozen(self.newsroom.now))
            yield

    async def compare(self, targets: Sequence[str]) -> None:
        """Compare the responses of every process under test."""
        places: list[Asking] = [self.here, *self.others]
        await self.requested.compare(targets, places, now=self.newsroom.now)

    async def step(self) -> None:
        """Run an event, or let time pass."""
        random = self.newsroom.random
        what = random.random()
        if what < 0.14:
            await self.move_clock()
        elif what < 0.22:
            await self._command()
        elif what < 0.28:
            await self._run_jobs()
        else:
            await self.write_something()

    async def write_something(self) -> None:
        """Apply an edit of an editor, to an article or to the catalogue."""
        random = self.newsroom.random
        edits = self._names if random.random() < 0.25 else self._articles
        made = random.choices([*edits.weights], [*edits.weights.values()])[0]()
        await self.carry_out(made or self._articles.publish_now())

    def never_schedules(self) -> None:
        """Schedule nothing from now on: every process then knows the complete schedule at any moment."""
        self._articles.weights[self._articles.schedule] = self._articles.weights[self._articles.expire] = 0

    async def carry_out(self, edit: Edit) -> Response:
        """Send an edit to one of the processes and learn its outcome."""
        place = self.newsroom.random.choice([None, *self.others])
        response = await self.write(edit, place)
        self._last_event = f"{edit.name}: {edit.method} {edit.path} {edit.given} → {response.status}"
        assert response.status < 500, (edit, response)
        self.requested.counts.update(
            (f"step: {edit.name}",) if response.status < 300 else ("refused", f"refused: {edit.name}")
        )
        if response.status == 204 and "/articles/" not in edit.path:
            pass  # a deleted entry may be named, and created again
        elif response.status == 204:
            self.newsroom.forget(edit.path.rpartition("/")[2])
        elif response.status < 300:
            content = response.json()
            if "headline" in content:
                self.newsroom.learn(content)
            else:
                self._names.learn(edit, content)
        return response

    async def write(self, edit: Edit, place: OtherProcess | None = None) -> Response:
        """Send an edit, here or in another process, and return the response."""
        request = edit.request(self.token)
        is_near = bool(self.newsroom.having("scheduled") or self.newsroom.expiring())
        is_near = is_near or edit.name in {"schedule", "push", "expire"}
        if place is None:
            response = await send_request(self.here.app, request)
        else:
            response = (await place.request_all([request], now=self.newsroom.now))[0]
        if is_near and (place is not None or "/articles" not in edit.path):
            await self._hear_of_schedules()
        return response

    async def _hear_of_schedules(self) -> None:
        """Wait until every process has reloaded the schedule; a shared file needs no wait."""
        if self.here.app.state.services.database.url.get_backend_name() != "sqlite":
            await self.here.app.state.services.scheduler.refresh()

    async def move_clock(self, to: int | None = None) -> None:
        """Advance the clock: a little, to a midnight, or to what is scheduled; publish here what is due."""
        newsroom, random = self.newsroom, self.newsroom.random
        if to is None:
            zone = newsroom.zone()
            midnight = start_of_day(date_at(newsroom.now + DAY_US, zone), zone)
            due = [newsroom.articles[key].published_at or 0 for key in newsroom.having("scheduled")]
            due += newsroom.expiring()
            instants = [newsroom.now + span for span in (1, SECOND_US, 20 * SECOND_US, MINUTE_US, 40 * MINUTE_US)]
            instants += [midnight, midnight - 1, midnight + 1, *(at for at in due if at > newsroom.now)]
            to = newsroom.now + 8 * DAY_US if random.random() < 0.06 else random.choice(instants)
        newsroom.now = max(newsroom.now, to)
        self._last_event = f"the clock: {text_of(newsroom.now)}"
        self._still.enter_context(clock.frozen(newsroom.now))
        await self.here.app.state.services.scheduler._tick()
        self.requested.counts["step: clock"] += 1
        for known in newsroom.articles.values():
            if known.status == "scheduled" and known.published_at is not None and known.published_at <= newsroom.now:
                known.status, known.revision = "published", known.revision + 1
            if known.status == "published" and known.expires_at is not None and known.expires_at <= newsroom.now:
                known.status, known.revision = "withdrawn", known.revision + 1

    async def _command(self) -> None:
        """Do what a command does beside the servers: an import, an erasure, the compaction of the log, or a merge."""
        random = self.newsroom.random
        commands: dict[str, Callable[[], Any]] = {
            "import": self._lines,
            "erase": lambda: parse_id(random.choice(sorted(self.newsroom.articles))),
            "compact": lambda: random.choice((3, 10, 5_000)),
            "merge": self._names.choose_merge,
        }
        name = random.choices([*commands], (5, 2, 3, 3))[0]
        given = commands[name]()
        if name == "merge":
            await self._merge(*given)
        else:
            await self.reference.do(name, given, now=self.newsroom.now)
        self._last_event = f"{name} {given!r}"
        self.requested.counts[f"step: {name}"] += 1
        await self._hear_of_schedules()
        await self.learn_all()

    async def _run_jobs(self) -> None:
        """Rewrite a few articles of merged entries and of moved sections in another process, which changes nothing."""
        moved = await self.reference.do("jobs", self.newsroom.random.choice((1, 2, 100, 100)), now=self.newsroom.now)
        self._last_event = f"jobs: {moved} articles"
        self.requested.counts.update(("step: jobs",) if moved else ("step: jobs without work",))

    async def _merge(self, kind: str, name: str, into: str | None) -> None:
        """Merge entries and leave their articles to the jobs, as a merge of many articles does."""
        present = await self.reference.do("merge", (kind, name, into), now=self.newsroom.now)
        if present is not None:
            self.newsroom.rename(kind, name, present)

    def _lines(self) -> bytes:
        dumped = (each.model_dump(mode="json", exclude_unset=True) for each in archive(self.newsroom, 12))
        records = [{"kind": "article", **record} for record in dumped]
        for record in records:
            if record.get("published_at") is not None:
                record["published_at"] = text_of(record["published_at"])
        return b"\n".join(orjson.dumps(record) for record in self.newsroom.random.sample(records, 6))

    async def learn_all(self) -> None:
        """Learn every article, as editors see it."""
        known, href = set[str](), f"{EDITORIAL}/articles?edition=*&limit=200"
        while href:
            request = Request(href, headers=(("authorization", f"Bearer {self.token}"),))
            page = (await send_request(self.here.app, request)).json()
            for content in page["items"]:
                self.newsroom.learn(content)
                known.add(content["id"])
            href = "" if page["next"] is None else page["next"]["href"]
        for gone in set(self.newsroom.articles) - known:
            self.newsroom.forget(gone)
