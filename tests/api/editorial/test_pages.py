"""Pages: articles that lists contain only where their format is requested."""

from typing import Any

import httpx

from app.domain.article_status import ArticleStatus
from tests.api.editorial.editor_client import TODAY, TOMORROW, Desk, wrong
from tests.api.http.test_problems import check_problem

FILED: dict[str, Any] = {"section": "city", "tags": ["trams"], "authors": ["iryna-dovhan"], "label": "opinion"}
ALL = ["article", "gallery", "video", "audio", "page"]


async def headlines(client: httpx.AsyncClient, path: str, **requested: Any) -> list[str]:
    response = await client.get(path, params=requested or None)
    assert response.status_code == 200, response.text
    page = response.json()
    items = page["items"] if "items" in page else [item for day in page["days"] for item in day["items"]]
    return [item["headline"] for item in items if item]


async def test_page_is_listed_on_request_only(desk: Desk) -> None:
    client = desk.client
    await desk.make(source_id="news", headline="News", published_at="2026-11-20T09:00:00Z", **FILED)
    page = await desk.make(source_id="about", headline="About us", format="page", published_at=TODAY, **FILED)
    entries = ("/v1/sections/city/articles", "/v1/tags/trams/articles", "/v1/authors/iryna-dovhan/articles")
    for path in ("/v1/articles", *entries, "/v1/articles?label=opinion", "/v1/articles?edition=*"):
        joined = "&" if "?" in path else "?"
        assert await headlines(client, path) == ["News"], path
        assert await headlines(client, f"{path}{joined}format=page") == ["About us"], path
        assert await headlines(client, f"{path}{joined}format=page&format=article") == ["About us", "News"], path
    by_id = f"/v1/articles?id={page['id']}"
    assert (await headlines(client, by_id), await headlines(client, f"{by_id}&format=page")) == ([], ["About us"])
    exported = await client.get("/v1/export")
    assert "About us" not in exported.text
    assert "About us" in (await client.get("/v1/export", params={"format": ALL})).text
    for key in (page["id"], page["slug"]):
        assert (await client.get(f"/v1/articles/{key}")).json()["format"] == "page"
    assert (await client.get("/v1/resolve", params={"url": page["url"]})).status_code == 200


async def test_page_is_never_in_timeline_feeds_news_sitemap_neighbours_and_related(desk: Desk) -> None:
    client = desk.client
    await desk.make(headline="Old", published_at="2026-11-18T09:00:00Z", **FILED)
    page = await desk.make(headline="About us", format="page", published_at="2026-11-19T09:00:00Z", **FILED)
    new = await desk.make(headline="New", published_at=TODAY, related=[page["id"]], **FILED)
    assert await headlines(client, "/v1/timeline") == ["New", "Old"]
    day = (await client.get("/v1/timeline/2026-11-19?total=true")).json()["day"]
    assert (day["items"], day["total"]) == ([], 0)
    calendar = (await client.get("/v1/timeline/calendar?from=2026-11-01")).json()
    assert [day["date"] for day in calendar["days"]] == ["2026-11-18", "2026-11-20"]
    for path in ("rss.xml", "atom.xml", "feed.json", "ninjs.json", "news-sitemap.xml", "atom/2026-11-19.xml"):
        response = await client.get(f"/feeds/global/{path}")
        assert response.status_code == 200
        assert "About us" not in response.text, path
    for path in ("/v1/timeline", "/v1/timeline/2026-11-19", "/v1/timeline/calendar", "/feeds/global/rss.xml"):
        assert [*wrong_query(await client.get(f"{path}?format=page"))] == ["format"]
    shown = (await client.get(f"/v1/articles/{new['id']}")).json()
    assert [item["headline"] for item in shown["related"]] == ["Old"]
    assert shown["neighbours"]["previous"]["headline"] == "Old"
    assert shown["neighbours"]["next"] is None
    about = (await client.get(f"/v1/articles/{page['id']}")).json()
    assert (about["related"], about["neighbours"]) == ([], {"previous": None, "next": None})


def wrong_query(response: httpx.Response) -> list[str]:
    assert response.status_code == 422
    return [each["where"] for each in check_problem(response, "invalid-input")["errors"]]


async def test_sitemap_has_pages(desk: Desk) -> None:
    page = await desk.make(headline="About us", format="page", published_at="2026-10-01T09:00:00Z")
    index = (await desk.client.get("/feeds/global/sitemap.xml")).text
    assert "2026-W40" in index
    assert page["url"] in (await desk.client.get("/feeds/global/sitemap/2026-W40.xml")).text


