"""Tree of sections: parents that can be set, lists with `subsections=true`, moves, and the job that follows them."""

from collections.abc import Iterable

import pytest

from app.actions.catalogue import section_moves
from app.actions.catalogue.section_moves import relist_articles
from app.db.database import Database
from app.interchange.section_tree import has_sections_to_relist
from tests.api.editorial.editor_client import TODAY, TOMORROW, Desk, Json, wrong
from tests.api.http.test_problems import check_problem
from tests.invariants import check_invariants
from tests.statements import counted

LISTS = (
    "/v1/articles?section={section}&subsections=true",
    "/v1/articles?section={section}&section=city&subsections=true",
    "/v1/sections/{section}/articles?subsections=true",
    "/v1/timeline?section={section}&subsections=true",
    "/v1/timeline/2026-11-20?section={section}&subsections=true",
    "/v1/export?section={section}&subsections=true",
    "/feeds/global/ninjs.json?section={section}&subsections=true",
)


async def add(desk: Desk, *slugs: str, parent: str | None = None) -> None:
    """Create sections below a parent."""
    for slug in slugs:
        given = {"edition": "global", "slug": slug, "name": slug.title(), "parent": parent}
        assert (await desk.done("POST", "/sections", given))["parent"] == parent


async def move(desk: Desk, slug: str, parent: str | None) -> None:
    """Give a section another parent."""
    assert (await desk.done("PATCH", f"/sections/{slug}", {"parent": parent}))["parent"] == parent


async def grow(desk: Desk) -> dict[str, str]:
    """Create sections sport > football > cup and games, with an article each; return the ids by section."""
    await add(desk, "sport", "games")
    await add(desk, "football", parent="sport")
    await add(desk, "cup", parent="football")
    return {
        slug: (await desk.make(source_id=slug, section=slug, published_at=TODAY))["id"]
        for slug in ("sport", "games", "football", "cup")
    }


async def check_lists(desk: Desk, section: str, ids: dict[str, str], expected: Iterable[str]) -> None:
    """Check that each kind of list has the articles of these sections alone."""
    for address in LISTS:
        text = (await desk.client.get(address.format(section=section))).text
        found = {slug for slug, number in ids.items() if number in text or f'"{slug}"' in text}
        assert found >= set(expected), address
        assert {slug for slug, number in ids.items() if f'/v1/articles/{number}"' in text} <= set(expected), address


async def test_parent_must_be_a_section_of_the_edition_above_it(desk: Desk) -> None:
    await add(desk, "a")
    await add(desk, "b", parent="a")
    await add(desk, "c", parent="b")
    below = "Must not be the section itself or one of its descendants."
    for slug, parent, message in (
        ("a", "a", below),
        ("a", "c", below),
        ("a", "nowhere", "There is no section 'nowhere' in the edition."),
        ("a", "kultura", "There is no section 'kultura' in the edition."),
    ):
        refused = await desk.send("PATCH", f"/sections/{slug}", {"parent": parent}, if_match="*")
        assert wrong(refused) == {"parent": message}
    await add(desk, "d", parent="c")
    await add(desk, "e", parent="d")
    refused = await desk.send("POST", "/sections", {"edition": "global", "slug": "f", "name": "F", "parent": "e"})
    assert wrong(refused) == {"parent": "The tree of sections would be deeper than 5; choose a parent further up."}
    await add(desk, "root")
    refused = await desk.send("PATCH", "/sections/a", {"parent": "root"}, if_match="*")
    assert wrong(refused).keys() == {"parent"}
    await move(desk, "c", None)
    await move(desk, "a", "root")


async def test_public_sections_have_their_parent_unless_it_is_hidden(desk: Desk) -> None:
    await add(desk, "sport")
    await add(desk, "football", parent="sport")
    parent = {"slug": "sport", "name": "Sport", "href": "/v1/sections/sport"}
    for _ in range(2):
        assert (await desk.client.get("/v1/sections/football")).json()["parent"] == parent
        listed = {each["slug"]: each["parent"] for each in (await desk.client.get("/v1/sections")).json()["items"]}
        assert listed == {"city": None, "football": parent, "sport": None, "world": None}
        await desk.done("PATCH", "/sections/sport", {"name": "All sport"})
        parent["name"] = "All sport"
    await desk.done("PATCH", "/sections/sport", {"hidden": True})
    assert (await desk.client.get("/v1/sections/football")).json()["parent"] is None
    assert (await desk.done("GET", "/sections/football"))["parent"] == "sport"
    check_problem(await desk.send("DELETE", "/sections/sport"), "conflict")
    assert "it has the section football" in (await desk.send("DELETE", "/sections/sport")).json()["detail"]


async def test_subsections_are_in_every_kind_of_list(desk: Desk) -> None:
    ids = await grow(desk)
    await check_lists(desk, "sport", ids, ["sport", "football", "cup"])
    await check_lists(desk, "football", ids, ["football", "cup"])
    await check_lists(desk, "cup", ids, ["cup"])
    plain = (await desk.client.get("/v1/articles?section=sport")).json()["items"]
    assert [each["id"] for each in plain] == [ids["sport"]]
    drafts = {slug: (await desk.make(source_id=f"draft-{slug}", section=slug))["id"] for slug in ("cup", "games")}
    found = (await desk.done("GET", "/articles?section=sport&subsections=true&limit=10"))["items"]
    assert {each["id"] for each in found} == {ids["sport"], ids["football"], ids["cup"], drafts["cup"]}


