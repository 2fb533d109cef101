"""Random history of a newsroom over its API: two editors, valid and invalid requests, and a clock that advances."""

import asyncio
from collections import Counter
from contextlib import ExitStack
from random import Random
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Connection, func, select

from app import clock
from app.actions.articles.erasure import erase_article
from app.actions.catalogue.merging import merge_entries, rewrite_merged_links
from app.domain.actor import COMMAND_ACTOR
from app.domain.calendar import find_zone
from app.domain.instant import MINUTE_US, SECOND_US, format_instant
from app.domain.list_filter import Facet
from app.domain.tsid import parse_id
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.models.article import articles
from app.models.article_links import article_related, article_tags, article_translations, slug_redirects
from app.models.change import changes
from app.models.former_slug import former_slugs
from app.models.idempotency_key import idempotency_keys
from app.models.listing import listings
from app.models.revision import revisions
from app.models.tag import tags

EDITORIAL = "/v1/editorial"
UTC = find_zone("UTC")
STEPS = 30
TABLES = (
    *(changes, revisions, listings, tags, article_tags, article_related, article_translations, slug_redirects),
    *(former_slugs, idempotency_keys),
)
CHANGES = TABLES.index(changes)
NAMES = {
    "tags": ("t0", "t1", "t2", "t3", "t4", "r0", "r1"),
    "authors": ("ada", "ben", "cleo", "r0", "r1"),
    "sections": ("city", "world", "r0"),
}
LANGUAGES = (None, None, None, "uk", "de")

EditRequest = tuple[str, str, Any, dict[str, str]]
"""A request: method, address, body, headers."""

_COUNTS = select(
    *(select(func.count()).select_from(table).scalar_subquery() for table in (*TABLES, articles)),
    select(func.coalesce(func.sum(articles.c.revision), 0)).scalar_subquery(),
)


def count_all(connection: Connection) -> tuple[int, ...]:
    """Return the numbers of rows, which no refused request changes."""
    return tuple(connection.execute(_COUNTS).one())


