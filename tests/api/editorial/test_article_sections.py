"""Several sections of an article: `sections` and `section`, lists, pages and feeds that show them, deletion."""

import pytest

from tests.api.editorial.editor_client import TODAY, Desk, Json, wrong
from tests.api.http.test_problems import check_problem
from tests.statements import counted

BOTH = ["city", "world"]
EXPECTED = [
    ({"section": "city"}, ["city"]),
    ({"sections": BOTH}, BOTH),
    ({"section": "city", "sections": BOTH}, BOTH),
    ({"section": None, "sections": BOTH}, BOTH),
    ({"section": "world", "sections": None}, None),
    ({"sections": ["world", "city", "world"]}, ["world", "city"]),
    ({"section": None}, []),
    ({"sections": []}, []),
    ({}, []),
    ({"section": "world", "sections": BOTH}, None),
    ({"section": "city", "sections": []}, None),
]


def shown(article: Json) -> tuple[str | None, list[str]]:
    return article["section"], article["sections"]


@pytest.mark.parametrize(("given", "expected"), EXPECTED)
async def test_section_is_short_for_one_and_must_be_the_first_of_sections(
    desk: Desk, given: Json, expected: list[str] | None
) -> None:
    created = await desk.send("POST", "/articles", {"headline": "Fog", **given})
    pushed = await desk.push("fog", {"headline": "Fog", **given})
    if expected is None:
        message = "Must be the first of `sections`, or be left out."
        assert wrong(created) == wrong(pushed) == {"section": message}
        return
    main = expected[0] if expected else None
    assert [shown(response.json()) for response in (created, pushed)] == [(main, expected)] * 2


async def test_unknown_sections_are_named(desk: Desk) -> None:
    refused = await desk.send("POST", "/articles", {"headline": "Fog", "sections": ["city", "kultura", "sea"]})
    assert set(wrong(refused)) == {"sections"}
    assert [each["message"] for each in refused.json()["errors"]] == [
        "There is no section 'kultura'.",
        "There is no section 'sea'.",
    ]


async def test_patch_of_either_member_determines_the_other(desk: Desk) -> None:
    article = await desk.make(sections=BOTH)
    assert shown(await desk.edit(article, {"section": "city"})) == ("city", BOTH)
    assert desk.warnings == []
    assert shown(await desk.edit(article, {"sections": ["world", "city"]})) == ("world", ["world", "city"])
    assert shown(await desk.edit(article, {"section": "city"})) == ("city", ["city"])
    assert desk.warnings == []
    assert shown(await desk.edit(article, {"sections": BOTH})) == ("city", BOTH)
    assert shown(await desk.edit(article, {"section": None})) == (None, [])
    assert [(each["where"], each["code"]) for each in desk.warnings] == [("section", "sections-replaced")]
    assert "removed: world." in desk.warnings[0]["detail"]
    assert shown(await desk.edit(article, {"sections": BOTH})) == ("city", BOTH)
    assert shown(await desk.edit(article, {"sections": None})) == (None, [])
    both = {"section": "world", "sections": BOTH}
    refused = await desk.send("PATCH", f"/articles/{article['id']}", both, if_match="*")
    assert set(wrong(refused)) == {"section"}


async def test_an_article_read_and_sent_back_is_unchanged(desk: Desk) -> None:
    article = await desk.make(sections=BOTH, published_at=TODAY)
    again = await desk.edit(article, await desk.read(article))
    assert again == article
    revision = await desk.done("GET", f"/articles/{article['id']}/revisions/1")
    assert (revision["content"]["section"], revision["content"]["sections"]) == ("city", BOTH)
    edited = await desk.edit(article, {"sections": ["city"]})
    differences = (await desk.done("GET", f"/articles/{article['id']}/revisions/2"))["differences"]
    assert edited["revision"] == 2
    assert {"member": "sections", "before": BOTH, "after": ["city"]} in differences


