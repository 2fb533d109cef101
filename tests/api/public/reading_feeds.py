"""Reading of feeds as partners do: ids, links, pages to the end."""

import html
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import orjson

PAGED = ("rss.xml", "feed.json", "ninjs.json")
SUBSCRIBED = (*PAGED, "atom.xml")
SITEMAPS = ("news-sitemap.xml", "sitemap.xml", "sitemap/2026-W47.xml")
ENTRIES: dict[str, Callable[[bytes], list[str]]] = {
    "rss.xml": lambda body: re.findall(r'<guid isPermaLink="false">([^<]*)</guid>', body.decode()),
    "feed.json": lambda body: [item["id"] for item in orjson.loads(body)["items"]],
    "ninjs.json": lambda body: [each["uri"] for each in orjson.loads(body)["associations"] if each["rel"] == "item"],
}


async def fetch(client: httpx.AsyncClient, address: str, status: int = 200) -> httpx.Response:
    """Return the response, which has this status."""
    response = await client.get(address)
    assert response.status_code == status, (address, response.text)
    return response


def name_of(address: str) -> str:
    """Return the last part of a path: the name of the document."""
    return urlsplit(address).path.rpartition("/")[2]


def ids_in(response: httpx.Response) -> list[str]:
    """Return the URNs of the articles in a feed, in order."""
    read = ENTRIES.get(name_of(str(response.url)))
    if read is not None:
        return read(response.content)
    return re.findall(r"<entry>\s*<id>([^<]*)</id>", response.text)


def locations(response: httpx.Response) -> list[str]:
    """Return the URLs in a sitemap or an index, in order."""
    return [html.unescape(each) for each in re.findall(r"<loc>([^<]*)</loc>", response.text)]


def link(response: httpx.Response, rel: str) -> str | None:
    """Return the URL of the link with this relation in an XML document."""
    found = re.search(rf'<(?:atom:)?link rel="{rel}"[^>]* href="([^"]*)"', response.text)
    return None if found is None else html.unescape(found[1])


def next_url(response: httpx.Response) -> str | None:
    """Return the absolute URL of the next page, which `Link` repeats as a path."""
    name = name_of(str(response.url))
    if name == "rss.xml":
        found = link(response, "next")
    elif name == "feed.json":
        found = response.json().get("next_url")
    else:
        found = {each["name"]: each["href"] for each in response.json()["renditions"]}.get("next")
    assert (found is None) == ("link" not in response.headers)
    if found is not None:
        assert response.headers["link"] == f'<{path_of(found)}>; rel="next"'
    return found


def path_of(url: str) -> str:
    """Return the path and the query of an absolute URL."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


async def walk_feed(client: httpx.AsyncClient, address: str) -> list[list[str]]:
    """Return the ids on each page of a feed, to the end."""
    pages: list[list[str]] = []
    following: str | None = address
    while following is not None:
        response = await fetch(client, path_of(following))
        pages.append(ids_in(response))
        following = next_url(response)
        assert len(pages) < 1_000, "the walk goes in circles"
    return pages


async def walk_archives(client: httpx.AsyncClient, edition: str, query: str = "") -> list[tuple[str, list[str]]]:
    """Return the current document and every archive that `prev-archive` leads to: the name in `self`, and the ids."""
    documents: list[tuple[str, list[str]]] = []
    following: str | None = f"/feeds/{edition}/atom.xml{query}"
    while following is not None:
        response = await fetch(client, path_of(following))
        documents.append((path_of(link(response, "self") or ""), ids_in(response)))
        following = link(response, "prev-archive")
        assert len(documents) < 1_000, "the walk goes in circles"
    return documents
