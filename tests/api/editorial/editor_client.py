"""Client of an editor in tests: it sends a key, and has a method for each common request."""

from typing import Any

import httpx

from app.domain.article_status import ArticleStatus

EDITORIAL = "/v1/editorial"
ARTICLES = f"{EDITORIAL}/articles"
YESTERDAY, TODAY, TOMORROW = "2026-11-19T10:00:00Z", "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"
NOTICE = {"reason": "A letter from the harbour's lawyers.", "notice": "The figures were last year's."}

Json = dict[str, Any]


class Desk:
    """Client of the editorial API with one key; paths are below `/v1/editorial`."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"}
        self.warnings: list[Json] = []
        """Warnings of the last write that `done` sent."""

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request; `if_match="…"` and the like are header fields."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        brought: Json = {} if body is None else {"json": body}
        return await self.client.request(method, f"{EDITORIAL}{path}", headers={**self.headers, **named}, **brought)

    async def done(self, method: str, path: str, body: Any = None, **headers: str) -> Json:
        """Send a request that has to succeed, and return the body of the response."""
        response = await self.send(method, path, body, **headers)
        assert response.is_success, response.text
        content: Json = response.json()
        if method != "GET":
            self.warnings = content.pop("warnings", [])
        return content

    async def make(self, **members: Any) -> Json:
        """Create an article, named after its source_id where it has no headline; a draft unless dated."""
        given = {"headline": f"Story {members.get('source_id', 'without a name')}", **members}
        return await self.done("POST", "/articles", given)

    async def make_in(self, status: ArticleStatus, **members: Any) -> Json:
        """Create an article of this status."""
        dates = {ArticleStatus.SCHEDULED: {"published_at": TOMORROW}, ArticleStatus.DRAFT: {}}
        made = await self.make(**{**dates.get(status, {"published_at": TODAY}), **members})
        if status is ArticleStatus.WITHDRAWN:
            made = await self.withdraw(made)
        assert made["status"] == status
        return made

    async def edit(self, article: Json, patch: Json, **headers: str) -> Json:
        """Apply a merge patch to the article, whatever its revision, and return it."""
        return await self.done("PATCH", f"/articles/{article['id']}", patch, **{"if_match": "*", **headers})

    async def read(self, article: Json) -> Json:
        """Return the article as it is now."""
        return await self.done("GET", f"/articles/{article['id']}")

    async def publish(self, article: Json, at: str | None = None) -> Json:
        """Publish or schedule the article, and return it."""
        return await self.done("PUT", f"/articles/{article['id']}/publication", {} if at is None else {"at": at})

    async def withdraw(self, article: Json, **withdrawal: str) -> Json:
        """Withdraw the article, and return it."""
        return await self.done("PUT", f"/articles/{article['id']}/withdrawal", withdrawal or NOTICE)

    async def restore(self, article: Json) -> Json:
        """Restore the article, and return it."""
        return await self.done("DELETE", f"/articles/{article['id']}/withdrawal")

    async def push(self, source_id: str, body: Json, *, edition: str = "global", **headers: str) -> httpx.Response:
        """Upsert by source_id, which is in the path as it is given."""
        return await self.send("PUT", f"/editions/{edition}/articles/{source_id}", body, **headers)


def saved(response: httpx.Response) -> Json:
    """Return the article or entry of a write's response, without the warnings."""
    content: Json = response.json()
    assert isinstance(content.pop("warnings"), list)
    return content


def comparable(article: Json) -> Json:
    """Return the editorial members and state of an article, without author, time and number of its last save."""
    counted = {"revision", "version", "modified_at", "modified_by", "created_at"}
    return {name: value for name, value in article.items() if name not in counted}


def wrong(response: httpx.Response) -> dict[str, str]:
    """Return the messages of a 422 by location."""
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "private, no-store"
    return {each["where"]: each["message"] for each in response.json()["errors"]}


def etag(article: Json) -> str:
    """Return the editor's entity tag of an article."""
    return f'"{article["revision"]}"'
