"""Aliases, former URLs and templates in the editorial API."""

import asyncio
from typing import Any

import pytest

from app.db.database import Database
from tests.api.editorial.editor_client import Desk, wrong
from tests.importers.conftest import import_bytes
from tests.importers.lines import article_line, pack

TODAY = "2026-11-20T10:00:00Z"
SITE = "https://courier.example"


async def resolved(desk: Desk, url: str) -> Any:
    response = await desk.client.get("/v1/resolve", params={"url": url})
    return response.json()["id"] if response.status_code == 200 else response.status_code


async def test_draft_has_no_url(desk: Desk) -> None:
    draft = await desk.make(headline="A draft")
    assert draft["url"] is None
    assert draft["aliases"] == draft["former_urls"] == []
    item = (await desk.client.get("/v1/editorial/articles?status=draft", headers=desk.headers)).json()["items"][0]
    assert item["url"] is None
    public = await desk.make(headline="Public", published_at=TODAY)
    assert public["url"] == f"{SITE}/public"


async def test_aliases_are_replaced_and_otherwise_preserved(desk: Desk) -> None:
    made = await desk.make(headline="Fog", published_at=TODAY, aliases=["http://Old.example/fog", "/?p=1#x", "/?p=1"])
    assert made["aliases"] == ["/?p=1", "http://old.example/fog"]
    assert await resolved(desk, "/?p=1") == made["id"]
    edited = await desk.edit(made, {"headline": "Fog again"})
    assert edited["aliases"] == made["aliases"]
    edited = await desk.edit(edited, {"aliases": ["/2"]})
    assert (edited["aliases"], edited["revision"]) == (["/2"], 3)
    assert [await resolved(desk, each) for each in ("/?p=1", "/2")] == [404, made["id"]]
    unchanged = await desk.edit(edited, {"aliases": ["/2"]})
    assert unchanged["revision"] == 3
    empties: tuple[list[str] | None, ...] = ([], None)
    for empty in empties:
        emptied = await desk.edit(await desk.edit(await desk.read(made), {"aliases": ["/3"]}), {"aliases": empty})
        assert emptied["aliases"] == []


async def test_push_without_aliases_preserves_them(desk: Desk) -> None:
    for members in ({"aliases": ["/1"]}, {}):
        response = await desk.push("fog", {"headline": "Fog", "published_at": TODAY, **members})
        assert response.json()["aliases"] == ["/1"]


@pytest.mark.parametrize("alias", ["fog", "ftp://x.example/a", "//x.example/a", "/a b", 5, None, "/" * 2_001])
async def test_invalid_alias_is_rejected(desk: Desk, alias: Any) -> None:
    response = await desk.send("POST", "/articles", {"headline": "Fog", "aliases": [alias]})
    assert list(wrong(response)) == ["aliases.0"]


async def test_alias_of_another_article_is_rejected(desk: Desk) -> None:
    made = await desk.edit(await desk.make(slug="one", published_at=TODAY, aliases=["/1"]), {"slug": "two"})
    assert [each["url"] for each in made["former_urls"]] == [f"{SITE}/one"]
    for taken in ("/1", f"{SITE}/one"):
        response = await desk.send("POST", "/articles", {"headline": "Other", "aliases": ["/2", taken]})
        assert made["id"] in wrong(response)["aliases"]
    assert (await desk.edit(made, {"former_urls": made["former_urls"], "lead": "New."}))["lead"] == "New."
    response = await desk.send("PATCH", f"/articles/{made['id']}", {"former_urls": []}, if_match="*")
    assert list(wrong(response)) == ["former_urls"]


async def test_one_of_two_simultaneous_articles_gets_an_alias(desk: Desk) -> None:
    responses = await asyncio.gather(
        *(desk.send("POST", "/articles", {"headline": f"Fog {n}", "aliases": ["/1"]}) for n in range(4))
    )
    assert sorted(each.status_code for each in responses) == [201, 422, 422, 422]


async def test_former_templates_are_listed_and_read_only(desk: Desk) -> None:
    response = await desk.send("PATCH", "/editions/global", {"section_fallback": "misc", "timezone": "UTC"})
    former = response.json()["former_article_urls"]
    assert [(each["timezone"], each["section_fallback"]) for each in former] == [("Europe/Kyiv", "news")]
    response = await desk.send("PATCH", "/editions/global", {"former_article_urls": former, "name": "Renamed"})
    assert response.json()["former_article_urls"] == former
    response = await desk.send("PATCH", "/editions/global", {"former_article_urls": []})
    assert list(wrong(response)) == ["former_article_urls"]


@pytest.mark.parametrize("alias", ["/tram", "https://courier.example/tram"])
async def test_alias_that_is_the_present_url_of_another_article_is_rejected(
    desk: Desk, database: Database, alias: str
) -> None:
    first = await desk.make(slug="tram", published_at=TODAY, aliases=["/tram"])
    given = {"headline": "B", "source_id": "b", "aliases": [alias]}
    assert first["id"] in wrong(await desk.send("POST", "/articles", given))["aliases"]
    await desk.edit(first, {"aliases": []})
    assert first["id"] in wrong(await desk.send("POST", "/articles", given))["aliases"]
    brought = await import_bytes(database, pack(article_line("c", aliases=[alias])))
    assert (brought.errors, [code for code, _ in brought.report.warnings]) == ([], ["alias-taken"])
    assert (await desk.make(source_id="d", aliases=["/tram/", "/other"]))["aliases"] == ["/other", "/tram/"]
