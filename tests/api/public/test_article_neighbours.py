"""State of an article in every response: re-dated, withdrawn, restored, draft, scheduled."""

from typing import Any

import httpx
import pytest

from app import clock
from app.domain.article_status import ArticleStatus
from app.domain.instant import parse_instant
from app.errors import ArticleMoved, ArticleWithdrawnError
from app.schemas.interchange import ArticleRecord, Withdrawal
from tests.api.newsroom import ARTICLES
from tests.conftest import Store
from tests.records import article

pytestmark = pytest.mark.usefixtures("newsroom")

FERRY = next(record for record in ARTICLES if record.source_id == "ferry")
EVERYWHERE = (
    "/v1/timeline?limit=200",
    "/v1/timeline?limit=1",
    "/v1/timeline/2026-11-20",
    "/v1/articles?limit=50&body=text",
    "/v1/articles?edition=*&limit=200",
    "/v1/articles?tag=trams&section=city&author=iryna-dovhan",
    "/v1/articles?label=opinion",
    "/v1/articles/trams-return",
    "/v1/articles/trams-return/related",
    "/v1/articles/lamps",
    "/v1/authors/iryna-dovhan/articles",
    "/v1/sections/city/articles",
    "/v1/tags/trams/articles",
)


def withdrawn(record: ArticleRecord, **withdrawal: str) -> ArticleRecord:
    """Return the record of the article, withdrawn."""
    return record.model_copy(update={"status": ArticleStatus.WITHDRAWN, "withdrawal": Withdrawal(**withdrawal)})


async def totals(client: httpx.AsyncClient) -> list[int]:
    """Return the number of articles on 20 November, by each kind of request."""
    day = (await client.get("/v1/timeline/2026-11-20?total=true")).json()["day"]
    calendar = (await client.get("/v1/timeline/calendar")).json()["days"]
    opinions = (await client.get("/v1/timeline/calendar?label=opinion")).json()["days"]
    page = (await client.get("/v1/timeline?total=true&limit=1")).json()["days"]
    return [
        day["total"],
        len(day["items"]),
        sum(each["total"] for each in calendar if each["date"] == "2026-11-20"),
        sum(each["total"] for each in opinions),
        page[0]["total"],
    ]


async def test_former_slug_redirects_with_its_query(client: httpx.AsyncClient) -> None:
    for tail, query in (
        ("", ""),
        ("", "?body=text&edition=global"),
        ("/related", ""),
        ("/related", "?edition=global"),
    ):
        response = await client.get(f"/v1/articles/night-trams{tail}{query}")
        assert response.status_code == 308
        assert response.headers["location"] == f"/v1/articles/trams-return{tail}{query}"
        assert response.content == b""
        assert (await client.get(response.headers["location"])).status_code == 200
    assert (await client.get("/v1/articles/night-trams?edition=ua")).status_code == 404
    assert (await client.get("/v1/articles/night-trams?bogus=1")).status_code == 422


async def test_reused_slug_stops_redirecting(client: httpx.AsyncClient, store: Store) -> None:
    tram = next(record for record in ARTICLES if record.source_id == "tram")
    await store(tram.model_copy(update={"slug": "night-trams"}))
    assert (await client.get("/v1/articles/night-trams")).status_code == 200
    moved = await client.get("/v1/articles/trams-return")
    assert (moved.status_code, moved.headers["location"]) == (308, "/v1/articles/night-trams")
    await store(article("2026-11-20T11:00:00Z", source_id="other", slug="trams-return"))
    assert (await client.get("/v1/articles/trams-return")).json()["headline"] == "Story other"


async def test_former_slug_of_a_withdrawn_article_returns_its_notice(client: httpx.AsyncClient, store: Store) -> None:
    now = FERRY.model_copy(update={"slug": "ferry-ran-aground"})
    for record, status in ((now, 308), (withdrawn(now, notice="Wrong quay."), 410), (now, 308)):
        await store(record.model_copy(update={"status": record.status or ArticleStatus.PUBLISHED}))
        for form in ("", "/related", "/history", "/json-ld", "/ninjs"):
            for _ in range(2):  # read, then cached
                response = await client.get(f"/v1/articles/ferry-waits{form}")
                assert response.status_code == status, form
                assert ("aground" in str(response.headers) + response.text) == (status == 308), form
                if status == 410:
                    current = (await client.get(f"/v1/articles/ferry-ran-aground{form}")).json()
                    body = response.json()
                    assert body.get("notice", body.get("edNote")) == "Wrong quay."
                    assert body == current | ({"instance": body["instance"]} if "instance" in body else {})
    assert (await client.get("/v1/articles/ferry-waits?edition=ua")).status_code == 404