class EditingHistory:
    """History in an edition of its own; `writer` may write drafts, `chief` may publish and edit the catalogue."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, number: int, *, writer: str, chief: str) -> None:
        self.counts: Counter[str] = Counter()
        self.deleted: set[int] = set()
        self.now = clock.now()
        self._database = app.state.services.database
        self._worker = app.state.services.scheduler
        self._client = client
        self._random = Random(number)
        self._edition = f"history-{number}"
        self._keys = {"writer": writer, "chief": chief}
        self._known: dict[str, int] = {}
        self._made = 0

    async def run(self) -> None:
        """Run it, from the instant of the process's clock on."""
        with ExitStack() as still:
            still.enter_context(clock.frozen(self.now))
            for _ in range(STEPS):
                if self._random.random() < 0.25:
                    self.now += self._random.choice((1, SECOND_US, MINUTE_US, 40 * MINUTE_US))
                    still.enter_context(clock.frozen(self.now))
                    while await self._worker._tick() == 0:
                        pass
                what = self._random.random()
                if what < 0.2:
                    await self._race()
                elif what < 0.26:
                    await self._merge_or_rewrite()
                else:
                    await self._ask(*self._request())

    async def _ask(self, name: str, edit: EditRequest) -> None:
        """Send a request of one of the two; a refused one changes nothing, and one of the writer nothing public."""
        editor = "chief" if self._random.random() < 0.75 else "writer"
        before = await self._database.read(count_all)
        response = await self._send(editor, edit)
        assert response.status_code < 500, (edit, response.text)
        self.counts.update((f"{name} {response.status_code // 100}xx", str(response.status_code)))
        after = await self._database.read(count_all)
        if response.status_code >= 400:
            assert after == before, (edit, response.text)
        elif editor == "writer":
            assert after[CHANGES] == before[CHANGES], (edit, response.text)
        self._learn(edit, response)

    async def _race(self) -> None:
        """Edit one article twice at once from the same revision: at most one of the edits is saved."""
        if not self._known:
            return
        key = self._random.choice(sorted(self._known))
        read = await self._client.get(f"{EDITORIAL}/articles/{key}", headers=self._headers("chief"))
        guard = {"if-match": read.headers["etag"]}
        requests = [(method, path, given, guard) for method, path, given, _ in (self._turn(key)[1] for _ in range(2))]
        requests = [edit for edit in requests if edit[0] != "POST"]
        responses = await asyncio.gather(*(self._send("chief", edit) for edit in requests))
        assert all(response.status_code < 500 for response in responses), [response.text for response in responses]
        saved = [a for a in responses if a.status_code < 300 and a.headers.get("etag") != guard["if-match"]]
        assert len(saved) <= 1, [response.text for response in responses]
        self.counts.update(f"race {response.status_code}" for response in responses)
        for edit, response in zip(requests, responses, strict=True):
            self._learn(edit, response)

    async def _merge_or_rewrite(self) -> None:
        """Merge two entries and leave their articles to the batch job, or run it for some articles."""
        if self._random.random() < 0.5:
            moved = await self._database.write(rewrite_merged_links, most=self._random.choice((1, 2, 100)))
            self.counts["articles of merged entries"] += moved
            return
        kind = self._random.choice(("tags", "authors"))
        one, other = self._random.sample(NAMES[kind], 2)
        facet = Facet.TAG if kind == "tags" else Facet.AUTHOR
        members: dict[str, Any] = {"expected": None, "now": self.now, "actor": "history", "at_once": 0}
        try:
            await self._database.write(merge_entries, facet, one, other, **members)
            self.counts["merged"] += 1
        except (ConflictError, InvalidInputError, NotFoundError):
            self.counts["not merged"] += 1

    async def erase(self) -> None:
        """Erase one of its articles by law."""
        key = self._random.choice(sorted(self._known))
        await self._database.write(erase_article, parse_id(key), now=clock.now(), editor=COMMAND_ACTOR)
        self.counts["erased"] += 1

    def _learn(self, edit: EditRequest, response: httpx.Response) -> None:
        if "/articles" not in edit[1]:
            return
        if response.status_code == 204:
            key = edit[1].rpartition("/")[2]
            self.deleted.add(parse_id(key))
            self._known.pop(key, None)
        elif response.status_code < 300 and response.headers.get("etag"):
            key = response.json()["id"]
            if parse_id(key) not in self.deleted:  # in a race, an edit that changes nothing may precede the deletion
                self._known[key] = int(response.headers["etag"].strip('"'))

    def _request(self) -> tuple[str, EditRequest]:
        what = self._random.random()
        if not self._known or what < 0.2:
            return "post", ("POST", f"{EDITORIAL}/articles", self._content(), self._name())
        if what < 0.32:
            source = f"cms:{self._random.randrange(4)}"
            headers = self._random.choices(({}, {"if-none-match": "*"}, {"if-match": '"1"'}), (6, 1, 1))[0]
            return "push", ("PUT", f"{EDITORIAL}/editions/{self._edition}/articles/{source}", self._content(), headers)
        if what < 0.42:
            return self._entry_edit()
        return self._turn(self._random.choice(sorted(self._known)))

    def _entry_edit(self) -> tuple[str, EditRequest]:
        """Rename an entry, or merge it into another one, whether these names exist or not."""
        random = self._random
        kind = random.choice(("tags", "tags", "authors", "sections"))
        one, other = random.sample(NAMES[kind], 2)
        query = f"?edition={self._edition}" if kind == "sections" else ""
        if kind == "sections" or random.random() < 0.6:
            return "rename", ("PATCH", f"{EDITORIAL}/{kind}/{one}{query}", {"slug": other}, {})
        return "merge", ("PUT", f"{EDITORIAL}/{kind}/{one}/merge", {"into": other}, {})

    def _turn(self, key: str) -> tuple[str, EditRequest]:
        """Return a request for an article, whether its state allows that or not."""
        place, random = f"{EDITORIAL}/articles/{key}", self._random
        revision = self._known[key] - (random.random() < 0.1)
        guard = random.choice(({}, {"if-match": f'"{revision}"'}))
        turns: dict[str, EditRequest] = {
            "edit": ("PATCH", place, self._patch(), {"if-match": f'"{revision}"'}),
            "unguarded edit": ("PATCH", place, self._patch(), {}),
            "publish": ("PUT", f"{place}/publication", self._at(), guard),
            "unschedule": ("DELETE", f"{place}/publication", None, guard),
            "bump": ("PUT", f"{place}/bump", self._at(), guard),
            "withdraw": ("PUT", f"{place}/withdrawal", random.choice(({}, {"notice": "Wrong."})), guard),
            "restore": ("DELETE", f"{place}/withdrawal", None, guard),
            "delete": ("DELETE", place, None, guard),
        }
        weights = (8, 1, 5, 2, 4, 3, 3, 1)
        name = random.choices(list(turns), weights)[0]
        return name, turns[name]

    def _content(self) -> dict[str, Any]:
        random, self._made = self._random, self._made + 1
        given = {"headline": random.choice((f"Story {self._made}", "The same again")), "edition": self._edition}
        given |= {name: each for name, each in self._members().items() if random.random() < 0.5}
        if random.random() < 0.4:
            given["published_at"] = self._at().get("at", format_instant(self.now, UTC))
        if random.random() < 0.15:
            given["status"] = random.choice(("draft", "published", "withdrawn", "scheduled", "nonsense"))
        return given

    def _patch(self) -> dict[str, Any]:
        random = self._random
        members = {**self._members(), "headline": f"Again {random.randrange(9)}", "lead": None}
        patch: dict[str, Any] = {name: members[name] for name in random.sample(sorted(members), random.choice((1, 2)))}
        if random.random() < 0.2:
            patch["note"] = {"type": random.choice(("correction", "update")), "text": "It was otherwise."}
        if random.random() < 0.1:
            patch |= random.choice(({"status": "draft"}, {"headline": None}, {"nothing": 1}, {"revisions": []}))
        return patch

    def _members(self) -> dict[str, Any]:
        random = self._random
        others = [*self._known, "cms:0", "cms:1", "cms:9"]
        return {
            "slug": random.choice(("one", "two", "three", "four", "five", "six", None, None, None)),
            "section": random.choices(("city", "world", None, "unheard-of"), (4, 3, 2, 1))[0],
            "tags": random.sample(NAMES["tags"][:4], random.randrange(4)),
            "authors": random.choices((["ada"], ["ben", "ada"], [], ["nobody"]), (4, 3, 2, 1))[0],
            "label": random.choice(("opinion", None)),
            "alert": random.random() < 0.3,
            "expires_at": random.choice((None, None, None, None, self._at().get("at"))),
            "embargoed_until": random.choice((None, None, None, self._at().get("at"))),
            "language": random.choice(LANGUAGES),
            "translations": random.sample(others, random.choice((0, 1, 1, 2))),
            "related": random.sample(others, 2),
            "body": [{"type": "paragraph", "html": f"<b>Text</b> {random.randrange(99)}"}],
        }

    def _at(self) -> dict[str, str]:
        """Return an instant of the past or of the near future, or none."""
        minutes = self._random.choice((None, None, -600, -1, 0, 1, 2, 30))
        return {} if minutes is None else {"at": format_instant(self.now + minutes * MINUTE_US, UTC)}

    def _name(self) -> dict[str, str]:
        return self._random.choice(({}, {"idempotency-key": f"{self._edition}-{self._random.randrange(8)}"}))

    def _headers(self, editor: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self._keys[editor]}"}

    async def _send(self, editor: str, edit: EditRequest) -> httpx.Response:
        method, path, given, headers = edit
        return await self._client.request(method, path, json=given, headers={**headers, **self._headers(editor)})
