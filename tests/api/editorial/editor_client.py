"""An editor at work in tests: a client that shows a key, and the few moves that every test makes."""

from typing import Any

import httpx

from app.domain.article_status import ArticleStatus

EDITORIAL = "/v1/editorial"
ARTICLES = f"{EDITORIAL}/articles"
YESTERDAY, TODAY, TOMORROW = "2026-11-19T10:00:00Z", "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"
NOTICE = {"reason": "A letter from the harbour's lawyers.", "notice": "The figures were last year's."}

Json = dict[str, Any]


class Desk:
    """A client of the newsroom's side with one key; addresses stand below `/v1/editorial`."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"}
        self.warnings: list[Json] = []
        """The warnings of the last write that `done` made."""

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Ask for something; `if_match="…"` and the like are headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        brought: Json = {} if body is None else {"json": body}
        return await self.client.request(method, f"{EDITORIAL}{path}", headers={**self.headers, **named}, **brought)

    async def done(self, method: str, path: str, body: Any = None, **headers: str) -> Json:
        """The same where nothing may go wrong: what was answered."""
        answer = await self.send(method, path, body, **headers)
        assert answer.is_success, answer.text
        content: Json = answer.json()
        if method != "GET":
            self.warnings = content.pop("warnings", [])
        return content

    async def make(self, **members: Any) -> Json:
        """A new article, called after its source_id where it has no headline; a draft unless dated."""
        given = {"headline": f"Story {members.get('source_id', 'without a name')}", **members}
        return await self.done("POST", "/articles", given)

    async def make_in(self, status: ArticleStatus, **members: Any) -> Json:
        """A new article of this status."""
        dates = {ArticleStatus.SCHEDULED: {"published_at": TOMORROW}, ArticleStatus.DRAFT: {}}
        made = await self.make(**{**dates.get(status, {"published_at": TODAY}), **members})
        if status is ArticleStatus.WITHDRAWN:
            made = await self.withdraw(made)
        assert made["status"] == status
        return made

    async def edit(self, article: Json, patch: Json, **headers: str) -> Json:
        """The article after a merge patch, whatever its revision."""
        return await self.done("PATCH", f"/articles/{article['id']}", patch, **{"if_match": "*", **headers})

    async def read(self, article: Json) -> Json:
        """The article as it is now."""
        return await self.done("GET", f"/articles/{article['id']}")

    async def publish(self, article: Json, at: str | None = None) -> Json:
        """The article, published or scheduled."""
        return await self.done("PUT", f"/articles/{article['id']}/publication", {} if at is None else {"at": at})

    async def withdraw(self, article: Json, **told: str) -> Json:
        """The article, withdrawn."""
        return await self.done("PUT", f"/articles/{article['id']}/withdrawal", told or NOTICE)

    async def restore(self, article: Json) -> Json:
        """The article, public again."""
        return await self.done("DELETE", f"/articles/{article['id']}/withdrawal")

    async def push(self, source_id: str, body: Json, *, edition: str = "global", **headers: str) -> httpx.Response:
        """A push by source_id, which stands in the address as it is given."""
        return await self.send("PUT", f"/editions/{edition}/articles/{source_id}", body, **headers)


def saved(answer: httpx.Response) -> Json:
    """Return the article or entry of a write's response, without the warnings."""
    content: Json = answer.json()
    assert isinstance(content.pop("warnings"), list)
    return content


def said(article: Json) -> Json:
    """What an article says and where it stands, without who saved it when and how often."""
    counted = {"revision", "version", "modified_at", "modified_by", "created_at"}
    return {name: value for name, value in article.items() if name not in counted}


def wrong(answer: httpx.Response) -> dict[str, str]:
    """The places a 422 names, with what it says of each."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "private, no-store"
    return {each["where"]: each["message"] for each in answer.json()["errors"]}


def etag(article: Json) -> str:
    """The editor's entity tag of an article."""
    return f'"{article["revision"]}"'
