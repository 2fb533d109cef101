"""Mirror by webhooks: it copies once, and then applies each message with its position."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import orjson

from app.domain.webhook import REMOVAL_TYPES
from tests.webhooks.source_server import Source

TABLES = """
    CREATE TABLE IF NOT EXISTS articles (id TEXT PRIMARY KEY, article TEXT, by_message INTEGER);
    CREATE TABLE IF NOT EXISTS waiting (place INTEGER PRIMARY KEY, message TEXT);
    CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY, seq INTEGER, is_stale INTEGER);
    INSERT OR IGNORE INTO place VALUES (1, 0, 1);
"""


class WebhookMirror:
    """File as docs/webhooks.md advises: only messages above the highest `seq` are new, and none is applied twice.

    Entries that articles show may have been edited in the catalogue: then the file is stale, messages are put aside,
    and the articles are copied again. All of this is in the file, so that it continues from there at any time.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._copy = sqlite3.connect(file)
        self._copy.executescript(f"PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; {TABLES}")

    @property
    def seq(self) -> int:
        """Return the last change that is in the file, or put aside there."""
        return int(self._copy.execute("SELECT seq FROM place").fetchone()[0])

    @property
    def is_stale(self) -> bool:
        """Return whether the articles have to be copied again."""
        return bool(self._copy.execute("SELECT is_stale FROM place").fetchone()[0])

    def take(self, message: Any) -> bool:
        """Store a message and its position in one transaction; return False if it was stored before."""
        with self._copy:
            if message["data"]["seq"] <= self.seq:
                return False
            self._copy.execute("UPDATE place SET seq = ?", (message["data"]["seq"],))
            if self.is_stale:
                self._copy.execute("INSERT INTO waiting (message) VALUES (?)", (json.dumps(message),))
            else:
                self._apply(message)
        return True

    def _apply(self, message: Any) -> None:
        article = message["data"]["article"]
        if article is None:
            assert message["data"]["entry"].keys() >= {"kind", "slug", "href"}
            self._copy.execute("UPDATE place SET is_stale = 1")
        elif message["type"] in REMOVAL_TYPES:
            assert article.keys() == {"id", "href"}
            self._copy.execute("DELETE FROM articles WHERE id = ?", (article["id"],))
        else:
            self._copy.execute("REPLACE INTO articles VALUES (?, ?, 1)", (article["id"], json.dumps(article)))

    async def copy_again(self, source: Source, params: dict[str, Any]) -> None:
        """Copy all articles in one transaction, and apply the messages received meanwhile about later changes."""
        wanted = {**params, "body": "blocks"}
        async with source.connect() as client, client.stream("GET", "/v1/export", params=wanted) as response:
            lines = [line async for line in response.raise_for_status().aiter_lines()]
        as_of = int(response.headers["dayline-as-of"])
        copied = [(orjson.loads(line)["id"], line) for line in lines]
        with self._copy:
            self._copy.execute("DELETE FROM articles")
            self._copy.executemany("INSERT INTO articles VALUES (?, ?, 0)", copied)
            self._copy.execute("UPDATE place SET seq = max(seq, ?), is_stale = 0", (as_of,))
            for (text,) in self._copy.execute("SELECT message FROM waiting ORDER BY place").fetchall():
                message = json.loads(text)
                if message["data"]["seq"] > as_of:
                    self._apply(message)
            self._copy.execute("DELETE FROM waiting")

    def go_back(self, since: int) -> None:
        """Expect everything after a change again, because of a replay."""
        with self._copy:
            self._copy.execute("UPDATE place SET seq = min(seq, ?)", (since,))

    def held(self) -> dict[str, tuple[Any, bool]]:
        """Return the articles by id, and whether a message or a copy wrote them last."""
        found = self._copy.execute("SELECT id, article, by_message FROM articles")
        return {name: (json.loads(text), bool(by_message)) for name, text, by_message in found}

    def close(self) -> None:
        """Close the file."""
        self._copy.close()
