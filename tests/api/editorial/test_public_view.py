"""Changes of the public view: none is possible without `articles:publish`."""

from typing import Any, NamedTuple

import httpx
import orjson
import pytest

from app.domain.article_status import ArticleStatus
from tests.api.editorial.editor_client import TODAY, TOMORROW, YESTERDAY, Desk, Json
from tests.api.http.test_problems import check_problem

NOTE = {"type": "correction", "text": "It was not so."}
TEXT: Json = {"headline": "Rewritten", "lead": "By hand.", "section": "world", "tags": ["brand-new"], "slug": "taken"}
EVERYTHING = "edition=*&limit=200"


class Attempt(NamedTuple):
    """Request that a key without `articles:publish` sends."""

    method: str
    path: str
    body: Json | None = None


@pytest.fixture
async def staged(desk: Desk) -> dict[ArticleStatus, Json]:
    """Create an article of each status, with old slugs, notes and references among them, beside others."""
    await desk.make(source_id="older", published_at=YESTERDAY, tags=["fog"], section="city")
    members = {"section": "city", "tags": ["trams"], "authors": ["oleh-raida"], "related": ["older", "awaited"]}
    made = {
        status: await desk.make_in(status, source_id=status, slug=f"old-{status}", **members)
        for status in (ArticleStatus.DRAFT, ArticleStatus.SCHEDULED, ArticleStatus.PUBLISHED)
    }
    public = await desk.make(source_id=ArticleStatus.WITHDRAWN, slug="old-withdrawn", published_at=TODAY, **members)
    await desk.edit(public, {"slug": "new-withdrawn", "note": NOTE})
    made[ArticleStatus.WITHDRAWN] = await desk.withdraw(public)
    made[ArticleStatus.PUBLISHED] = await desk.edit(
        made[ArticleStatus.PUBLISHED], {"slug": "new-published", "note": NOTE}
    )
    return made


async def public_view(client: httpx.AsyncClient, articles: dict[ArticleStatus, Json]) -> dict[str, Any]:
    """Return the public responses in which an article, its slugs or its names could appear."""
    one = [article["id"] for article in articles.values()]
    slugs = [f"{age}-{status}" for age in ("old", "new") for status in ArticleStatus]
    names = [*one, *slugs, "taken", "rewritten", "story-draft"]
    addresses = [
        "/v1",
        "/v1/editions",
        "/v1/timeline?limit=200&total=true",
        "/v1/timeline?edition=ua",
        "/v1/timeline/2026-11-20",
        "/v1/timeline/2026-11-21",
        "/v1/timeline/calendar",
        f"/v1/articles?{EVERYTHING}&body=none",
        "/v1/articles?body=html&limit=50",
        "/v1/articles?" + "&".join(f"id={each}" for each in one),
        "/v1/articles?exclude=taken&exclude=old-published",
        *(f"/v1/articles?{kind}={name}" for kind, name in FACETS),
        *(f"/v1/{kind}s" for kind in ("author", "section", "tag", "label")),
        *(f"/v1/{kind}s/{name}" for kind, name in FACETS if kind != "label"),
        *(f"/v1/articles/{name}{tail}" for name in names for tail in ("", "/related", "/history")),
        "/v1/changes?since=0&limit=200",
        "/v1/changes?edition=*&limit=200",
    ]
    view: dict[str, Any] = {}
    for address in addresses:
        response = await client.get(address)
        assert response.status_code in {200, 308, 404, 410}, address
        content = orjson.loads(response.content) if response.content else response.headers["location"]
        view[address] = (response.status_code, response.headers.get("etag"), content)
    return view


FACETS = (
    ("tag", "trams"),
    ("tag", "brand-new"),
    ("section", "world"),
    ("section", "city"),
    ("author", "oleh-raida"),
    ("label", "opinion"),
)


