"""Curated lists: editors replace them whole, readers get their order, and every change of an article shows."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app import clock
from app.db.database import Connection, Database
from app.domain.api_key import ApiKeyScope
from app.domain.calendar import UTC
from app.domain.instant import SECOND_US, format_instant
from tests.api.conftest import MakeKey, as_key
from tests.api.editorial.editor_client import EDITORIAL, TODAY, YESTERDAY, Desk, Json, wrong
from tests.api.http.test_problems import check_problem
from tests.conftest import NOW, app_of
from tests.statements import counted

PATH = "/lists/front-page"
PUBLIC = "/v1/lists/front-page"


async def put(desk: Desk, **members: Any) -> Json:
    return await desk.done("PUT", PATH, {"name": "Front page", **members})


async def headlines(desk: Desk, query: str = "") -> list[str]:
    response = await desk.client.get(f"{PUBLIC}?fields=headline{query}")
    assert response.status_code == 200, response.text
    return [item["headline"] for item in response.json()["items"]]


async def stories(desk: Desk, *names: str, **members: Any) -> dict[str, Json]:
    """Publish articles an hour apart, the first one the newest."""
    return {
        name: await desk.make(
            source_id=name, headline=name, **{"published_at": f"2026-11-19T{20 - hours:02}:00:00Z", **members}
        )
        for hours, name in enumerate(names)
    }


async def test_curated_list_has_pinned_articles_in_order_then_those_of_its_filter(desk: Desk) -> None:
    made = await stories(desk, "a", "b", "c", "d", section="city", tags=["trams"])
    await stories(desk, "elsewhere", section="world", published_at="2026-11-18T10:00:00Z")
    saved = await put(desk, items=["c", made["a"]["id"]], filter={"section": ["city"], "tag": ["trams"]}, limit=3)
    assert saved["items"] == ["c", made["a"]["id"]]
    traits: Json = {"format": [], "language": [], "featured": None, "access": [], "subsections": False}
    assert saved["filter"] == {"section": ["city"], "tag": ["trams"], "author": [], "label": [], **traits}
    assert await headlines(desk) == ["c", "a", "b"]
    assert await headlines(desk, "&limit=2") == ["c", "a"]
    assert await headlines(desk, "&exclude=c") == ["a", "b", "d"]
    page = (await desk.client.get(PUBLIC)).json()
    assert page["pinned"] == 2
    assert page["items"][0] == (await desk.client.get(f"/v1/articles?id={made['c']['id']}")).json()["items"][0]
    with_body = (await desk.client.get(f"{PUBLIC}?body=text")).json()
    assert [item["body"] for item in with_body["items"]] == ["", "", ""]
    await put(desk, items=["d"], filter={})
    assert await headlines(desk) == ["d", "a", "b", "c", "elsewhere"]
    assert desk.warnings == []
    await put(desk, items=["d", "d", "b", "d"], filter=None)
    assert await headlines(desk) == ["d", "b"]
    detail = "Repeated values were dropped (2): each has its first position."
    assert desk.warnings == [{"where": "items", "code": "duplicate-dropped", "detail": detail}]


async def test_curated_list_follows_every_change_of_its_articles(desk: Desk) -> None:
    made = await stories(desk, "a", "b")
    draft = await desk.make(source_id="draft", headline="draft")
    await put(desk, items=["draft", "b"], filter={})
    assert await headlines(desk) == ["b", "a"]
    await desk.publish(draft)
    assert await headlines(desk) == ["draft", "b", "a"]
    await desk.withdraw(made["b"])
    assert await headlines(desk) == ["draft", "a"]
    await desk.restore(made["b"])
    await desk.edit(made["b"], {"headline": "b again"})
    assert await headlines(desk) == ["draft", "b again", "a"]
    await stories(desk, "newest", published_at=TODAY)
    assert await headlines(desk) == ["draft", "b again", "newest", "a"]


async def test_scheduled_publication_and_expiry_shorten_max_age_and_take_effect(desk: Desk) -> None:
    await stories(desk, "a", "b")
    at = format_instant(NOW + 20 * SECOND_US, UTC)
    soon = await desk.make(source_id="soon", headline="soon", published_at=at)
    await put(desk, items=[soon["id"], "b"])
    for _ in range(2):  # the second response is from the cache
        response = await desk.client.get(PUBLIC)
        assert response.headers["cache-control"] == "public, max-age=20, stale-if-error=600"
    await put(desk, items=["b"], filter={}, expires_at=format_instant(NOW + 10 * SECOND_US, UTC))
    for _ in range(2):
        response = await desk.client.get(PUBLIC)
        assert response.headers["cache-control"] == "public, max-age=10, stale-if-error=600"
    with clock.frozen(NOW + 3 * SECOND_US):
        response = await desk.client.get(PUBLIC)
        assert response.headers["cache-control"] == "public, max-age=7, stale-if-error=600"
        assert await headlines(desk) == ["b", "a"]
    with clock.frozen(NOW + 10 * SECOND_US):
        assert await headlines(desk) == ["a", "b"]
        assert (await desk.client.get(PUBLIC)).json()["pinned"] == 0


async def test_curated_list_is_created_replaced_and_deleted_with_preconditions(desk: Desk) -> None:
    await stories(desk, "a")
    created = await desk.send("PUT", PATH, {"name": "Front page", "items": ["a"]})
    assert (created.status_code, created.headers["etag"]) == (201, '"1"')
    assert created.headers["location"] == f"{EDITORIAL}{PATH}"
    equal = await desk.send("PUT", PATH, {"name": "Front page", "items": ["a"], "limit": 20.0})
    assert (equal.status_code, equal.headers["etag"]) == (200, '"1"')
    check_problem(await desk.send("PUT", PATH, {"name": "Other"}, if_match='"2"'), "precondition-failed")
    replaced = await desk.send("PUT", PATH, {"name": "Other"}, if_match='"1"')
    assert (replaced.status_code, replaced.headers["etag"]) == (200, '"2"')
    read = await desk.send("GET", PATH)
    assert read.headers["etag"] == '"2"'
    assert {**read.json(), "warnings": []} == replaced.json()
    assert (await desk.done("GET", "/lists"))["items"] == [read.json()]
    assert (await desk.client.get("/v1/lists")).json()["items"] == [
        {"slug": "front-page", "name": "Other", "href": "/v1/lists/front-page"}
    ]
    check_problem(await desk.send("DELETE", PATH, if_match='"1"'), "precondition-failed")
    assert (await desk.send("DELETE", PATH, if_match='"2"')).status_code == 204
    for response in (await desk.send("DELETE", PATH), await desk.send("GET", PATH), await desk.client.get(PUBLIC)):
        check_problem(response, "not-found")
    assert (await desk.client.get("/v1/lists")).json()["items"] == []
    assert (await desk.send("PUT", PATH, {"name": "Again"})).status_code == 201
    assert await headlines(desk) == []
    feed = (await desk.client.get("/v1/changes?since=0&limit=200")).json()["items"]
    entries = [(each["type"], each["entry"]) for each in feed if each["article"] is None]
    lists = [(kind, entry) for kind, entry in entries if entry["kind"] == "list"]
    link = {"kind": "list", "slug": "front-page", "href": "/v1/lists/front-page"}
    types = ["list.updated", "list.updated", "list.deleted", "list.updated"]
    assert lists == [(each, link) for each in types]


async def test_unknown_references_and_impossible_values_are_rejected(desk: Desk) -> None:
    await stories(desk, "a", "b")
    await desk.make(source_id="theirs", edition="ua", published_at=YESTERDAY)
    given = {"name": "Front page", "items": ["a", "unheard-of", "theirs"], "filter": {"tag": ["trams", "nothing"]}}
    assert wrong(await desk.send("PUT", PATH, given)) == {
        "items.1": "There is no article 'unheard-of' in the edition.",
        "items.2": "There is no article 'theirs' in the edition.",
        "filter.tag.1": "There is no tag 'nothing'.",
    }
    assert wrong(await desk.send("PUT", PATH, {"name": "F", "items": ["a", "b"], "limit": 1})) == {
        "items": "Must not be more than the limit of 1."
    }
    assert wrong(await desk.send("PUT", PATH, {"name": "F", "expires_at": YESTERDAY})) == {
        "expires_at": "Must be in the future."
    }
    assert set(wrong(await desk.send("PUT", PATH, {"name": "F", "limit": 101}))) == {"limit"}
    assert set(wrong(await desk.send("PUT", PATH, {"name": "F", "filter": {"sections": []}}))) == {"filter.sections"}
    await put(desk, items=["a"], limit=60, filter={})
    check_problem(await desk.client.get(f"{PUBLIC}?body=text"), "invalid-input")
    assert (await desk.client.get(f"{PUBLIC}?body=text&limit=50")).status_code == 200
    check_problem(await desk.client.get(f"{PUBLIC}?fields=nothing"), "invalid-input")
    check_problem(await desk.client.get(f"{PUBLIC}?cursor=AQAA"), "invalid-input")


@pytest.mark.usefixtures("catalogue")
async def test_only_publishers_write_curated_lists(client: httpx.AsyncClient, make_key: MakeKey) -> None:
    address = f"{EDITORIAL}{PATH}"
    body = {"name": "Front page"}
    for method in ("GET", "PUT", "DELETE"):
        assert (await client.request(method, address)).status_code == 401
        for scope in (ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.CATALOGUE_WRITE, ApiKeyScope.CONTENT_READ):
            headers = as_key(await make_key(scope))
            assert (await client.request(method, address, headers=headers, json=body)).status_code == 403
    headers = as_key(await make_key(ApiKeyScope.ARTICLES_PUBLISH))
    response = await client.put(address, headers=headers, json=body)
    assert response.status_code == 201
    assert response.headers["cache-control"] == "private, no-store"


async def test_curated_list_takes_a_fixed_number_of_statements(desk: Desk) -> None:
    await stories(desk, *(f"story-{number}" for number in range(12)), section="city", tags=["trams"])
    await put(desk, items=["story-3", "story-9"], filter={"section": ["city"], "tag": ["trams"]})
    await headlines(desk)  # reads the change log and the schedule, which are no part of the list
    counts = []
    for limit in (3, 12):
        app_of(0)[0].state.services.store.clear()
        with counted() as statements:
            assert len(await headlines(desk, f"&limit={limit}")) == limit
        counts.append(len(statements))
    assert max(counts) <= 12


async def test_deleted_articles_leave_a_reference_that_a_new_article_fills(desk: Desk, database: Database) -> None:
    draft = await desk.make(source_id="draft")
    await stories(desk, "a")
    await put(desk, items=["draft", "a"])
    assert (await desk.send("DELETE", f"/articles/{draft['id']}", if_match="*")).status_code == 204
    assert await headlines(desk) == ["a"]
    await desk.make(source_id="draft", headline="Written again", published_at=YESTERDAY)
    assert await headlines(desk) == ["Written again", "a"]

    def stored(connection: Connection) -> Any:
        return connection.scalar(text("SELECT items FROM curated_lists"))

    assert await database.read(stored) == '["draft","a"]'


async def test_fields_select_the_same_members_as_in_lists_of_articles(desk: Desk) -> None:
    made = await stories(desk, "a", byline="By the quay")
    await put(desk, items=["a"])
    query = "fields=byline,extra,word_count"
    listed = (await desk.client.get(f"/v1/articles?id={made['a']['id']}&{query}")).json()["items"]
    assert (await desk.client.get(f"{PUBLIC}?{query}")).json()["items"] == listed
    assert listed[0]["byline"] == "By the quay"
    check_problem(await desk.client.get(f"{PUBLIC}?fields=headine"), "invalid-input")


async def test_article_that_items_name_in_several_ways_is_pinned_once(desk: Desk) -> None:
    first = await desk.make(source_id="a", slug="fog", published_at=TODAY)
    second = await desk.make(source_id="b", published_at=TODAY)
    given = {"name": "Front", "items": [first["id"], "b", "a", "fog", second["id"]], "limit": 2}
    saved = await desk.done("PUT", "/lists/front?edition=global", given)
    assert saved["items"] == [first["id"], "b"]
    assert [each["code"] for each in desk.warnings] == ["duplicate-dropped"]
    shown = (await desk.client.get("/v1/lists/front?edition=global")).json()
    assert [each["id"] for each in shown["items"]] == [first["id"], second["id"]]
    third = await desk.make(source_id="c", published_at=TODAY)
    full = await desk.send("PUT", "/lists/front?edition=global", {**given, "items": ["a", "b", third["id"]]})
    assert "items" in wrong(full)


async def test_post_to_the_lists_names_the_put_of_a_list(desk: Desk) -> None:
    refused = await desk.send("POST", "/lists", {"slug": "front", "name": "Front"})
    assert "PUT /v1/editorial/lists/{slug}" in check_problem(refused, "method-not-allowed")["detail"]
