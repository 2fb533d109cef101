"""Catalogue entries with another slug: redirects, filters, articles, cursors and imports by the former one."""

import pytest
from httpx import Response

from app import clock
from app.actions.articles.upsert import upsert_articles
from app.actions.catalogue.import_defaults import import_entry
from app.db.database import Database
from app.domain.catalogue_entry import MAX_FORMER_SLUGS
from app.queries.articles.interchange_export import export_records
from app.schemas.catalogue_records import AuthorRecord
from tests.api.editorial.editor_client import TODAY, Desk, Json, wrong
from tests.api.http.test_problems import check_problem
from tests.records import article

AUTHOR = {"slug": "ada-old", "name": "Ada Old"}
RENAMED = {"slug": "ada-new"}


async def _author(desk: Desk, count: int = 1) -> list[Json]:
    await desk.done("POST", "/authors", AUTHOR)
    await desk.done("POST", "/tags", {"slug": "tide-old", "name": "Tides"})
    members = {"authors": ["ada-old"], "tags": ["tide-old"], "published_at": TODAY}
    return [await desk.make(source_id=f"s{number}", **members) for number in range(count)]


async def _get(desk: Desk, path: str) -> Response:
    return await desk.client.get(f"/v1{path}", follow_redirects=False)


async def test_former_addresses_redirect_with_their_query(desk: Desk) -> None:
    await _author(desk)
    assert (await _get(desk, "/authors/ada-old")).status_code == 200
    saved = await desk.done("PATCH", "/authors/ada-old", RENAMED)
    assert (saved["slug"], saved["former_slugs"], saved["revision"]) == ("ada-new", ["ada-old"], 2)
    await desk.done("PATCH", "/tags/tide-old", {"slug": "tide-new"})
    for path in ("/authors/ada-%s", "/authors/ada-%s/articles?limit=1&edition=global", "/tags/tide-%s?edition=global"):
        moved = await _get(desk, path % "old")
        assert (moved.status_code, moved.headers["location"]) == (308, f"/v1{path % 'new'}")
        assert "max-age" in moved.headers["cache-control"]
        assert (await _get(desk, path % "new")).status_code == 200
    assert (await _get(desk, "/authors/ada-older")).status_code == 404


async def test_redirects_follow_the_next_rename_and_end_with_the_entry(desk: Desk) -> None:
    [made] = await _author(desk)
    await desk.done("PATCH", "/authors/ada-old", RENAMED)
    assert (await _get(desk, "/authors/ada-old")).headers["location"] == "/v1/authors/ada-new"
    await desk.done("PATCH", "/authors/ada-new", {"slug": "ada-newer"})
    for former in ("ada-old", "ada-new"):
        assert (await _get(desk, f"/authors/{former}")).headers["location"] == "/v1/authors/ada-newer"
    back = await desk.done("PATCH", "/authors/ada-newer", {"slug": "ada-old"})
    assert back["former_slugs"] == ["ada-new", "ada-newer"]
    assert (await _get(desk, "/authors/ada-old")).status_code == 200
    assert (await _get(desk, "/authors/ada-newer")).headers["location"] == "/v1/authors/ada-old"
    await desk.edit(made, {"authors": []})
    assert (await _get(desk, "/authors/ada-newer")).status_code == 404
    assert (await desk.send("DELETE", "/authors/ada-old")).status_code == 204
    assert (await _get(desk, "/authors/ada-new")).status_code == 404
    assert (await desk.send("POST", "/authors", {"slug": "ada-new", "name": "Another"})).status_code == 201


async def test_new_entry_takes_a_former_slug_and_ends_its_redirect(desk: Desk) -> None:
    await _author(desk)
    await desk.done("PATCH", "/authors/ada-old", RENAMED)
    listed = "/articles?author=ada-old&edition=global"
    assert len((await _get(desk, listed)).json()["items"]) == 1
    assert (await _get(desk, "/authors/ada-old")).status_code == 308
    await desk.done("POST", "/authors", {"slug": "ada-old", "name": "Ada the Younger"})
    assert (await desk.done("GET", "/authors/ada-new"))["former_slugs"] == []
    assert (await _get(desk, listed)).json()["items"] == []
    assert (await _get(desk, "/authors/ada-old")).status_code == 404
    refused = await desk.send("PATCH", "/authors/ada-new", {"slug": "ada-old"})
    assert refused.status_code == 409


