"""Guides, problem pages and their files: each page has one layout, and its links lead to something."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from lxml import html

from app.api.http.problem_types import PROBLEM_TYPES
from app.documentation import list_pages
from tests.api.newsroom import BROWSER
from tests.docs.pages import DOCS

GUIDES = sorted(f"/guides/{name}" for name in list_pages() if name != "README")
PAGES = ("/", "/problems", *(f"/problems/{code}" for code in PROBLEM_TYPES), "/guides", *GUIDES)


@pytest.fixture(scope="module")
def anchors() -> dict[str, set[str]]:
    """Return an empty mapping, for the ids of each page."""
    return {}


async def read_ids(reader: httpx.AsyncClient, path: str, known: dict[str, set[str]]) -> set[str]:
    """Return the ids of a page, or the status of something else that is there."""
    if path not in known:
        response = await reader.get(path, headers=BROWSER)
        assert response.status_code == 200, path
        is_page = response.headers["content-type"].startswith("text/html")
        known[path] = {*html.fromstring(response.text).xpath("//@id")} if is_page else set()
    return known[path]


@pytest.mark.parametrize("path", PAGES)
async def test_page_has_the_layout_and_links_that_lead_on(
    reader: httpx.AsyncClient, anchors: dict[str, set[str]], path: str
) -> None:
    page = html.fromstring((await reader.get(path, headers=BROWSER)).text)
    assert (page.get("lang"), len(page.xpath("//main[@id='main']")), len(page.xpath("//h1"))) == ("en", 1, 1)
    assert page.xpath("//body/*[1]/@href") == ["#main"]
    assert page.findtext(".//title")
    ids = page.xpath("//@id")
    assert len(ids) == len({*ids})
    for target in {*page.xpath("//@href"), *page.xpath("//@src"), *page.xpath("//@data-index")}:
        place = urlsplit(urljoin(f"http://dayline.test{path}", target))
        if place.netloc == "dayline.test":
            found = await read_ids(reader, place.path, anchors)
            is_heading = place.fragment and place.path != "/docs"  # where a script finds the operation
            assert not is_heading or place.fragment in found, target
        else:
            assert place.scheme == "https", target


@pytest.mark.parametrize(
    "path", ["/guides", "/guides/feeds", "/guides/decisions/0047-today", "/docs", "/problems", "/problems/not-found"]
)
async def test_slash_at_the_end_redirects_to_the_page(reader: httpx.AsyncClient, path: str) -> None:
    for headers in (BROWSER, {}):
        response = await reader.get(f"{path}/?q=1", headers=headers)
        assert (response.status_code, response.headers["location"]) == (308, f"{path}?q=1")


@pytest.mark.parametrize(
    "path",
    [
        *("/guides/nope", "/guides/nope/", "/guides/nope.md", "/guides/README", "/guides//feeds/", "/guides/a%20b/"),
        *("/docs/nope", "/problems/nope", "/problems/nope/", "/problems/not-found/more", "/problems/%E6%9C%AC/"),
    ],
)
async def test_unknown_page_is_a_page_for_browsers_only(reader: httpx.AsyncClient, path: str) -> None:
    shown = await reader.get(path, headers=BROWSER)
    page = html.fromstring(shown.text)
    assert (shown.status_code, page.findtext(".//h1"), page.get("lang")) == (404, "Page not found", "en")
    assert {"/guides", "/docs", "/problems"} <= {*page.xpath("//main//a/@href")}
    assert "etag" not in shown.headers
    for accept in ("*/*", "application/json", "text/markdown"):
        problem = await reader.get(path, headers={"accept": accept})
        assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")
        for response in (shown, problem):
            assert (response.headers["vary"], response.headers["cache-control"]) == ("Accept", "no-cache")


async def test_favicon_is_the_icon_of_the_pages(reader: httpx.AsyncClient) -> None:
    page = html.fromstring((await reader.get("/problems", headers=BROWSER)).text)
    icon = await reader.get(page.xpath("//link[@rel='icon']/@href")[0])
    response = await reader.get("/favicon.ico", headers=BROWSER)
    assert (response.status_code, response.headers["content-type"]) == (200, "image/svg+xml")
    assert response.content == icon.content


async def test_guides_are_served_in_markdown(reader: httpx.AsyncClient) -> None:
    source = (DOCS / "feeds.md").read_bytes()
    by_ending = await reader.get("/guides/feeds.md", headers=BROWSER)
    by_field = await reader.get("/guides/feeds", headers={"accept": "text/markdown"})
    for response in (by_ending, by_field):
        assert response.headers["content-type"] == "text/markdown; charset=utf-8"
        assert response.content == source
    assert "vary" not in by_ending.headers or "Accept," not in by_ending.headers["vary"]
    assert by_field.headers["vary"] == "Accept, Accept-Encoding"
    assert (await reader.get("/guides/feeds")).headers["content-type"] == "text/html; charset=utf-8"
    index = await reader.get("/guides", headers={"accept": "text/markdown"})
    assert index.content == (DOCS / "README.md").read_bytes()


@pytest.mark.parametrize(
    "name", ["nothing", "nothing.md", "README", "../README.md", "%2e%2e/README.md", "decisions", "a.conf"]
)
async def test_unknown_guides_are_not_found(reader: httpx.AsyncClient, name: str) -> None:
    response = await reader.get(f"/guides/{name}")
    assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found")


async def test_search_index_has_guides_operations_and_problems(reader: httpx.AsyncClient) -> None:
    response = await reader.get("/guides/search.json")
    hrefs = [entry["href"] for entry in response.json() if "withdraw" in f"{entry['title']} {entry['text']}".lower()]
    assert {"/guides", "/docs", "/problems"} <= {"/" + href.split("/")[1].partition("#")[0] for href in hrefs}
    assert len(response.content) < 400_000
    again = await reader.get("/guides/search.json", headers={"if-none-match": response.headers["etag"]})
    assert again.status_code == 304


async def test_llms_txt_links_markdown(reader: httpx.AsyncClient) -> None:
    text = (await reader.get("/llms.txt")).text
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > 30
    for link in links:
        response = await reader.get(link)
        assert response.status_code == 200, link
        assert response.headers["content-type"].startswith(("text/markdown", "application/json", "text/html")), link


async def test_problem_page_has_code_status_and_advice(reader: httpx.AsyncClient) -> None:
    for kind in PROBLEM_TYPES.values():
        page = unescape(re.sub("</?code>", "`", (await reader.get(f"/problems/{kind.code}")).text))
        assert kind.title in page
        assert kind.explanation in page
        assert f"HTTP {kind.status}" in page
        assert f"/problems/{kind.code}" in page


async def test_assets_have_addresses_that_change_with_their_content(reader: httpx.AsyncClient) -> None:
    page = (await reader.get("/guides/feeds", headers=BROWSER)).text
    assets = sorted({*re.findall(r'"(/assets/[^"]+)"', page)})
    assert [re.sub(r"\.[0-9a-f]{12}\.", ".", each) for each in assets] == [
        *("/assets/icon.svg", "/assets/page.css", "/assets/search.js")
    ]
    for asset in assets:
        response = await reader.get(asset)
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        former = await reader.get(re.sub(r"\.[0-9a-f]{12}\.", ".000000000000.", asset))
        assert former.content == response.content
        assert "immutable" not in former.headers["cache-control"]


@pytest.mark.parametrize("name", ["page.css", "page.0.css", "nothing.000000000000.css", "..%2flayout.py", ""])
async def test_unknown_assets_are_not_found(reader: httpx.AsyncClient, name: str) -> None:
    assert (await reader.get(f"/assets/{name}")).status_code == 404