async def test_article_that_becomes_a_page_leaves_lists_and_changes(desk: Desk) -> None:
    client = desk.client
    earlier = await desk.make(headline="Earlier", published_at="2026-11-20T08:00:00Z", **FILED)
    later = await desk.make(headline="Later", published_at="2026-11-20T09:00:00Z", **FILED)
    related = f"/v1/articles/{later['id']}/related"
    assert await headlines(client, related) == ["Earlier"]
    since = (await client.get("/v1/changes")).json()["as_of"]
    await desk.edit(earlier, {"format": "page"})
    assert await headlines(client, "/v1/timeline") == ["Later"]
    assert await headlines(client, related) == []
    assert await headlines(client, "/v1/articles?format=page&tag=trams") == ["Earlier"]
    assert await kinds(client, since) == ["article.removed"]
    assert await kinds(client, since, format=["page"]) == ["article.updated"]
    assert await kinds(client, since, format=ALL) == ["article.updated"]
    since = (await client.get("/v1/changes")).json()["as_of"]
    await desk.edit(earlier, {"headline": "Imprint"})
    assert await kinds(client, since) == []
    assert await kinds(client, since, format=["page"], tag=["trams"]) == ["article.updated"]
    await desk.edit(earlier, {"format": "article"})
    assert await headlines(client, "/v1/timeline") == ["Later", "Imprint"]
    assert await headlines(client, related) == ["Imprint"]
    assert await kinds(client, since) == ["article.updated"]


async def kinds(client: httpx.AsyncClient, since: int, **requested: Any) -> list[str]:
    page = (await client.get("/v1/changes", params={"since": since, **requested})).json()
    return [item["type"] for item in page["items"]]


async def test_tag_of_a_page_alone_is_public(desk: Desk) -> None:
    made = await desk.make(headline="About us", format="page", published_at=TODAY, tags=["house"])
    assert (await desk.client.get("/v1/tags/house")).status_code == 200
    await desk.withdraw(made)
    assert (await desk.client.get("/v1/tags/house")).status_code == 404


async def test_curated_list_has_pinned_pages_and_filters_by_traits(desk: Desk) -> None:
    page = await desk.make(headline="About us", format="page", published_at=TODAY)
    await desk.make(headline="Plain", published_at="2026-11-20T09:00:00Z")
    await desk.make(headline="Film", format="video", featured=True, published_at="2026-11-20T08:00:00Z")
    public = "/v1/lists/front-page"
    given = {"name": "Front page", "items": [page["id"]], "filter": {"format": ["video", "audio"], "featured": True}}
    saved = await desk.done("PUT", "/lists/front-page", given)
    assert saved["filter"]["format"] == ["video", "audio"]
    assert (saved["filter"]["featured"], saved["filter"]["language"], saved["filter"]["access"]) == (True, [], [])
    assert await headlines(desk.client, public) == ["About us", "Film"]
    await desk.done("PUT", "/lists/front-page", {"name": "Front page", "filter": {"featured": False}})
    assert await headlines(desk.client, public) == ["Plain"]
    await desk.done("PUT", "/lists/front-page", {"name": "Front page", "filter": {"format": ["page"]}})
    assert await headlines(desk.client, public) == ["About us"]
    refused = await desk.send("PUT", "/lists/front-page", {"name": "Front page", "filter": {"format": ["essay"]}})
    assert [*wrong(refused)] == ["filter.format.0"]


async def test_editorial_list_filters_by_traits_and_has_pages(desk: Desk) -> None:
    await desk.make(headline="About us", format="page", access="free", published_at=TODAY)
    await desk.make_in(ArticleStatus.DRAFT, headline="Film", format="video", language="DE", featured=True)
    await desk.make_in(ArticleStatus.SCHEDULED, headline="Plain", access="paid", published_at=TOMORROW)

    async def listed(query: str) -> set[str]:
        page = await desk.done("GET", f"/articles?{query}")
        return {item["headline"] for item in page["items"]}

    assert await listed("limit=5") == {"About us", "Film", "Plain"}
    assert await listed("format=page&format=video") == {"About us", "Film"}
    assert await listed("language=de") == {"Film"}
    assert await listed("language=en-gb&edition=*") == {"About us", "Plain"}
    assert await listed("featured=false&access=paid") == {"Plain"}
    assert await listed("featured=true&q=fi") == {"Film"}
    assert await listed("access=free&access=paid&order=published_at") == {"About us", "Plain"}


async def test_scheduled_page_shortens_the_freshness_of_lists_with_pages_alone(desk: Desk) -> None:
    await desk.make(headline="About us", format="page", published_at="2026-11-20T12:00:10Z")

    async def max_age(path: str) -> str:
        response = await desk.client.get(path)
        return response.headers["cache-control"]

    plain = await max_age("/v1/articles")
    assert await max_age("/v1/articles?format=page") != plain
    assert await max_age("/v1/articles?format=page&format=video") != plain
    for path in ("/v1/timeline", "/v1/articles?format=video", "/feeds/global/rss.xml"):
        assert await max_age(path) == plain, path
    assert await max_age("/feeds/global/sitemap.xml") != plain
