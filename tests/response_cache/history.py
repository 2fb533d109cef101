"""A random history of a newsroom whose readers keep asking: after every step all that they get must be the fresh thing.

What happens comes through the newsroom's side, through commands that run in another process, and by the clock alone.
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
from tests.response_cache.compare_with_reference import Asking, Here, Kept, Stale
from tests.response_cache.newsroom import Newsroom, archive, text_of
from tests.response_cache.plain_messages import Answer, Request, ask
from tests.response_cache.random_article_edits import EDITORIAL, ArticleWishes, Wish
from tests.response_cache.random_catalogue_edits import NameWishes
from tests.response_cache.random_requests import PAGES, Questions
from tests.response_cache.second_process import Peer

MAX_REFUSED = 0.35  # of the wishes of a history: some come too late, or ask for what cannot be


def rows_behind(connection: Connection, since: int) -> list[str]:
    """The rows of the change log behind one, as a person reads them."""
    found = (
        select(changes.c.seq, changes.c.type, changes.c.surrogate_keys)
        .where(changes.c.seq > since)
        .order_by(changes.c.seq)
    )
    return [f"{seq} {kind} {names}" for seq, kind, names in connection.execute(found)]


@dataclass(slots=True, kw_only=True)
class Pace:
    """How long a history is and how much is asked in it; `again` of None asks everything again after each step."""

    steps: int
    begin: int = 60
    new: int = 8
    again: int | None = 40
    articles: int = 40


@dataclass(slots=True, kw_only=True)
class History:
    """One history: `here` is under test, and so are the `others`, that write and answer too."""

    number: int
    here: Here
    reference: Peer
    document: Any
    token: str
    newsroom: Newsroom
    others: Sequence[Peer] = ()
    kept: Kept = field(init=False)
    _still: ExitStack = field(default_factory=ExitStack, init=False)
    _articles: ArticleWishes = field(init=False)
    _names: NameWishes = field(init=False)
    _told: str = field(default="", init=False)

    def __post_init__(self) -> None:
        newsroom = self.newsroom
        self.kept = Kept(newsroom.random, Questions(newsroom, self.document), self.reference)
        self._articles, self._names = ArticleWishes(newsroom), NameWishes(newsroom)

    async def run(self, pace: Pace) -> None:
        """Live it through; Stale tells the step, its rows of the log and what differs."""
        with self.clock():
            await self.learn_all()
            await self.ask(PAGES)  # some are large, and nothing that happens changes them
            self.kept.asked.clear()
            await self.ask(self.kept.invent(pace.begin))
            for step in range(pace.steps):
                since = await self.here.reads.read(latest_seq)
                await self.step()
                try:
                    again = self.kept.draw(len(self.kept.asked) if pace.again is None else pace.again)
                    await self.ask([*again, *self.kept.invent(pace.new)])
                except Stale as error:
                    rows = await self.here.reads.read(rows_behind, since)
                    told = "\n  ".join(rows) or "no rows of the log"
                    error.add_note(f"in history {self.number}, step {step}, after {self._told}:\n  {told}")
                    raise
            await self.ask([*self.kept.asked, *PAGES])
        refused = self.kept.counts["refused"]
        assert refused <= MAX_REFUSED * pace.steps + 3, f"{refused} of {pace.steps} wishes were refused"

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Within it the clock of this process stands where the history is."""
        with self._still:
            self._still.enter_context(clock.frozen(self.newsroom.now))
            yield

    async def ask(self, targets: Sequence[str]) -> None:
        """Compare these answers, from every place that is under test."""
        places: list[Asking] = [self.here, *self.others]
        await self.kept.compare(targets, places, now=self.newsroom.now)

    async def step(self) -> None:
        """Something that happens, or time that goes by."""
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
        """Something that an editor does, to an article or to the catalogue."""
        random = self.newsroom.random
        wishes = self._names if random.random() < 0.25 else self._articles
        made = random.choices([*wishes.weights], [*wishes.weights.values()])[0]()
        await self.carry_out(made or self._articles.publish_now())

    def never_schedules(self) -> None:
        """From now on nothing is scheduled: what is coming is then known to all processes at any moment."""
        self._articles.weights[self._articles.schedule] = self._articles.weights[self._articles.expire] = 0

    async def carry_out(self, wish: Wish) -> Answer:
        """Send a wish to one of the processes and learn what came of it."""
        place = self.newsroom.random.choice([None, *self.others])
        answer = await self.write(wish, place)
        self._told = f"{wish.name}: {wish.method} {wish.path} {wish.given} → {answer.status}"
        assert answer.status < 500, (wish, answer)
        self.kept.counts.update(
            (f"step: {wish.name}",) if answer.status < 300 else ("refused", f"refused: {wish.name}")
        )
        if answer.status == 204 and "/articles/" not in wish.path:
            pass  # a deleted entry may be asked for, and entered again
        elif answer.status == 204:
            self.newsroom.forget(wish.path.rpartition("/")[2])
        elif answer.status < 300:
            told = answer.json()
            if "headline" in told:
                self.newsroom.learn(told)
            else:
                self._names.learn(wish, told)
        return answer

    async def write(self, wish: Wish, place: Peer | None = None) -> Answer:
        """The answer to a wish, here or in another process."""
        request = wish.request(self.token)
        is_near = bool(self.newsroom.having("scheduled") or self.newsroom.expiring())
        is_near = is_near or wish.name in {"schedule", "push", "expire"}
        if place is None:
            answer = await ask(self.here.app, request)
        else:
            answer = (await place.ask([request], now=self.newsroom.now))[0]
        if is_near and (place is not None or "/articles" not in wish.path):
            await self._hear_of_schedules()
        return answer

    async def _hear_of_schedules(self) -> None:
        """What a server tells of some milliseconds later; a file that is shared needs no help."""
        if self.here.app.state.services.database.url.get_backend_name() != "sqlite":
            await self.here.app.state.services.scheduler.refresh()

    async def move_clock(self, to: int | None = None) -> None:
        """Let time go by: a little, or to a midnight, or to what is scheduled; what is due is released here."""
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
        self._told = f"the clock: {text_of(newsroom.now)}"
        self._still.enter_context(clock.frozen(newsroom.now))
        await self.here.app.state.services.scheduler._tick()
        self.kept.counts["step: clock"] += 1
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
        self._told = f"{name} {given!r}"
        self.kept.counts[f"step: {name}"] += 1
        await self._hear_of_schedules()
        await self.learn_all()

    async def _run_jobs(self) -> None:
        """Rewrite a few articles of merged entries and of moved sections in another process, which changes nothing."""
        moved = await self.reference.do("jobs", self.newsroom.random.choice((1, 2, 100, 100)), now=self.newsroom.now)
        self._told = f"jobs: {moved} articles"
        self.kept.counts.update(("step: jobs",) if moved else ("step: jobs without work",))

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
        """Learn every article there is, as editors see them."""
        known, href = set[str](), f"{EDITORIAL}/articles?edition=*&limit=200"
        while href:
            request = Request(href, headers=(("authorization", f"Bearer {self.token}"),))
            page = (await ask(self.here.app, request)).json()
            for told in page["items"]:
                self.newsroom.learn(told)
                known.add(told["id"])
            href = "" if page["next"] is None else page["next"]["href"]
        for gone in set(self.newsroom.articles) - known:
            self.newsroom.forget(gone)
