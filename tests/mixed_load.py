"""Bounded load of requests from clients, editors and webhook receivers, for tests that measure a server."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from tests.raw_client import RawClient, Response

ENCODINGS = ("", "gzip", "br", "zstd", "gzip, br", "br;q=0.5, zstd", "identity", "deflate, gzip;q=0.2, *;q=0")
ZONES = ("Europe/Kyiv", "UTC", "Asia/Kolkata", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe")
FEEDS = ("rss.xml", "atom.xml", "feed.json", "ninjs.json", "news-sitemap.xml", "sitemap.xml")
MEMBERS = ("headline", "lead", "label", "section", "tags", "authors", "published_at", "url", "image")
REQUESTS_PER_CONNECTION = (1, 60)
STREAM_SECONDS = (0.0, 8.0)
WORDS = ("harbour", "tram", "night", "council", "storm", "budget", "bridge", "school", "market", "river")
JSON = {"content-type": "application/json"}


@dataclass(slots=True)
class Catalogue:
    """Names and ids that requests choose from, read from the server at the start."""

    edition: str = ""
    names: dict[str, list[str]] = field(default_factory=dict)
    articles: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)


class MixedLoad:
    """Reads, writes, streams and broken connections at a rate, until the deadline.

    Every request draws its kind, filters and encodings at random, so that most queries are new; a
    part is drawn from a few hot ones. `token` is a key that may read, write and publish.
    """

    def __init__(self, port: int, *, token: str, rate: float, seed: int = 1) -> None:
        self.statuses: Counter[int] = Counter()
        self.kinds: Counter[str] = Counter()
        self.failed = 0  # requests without a response
        self._port = port
        self._token = token
        self._rate = rate
        self._random = Random(seed)
        self._catalogue = Catalogue()
        self._own: list[tuple[str, str]] = []
        self._streams: set[asyncio.Task[int]] = set()

    async def run(self, seconds: float, *, clients: int = 12) -> None:
        """Send the load; every client ends by itself within a few seconds after the time."""
        await self._read_catalogue()
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                group.create_task(self._visit(until, clients / self._rate, number))
        await asyncio.gather(*self._streams)

    async def _visit(self, until: float, pause: float, number: int) -> None:
        """Connect, send some requests and disconnect, in a loop."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._random.random() * pause
        while due < until:
            async with RawClient(self._port, source=f"127.0.{number % 8}.{self._random.randrange(1, 250)}") as client:
                for _ in range(self._random.randrange(*REQUESTS_PER_CONNECTION)):
                    await asyncio.sleep(max(0.0, due - loop.time()))
                    due = max(due + pause, loop.time() - 1.0)
                    if due >= until or not client.is_open:
                        break
                    kind, action = self._choose()
                    self.kinds[kind] += 1
                    try:
                        await action(client)
                    except (OSError, asyncio.IncompleteReadError, TimeoutError):
                        self.failed += 1
                        client.is_open = False

    def _choose(self) -> tuple[str, Callable[[RawClient], Awaitable[None]]]:
        kinds: list[tuple[int, str, Callable[[RawClient], Awaitable[None]]]] = [
            (30, "hot", self._read_hot),
            (36, "cold", self._read_cold),
            (8, "article", self._read_article),
            (5, "conditional", self._read_again),
            (5, "error", self._read_wrong),
            (4, "changes", self._read_changes),
            (6, "write", self._write),
            (2, "editorial", self._read_editorial),
            (2, "stream", self._stream),
            (1, "broken", self._break_off),
            (1, "export", self._export),
        ]
        (found,) = self._random.choices(kinds, weights=[weight for weight, *_ in kinds])
        return found[1], found[2]

    async def _get(self, client: RawClient, path: str, query: Any = "", **headers: str) -> Response:
        text = query if isinstance(query, str) else urlencode(query)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        encoding = self._random.choice(ENCODINGS)
        if encoding:
            named["accept-encoding"] = encoding
        found = await client.request("GET", f"{path}?{text}" if text else path, headers=named)
        self.statuses[found.status] += 1
        return found

    async def _read_catalogue(self) -> None:
        async with RawClient(self._port) as client:
            for kind, path in (("tag", "tags"), ("author", "authors"), ("section", "sections"), ("label", "labels")):
                found = await client.request("GET", f"/v1/{path}?limit=200" if kind != "label" else "/v1/labels")
                items = json.loads(found.body)["items"]
                self._catalogue.names[kind] = [item.get("slug") or item["code"] for item in items]
            href = "/v1/timeline?limit=200"
            while href and len(self._catalogue.articles) < 2_000:
                page = json.loads((await client.request("GET", href)).body)
                self._catalogue.edition = page["edition"]
                for day in page["days"]:
                    self._catalogue.days.append(day["date"])
                    self._catalogue.articles += [item["id"] for item in day["items"]]
                href = page["next"]["href"] if page["next"] else ""
        self._catalogue.days = sorted(set(self._catalogue.days))

    def _filters(self) -> list[tuple[str, str]]:
        """Return a random number of names of random kinds: most forms of the query are new."""
        random, pairs = self._random, list[tuple[str, str]]()
        for kind in random.sample(sorted(self._catalogue.names), random.choice((0, 1, 1, 2, 2, 3))):
            names = self._catalogue.names[kind]
            pairs += [(kind, name) for name in random.sample(names, min(len(names), random.choice((1, 1, 2, 3, 5))))]
        if random.random() < 0.3:
            pairs += [(name, self._moment()) for name in random.choice((["from"], ["to"]))]
        if random.random() < 0.2:
            pairs += [("exclude", random.choice(self._catalogue.articles)) for _ in range(random.randrange(1, 5))]
        if random.random() < 0.2:
            pairs.append(("fields", ",".join(random.sample(MEMBERS, random.randrange(1, len(MEMBERS))))))
        return pairs

    def _moment(self) -> str:
        day = self._random.choice(self._catalogue.days)
        clock = f"T{self._random.randrange(24):02}:{self._random.randrange(60):02}:{self._random.randrange(60):02}Z"
        return day if self._random.random() < 0.5 else day + clock

    async def _read_hot(self, client: RawClient) -> None:
        day = self._catalogue.days[-1 - self._random.randrange(min(4, len(self._catalogue.days)))]
        paths = ("/v1/timeline", "/v1/timeline?limit=20", "/v1/articles", "/v1", f"/v1/timeline/{day}", "/v1/editions")
        await self._get(client, self._random.choice(paths))

    async def _read_cold(self, client: RawClient) -> None:
        random, names = self._random, self._catalogue.names
        query = [*self._filters(), ("limit", str(random.randrange(1, 60)))]
        kind = random.choice(
            ("timeline", "timeline", "articles", "articles", "day", "calendar", "entry", "feed", "walk")
        )
        if kind == "day":
            query = [*query[:-1], ("tz", random.choice(ZONES))]
            await self._get(client, f"/v1/timeline/{random.choice(self._catalogue.days)}", query)
        elif kind == "calendar":
            day = random.choice(self._catalogue.days)
            await self._get(client, "/v1/timeline/calendar", [("from", day), ("tz", random.choice(ZONES))])
        elif kind == "entry":
            what = random.choice(("tag", "author", "section"))
            await self._get(client, f"/v1/{what}s/{random.choice(names[what])}/articles", query)
        elif kind == "feed":
            name = random.choice(FEEDS)
            pairs = [] if name == "sitemap.xml" else [("tag", random.choice(names["tag"]))]
            await self._get(client, f"/feeds/{self._catalogue.edition}/{name}", pairs)
        elif kind == "walk":
            found = await self._get(client, "/v1/timeline", query)
            for _ in range(random.randrange(3)):
                page = json.loads(found.decoded()) if found.status == 200 else {}
                if not page.get("next"):
                    return
                found = await self._get(client, page["next"]["href"])
        else:
            if random.random() < 0.2:
                query.append(("utm_source", f"{random.getrandbits(40):x}"))
            await self._get(client, f"/v1/{kind}", query)

    async def _read_article(self, client: RawClient) -> None:
        article = self._random.choice(self._catalogue.articles)
        suffix = self._random.choice(("", "", "", "/related", "/history", "/json-ld", "/ninjs"))
        body = "" if suffix else self._random.choice(("", "body=html", "body=text", "body=none"))
        await self._get(client, f"/v1/articles/{article}{suffix}", body)

    async def _read_again(self, client: RawClient) -> None:
        path = f"/v1/timeline?limit={self._random.randrange(1, 40)}"
        found = await self._get(client, path)
        if "etag" in found.headers:
            await self._get(client, path, if_none_match=found.headers["etag"])

    async def _read_wrong(self, client: RawClient) -> None:
        noise = f"{self._random.getrandbits(48):x}"
        paths = (
            *(f"/v1/articles/no-such-{noise}", f"/v1/timeline?limit={noise}", f"/{noise}", f"/v1/timeline?tz={noise}"),
            *(
                f"/v1/tags/{noise}",
                f"/v1/timeline?cursor={noise}",
                f"/v1/timeline?tag={noise}",
                "/v1/timeline/2024-02-31",
            ),
            f"/v1/articles?edition={noise}",
        )
        await self._get(client, self._random.choice(paths), authorization=f"Bearer dl_{noise}")

    async def _read_changes(self, client: RawClient) -> None:
        query = [*self._filters(), ("since", str(self._random.randrange(20_000))), ("limit", "50")]
        if self._random.random() < 0.1:
            query.append(("wait", "1"))
        await self._get(client, "/v1/changes", query)

    async def _read_editorial(self, client: RawClient) -> None:
        random = self._random
        status = random.choice(("", "status=draft", "status=published&limit=5", "status=withdrawn", "tag=tram"))
        path = random.choice(("articles", "articles", "changes", "keys", "webhooks", "tags", "editions"))
        headers = {"authorization": f"Bearer {self._token}"}
        await self._get(client, f"/v1/editorial/{path}", status if path == "articles" else "", **headers)

    async def _write(self, client: RawClient) -> None:
        """Create an article, or take the next step with one that was created before."""
        if len(self._own) < 5 or self._random.random() < 0.3:
            await self._create(client)
            return
        at = self._random.randrange(len(self._own))
        article, etag = self._own.pop(at)
        path = f"/v1/editorial/articles/{article}"
        steps: tuple[tuple[str, str, Any], ...] = (
            *(("PUT", "/publication", {}), ("PUT", "/withdrawal", {"reason": "An error.", "notice": "Withdrawn."})),
            *(("DELETE", "/withdrawal", None), ("PUT", "/bump", {}), ("DELETE", "", None)),
            *(("PATCH", "", self._content()), ("PATCH", "", {"headline": self._sentence()})),
            *(("GET", "/revisions", None), ("GET", "/preview", None)),
        )
        method, suffix, body = self._random.choice(steps)
        found = await self._send(client, method, path + suffix, body, if_match=etag)
        if suffix == "/preview" and found.status == 200:
            await self._get(client, json.loads(found.body)["href"])
        if method == "DELETE" and not suffix and found.status == 204:
            return
        if len(self._own) < 200:
            self._own.append((article, found.headers.get("etag", etag) if method != "GET" else etag))

    async def _create(self, client: RawClient) -> None:
        key = f"{self._random.getrandbits(64):x}"
        body = self._content() | ({"published_at": "2025-06-01T08:00:00Z"} if self._random.random() < 0.5 else {})
        found = await self._send(client, "POST", "/v1/editorial/articles", body, idempotency_key=key)
        if found.status == 201:
            self._own.append((json.loads(found.body)["id"], found.headers["etag"]))
        if self._random.random() < 0.1:
            await self._send(client, "POST", "/v1/editorial/articles", body, idempotency_key=key)

    async def _send(self, client: RawClient, method: str, path: str, body: Any, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["authorization"] = f"Bearer {self._token}"
        sent = b"" if body is None else json.dumps(body).encode()
        found = await client.request(method, path, headers=named | (JSON if sent else {}), body=sent)
        self.statuses[found.status] += 1
        return found

    def _sentence(self) -> str:
        return " ".join(self._random.choices(WORDS, k=6)) + f" {self._random.randrange(10**6)}"

    def _content(self) -> dict[str, Any]:
        names = self._catalogue.names
        return {
            "headline": self._sentence(),
            "lead": self._sentence(),
            "tags": self._random.sample(names["tag"], min(3, len(names["tag"]))),
            "authors": self._random.sample(names["author"], 1),
            "section": self._random.choice(names["section"]),
            "body": [{"type": "paragraph", "html": f"<em>{self._sentence()}</em>. " * 8} for _ in range(4)],
        }

    async def _stream(self, client: RawClient) -> None:
        """Open a stream on a connection of its own, read for a while, and abort the connection."""
        query = urlencode([pair for pair in self._filters() if pair[0] in self._catalogue.names][:3])
        seconds = self._random.uniform(*STREAM_SECONDS)
        streaming = asyncio.create_task(client.follow(f"/v1/stream?{query}", seconds))
        self._streams.add(streaming)
        streaming.add_done_callback(self._streams.discard)

    async def _break_off(self, client: RawClient) -> None:
        """Abort a connection in the middle: of a head, of a body, or of the response."""
        heads = (
            b"GET /v1/timeline HTTP/1.1\r\nhost: a\r\nx-half: ",
            b"POST /v1/editorial/articles HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\n\r\n{",
            b"GET /v1/articles?limit=200&body=html HTTP/1.1\r\nhost: a\r\n\r\n",
            b"\x16\x03\x01 not HTTP\r\n\r\n",
        )
        await client.send_and_leave(self._random.choice(heads))

    async def _export(self, client: RawClient) -> None:
        """Export the articles of a tag, or begin to export everything and abort the connection."""
        tag = self._random.choice(self._catalogue.names["tag"])
        if self._random.random() < 0.5:
            await self._get(client, "/v1/export", f"tag={tag}")
        else:
            await client.send_and_leave(b"GET /v1/export HTTP/1.1\r\nhost: a\r\n\r\n", pause_s=0.05)
