"""Deletion of catalogue entries: entries without references are deleted, and errors list the references of others."""

from tests.api.editorial.editor_client import TODAY, Desk, Json
from tests.api.http.test_problems import check_problem

NEW: dict[str, Json] = {
    "sections": {"edition": "global", "slug": "night", "name": "Night"},
    "tags": {"slug": "night", "name": "Night"},
    "authors": {"slug": "night", "name": "Night Desk"},
    "labels": {"code": "night", "text": "Night"},
}
MEMBERS: dict[str, Json] = {
    "sections": {"section": "night"},
    "tags": {"tags": ["night"]},
    "authors": {"authors": ["night"]},
    "labels": {"label": "night"},
}


async def test_entry_is_deleted_once_nothing_names_it(desk: Desk) -> None:
    for kind, given in NEW.items():
        await desk.done("POST", f"/{kind}", given)
        made = await desk.make(source_id=kind, **MEMBERS[kind])
        named = await desk.send("DELETE", f"/{kind}/night")
        check_problem(named, "conflict")
        assert f"it is named by the article {made['id']}" in named.json()["detail"]
        empty: Json = {name: [] if isinstance(value, list) else None for name, value in MEMBERS[kind].items()}
        await desk.send("PATCH", f"/articles/{made['id']}", empty, if_match="*")
        check_problem(await desk.send("DELETE", f"/{kind}/night", if_match='"9"'), "precondition-failed")
        gone = await desk.send("DELETE", f"/{kind}/night", if_match='"1"')
        assert (gone.status_code, gone.content) == (204, b"")
        check_problem(await desk.send("GET", f"/{kind}/night"), "not-found")
        check_problem(await desk.send("DELETE", f"/{kind}/night"), "not-found")
        assert (await desk.send("POST", f"/{kind}", given)).status_code == 201


async def test_deletion_of_a_public_entry_is_a_change(desk: Desk) -> None:
    since = (await desk.client.get("/v1/changes")).json()["as_of"]
    for kind, given in NEW.items():
        await desk.done("POST", f"/{kind}", given)
        addresses = [f"/v1/{kind}"] + ([] if kind == "labels" else [f"/v1/{kind}/night"])
        before = [await desk.client.get(address) for address in addresses]
        assert ("Night" in before[0].text) is (kind in {"sections", "labels"})
        assert (await desk.send("DELETE", f"/{kind}/night")).status_code == 204
        after = [await desk.client.get(address) for address in addresses]
        assert "Night" not in after[0].text
        assert [each.status_code for each in after[1:]] == [404] * len(after[1:])
    changes = (await desk.client.get(f"/v1/changes?since={since}")).json()["items"]
    assert [(each["type"], each["entry"]["slug"]) for each in changes if each["entry"]["slug"] == "night"] == [
        ("section.deleted", "night"),
        ("label.deleted", "night"),
    ]
    audit = (await desk.done("GET", "/changes"))["items"]
    assert [each["type"] for each in audit if each["type"].endswith(".deleted")] == [
        "label.deleted",
        "author.deleted",
        "tag.deleted",
        "section.deleted",
    ]


async def test_edition_is_deleted_when_it_is_empty(desk: Desk) -> None:
    for slug, reason in (("global", "it is the default edition"), ("ua", "it has the section kultura")):
        refused = await desk.send("DELETE", f"/editions/{slug}")
        check_problem(refused, "conflict")
        assert reason in refused.json()["detail"]
    given = {"language": "en-GB", "timezone": "Europe/Kyiv", "site_url": "https://harbour.example"}
    await desk.done("POST", "/editions", {"slug": "harbour", "name": "The Harbour", **given})
    assert (await desk.client.get("/v1/editions/harbour")).status_code == 200
    assert (await desk.send("DELETE", "/editions/harbour")).status_code == 204
    assert (await desk.client.get("/v1/editions/harbour")).status_code == 404
    assert "harbour" not in (await desk.client.get("/v1")).text


async def test_deletion_of_an_edition_is_a_change_of_all_editions(desk: Desk) -> None:
    since = (await desk.client.get("/v1/timeline")).json()["as_of"]
    given = {"language": "en-GB", "timezone": "Europe/Kyiv", "site_url": "https://harbour.example"}
    await desk.done("POST", "/editions", {"slug": "harbour", "name": "The Harbour", **given})
    assert (await desk.send("DELETE", "/editions/harbour")).status_code == 204
    of_all = (await desk.client.get(f"/v1/changes?since={since}&edition=*")).json()["items"]
    assert [(each["type"], each["entry"]["slug"]) for each in of_all] == [("edition.deleted", "harbour")]
    of_one = (await desk.client.get(f"/v1/changes?since={since}&edition=global")).json()["items"]
    assert of_one == []


async def test_webhook_filter_names_an_entry(drafter: Desk) -> None:
    await drafter.done("POST", "/tags", NEW["tags"])
    given = {"url": "https://partner.example/hook", "filters": {"tag": ["night"]}}
    hook = (await drafter.send("POST", "/webhooks", given)).json()
    refused = await drafter.send("DELETE", "/tags/night")
    check_problem(refused, "conflict")
    assert f"the webhook endpoint {hook['id']} filters by it" in refused.json()["detail"]


async def test_public_article_names_a_tag_that_it_lists(desk: Desk) -> None:
    made = await desk.make(published_at=TODAY, tags=["fog"])
    check_problem(await desk.send("DELETE", "/tags/fog"), "conflict")
    assert (await desk.client.get(f"/v1/articles/{made['id']}")).json()["tags"][0]["slug"] == "fog"


async def test_entry_of_a_deleted_draft_remains_while_a_filter_names_it(desk: Desk) -> None:
    made = await desk.make(tags=["eclipse", "corona"])
    written = {"name": "Eclipse", "filter": {"tag": ["eclipse"]}}
    await desk.done("PUT", "/lists/eclipse?edition=global", written)
    assert (await desk.send("DELETE", f"/articles/{made['id']}")).status_code == 204
    assert (await desk.send("GET", "/tags/corona")).status_code == 404
    assert (await desk.done("GET", "/tags/eclipse"))["slug"] == "eclipse"
    await desk.done("PUT", "/lists/eclipse?edition=global", {**written, "limit": 5})
