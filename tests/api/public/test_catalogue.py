"""Authors, sections, tags and labels: lists in pages of any size, single entries, and the editions they belong to."""

from typing import Any

import httpx
import pytest

from app.schemas.interchange import ArticleRecord
from tests.api.newsroom import EXCLUSIVE
from tests.conftest import Store
from tests.records import article, author, edition, label, section, tag

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
    response = await client.get(address.partition("?")[0], params=given)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def names(page: dict[str, Any]) -> list[str]:
    return [item.get("slug") or item["code"] for item in page["items"]]


async def walk(client: httpx.AsyncClient, address: str, limit: str | None) -> list[list[str]]:
    """Return the names on each page, following `next` to the end."""
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
        await store(label(code, f"L {code}"), section(code, f"S {code}"))
        await store(article(source_id=code, tags=[code], authors=[code]))
    for address in ("/v1/authors", "/v1/sections", "/v1/tags", "/v1/labels"):
        expected = sorted([*LISTS[address], *CODES])
        for limit in ("1", "3", None):
            assert [name for page in await walk(client, address, limit) for name in page] == expected


async def test_cursor_by_name_survives_changes_between_pages(client: httpx.AsyncClient, store: Store) -> None:
    page = await get(client, "/v1/tags", limit="1")
    assert names(page) == ["budget"]
    await store(tag("fog", "Mist"), article(source_id="new", tags=["aardvark", "cranes"]))
    assert names(await get(client, page["next"]["href"])) == ["cranes"]


async def test_cursor_by_name_is_bound_to_list_and_edition(client: httpx.AsyncClient) -> None:
    cursor = (await get(client, "/v1/sections", limit="1"))["next"]["cursor"]
    assert names(await get(client, "/v1/sections", cursor=cursor, limit="200")) == ["world"]
    for address in ("/v1/sections?edition=ua", "/v1/tags", "/v1/authors", "/v1/labels", "/v1/editions", "/v1/articles"):
        path, _, query = address.partition("?")
        response = await client.get(path, params={**httpx.QueryParams(query), "cursor": cursor})
        assert response.status_code == 400, address
        assert response.json()["type"] == "/problems/cursor-mismatch"


async def test_catalogue_items_are_complete(client: httpx.AsyncClient) -> None:
    authors = (await get(client, "/v1/authors"))["items"]
    assert authors[0] == {
        "slug": "iryna-dovhan",
        "name": "Iryna Dovhan",
        "author_type": "person",
        "role": "columnist",
        "bio": "Iryna Dovhan writes about cities.",
        "bio_language": None,
        "image": None,
        "url": None,
        "email": None,
        "links": [],
        "page_url": None,
        "href": "/v1/authors/iryna-dovhan",
    }
    assert authors[1] == {
        "slug": "oleh-raida",
        "name": "Oleh Raida",
        "author_type": "person",
        "role": None,
        "bio": None,
        "bio_language": None,
        "image": None,
        "url": None,
        "email": None,
        "links": [],
        "page_url": None,
        "href": "/v1/authors/oleh-raida",
    }
    assert (await get(client, "/v1/tags"))["items"][2] == {
        "slug": "trams",
        "name": "Trams",
        "tag_type": "topic",
        "codes": [],
        "href": "/v1/tags/trams",
        "description": None,
        "aliases": [],
        "page_url": None,
    }
    empty = {"parent": None, "position": None, "description": None, "image": None, "page_url": None}
    assert (await get(client, "/v1/sections"))["items"] == [
        {"slug": "city", "name": "City", "href": "/v1/sections/city", **empty},
        {"slug": "world", "name": "World", "href": "/v1/sections/world", **empty},
    ]


async def test_labels_are_in_the_editions_language_with_fallback(client: httpx.AsyncClient) -> None:
    def by_code(page: dict[str, Any]) -> dict[str, Any]:
        return {item["code"]: item for item in page["items"]}

    english, ukrainian = by_code(await get(client, "/v1/labels")), by_code(await get(client, "/v1/labels?edition=ua"))
    assert english["opinion"] == {
        "code": "opinion",
        "text": "OPINION",
        "language": None,
        "disclaimer": "Columns speak for their authors.",
        "disclaimer_language": None,
        "genre": "opinion",
    }
    assert english["exclusive"] == EXCLUSIVE
    assert (ukrainian["opinion"]["text"], ukrainian["exclusive"]["text"]) == ("ДУМКА", "Ексклюзив")
    assert ukrainian["opinion"]["disclaimer"] == "Колонки висловлюють думку авторів."
    fallback = {"language": "en-GB", "disclaimer_language": "en-GB"}
    assert ukrainian["analysis"] == {**english["analysis"], **fallback}  # never a code or an empty text


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