async def test_withdrawal_during_a_redirect_lookup_is_no_redirect(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter((ArticleMoved("trams-return"), ArticleWithdrawnError("06zzzzzzzzzzz", "Wrong quay.", at=0)))

    def look(*_: Any) -> None:
        raise next(found)

    monkeypatch.setattr("app.queries.articles.article.get_article", look)
    response = await client.get("/v1/articles/night-trams")
    assert (response.status_code, response.json()["notice"]) == (410, "Wrong quay.")
    assert "trams-return" not in str(response.headers)


async def test_former_slug_of_a_withdrawn_article_is_available(client: httpx.AsyncClient, store: Store) -> None:
    await store(withdrawn(FERRY).model_copy(update={"slug": "ferry-ran-aground"}))
    assert (await client.get("/v1/articles/ferry-waits")).status_code == 410
    await store(article("2026-11-20T11:00:00Z", source_id="other", slug="ferry-waits"))
    assert (await client.get("/v1/articles/ferry-waits")).json()["headline"] == "Story other"
    assert (await client.get("/v1/articles/ferry-ran-aground")).status_code == 410


async def test_withdrawn_article_leaves_every_response_and_is_restored(client: httpx.AsyncClient, store: Store) -> None:
    async def everywhere() -> dict[str, Any]:
        return {address: without_changes((await client.get(address)).json()) for address in EVERYWHERE}

    identity = (await client.get("/v1/articles/ferry-waits")).json()["id"]
    before, counted = await everywhere(), await totals(client)
    assert sum(identity in str(each) for each in before.values()) == len(EVERYWHERE) - 1  # limit=1 shows the tram
    await store(withdrawn(FERRY, reason="Private."))
    for address, response in (await everywhere()).items():
        assert identity not in str(response), address
        assert "ferry will wait" not in str(response), address
    assert await totals(client) == [count - 1 for count in counted]
    for address in ("/v1/articles/ferry-waits", f"/v1/articles/{identity}", f"/v1/articles/{identity}/related"):
        gone = await client.get(address)
        assert gone.status_code == 410
        assert gone.json()["notice"] is None
        assert "Private" not in gone.text
    named = (await client.get(f"/v1/articles?id={identity}")).json()
    assert named == {"items": [], "next": None}
    await store(FERRY.model_copy(update={"status": ArticleStatus.PUBLISHED}))
    after = await everywhere()
    assert drop_versions(after) == drop_versions(before)
    assert await totals(client) == counted


def without_changes(response: dict[str, Any]) -> dict[str, Any]:
    """Return a response without its position in the change log, which every write advances."""
    return {name: value for name, value in response.items() if name not in {"as_of", "newer"}}


def drop_versions(node: Any) -> Any:
    """Return a response without version numbers: a restored article is a new version."""
    if isinstance(node, list):
        return [drop_versions(each) for each in node]
    if isinstance(node, dict):
        return {name: drop_versions(value) for name, value in node.items() if name != "version"}
    return node


async def test_draft_and_scheduled_article_are_not_public(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        article(None, source_id="secret", id="06zzzzzzzzzzz", slug="secret-draft", headline="Secret draft"),
        article("2026-11-20T12:00:00.000001Z", source_id="soon", id="06zzzzzzzzzzx", slug="soon", headline="Soon out"),
    )
    for key in ("unwritten", "later", "secret-draft", "06zzzzzzzzzzz", "soon", "06zzzzzzzzzzx"):
        for tail in ("", "/related"):
            response = await client.get(f"/v1/articles/{key}{tail}")
            assert response.status_code == 404, key
            assert response.json()["type"] == "/problems/not-found"
            assert "ecret d" not in response.text
    for address in EVERYWHERE:
        text = (await client.get(address)).text
        assert "Secret draft" not in text
        assert "Soon out" not in text
        assert "unwritten" not in text
    named = await client.get("/v1/articles?id=06zzzzzzzzzzz&id=06zzzzzzzzzzx")
    assert named.json() == {"items": [], "next": None}


async def test_missing_and_draft_article_have_equal_responses(client: httpx.AsyncClient) -> None:
    draft, missing = [(await client.get(f"/v1/articles/{slug}")).json() for slug in ("unwritten", "no-article")]
    assert draft.keys() == missing.keys()
    assert draft["detail"].replace("unwritten", "no-article") == missing["detail"]


async def test_update_preserves_the_public_time_and_increments_the_version(
    client: httpx.AsyncClient, store: Store
) -> None:
    before = (await client.get("/v1/articles/ferry-waits")).json()
    with clock.frozen(parse_instant("2026-11-20T12:30:00Z")):
        await store(FERRY.model_copy(update={"headline": "The ferry still waits"}))
    after = (await client.get("/v1/articles/ferry-waits")).json()
    assert after["headline"] == "The ferry still waits"
    assert after["version"] == before["version"] + 1
    for name in ("id", "published_at", "first_published_at", "slug"):
        assert after[name] == before[name]
