"""Editor that writes without pauses: articles created, upserted, edited, published, bumped, withdrawn and restored."""

import asyncio
from collections.abc import Mapping
from random import Random
from typing import Any

import httpx

from app import clock
from app.domain.calendar import find_zone
from app.domain.instant import SECOND_US, format_instant, parse_instant
from tests.acknowledged_writes import Ledger, NewArticle, ScheduledWrite, State

EDITORIAL = "/v1/editorial"
PUSHED = f"{EDITORIAL}/editions/global/articles"
TAGS = ("trams", "night", "city")
UTC = find_zone("UTC")
SOON_US = SECOND_US // 2

TURNS = {
    "draft": ("edit", "publish", "publish", "schedule"),
    "published": ("edit", "edit", "bump", "withdraw"),
    "withdrawn": ("edit", "restore", "restore"),
}


def content(headline: str) -> dict[str, Any]:
    """Return the content of an article."""
    body = [{"type": "paragraph", "html": f"<strong>{headline}</strong>, at length."}]
    return {
        "headline": headline,
        "section": "city",
        "label": "opinion",
        "tags": ["trams", "night"],
        "authors": ["ada"],
        "body": body,
    }


class WritingEditor:
    """Client of the editorial API, with articles of its own beside those that it shares with other clients.

    Every write names the revision it was made from, so that its outcome is known before the response.
    """

    def __init__(self, ledger: Ledger, random: Random, shared: list[str]) -> None:
        self.is_ending = False
        self._ledger = ledger
        self._random = random
        self._shared = shared
        self._own: list[str] = []

    async def work(self, client: httpx.AsyncClient) -> None:
        """Write until the server has ended, which must not happen before the test ends it."""
        try:
            while True:
                await self._write(client)
        except httpx.TransportError:
            assert self.is_ending, "the server ended by itself"

    async def make(self, client: httpx.AsyncClient, making: NewArticle, *, again: bool = False) -> httpx.Response:
        """Create an article, or repeat a request that had no response."""
        given = content(making.state.headline)
        if making.state.status == "published":
            given["published_at"] = "2026-01-02T03:04:05Z"
        try:
            if making.source_id is None:
                headers = {"idempotency-key": making.name}
                response = await self._send(client, "POST", f"{EDITORIAL}/articles", given, headers)
            else:
                response = await self._send(client, "PUT", f"{PUSHED}/{making.source_id}", given)
        except httpx.TransportError:
            self._ledger.makings.append(making)
            raise
        assert response.status_code in {201, 200} if again else response.status_code == 201, response.text
        article_id = response.json()["id"]
        assert response.headers["etag"] == '"1"'
        self._ledger.acknowledged[article_id][1] = making.state
        self._ledger.counts["acknowledged"] += 1
        if making.source_id is not None:
            self._ledger.sources[article_id] = making.source_id
        (self._shared if self._random.random() < 0.1 else self._own).append(article_id)
        return response

    async def _write(self, client: httpx.AsyncClient) -> None:
        random = self._random
        if not self._own or random.random() < 0.2:
            name = f"{random.getrandbits(64):016x}"
            state = State(random.choice(("draft", "published")), f"Story {name}")
            await self.make(client, NewArticle(name, state, random.choice((None, f"cms:{name}"))))
            return
        article_id = random.choice(self._shared if self._shared and random.random() < 0.3 else self._own)
        _, state = self._ledger.latest(article_id)
        turn = random.choice(TURNS[state.status])
        if turn == "schedule" and article_id in self._shared:
            turn = "publish"
        if turn == "edit" and article_id in self._ledger.sources and random.random() < 0.5:
            turn = "push"
        await self._change(client, article_id, turn)

    async def _change(self, client: httpx.AsyncClient, article_id: str, turn: str) -> None:
        ledger = self._ledger
        revision, before = ledger.latest(article_id)
        method, path, given, after = self._command(article_id, turn, before)
        late = after
        if turn == "schedule":
            late = State("published", after.headline)  # its time came earlier
            self._own.remove(article_id)
            ledger.due[article_id] = ScheduledWrite(revision + 1, parse_instant(given["at"]), after.headline)
        try:
            response = await self._send(client, method, path, given, {"if-match": f'"{revision}"'})
        except httpx.TransportError:
            ledger.unanswered[article_id] += [(revision + 1, state) for state in (after, late)]
            raise
        if response.status_code == 412 and article_id in self._shared:
            ledger.counts["came too late"] += 1
            return
        assert (response.status_code, response.headers.get("etag")) == (200, f'"{revision + 1}"'), response.text
        state = State(response.json()["status"], response.json()["headline"])
        assert state in {after, late}
        assert revision + 1 not in ledger.acknowledged[article_id], "two edits of the same revision succeeded"
        ledger.acknowledged[article_id][revision + 1] = state
        ledger.counts.update(("acknowledged", turn))

    def _command(self, article_id: str, turn: str, before: State) -> tuple[str, str, dict[str, Any], State]:
        """Return method, path and body of a turn, and the expected state."""
        place = f"{EDITORIAL}/articles/{article_id}"
        if turn in {"edit", "push"}:
            after = State(before.status, f"{before.headline[:22]} {self._random.getrandbits(32):08x}")
            if turn == "push":
                return "PUT", f"{PUSHED}/{self._ledger.sources[article_id]}", content(after.headline), after
            patch: dict[str, Any] = {"headline": after.headline, "tags": self._random.sample(TAGS, 2)}
            if before.status == "published" and self._random.random() < 0.3:
                patch["note"] = {"type": "correction", "text": f"It is {after.headline}."}
            return "PATCH", place, patch, after
        soon = {"at": format_instant(clock.now() + SOON_US, UTC)}
        method, path, given, status = {
            "publish": ("PUT", "publication", {}, "published"),
            "schedule": ("PUT", "publication", soon, "scheduled"),
            "bump": ("PUT", "bump", {}, "published"),
            "withdraw": ("PUT", "withdrawal", {"reason": "Legal", "notice": "Wrong."}, "withdrawn"),
            "restore": ("DELETE", "withdrawal", {}, "published"),
        }[turn]
        return method, f"{place}/{path}", given, State(status, before.headline)

    async def _send(
        self, client: httpx.AsyncClient, method: str, path: str, given: Any, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Return the response; while the request is pending, the ledger counts it as sent."""
        task, sent = asyncio.current_task(), self._ledger.sent
        assert task is not None

        async def trace(event: str, _told: Mapping[str, Any]) -> None:
            if event == "http11.send_request_body.complete":
                sent.add(task)

        try:
            return await client.request(method, path, json=given, headers=headers, extensions={"trace": trace})
        finally:
            sent.discard(task)