@pytest.mark.parametrize(
    ("address", "query", "title"),
    [
        ("/v1/authors/iryna-dovhan", "global/{}?author=iryna-dovhan", "Iryna Dovhan"),
        ("/v1/authors/iryna-dovhan?edition=ua", "ua/{}?author=iryna-dovhan", "Iryna Dovhan"),
        ("/v1/tags/fog", "global/{}?tag=fog", "Fog"),
        ("/v1/sections/kultura?edition=ua", "ua/{}?section=kultura", "Культура"),
        ("/v1/editions/global", "global/{}", None),
    ],
)
async def test_feeds_of_an_entry_are_found_from_its_page(
    client: httpx.AsyncClient, address: str, query: str, title: str | None
) -> None:
    response = await client.get(address)
    alternates = response.json()["alternates"]
    names = ("rss.xml", "atom.xml", "feed.json", "ninjs.json")
    assert [each["href"] for each in alternates] == [f"/feeds/{query.format(name)}" for name in names]
    links = [f'<{each["href"]}>; rel="alternate"; type="{each["type"]}"' for each in alternates]
    assert response.headers["link"] == ", ".join(links)
    feed = (await client.get(alternates[2]["href"])).json()
    assert f"{feed['title']}: JSON Feed" == alternates[2]["title"]
    assert title is None or feed["title"].endswith(f": {title}")
    assert feed["items"]


async def test_unknown_entry_is_404_and_an_unused_section_has_an_empty_list(
    client: httpx.AsyncClient, store: Store
) -> None:
    await store(section("empty", "Empty"))
    assert await get(client, "/v1/sections/empty/articles") == {"items": [], "next": None}
    for kind in ("tags", "authors", "sections"):
        for address in (f"/v1/{kind}/nobody", f"/v1/{kind}/nobody/articles", f"/v1/{kind}/nobody/articles?edition=*"):
            response = await client.get(address)
            assert response.status_code == 404, address
            assert response.json()["detail"].startswith("There is no ")


async def test_tags_and_authors_are_found_while_a_public_article_names_them(
    client: httpx.AsyncClient, store: Store
) -> None:
    await store(tag("quiet", "Quiet"), author("newcomer", "New Comer"))

    def only(status: str) -> ArticleRecord:
        return article(source_id="only", tags=["quiet"], authors=["newcomer"], status=status)

    pages = ("/v1/tags/quiet", "/v1/tags/quiet/articles", "/v1/authors/newcomer", "/v1/authors/newcomer/articles")
    since = (await get(client, "/v1/changes"))["as_of"]
    for _ in range(3):
        found = [(await client.get(address)).status_code for address in pages]
        assert found == [404] * 4
        assert "quiet" not in [each["slug"] for each in (await get(client, "/v1/tags"))["items"]]
        await store(only("published"))
        assert [(await client.get(address)).status_code for address in pages] == [200] * 4
        assert "quiet" in [each["slug"] for each in (await get(client, "/v1/tags"))["items"]]
        await store(only("withdrawn"))
    changed = (await get(client, "/v1/changes", since=str(since)))["items"]
    assert [each["entry"]["slug"] for each in changed if each["type"] == "tag.updated"] == ["quiet"] * 6


async def test_hidden_section_is_not_shown_and_its_articles_stay(client: httpx.AsyncClient, store: Store) -> None:
    for hidden in (True, False):
        await store(section("city", "City", hidden=hidden), label("opinion", "OPINION", hidden=hidden))
        status = 404 if hidden else 200
        assert (await client.get("/v1/sections/city")).status_code == status
        assert (await client.get("/v1/sections/city/articles")).status_code == status
        assert names(await get(client, "/v1/sections")) == (["world"] if hidden else ["city", "world"])
        assert ("opinion" in names(await get(client, "/v1/labels"))) is not hidden
        assert len((await get(client, "/v1/articles?section=city"))["items"]) == (0 if hidden else 2)
        item = (await get(client, "/v1/articles/trams-return"))["section"]
        assert item == (None if hidden else {"slug": "city", "name": "City", "href": "/v1/sections/city"})
        assert (await get(client, "/v1/articles/ferry-waits"))["label"]["code"] == "opinion"


async def test_entries_have_pages_on_the_front_end_by_template(client: httpx.AsyncClient, store: Store) -> None:
    templates = {"section_url": "{site_url}/s/{slug}", "tag_url": "https://tags.example/{slug}"}
    await store(edition(**templates, author_url="{site_url}/by/{slug}", article_url="{site_url}/news/{slug}"))
    pages = {"sections/city": "https://courier.example/s/city", "tags/fog": "https://tags.example/fog"}
    for path, url in (*pages.items(), ("authors/oleh-raida", "https://courier.example/by/oleh-raida")):
        assert (await get(client, f"/v1/{path}"))["page_url"] == url
    shown = await get(client, "/v1/editions/global")
    assert {name: shown[name] for name in templates} == templates


async def test_biography_is_in_the_editions_language(client: httpx.AsyncClient, store: Store) -> None:
    await store(author("iryna-dovhan", "Iryna Dovhan", bio="Writes.", bios={"uk": "Пише."}))
    assert (await get(client, "/v1/authors/iryna-dovhan"))["bio"] == "Writes."
    assert (await get(client, "/v1/authors/iryna-dovhan?edition=ua"))["bio"] == "Пише."
