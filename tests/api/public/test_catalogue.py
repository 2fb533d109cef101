"""Authors, sections, tags and labels: lists in pages of any size, single entries, and the editions they belong to."""

from typing import Any

import httpx
import pytest

from tests.conftest import Store
from tests.records import author, label, section, tag

pytestmark = pytest.mark.usefixtures("newsroom")

# In the order of their bytes, which no locale may change.
CODES = ["a", "a-b", "a.b", "a0", "a_b", "ab", "z_1"]
LISTS = {
    "/v1/authors": ["iryna-dovhan", "oleh-raida"],
    "/v1/sections": ["city", "world"],
    "/v1/sections?edition=ua": ["city", "kultura"],
    "/v1/tags": ["budget", "fog", "trams"],
    "/v1/labels": ["analysis", "exclusive", "opinion"],
    "/v1/editions": ["global", "ua"],
}


async def get(client: httpx.AsyncClient, address: str, **parameters: str) -> dict[str, Any]:
    given = {**httpx.QueryParams(address.partition("?")[2]), **parameters}
    answer = await client.get(address.partition("?")[0], params=given)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(page: dict[str, Any]) -> list[str]:
    return [item.get("slug") or item["code"] for item in page["items"]]


async def walk(client: httpx.AsyncClient, address: str, limit: str | None) -> list[list[str]]:
    """The names on each page, following `next` to the end."""
    page = await get(client, address, **({} if limit is None else {"limit": limit}))
    pages = [names(page)]
    while page["next"] is not None:
        page = await get(client, page["next"]["href"])
        pages.append(names(page))
    return pages


async def test_lists_by_name_are_complete_for_any_limit(client: httpx.AsyncClient) -> None:
    for address, expected in LISTS.items():
        for limit in ("1", "2", "200", None):
            pages = await walk(client, address, limit)
            assert [name for page in pages for name in page] == expected, address
            assert {len(page) for page in pages[:-1]} <= {int(limit or 100)}
            assert pages[-1]


async def test_lists_by_name_are_in_byte_order(client: httpx.AsyncClient, store: Store) -> None:
    for code in reversed(CODES):
        await store(
            tag(code, f"T {code}"), author(code, f"A {code}"), label(code, f"L {code}"), section(code, f"S {code}")
        )
    for address in ("/v1/authors", "/v1/sections", "/v1/tags", "/v1/labels"):
        expected = sorted([*LISTS[address], *CODES])
        for limit in ("1", "3", None):
            assert [name for page in await walk(client, address, limit) for name in page] == expected


async def test_cursor_by_name_survives_changes_between_pages(client: httpx.AsyncClient, store: Store) -> None:
    page = await get(client, "/v1/tags", limit="1")
    assert names(page) == ["budget"]
    await store(tag("aardvark", "Before the cursor"), tag("fog", "Mist"), tag("cranes", "After it"))
    assert names(await get(client, page["next"]["href"])) == ["cranes"]


async def test_cursor_by_name_is_bound_to_list_and_edition(client: httpx.AsyncClient) -> None:
    cursor = (await get(client, "/v1/sections", limit="1"))["next"]["cursor"]
    assert names(await get(client, "/v1/sections", cursor=cursor, limit="200")) == ["world"]
    for address in ("/v1/sections?edition=ua", "/v1/tags", "/v1/authors", "/v1/labels", "/v1/editions", "/v1/articles"):
        path, _, query = address.partition("?")
        answer = await client.get(path, params={**httpx.QueryParams(query), "cursor": cursor})
        assert answer.status_code == 400, address
        assert answer.json()["type"] == "/problems/cursor-mismatch"