async def test_former_slug_that_a_filter_uses_is_not_taken(desk: Desk) -> None:
    await _author(desk)
    chosen = {"name": "By Ada", "items": [], "filter": {"author": ["ada-old"]}}
    await desk.done("PUT", "/lists/by-ada?edition=global", chosen)
    await desk.done("PATCH", "/authors/ada-old", RENAMED)
    shown = (await _get(desk, "/lists/by-ada?edition=global")).json()
    assert len(shown["items"]) == 1
    refused = await desk.send("POST", "/authors", {"slug": "ada-old", "name": "Another"})
    assert refused.status_code == 409
    assert "by-ada" in refused.json()["detail"]
    assert "by-ada" in (await desk.send("DELETE", "/authors/ada-new")).json()["detail"]


@pytest.mark.parametrize("path", ["/articles", "/timeline"])
async def test_filters_by_a_former_slug_select_what_the_present_one_does(desk: Desk, path: str) -> None:
    await _author(desk, 3)
    before = (await _get(desk, f"{path}?author=ada-old&edition=global&limit=1")).json()
    await desk.done("PATCH", "/authors/ada-old", RENAMED)
    old = (await _get(desk, f"{path}?author=ada-old&tag=tide-old&edition=global")).json()
    new = (await _get(desk, f"{path}?author=ada-new&tag=tide-old&edition=global")).json()
    assert str(old).replace("ada-old", "ada-new") == str(new)
    assert str(new).count("'headline'") == 3
    for name in ("ada-old", "ada-new"):
        walk = before["next"]["cursor"]
        seen = 1
        while walk is not None:
            page = (await _get(desk, f"{path}?author={name}&edition=global&limit=1&cursor={walk}")).json()
            walk, seen = page["next"] and page["next"]["cursor"], seen + 1
        assert seen == 3


async def test_articles_name_entries_by_former_slugs_with_a_warning(desk: Desk) -> None:
    [made] = await _author(desk)
    await desk.done("PATCH", "/authors/ada-old", RENAMED)
    await desk.done("PATCH", "/tags/tide-old", {"slug": "tide-new"})
    other = await desk.make(authors=["ada-old", "ada-new"], tags=["tide-old"], headline="Two names")
    assert (other["authors"], other["tags"]) == (["ada-new"], ["tide-new"])
    assert [(each["where"], each["code"]) for each in desk.warnings] == [
        ("tags", "renamed-reference"),
        ("authors", "renamed-reference"),
    ]
    same = await desk.edit(made, {"authors": ["ada-old"]})
    assert same["revision"] == made["revision"]
    pushed = await desk.push("s0", {"headline": "Story s0", "authors": ["ada-old"], "tags": ["tide-old"]})
    assert (pushed.status_code, pushed.json()["revision"]) == (200, made["revision"])
    changed = await desk.edit(made, {"headline": "Another"})
    assert changed["revision"] == made["revision"] + 1


async def test_repeated_import_after_a_rename_changes_nothing(database: Database, desk: Desk) -> None:
    record = article(TODAY, source_id="w1", authors=["ada-old"], tags=["tide-old"])
    await database.write(upsert_articles, [record], now=clock.now())
    await desk.done("PATCH", "/authors/ada-old", RENAMED)
    await desk.done("PATCH", "/tags/tide-old", {"slug": "tide-new"})
    for _ in range(2):
        repeated = await database.write(upsert_articles, [record.model_copy()], now=clock.now())
        assert [str(each) for each in repeated.outcomes] == ["unchanged"]
    renamed = record.model_copy(update={"authors": ["ada-new"], "tags": ["tide-new"]})
    assert [*map(str, (await database.write(upsert_articles, [renamed], now=clock.now())).outcomes)] == ["unchanged"]
    entry = await database.write(
        import_entry, AuthorRecord(slug="ada-old", name="Ada"), may_make_default=False, now=clock.now()
    )
    assert [each["code"] for each in entry.warnings] == ["renamed-reference"]
    assert (await desk.done("GET", "/authors/ada-new"))["name"] == "Ada"


async def test_former_slugs_are_exported_and_rename_an_entry_elsewhere(desk: Desk, database: Database) -> None:
    await _author(desk)
    await desk.done("PATCH", "/authors/ada-old", RENAMED)
    records = await database.read(lambda connection: [*export_records(connection)])
    [ada] = [each for each in records if each["kind"] == "author" and each["slug"] == "ada-new"]
    assert ada["former_slugs"] == ["ada-old"]
    exported = AuthorRecord.model_validate({**ada, "slug": "ada-newest", "former_slugs": ["ada-old", "ada-new"]})
    await database.write(import_entry, exported, may_make_default=False, now=clock.now())
    assert (await desk.done("GET", "/authors/ada-newest"))["former_slugs"] == ["ada-old", "ada-new"]