async def test_lists_pages_and_filters_find_an_article_in_each_section(desk: Desk) -> None:
    article = await desk.make(sections=BOTH, published_at=TODAY)
    other = await desk.make(source_id="b", section="world", published_at=TODAY)
    ids = {article["id"], other["id"]}
    for address, found in (
        ("/v1/articles?section=city", {article["id"]}),
        ("/v1/articles?section=world", ids),
        ("/v1/articles?section=city&section=world", ids),
        ("/v1/sections/world/articles", ids),
        ("/v1/timeline?section=world", ids),
        ("/v1/export?section=world", ids),
        ("/v1/changes?section=world&since=0", ids),
    ):
        text = (await desk.client.get(address)).text
        assert {each for each in ids if f'"{each}"' in text} == found, address
    listed = await desk.done("GET", "/articles?section=world&fields=sections")
    assert {each["id"] for each in listed["items"]} == ids
    world = {"slug": "world", "name": "World", "href": "/v1/sections/world"}
    for address in (f"/v1/articles/{article['id']}", f"/v1/articles?id={article['id']}"):
        page = (await desk.client.get(address)).json()
        item = page["items"][0] if "items" in page else page
        assert item["section"]["slug"] == "city"
        assert item["sections"] == [item["section"], world]
    day = (await desk.client.get("/v1/timeline")).json()["days"][0]
    assert all("sections" not in item for item in day["items"])
    await desk.edit(article, {"section": None})
    changes = (await desk.client.get("/v1/changes?section=world&since=0")).json()["items"]
    kinds = {each["type"] for each in changes if each["article"] and each["article"]["id"] == article["id"]}
    assert kinds == {"article.removed"}


async def test_hidden_sections_are_left_out_of_sections(desk: Desk) -> None:
    article = await desk.make(sections=BOTH, published_at=TODAY)
    await desk.done("PATCH", "/sections/city", {"hidden": True})
    page = (await desk.client.get(f"/v1/articles/{article['id']}")).json()
    assert (page["section"], [each["slug"] for each in page["sections"]]) == (None, ["world"])
    await desk.done("PATCH", "/sections/city", {"hidden": False})
    await desk.done("PATCH", "/sections/world", {"hidden": True})
    page = (await desk.client.get(f"/v1/articles/{article['id']}")).json()
    assert [each["slug"] for each in page["sections"]] == ["city"]
    assert page["section"]["slug"] == "city"


async def test_feeds_and_structured_data_name_every_section(desk: Desk) -> None:
    article = await desk.make(sections=BOTH, published_at=TODAY)
    rss = (await desk.client.get("/feeds/global/rss.xml?section=world")).text
    assert "<category>City</category><category>World</category>" in rss.replace("\n", "").replace(" ", "")
    feed = (await desk.client.get("/feeds/global/feed.json")).json()
    assert feed["items"][0]["_dayline"]["sections"] == BOTH
    ninjs = (await desk.client.get(f"/v1/articles/{article['id']}/ninjs")).json()
    assert [each["literal"] for each in ninjs["subjects"] if each["rel"] == "section"] == BOTH
    json_ld = (await desk.client.get(f"/v1/articles/{article['id']}/json-ld")).json()
    assert json_ld["articleSection"] == ["City", "World"]
    await desk.edit(article, {"section": "world"})
    json_ld = (await desk.client.get(f"/v1/articles/{article['id']}/json-ld")).json()
    assert json_ld["articleSection"] == "World"


async def test_section_is_not_deleted_while_it_is_a_further_one(desk: Desk) -> None:
    article = await desk.make(sections=BOTH)
    refused = await desk.send("DELETE", "/sections/world")
    check_problem(refused, "conflict")
    assert f"it is named by the article {article['id']}" in refused.json()["detail"]
    await desk.edit(article, {"sections": ["city"]})
    assert (await desk.send("DELETE", "/sections/world")).status_code == 204


async def test_no_statement_reads_further_sections_where_none_has_any(desk: Desk) -> None:
    plain = await desk.make(source_id="a", section="city", published_at=TODAY)
    address = f"/v1/articles/{plain['id']}"
    with counted() as before:
        await desk.client.get(address)
    assert not any("article_sections" in statement for statement in before)
    await desk.edit(plain, {"sections": BOTH})
    with counted() as after:
        await desk.client.get(address)
    assert sum("article_sections" in statement for statement in after) == 1
    assert len(after) == len(before) + 1