async def test_catalogue_items_are_complete(client: httpx.AsyncClient) -> None:
    authors = (await get(client, "/v1/authors"))["items"]
    assert authors[0] == {
        "slug": "iryna-dovhan",
        "name": "Iryna Dovhan",
        "role": "columnist",
        "bio": "Iryna Dovhan writes about cities.",
        "href": "/v1/authors/iryna-dovhan",
    }
    assert authors[1] == {
        "slug": "oleh-raida",
        "name": "Oleh Raida",
        "role": None,
        "bio": None,
        "href": "/v1/authors/oleh-raida",
    }
    assert (await get(client, "/v1/tags"))["items"][2] == {"slug": "trams", "name": "Trams", "href": "/v1/tags/trams"}
    assert (await get(client, "/v1/sections"))["items"] == [
        {"slug": "city", "name": "City", "href": "/v1/sections/city"},
        {"slug": "world", "name": "World", "href": "/v1/sections/world"},
    ]


async def test_labels_are_in_the_editions_language_with_fallback(client: httpx.AsyncClient) -> None:
    def by_code(page: dict[str, Any]) -> dict[str, Any]:
        return {item["code"]: item for item in page["items"]}

    english, ukrainian = by_code(await get(client, "/v1/labels")), by_code(await get(client, "/v1/labels?edition=ua"))
    assert english["opinion"] == {
        "code": "opinion",
        "text": "OPINION",
        "disclaimer": "Columns speak for their authors.",
        "genre": "opinion",
    }
    assert english["exclusive"] == {"code": "exclusive", "text": "Exclusive", "disclaimer": None, "genre": None}
    assert (ukrainian["opinion"]["text"], ukrainian["exclusive"]["text"]) == ("ДУМКА", "Ексклюзив")
    assert ukrainian["opinion"]["disclaimer"] == "Колонки висловлюють думку авторів."
    assert ukrainian["analysis"] == english["analysis"]  # never a code or an empty text


async def test_label_translation_is_found_by_lookup(client: httpx.AsyncClient, store: Store) -> None:
    await store(label("late-extra", "Late extra", texts={"uk-Latn": "Dodatok", "en": "Late", "de": "Spät"}))
    item = (await get(client, "/v1/labels"))["items"][2]
    assert (item["code"], item["text"]) == ("late-extra", "Late")  # en-GB falls back to en (RFC 4647 lookup)
    assert (await get(client, "/v1/labels?edition=ua"))["items"][2]["text"] == "Late extra"


async def test_section_belongs_to_its_edition(client: httpx.AsyncClient) -> None:
    here, there = await get(client, "/v1/sections/city"), await get(client, "/v1/sections/city?edition=ua")
    assert (here["name"], there["name"]) == ("City", "Місто")
    assert there["href"] == "/v1/sections/city?edition=ua"
    assert (await client.get("/v1/sections/world?edition=ua")).status_code == 404
    assert (await client.get("/v1/sections/kultura")).status_code == 404
    assert (await client.get("/v1/sections/kultura/articles")).status_code == 404
    found = await get(client, "/v1/sections/kultura/articles?edition=ua")
    assert [item["slug"] for item in found["items"]] == ["lamps"]


async def test_catalogue_entry_links_its_articles(client: httpx.AsyncClient) -> None:
    for address in (
        "/v1/authors/iryna-dovhan",
        "/v1/tags/fog",
        "/v1/sections/city",
        "/v1/sections/kultura?edition=ua",
        "/v1/authors/iryna-dovhan?edition=ua",
    ):
        page = await get(client, address)
        assert page["href"] == address
        assert await get(client, page["href"]) == page
        found = await get(client, page["articles"]["href"])
        assert found["items"], address
        expected = "ua" if "edition=ua" in address else "global"
        assert {item["edition"] for item in found["items"]} == {expected}


async def test_unknown_entry_is_404_and_an_unused_one_has_an_empty_list(
    client: httpx.AsyncClient, store: Store
) -> None:
    await store(tag("quiet", "Quiet"), author("newcomer", "New Comer"), section("empty", "Empty"))
    for kind, name in (("tags", "quiet"), ("authors", "newcomer"), ("sections", "empty")):
        assert await get(client, f"/v1/{kind}/{name}/articles") == {"items": [], "next": None}
        for address in (f"/v1/{kind}/nobody", f"/v1/{kind}/nobody/articles", f"/v1/{kind}/nobody/articles?edition=*"):
            answer = await client.get(address)
            assert answer.status_code == 404, address
            assert answer.json()["detail"].startswith("There is no ")