async def test_an_article_of_two_subsections_is_listed_once(desk: Desk) -> None:
    ids = await grow(desk)
    both = await desk.make(source_id="both", sections=["cup", "sport", "games"], published_at=TODAY)
    address = "/v1/articles?section=sport&subsections=true"
    listed = [each["id"] for each in (await desk.client.get(address)).json()["items"]]
    assert sorted(listed) == sorted([both["id"], ids["sport"], ids["football"], ids["cup"]])
    await desk.edit(both, {"sections": ["games"]})
    listed = [each["id"] for each in (await desk.client.get(address)).json()["items"]]
    assert both["id"] not in listed


async def test_cursor_is_bound_to_subsections(desk: Desk) -> None:
    await grow(desk)
    page = (await desk.client.get("/v1/articles?section=sport&subsections=true&limit=1")).json()
    assert "subsections=true" in page["next"]["href"]
    following = (await desk.client.get(page["next"]["href"])).json()
    assert following["items"][0]["id"] != page["items"][0]["id"]
    other = await desk.client.get(f"/v1/articles?section=sport&limit=1&cursor={page['next']['cursor']}")
    check_problem(other, "cursor-mismatch")


@pytest.mark.parametrize("moved_at_once", [0, 200])
async def test_a_move_takes_effect_at_once_and_the_job_changes_nothing(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch, moved_at_once: int
) -> None:
    monkeypatch.setattr(section_moves, "RELISTED_IN_MOVE", moved_at_once)
    ids = await grow(desk)
    await move(desk, "football", "games")
    assert await database.read(has_sections_to_relist) is (moved_at_once == 0)
    for done in range(20):
        await check_lists(desk, "sport", ids, ["sport"])
        await check_lists(desk, "games", ids, ["games", "football", "cup"])
        await check_lists(desk, "football", ids, ["football", "cup"])
        if not done and moved_at_once == 0:
            ids["late"] = (await desk.make(source_id="late", section="cup", published_at=TODAY))["id"]
            await desk.withdraw(await desk.read({"id": ids.pop("cup")}))
            ids["cup"] = ids.pop("late")
        if await database.write(relist_articles, most=1) < 1:
            break
    assert not await database.read(has_sections_to_relist)
    await database.read_in_thread(check_invariants)


async def test_a_move_is_one_change_that_names_the_subtrees(desk: Desk) -> None:
    await grow(desk)
    since = (await desk.client.get("/v1/changes")).json()["as_of"]
    await move(desk, "football", "games")
    for section in ("sport", "games", "football"):
        address = f"/v1/changes?section={section}&subsections=true&since={since}"
        items = (await desk.client.get(address)).json()["items"]
        assert [(each["type"], each["entry"]["slug"]) for each in items] == [("section.updated", "football")]
    article = await desk.make(source_id="goal", section="cup", published_at=TODAY)
    for section, kinds in (("games", ["article.published"]), ("sport", [])):
        address = f"/v1/changes?section={section}&subsections=true&since={since + 1}"
        items = (await desk.client.get(address)).json()["items"]
        assert [each["type"] for each in items] == kinds
    await desk.edit(article, {"section": "sport"})
    items = (await desk.client.get(f"/v1/changes?section=games&subsections=true&since={since + 1}")).json()["items"]
    assert {each["type"] for each in items if each["article"]} == {"article.removed"}


async def test_curated_lists_and_webhooks_take_subsections(desk: Desk) -> None:
    ids = await grow(desk)
    given: Json = {"name": "Sport", "filter": {"section": ["sport"], "subsections": True}}
    saved = await desk.done("PUT", "/lists/sport", given)
    assert saved["filter"]["subsections"] is True
    shown = (await desk.client.get("/v1/lists/sport")).json()["items"]
    assert {each["id"] for each in shown} == {ids["sport"], ids["football"], ids["cup"]}
    await move(desk, "football", None)
    shown = (await desk.client.get("/v1/lists/sport")).json()["items"]
    assert [each["id"] for each in shown] == [ids["sport"]]


async def test_a_scheduled_article_of_a_subsection_limits_max_age(desk: Desk) -> None:
    await grow(desk)
    soon = "2026-11-20T12:00:20Z"
    await desk.make(source_id="soon", section="cup", published_at=TOMORROW)
    await desk.publish(await desk.make(source_id="sooner", section="cup"), at=soon)
    ages = {
        section: (await desk.client.get(f"/v1/articles?section={section}&subsections=true")).headers["cache-control"]
        for section in ("sport", "games")
    }
    assert ages["sport"] != ages["games"], ages


async def test_lists_without_subsections_need_no_statement_more(desk: Desk) -> None:
    await grow(desk)
    for address, more in (("/v1/articles?section=sport", 0), ("/v1/articles?section=sport&subsections=true", 1)):
        with counted() as statements:
            await desk.client.get(address)
        assert sum("parent_id" in statement for statement in statements) == more


async def test_new_section_without_edition_is_of_the_default_edition(desk: Desk) -> None:
    made = await desk.done("POST", "/sections", {"slug": "harbour-life", "name": "Harbour life"})
    assert (made["edition"], made["slug"]) == ("global", "harbour-life")
