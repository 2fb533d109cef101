"""What a newsroom was told of its writes, kept outside of the server, and held against what the server kept."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from app.domain.calendar import UTC
from app.domain.tsid import format_id
from app.interchange.revision_contents import compose_content, decode_blocks, read_blocks
from app.models.article import articles
from app.models.change import changes
from app.models.revision import revisions

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class State:
    """What one save of an article came to, in so far as who asked for it knows."""

    status: str
    headline: str


@dataclass(frozen=True, slots=True)
class Making:
    """An article that is to be made: under an Idempotency-Key by POST, or by its source_id."""

    name: str
    state: State
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """An article left to the schedule: the revision that is scheduled, its time, and its headline."""

    revision: int
    at: int
    headline: str


@dataclass(slots=True)
class Ledger:
    """Every write by article and revision: those acknowledged, and those nobody answered.

    `makings` are those of new articles that nobody answered.
    """

    acknowledged: dict[str, dict[int, State]] = field(default_factory=lambda: defaultdict(dict))
    unanswered: dict[str, list[tuple[int, State]]] = field(default_factory=lambda: defaultdict(list))
    makings: list[Making] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    due: dict[str, Due] = field(default_factory=dict)
    sent: set[asyncio.Task[Any]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    log: list[Row] = field(default_factory=list)

    def latest(self, article_id: str) -> tuple[int, State]:
        """The last revision that is known to be there, and what it was."""
        known = self.acknowledged[article_id]
        revision = max(known)
        return revision, known[revision]

    def check(self, connection: Connection, *, now: int, all_answered: bool = False) -> None:
        """Each acknowledged write is there, and beyond them only what was tried; what is there is known from now on.

        What was due by `now` is out. `all_answered`: nothing was done that was not acknowledged, but by the schedule.
        """
        pasts = read_pasts(connection)
        for article_id, known in self.acknowledged.items():
            past = pasts.get(article_id, {})
            lost = {revision: state for revision, state in known.items() if past.get(revision) != state}
            assert not lost, f"acknowledged of {article_id} and lost: {lost}; there is {past}"
            tried = [] if all_answered else self.unanswered[article_id]
            tried = [*tried, *self._released(article_id, past, now)]
            strange = {r: state for r, state in past.items() if r not in known and (r, state) not in tried}
            assert not strange, f"nobody asked for {strange} of {article_id}, only for {tried}"
            self.counts["done and not answered"] += len(set(past.items()) & set(self.unanswered[article_id]))
            known.update(past)
        self.unanswered.clear()
        headlines = {making.state.headline for making in self.makings}
        others = [past for article_id, past in pasts.items() if article_id not in self.acknowledged]
        assert all(past.keys() == {1} and past[1].headline in headlines for past in others), others
        assert not (all_answered and others), others
        self.counts["done and not answered"] += len(others)
        self._check_log(connection)

    def _released(self, article_id: str, past: dict[int, State], now: int) -> list[tuple[int, State]]:
        """What the schedule may have done with an article, and has done if it was due by now."""
        due = self.due.get(article_id)
        if due is None:
            return []
        released = State("published", due.headline)
        if due.at < now:
            del self.due[article_id]
            if due.revision in past and past[due.revision] != released:
                assert past.get(due.revision + 1) == released, f"{article_id} was due at {due.at}: {past}"
                self.counts["released"] += 1
        return [(due.revision + 1, released)]

    def _check_log(self, connection: Connection) -> None:
        """What the log has told stays as it was told."""
        rows = connection.execute(select(changes).order_by(changes.c.seq)).all()
        told = [tuple(row) for row in rows]
        assert told[: len(self.log)] == self.log
        self.log = told


def read_pasts(connection: Connection) -> dict[str, dict[int, State]]:
    """What every article was at each of its revisions."""
    headlines = {row.id: row.headline for row in connection.execute(select(articles.c.id, articles.c.headline))}
    newest_first = select(revisions).order_by(revisions.c.article_id, revisions.c.revision.desc())
    blocks = {number: decode_blocks(stored) for number, stored in read_blocks(connection, [*headlines]).items()}
    pasts: dict[str, dict[int, State]] = defaultdict(dict)
    for row in connection.execute(newest_first):
        if row.blocks is not None or row.content is not None:  # else the content of the next revision
            content = compose_content(row, blocks.get(row.article_id, {}), UTC)
            headlines[row.article_id] = content["headline"]
        pasts[format_id(row.article_id)][row.revision] = State(row.status, headlines[row.article_id])
    return dict(pasts)


def count_named(connection: Connection, headline: str) -> int:
    """How many articles have this headline."""
    named = select(func.count()).where(articles.c.headline == headline)
    return connection.execute(named).scalar_one()
