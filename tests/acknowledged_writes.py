"""Acknowledged writes, recorded outside of the server and compared with what the database holds."""

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
    """Article after one write, as far as the client knows."""

    status: str
    headline: str


@dataclass(frozen=True, slots=True)
class NewArticle:
    """New article of an unacknowledged request: under an Idempotency-Key by POST, or by its source_id."""

    name: str
    state: State
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class ScheduledWrite:
    """Scheduled article: the scheduled revision, its time, and its headline."""

    revision: int
    at: int
    headline: str


@dataclass(slots=True)
class Ledger:
    """Every write by article and revision: the acknowledged ones, and those without a response.

    `makings` are the new articles of requests without a response.
    """

    acknowledged: dict[str, dict[int, State]] = field(default_factory=lambda: defaultdict(dict))
    unanswered: dict[str, list[tuple[int, State]]] = field(default_factory=lambda: defaultdict(list))
    makings: list[NewArticle] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    due: dict[str, ScheduledWrite] = field(default_factory=dict)
    sent: set[asyncio.Task[Any]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    log: list[Row] = field(default_factory=list)

    def latest(self, article_id: str) -> tuple[int, State]:
        """Return the last known revision of an article and its state."""
        known = self.acknowledged[article_id]
        revision = max(known)
        return revision, known[revision]

    def check(self, connection: Connection, *, now: int, all_answered: bool = False) -> None:
        """Check that each acknowledged write is stored, and beyond these only attempted ones; learn the revisions.

        What was due by `now` has to be published. With `all_answered` only acknowledged writes and the schedule may
        show.
        """
        pasts = read_pasts(connection)
        for article_id, known in self.acknowledged.items():
            past = pasts.get(article_id, {})
            lost = {revision: state for revision, state in known.items() if past.get(revision) != state}
            assert not lost, f"acknowledged of {article_id} and lost: {lost}; stored: {past}"
            tried = [] if all_answered else self.unanswered[article_id]
            tried = [*tried, *self._published(article_id, past, now)]
            strange = {r: state for r, state in past.items() if r not in known and (r, state) not in tried}
            assert not strange, f"{strange} of {article_id} was never requested, only {tried}"
            self.counts["done and not answered"] += len(set(past.items()) & set(self.unanswered[article_id]))
            known.update(past)
        self.unanswered.clear()
        headlines = {making.state.headline for making in self.makings}
        others = [past for article_id, past in pasts.items() if article_id not in self.acknowledged]
        assert all(past.keys() == {1} and past[1].headline in headlines for past in others), others
        assert not (all_answered and others), others
        self.counts["done and not answered"] += len(others)
        self._check_log(connection)

    def _published(self, article_id: str, past: dict[int, State], now: int) -> list[tuple[int, State]]:
        """Return what the schedule may have done with an article, and has done if it was due by now."""
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
        """Check that rows of the log do not change."""
        found = connection.execute(select(changes).order_by(changes.c.seq)).all()
        rows = [tuple(row) for row in found]
        assert rows[: len(self.log)] == self.log
        self.log = rows


def read_pasts(connection: Connection) -> dict[str, dict[int, State]]:
    """Return every article at each of its revisions."""
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
    """Return the number of articles with this headline."""
    named = select(func.count()).where(articles.c.headline == headline)
    return connection.execute(named).scalar_one()
