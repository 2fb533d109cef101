"""Order of lists of entries by name, in the language of an edition."""

from typing import Any

import httpx
import pytest

from app.domain.cldr import collation
from tests.api.editorial.editor_client import Desk
from tests.conftest import Store
from tests.pagination import follow_pages, get_page
from tests.records import article, author, edition, section, tag

NAMES = ["Ångström", "Zorn", "Öberg", "Andersson", "andersson", "Ärlig", "Ґанок", "Гайова", "Євген", "Щука", "Ялинка"]
SWEDISH = ["andersson", "Andersson", "Zorn", "Ångström", "Ärlig", "Öberg", "Гайова", "Ґанок", "Євген", "Щука", "Ялинка"]
ENGLISH = ["andersson", "Andersson", "Ångström", "Ärlig", "Öberg", "Zorn", "Гайова", "Ґанок", "Євген", "Щука", "Ялинка"]
UKRAINIAN = [*ENGLISH[6:], *ENGLISH[:6]]


@pytest.fixture
async def names(desk: Desk, store: Store) -> None:
    """Store tags, authors and sections of these names, under slugs of another order."""
    assert desk
    slugs = [f"n{number}" for number in range(len(NAMES))]
    await store(edition("sv", language="sv", default=False))
    for make in (tag, author):
        await store(*(make(slug, name) for slug, name in zip(slugs, NAMES, strict=True)))
    for owner in ("global", "ua", "sv"):
        await store(*(section(slug, name, edition=owner) for slug, name in zip(slugs, NAMES, strict=True)))
    await store(article(source_id="all", tags=slugs, authors=slugs))


def names_of(pages: list[dict[str, Any]]) -> list[str]:
    return [item["name"] for page in pages for item in page["items"]]


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("limit", [1, 3, 200])
async def test_entries_are_listed_by_name_in_the_language_of_the_edition(client: httpx.AsyncClient, limit: int) -> None:
    for owner, expected in (("global", ENGLISH), ("ua", UKRAINIAN), ("sv", SWEDISH)):
        for address in ("/v1/tags", "/v1/authors", "/v1/sections"):
            pages = await follow_pages(client, address, order="name", edition=owner, limit=limit)
            assert [each for each in names_of(pages) if each in NAMES] == expected, (address, owner)


@pytest.mark.usefixtures("names")
async def test_editors_list_entries_by_name_too(desk: Desk) -> None:
    for path in ("tags", "authors", "sections"):
        first = await desk.done("GET", f"/{path}?order=name&edition=sv&limit=3")
        second = await desk.done("GET", first["next"]["href"].removeprefix("/v1/editorial"))
        assert [each for each in names_of([first, second]) if each in NAMES][:4] == SWEDISH[:4], path
    assert (await desk.send("GET", "/tags?order=name&edition=nowhere")).status_code == 404


@pytest.mark.usefixtures("names")
async def test_rename_moves_an_entry_in_cached_lists(client: httpx.AsyncClient, desk: Desk) -> None:
    for path in ("tags", "authors", "sections"):
        listed = f"/v1/{path}?order=name&limit=200"
        assert names_of([await get_page(client, listed)])[-1] == "Ялинка"
        await desk.done("PATCH", f"/{path}/n10", {"name": "Aalto", "slug": "aalto"})
        assert names_of([await get_page(client, listed)])[0] == "Aalto"
        await desk.done("PATCH", f"/{path}/aalto", {"name": "Ялинка"})
        assert names_of([await get_page(client, listed)])[-1] == "Ялинка"


@pytest.mark.usefixtures("names")
async def test_merge_and_deletion_remove_the_place_of_an_entry(client: httpx.AsyncClient, desk: Desk) -> None:
    await desk.done("PUT", "/tags/n0/merge", {"into": "n1"})
    assert "Ångström" not in names_of([await get_page(client, "/v1/tags?order=name&limit=200")])
    assert (await desk.send("DELETE", "/sections/n0")).status_code == 204
    assert "Ångström" not in names_of([await get_page(client, "/v1/sections?order=name&limit=200")])


@pytest.mark.usefixtures("names")
async def test_new_language_of_an_edition_is_its_order_at_once(client: httpx.AsyncClient, desk: Desk) -> None:
    address = "/v1/authors?order=name&edition=ua&limit=200"
    cursor = (await get_page(client, "/v1/authors?order=name&edition=ua&limit=2"))["next"]["cursor"]
    assert names_of([await get_page(client, address)])[0] == "Гайова"
    await desk.done("PATCH", "/editions/ua", {"language": "da"})
    assert names_of([await get_page(client, address)])[-1] == "Ялинка"
    problem = await get_page(client, "/v1/authors", 400, order="name", edition="ua", cursor=cursor)
    assert problem["type"] == "/problems/cursor-mismatch"
    await desk.done("PATCH", "/editions/ua", {"language": "uk"})
    assert names_of([await get_page(client, address)])[0] == "Гайова"


@pytest.mark.usefixtures("names")
async def test_entries_of_a_new_article_are_in_lists_by_name(client: httpx.AsyncClient, store: Store) -> None:
    await store(article(source_id="new", tags=["aachen"], authors=["zz-top"]))
    assert names_of([await get_page(client, "/v1/tags?order=name&limit=1")]) == ["aachen"]
    assert "zz-top" in names_of([await get_page(client, "/v1/authors?order=name&limit=200")])


@pytest.mark.usefixtures("names")
async def test_equal_names_are_in_the_order_of_slugs(client: httpx.AsyncClient, store: Store) -> None:
    await store(tag("twin-b", "Aa twin"), tag("twin-c", "Aa twin"), tag("twin-a", "Aa twin"))
    await store(article(source_id="twins", tags=["twin-c", "twin-a", "twin-b"]))
    pages = await follow_pages(client, "/v1/tags", 3, order="name", limit=1)
    assert [item["slug"] for page in pages for item in page["items"]] == ["twin-a", "twin-b", "twin-c"]


@pytest.mark.usefixtures("names")
async def test_cursor_survives_the_deletion_of_its_entry(client: httpx.AsyncClient, desk: Desk) -> None:
    page = await get_page(client, "/v1/sections?order=name&edition=sv&limit=4")
    assert names_of([page]) == SWEDISH[:4]
    assert (await desk.send("DELETE", "/sections/n0?edition=sv")).status_code == 204
    assert names_of([await get_page(client, page["next"]["href"])]) == SWEDISH[4:8]


@pytest.mark.usefixtures("names")
async def test_cursor_of_another_version_or_order_is_refused(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_slug = (await get_page(client, "/v1/tags?limit=1"))["next"]["cursor"]
    by_name = (await get_page(client, "/v1/tags?limit=1&order=name"))["next"]["cursor"]
    for cursor, order in ((by_slug, "name"), (by_name, "slug")):
        problem = await get_page(client, "/v1/tags", 400, cursor=cursor, order=order)
        assert problem["type"] == "/problems/cursor-mismatch"
    monkeypatch.setattr(collation, "COLLATION_VERSION", "next")
    collation.name_collation.cache_clear()
    problem = await get_page(client, "/v1/tags", 400, cursor=by_name, order="name")
    collation.name_collation.cache_clear()
    assert (
        problem["detail"]
        == "The cursor belongs to a list with other filters, or in another order; start again without one."
    )