def attempts(article: Json, others: dict[ArticleStatus, Json]) -> list[Attempt]:
    """Return every request that could change one article, except its deletion."""
    is_first = article["status"] == ArticleStatus.DRAFT
    here = f"/articles/{article['id']}"
    by_name = f"/editions/global/articles/{article['source_id']}"
    texts: list[Json] = [
        TEXT,
        {**TEXT, "note": NOTE},
        {**TEXT, "slug": "old-published"},
        {**TEXT, "slug": "old-withdrawn"},
        {"note": NOTE},
        {"related": [others[ArticleStatus.DRAFT]["id"]]},
        {"updated_at": TODAY},
    ]
    standings: list[Json] = [
        {"published_at": YESTERDAY},
        {"published_at": TOMORROW},
        {"published_at": "2026-11-20T12:00:00.000001Z"},
        {"published_at": TODAY, "status": "published"},
        {"published_at": TOMORROW, "status": "scheduled"},
        {"published_at": None},
        {"status": "withdrawn"},
        {"status": "withdrawn", "published_at": TODAY, "withdrawal": {"notice": "Gone."}},
        {"status": "published"},
        {"status": "draft"},
        {"withdrawal": {"notice": "Another."}},
        {"first_published_at": YESTERDAY},
    ]
    return [
        *(Attempt("PATCH", here, patch) for patch in (*texts, *standings)),
        *(Attempt("PUT", by_name, {"headline": "Pushed", **text}) for text in (*texts, *standings, {})),
        *(Attempt("POST", "/articles", {"headline": "New", **text}) for text in (*texts, *standings) if is_first),
        Attempt("POST", "/articles", {"headline": "Awaited", "source_id": "awaited"}),
        Attempt("POST", "/articles", {"headline": "Again", "id": article["id"], "published_at": TODAY}),
        Attempt("PUT", f"{here}/publication", {}),
        Attempt("PUT", f"{here}/publication", {"at": YESTERDAY}),
        Attempt("PUT", f"{here}/publication", {"at": TOMORROW}),
        Attempt("DELETE", f"{here}/publication"),
        Attempt("PUT", f"{here}/bump", {}),
        Attempt("PUT", f"{here}/bump", {"at": YESTERDAY, "note": NOTE}),
        Attempt("PUT", f"{here}/withdrawal", {"notice": "Gone."}),
        Attempt("DELETE", f"{here}/withdrawal"),
    ]


async def test_public_view_is_unchanged_without_the_publish_scope(
    desk: Desk, drafter: Desk, staged: dict[ArticleStatus, Json]
) -> None:
    before = await public_view(desk.client, staged)
    accepted: dict[ArticleStatus, set[str]] = {status: set() for status in ArticleStatus}
    for status in reversed(ArticleStatus):
        for attempt in attempts(staged[status], staged):
            response = (
                await drafter.send(*attempt, if_match="*")
                if attempt.method == "PATCH"
                else (await drafter.send(*attempt))
            )
            assert response.status_code in {200, 201, 403, 409, 422}, (attempt, response.text)
            if response.is_success:
                accepted[status].add(attempt.method)
                assert response.json()["status"] == "draft" or response.json()["revision"] == staged[status]["revision"]
    assert await public_view(desk.client, staged) == before
    assert accepted[ArticleStatus.DRAFT] == {"POST", "PATCH", "PUT"}
    assert not any(accepted[status] - {"POST"} for status in ArticleStatus if status is not ArticleStatus.DRAFT)


@pytest.mark.soak
async def test_public_view_is_unchanged_by_each_attempt(
    desk: Desk, drafter: Desk, staged: dict[ArticleStatus, Json]
) -> None:
    light = ("/v1/articles?edition=*&limit=200", "/v1/changes?edition=*&limit=200", "/v1/tags")
    slugs = [f"/v1/articles/old-{status}" for status in ArticleStatus]

    async def has_changed() -> list[tuple[int, bytes]]:
        responses = [await desk.client.get(address) for address in (*light, *slugs)]
        return [(response.status_code, response.content) for response in responses]

    before = await has_changed()
    for article in staged.values():
        for attempt in attempts(article, staged):
            await drafter.send(*attempt, if_match="*")
            assert await has_changed() == before, attempt


async def test_only_drafts_are_deletable_without_the_publish_scope(
    desk: Desk, drafter: Desk, staged: dict[ArticleStatus, Json]
) -> None:
    before = await public_view(desk.client, staged)
    for status in (ArticleStatus.SCHEDULED, ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN):
        check_problem(await drafter.send("DELETE", f"/articles/{staged[status]['id']}"), "forbidden")
    awaited = await drafter.make(source_id="awaited")
    for article in (staged[ArticleStatus.DRAFT], awaited):
        assert (await drafter.send("DELETE", f"/articles/{article['id']}")).status_code == 204
    assert await public_view(desk.client, staged) == before


async def test_publish_scope_changes_the_public_view_by_each_attempt(
    desk: Desk, staged: dict[ArticleStatus, Json]
) -> None:
    """Show that the tests above can fail."""
    before = await public_view(desk.client, staged)
    await desk.edit(staged[ArticleStatus.PUBLISHED], {"lead": "Another."})
    edited = await public_view(desk.client, staged)
    assert edited != before
    await desk.make(slug="old-published", headline="Takes the old slug", published_at=TODAY)
    assert (await public_view(desk.client, staged))["/v1/articles/old-published"] != edited[
        "/v1/articles/old-published"
    ]
    changed = [address for address, response in edited.items() if response != before[address]]
    assert "/v1/changes?since=0&limit=200" in changed
