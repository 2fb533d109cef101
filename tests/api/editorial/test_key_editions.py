"""Keys that are bound to editions, and trusted keys that name the person they act for."""

from urllib.parse import quote

import httpx
import pytest

from app.domain.api_key import ApiKeyScope
from tests.api.conftest import MakeKey, as_key
from tests.api.editorial.editor_client import TODAY, Desk, wrong
from tests.api.http.test_problems import check_problem

WRITE, PUBLISH, MANAGE = ApiKeyScope.ARTICLES_WRITE, ApiKeyScope.ARTICLES_PUBLISH, ApiKeyScope.KEYS_MANAGE


@pytest.fixture
async def bound(desk: Desk, make_key: MakeKey) -> Desk:
    """Return an editor of the edition `ua` alone."""
    return Desk(desk.client, await make_key(WRITE, PUBLISH, editions=["ua"]))


async def test_bound_key_reaches_articles_of_its_editions_only(desk: Desk, bound: Desk) -> None:
    own = await bound.make(edition="ua", source_id="a", published_at=TODAY)
    other = await desk.make(edition="global", source_id="a", published_at=TODAY)
    assert (await bound.edit(own, {"lead": "A"}))["lead"] == "A"
    assert (await bound.done("GET", "/articles?edition=ua"))["items"][0]["id"] == own["id"]
    assert (await bound.done("PUT", "/editions/ua/articles/a/bump", {}))["revision"] == 3
    here, source = f"/articles/{other['id']}", "/editions/global/articles/a"
    for method, path, body in (
        ("POST", "/articles", {"headline": "A"}),
        ("POST", "/articles", {"headline": "A", "edition": "global"}),
        ("GET", "/articles", None),
        ("GET", "/articles?edition=*", None),
        ("GET", here, None),
        ("PATCH", here, {"lead": "B"}),
        ("DELETE", here, None),
        ("PUT", f"{here}/publication", {}),
        ("PUT", f"{here}/bump", {}),
        ("PUT", f"{here}/withdrawal", {}),
        ("GET", f"{here}/revisions", None),
        ("GET", f"{here}/revisions/1", None),
        ("GET", f"{here}/preview", None),
        ("GET", source, None),
        ("PUT", source, {"headline": "B"}),
        ("DELETE", source, None),
        ("PUT", f"{source}/withdrawal", {}),
        ("GET", "/lists", None),
        ("PUT", "/lists/front?edition=global", {"name": "Front"}),
        ("GET", "/changes", None),
    ):
        headers = {"if_match": "*"} if method == "PATCH" else {}
        response = await bound.send(method, path, body, **headers)
        check_problem(response, "forbidden")
        assert "bound to editions" in response.json()["detail"], path
        assert response.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'
    assert await desk.read(other) == other
    check_problem(await bound.send("GET", "/articles/0677y7hzc3m1d"), "not-found")


async def test_editions_and_trust_of_a_key_are_shown(desk: Desk, client: httpx.AsyncClient, make_key: MakeKey) -> None:
    assert desk.client is client
    manager = as_key(await make_key(MANAGE))
    record = {"name": "CMS", "scopes": ["articles:write"], "editions": ["ua", "global"], "trusted": True}
    created = (await client.post("/v1/editorial/keys", json=record, headers=manager)).json()
    assert (created["editions"], created["trusted"]) == (["global", "ua"], True)
    plain = {"name": "CMS", "scopes": ["articles:write"]}
    other = (await client.post("/v1/editorial/keys", json=plain, headers=manager)).json()
    assert (other["editions"], other["trusted"]) == (None, False)
    listed = (await client.get("/v1/editorial/keys", headers=manager)).json()["items"]
    assert {each["prefix"]: each["editions"] for each in listed if each["name"] == "CMS"} == {
        created["prefix"]: ["global", "ua"],
        other["prefix"]: None,
    }
    for members, where in (
        ({"editions": ["nowhere"]}, "editions"),
        ({"editions": []}, "editions"),
        ({"editions": ["ua"], "scopes": ["keys:manage"]}, "scopes"),
        ({"editions": ["ua"], "scopes": ["articles:write", "catalogue:write"]}, "scopes"),
        ({"trusted": "yes"}, "trusted"),
    ):
        response = await client.post("/v1/editorial/keys", json={**plain, **members}, headers=manager)
        assert where in wrong(response), members


async def test_trusted_key_names_the_person_of_each_change(desk: Desk, make_key: MakeKey) -> None:
    trusted = Desk(desk.client, await make_key(WRITE, PUBLISH, name="Newsroom CMS", trusted=True))
    prefix = f"key:{trusted.headers['authorization'][10:20]}"
    created = await trusted.done("POST", "/articles", {"headline": "A"}, dayline_actor="Ines Kovary")
    assert (created["modified_by"], created["modified_by_name"]) == (prefix, "Newsroom CMS")
    assert created["modified_by_person"] == "Ines Kovary"
    here = f"/articles/{created['id']}"
    await trusted.done("PUT", f"{here}/publication", {}, dayline_actor=quote("Інес Ковар"))
    await trusted.done("PATCH", here, {"lead": "A"}, if_match="*")
    items = (await trusted.done("GET", f"{here}/revisions"))["items"]
    assert [each["person"] for each in items] == [None, "Інес Ковар", "Ines Kovary"]
    assert {(each["actor"], each["actor_name"]) for each in items} == {(prefix, "Newsroom CMS")}
    audited = (await desk.done("GET", "/changes"))["items"][:2]
    assert [(each["actor"], each["actor_name"], each["person"]) for each in audited] == [
        (prefix, "Newsroom CMS", None),
        (prefix, "Newsroom CMS", "Інес Ковар"),
    ]


@pytest.mark.parametrize("name", ["", " ", "a" * 201, "%ff", "%E2%80%8B"])
async def test_person_is_a_readable_name(desk: Desk, make_key: MakeKey, name: str) -> None:
    trusted = Desk(desk.client, await make_key(WRITE, trusted=True))
    response = await trusted.send("POST", "/articles", {"headline": "A"}, dayline_actor=name)
    message = "Must be one line of 1 to 200 characters, in UTF-8 or percent-encoded."
    assert response.json()["errors"] == [{"where": "Dayline-Actor", "message": message}]


async def test_key_that_is_not_trusted_names_no_person(desk: Desk) -> None:
    response = await desk.send("POST", "/articles", {"headline": "A"}, dayline_actor="Ines Kovary")
    check_problem(response, "forbidden")
    assert "only trusted keys" in response.json()["detail"]
    assert (await desk.done("GET", "/articles"))["items"] == []