async def test_section_and_label_are_renamed(desk: Desk) -> None:
    await desk.done("POST", "/sections", {"edition": "global", "slug": "ports", "name": "Ports"})
    await desk.done("POST", "/labels", {"code": "view", "text": "VIEW"})
    await desk.done("PATCH", "/editions/global", {"article_url": "{site_url}/{section}/{slug}"})
    made = await desk.make(section="ports", label="view", published_at=TODAY)
    url = made["url"]
    await desk.done("PATCH", "/sections/ports?edition=global", {"slug": "harbours"})
    await desk.done("PATCH", "/labels/view", {"code": "comment"})
    shown = (await _get(desk, "/articles?section=ports&label=view&edition=global")).json()["items"][0]
    assert (shown["section"]["slug"], shown["label"]["code"]) == ("harbours", "comment")
    assert shown["url"] == url.replace("/ports/", "/harbours/")
    assert (await _get(desk, "/sections/ports?edition=global")).headers["location"].startswith("/v1/sections/harbours?")
    for address, current in ((url, False), (shown["url"], True)):
        found = (await desk.client.get("/v1/resolve", params={"url": address})).json()
        assert (found["id"], found["current"]) == (made["id"], current)
    await desk.done("POST", "/sections", {"edition": "global", "slug": "sea", "name": "Sea"})
    await desk.edit(made, {"section": "sea"})
    assert (await desk.client.get("/v1/resolve", params={"url": url})).json()["id"] == made["id"]


async def test_identity_of_editions_and_taken_names_are_refused(desk: Desk) -> None:
    await _author(desk)
    await desk.done("POST", "/authors", {"slug": "ben", "name": "Ben"})
    assert (await desk.send("PATCH", "/authors/ben", {"slug": "ada-old"})).status_code == 409
    assert "former_slugs" in wrong(await desk.send("PATCH", "/authors/ben", {"former_slugs": ["ada-old"]}))
    assert "slug" in wrong(await desk.send("PATCH", "/editions/global", {"slug": "other"}))
    await desk.done("PATCH", "/authors/ada-old", RENAMED)
    missing = await desk.send("GET", "/authors/ada-old")
    assert (missing.status_code, "ada-new" in missing.json()["detail"]) == (404, True)


async def test_rename_beyond_the_maximum_of_former_slugs_is_refused(desk: Desk) -> None:
    names = [f"ada-{number}" for number in range(MAX_FORMER_SLUGS)]
    await desk.done("POST", "/authors", {"slug": "ada", "name": "Ada", "former_slugs": names})
    assert "former_slugs" in wrong(await desk.send("PATCH", "/authors/ada", {"slug": "ada-new"}))
    assert (await desk.done("PATCH", "/authors/ada", {"name": "Ada B."}))["former_slugs"] == names
    renamed = await desk.done("PATCH", "/authors/ada", {"slug": "ada-new", "former_slugs": names[1:]})
    assert renamed["former_slugs"] == [*names[1:], "ada"]
    await desk.done("POST", "/authors", {"slug": "eve", "name": "Eve"})
    refused = await desk.send("PUT", "/authors/eve/merge", {"into": "ada-new"})
    assert "1,001 former slugs" in check_problem(refused, "conflict")["detail"]
    assert (await desk.done("GET", "/authors/eve"))["name"] == "Eve"


async def test_former_slug_that_a_filter_uses_is_not_removed_or_moved(desk: Desk) -> None:
    await _author(desk)
    chosen = {"name": "By Ada", "items": [], "filter": {"author": ["ada-old"]}}
    await desk.done("PUT", "/lists/by-ada?edition=global", chosen)
    await desk.done("PATCH", "/authors/ada-old", RENAMED)
    await desk.done("POST", "/authors", {"slug": "eve", "name": "Eve"})
    for path, names in (("/authors/ada-new", []), ("/authors/eve", ["ada-old"])):
        refused = await desk.send("PATCH", path, {"former_slugs": names})
        assert "by-ada" in wrong(refused)["former_slugs"]
    await desk.done("PUT", "/lists/by-ada?edition=global", {**chosen, "filter": {"author": ["ada-new"]}})
    assert (await desk.done("PATCH", "/authors/eve", {"former_slugs": ["ada-old"]}))["former_slugs"] == ["ada-old"]
