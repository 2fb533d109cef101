"""Retrieval of an article: everything its page shows, in each format, language and edition."""

import re
from typing import Any

import httpx
import pytest

from app.schemas.article import ArticleDetails
from tests.api.newsroom import EXAMPLE_BODY, EXCLUSIVE, IMAGE, RIGHTS
from tests.conftest import Store
from tests.records import article, edition

NO_MEMBERS: dict[str, Any] = {
    "author_type": "person",
    **dict.fromkeys(("role", "bio", "bio_language", "image", "url", "email", "page_url")),
    "links": [],
}
pytestmark = pytest.mark.usefixtures("newsroom")

TRAM = "/v1/articles/trams-return"


async def get(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    response = await client.get(address)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def slugs(items: list[dict[str, Any]]) -> list[str]:
    return [item["slug"] for item in items]


async def test_article_has_all_members_of_its_page(client: httpx.AsyncClient) -> None:
    page = await get(client, TRAM)
    identity = page["id"]
    assert re.fullmatch(r"[0-7][0-9a-hjkmnp-tv-z]{12}", identity)
    surroundings = {name: page.pop(name) for name in ("body", "related", "neighbours", "alternates")}
    assert all(surroundings.values())
    details = {name: page.pop(name) for name in ArticleDetails.__annotations__}
    assert {name for name, value in details.items() if value} == {"word_count", "reading_minutes"}
    assert (page.pop("notes"), page.pop("history")) == ([], {"href": f"/v1/articles/{identity}/history"})
    assert page == {
        "id": identity,
        "href": f"/v1/articles/{identity}",
        "url": "https://courier.example/news/trams-return",
        "slug": "trams-return",
        "edition": "global",
        "headline": "Night trams return to the quay",
        "kicker": None,
        "format": "article",
        "lead": "After eleven years it will wait for the last ferry.",
        "dateline": "PORT VELA, Nov 20",
        "label": EXCLUSIVE,
        "section": {"slug": "city", "name": "City", "href": "/v1/sections/city"},
        "sections": [{"slug": "city", "name": "City", "href": "/v1/sections/city"}],
        "tags": [
            {"slug": "trams", "name": "Trams", "tag_type": "topic", "codes": [], "href": "/v1/tags/trams"},
            {"slug": "budget", "name": "Budget", "tag_type": "topic", "codes": [], "href": "/v1/tags/budget"},
        ],
        "authors": [
            {**NO_MEMBERS, "slug": "oleh-raida", "name": "Oleh Raida", "href": "/v1/authors/oleh-raida"},
            {
                **NO_MEMBERS,
                "slug": "iryna-dovhan",
                "name": "Iryna Dovhan",
                "role": "columnist",
                "bio": "Iryna Dovhan writes about cities.",
                "bio_language": None,
                "href": "/v1/authors/iryna-dovhan",
            },
        ],
        "source": {"name": "Lume Tramways", "url": "https://tramways.example/night"},
        "image": IMAGE,
        "rights": RIGHTS,
        "access": None,
        "published_at": "2026-11-20T12:00:00.250000+02:00",
        "updated_at": "2026-11-20T13:00:00.000000+02:00",
        "first_published_at": page["first_published_at"],
        "local": {
            "date": "2026-11-20",
            "time": "12:00",
            "year": "2026",
            "weekday": "Friday",
            "day": "20 November",
            "text": "Friday, 20 November 2026 at 12:00",
        },
        "version": 2,
    }


async def test_every_href_of_an_article_resolves(client: httpx.AsyncClient) -> None:
    for address in (TRAM, "/v1/articles/lamps?edition=ua"):
        page = await get(client, address)
        beside = [each for each in page["neighbours"].values() if each]
        linked = [page, page["section"], *page["tags"], *page["authors"], *page["related"], *beside]
        for each in linked:
            assert each["href"].startswith("/v1/")
            found = await get(client, each["href"])
            assert found.get("slug") == each["slug"]


async def test_minimal_article_has_nulls_and_empty_lists(client: httpx.AsyncClient) -> None:
    page = await get(client, "/v1/articles/plain-news")
    for name in ("lead", "dateline", "label", "section", "source", "image", "rights", "updated_at"):
        assert page[name] is None, name
    for name in ("tags", "authors", "body", "related"):
        assert page[name] == [], name
    assert page["neighbours"]["previous"] is None
    assert page["version"] == 1
    for form in ("html", "text"):
        assert (await get(client, f"/v1/articles/plain-news?body={form}"))["body"] == ""


async def test_body_format_is_blocks_html_text_or_none(client: httpx.AsyncClient) -> None:
    blocks = (await get(client, TRAM))["body"]
    assert (await get(client, f"{TRAM}?body=blocks"))["body"] == blocks
    assert [block["type"] for block in blocks] == [block["type"] for block in EXAMPLE_BODY]
    assert blocks[:4] == EXAMPLE_BODY[:4]
    empty = dict.fromkeys(("caption", "credit", "width", "height", "licence", "focal_point", "asset_id"))
    assert blocks[4] == {"type": "image", "image": {**EXAMPLE_BODY[4]["image"], **empty, "renditions": []}}
    empty = dict.fromkeys(("html", "title", "caption", "width", "height", "thumbnail"))
    assert blocks[5] == {**EXAMPLE_BODY[5], **empty}
    html = (await get(client, f"{TRAM}?body=html"))["body"]
    for piece in ("<p>The first one ran <em>on time</em>.</p>", "<h2>", "<ol><li>Line 1</li>", 'alt="The map"'):
        assert piece in html
    text = (await get(client, f"{TRAM}?body=text"))["body"]
    assert "The first one ran on time." in text
    assert "We forgot how the city sounds at one." in text
    assert "<" not in text
    rich = (await get(client, f"{TRAM}?body=rich"))["body"]
    assert [block["type"] for block in rich] == [block["type"] for block in blocks]
    assert [run["text"] for run in rich[0]["runs"] if run["marks"]] == ["on time"]
    assert not [block for block in rich if "html" in block]
    assert "body" not in await get(client, f"{TRAM}?body=none")


async def test_lists_include_bodies_up_to_a_limit_of_fifty(client: httpx.AsyncClient) -> None:
    blocks = (await get(client, TRAM))["body"]
    html = (await get(client, f"{TRAM}?body=html"))["body"]
    assert (await get(client, "/v1/articles?body=blocks&limit=50"))["items"][0]["body"] == blocks
    assert (await get(client, "/v1/tags/budget/articles?body=html&limit=1"))["items"][0]["body"] == html
    assert all("body" not in item for item in (await get(client, "/v1/articles?body=none&limit=200"))["items"])
    for form in ("blocks", "html", "text"):
        refused = await client.get(f"/v1/articles?body={form}&limit=51")
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["where"] == "limit"


async def test_list_item_equals_the_article_page(client: httpx.AsyncClient) -> None:
    for address in ("/v1/articles?body=text", "/v1/articles?edition=ua&body=text"):
        for item in (await get(client, address))["items"]:
            page = await get(client, f"{item['href']}?body=text")
            assert {name: page[name] for name in item} == item
            beside = {"expires_at", "related", "neighbours", "notes", "history", "alternates"}
            assert page.keys() - item.keys() == beside | ArticleDetails.__annotations__.keys()


async def test_alternates_have_distinct_titles(client: httpx.AsyncClient) -> None:
    canonical, *others = (await get(client, TRAM))["alternates"]
    assert "title" not in canonical
    assert len({each["href"] for each in others}) == len({each["title"] for each in others}) == len(others) == 6
    assert others[2:] == (await get(client, "/v1/editions/global"))["alternates"]


async def test_article_dates_and_labels_are_in_the_editions_language(client: httpx.AsyncClient) -> None:
    page = await get(client, "/v1/articles/lamps?edition=ua")
    assert page["headline"] == "Лід скрес"
    assert page["local"]["weekday"] == "пʼятниця"
    assert page["local"]["day"] == "20 листопада"
    assert page["local"]["time"] == "08:00"
    for piece in ("пʼятниця", "20 листопада 2026", "08:00"):
        assert piece in page["local"]["text"]
    assert page["label"] == {
        "code": "opinion",
        "text": "ДУМКА",
        "language": None,
        "disclaimer": "Колонки висловлюють думку авторів.",
        "disclaimer_language": None,
        "genre": "opinion",
    }
    assert (await get(client, "/v1/articles/ferry-waits"))["label"]["disclaimer"] == "Columns speak for their authors."


async def test_label_without_translation_falls_back_to_its_text(client: httpx.AsyncClient) -> None:
    label = (await get(client, "/v1/articles/analiz?edition=ua"))["label"]
    assert label == {
        "code": "analysis",
        "text": "Analysis",
        "language": "en-GB",
        "disclaimer": "Written by specialists.",
        "disclaimer_language": "en-GB",
        "genre": None,
    }


async def test_related_is_curated_then_recommended_and_public_only(client: httpx.AsyncClient) -> None:
    page = await get(client, TRAM)
    assert slugs(page["related"]) == ["lamps", "ferry-waits", "fog-lifts"]  # the first two in the editors' order
    assert await get(client, f"{TRAM}/related") == {"items": page["related"], "next": None}
    timeline = (await get(client, "/v1/timeline?limit=200"))["days"]
    items = {item["id"]: item for day in timeline for item in day["items"]}
    assert all({**items[each["id"]], "local": each["local"]} == each for each in page["related"])


async def test_article_neighbours_are_those_of_the_timeline(client: httpx.AsyncClient) -> None:
    for scope in ("", "&edition=ua"):
        locals_by_id = {
            each["id"]: each["local"] for each in (await get(client, f"/v1/articles?limit=200{scope}"))["items"]
        }
        days = (await get(client, f"/v1/timeline?limit=200{scope}"))["days"]
        items = [{**item, "local": locals_by_id[item["id"]]} for day in days for item in day["items"]]
        for newer, here, older in zip([None, *items], items, [*items[1:], None], strict=False):
            found = (await get(client, here["href"]))["neighbours"]
            assert found == {"previous": older, "next": newer}


async def test_article_neighbours_of_one_instant_are_ordered_by_id(client: httpx.AsyncClient, store: Store) -> None:
    await store(*(article("2026-11-18T10:00:00.000001Z", source_id=f"twin {i}") for i in range(3)))
    twins = (await get(client, "/v1/articles?from=2026-11-18&to=2026-11-19"))["items"]
    middle = (await get(client, twins[1]["href"]))["neighbours"]
    assert (middle["previous"]["id"], middle["next"]["id"]) == (twins[2]["id"], twins[0]["id"])


async def test_article_is_found_by_id_or_by_slug_in_its_edition(client: httpx.AsyncClient) -> None:
    here, there = await get(client, "/v1/articles/lamps"), await get(client, "/v1/articles/lamps?edition=ua")
    assert (here["edition"], there["edition"]) == ("global", "ua")
    assert here["id"] != there["id"]
    assert await get(client, "/v1/articles/lamps?edition=global") == here
    for page in (here, there):
        assert await get(client, f"/v1/articles/{page['id']}") == page
    assert (await client.get("/v1/articles/ferry-waits?edition=ua")).status_code == 404
    assert (await client.get(f"/v1/articles/{here['id'].upper()}")).status_code == 404
    assert (await client.get("/v1/articles/lamps?edition=nowhere")).status_code == 404
    spanning = await client.get("/v1/articles/lamps?edition=*")
    assert (spanning.status_code, spanning.json()["errors"][0]["where"]) == (422, "edition")


async def test_article_url_is_made_from_the_template(client: httpx.AsyncClient, store: Store) -> None:
    there = await get(client, "/v1/articles/lamps?edition=ua")
    assert there["url"] == f"https://courier.example/ua/n/{there['id']}"
    templates = {
        "https://amp.example/{id}/{slug}.html": "https://amp.example/{id}/story.html",
        "{site_url}/{slug}?from={id}": "https://third.example/story?from={id}",
        None: "https://third.example/story",
    }
    for template, expected in templates.items():
        await store(edition("third", site_url="https://third.example", article_url=template, default=False))
        await store(article(edition="third", source_id="story", slug="story"))
        page = await get(client, "/v1/articles/story?edition=third")
        assert page["url"] == expected.replace("{id}", page["id"])
        item = (await get(client, "/v1/timeline?edition=third"))["days"][0]["items"][0]
        assert item["url"] == page["url"]
        assert page["alternates"][0] == {"rel": "canonical", "type": "text/html", "href": page["url"]}
        stored = (await get(client, "/v1/editions/third"))["article_url"]
        assert stored == (template or "{site_url}/{slug}")
