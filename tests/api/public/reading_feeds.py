"""Reading the documents of feeds as partners do, in few words: ids, links, pages to the end."""

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
    """The answer, which has this status."""
    answer = await client.get(address)
    assert answer.status_code == status, (address, answer.text)
    return answer


def name_of(address: str) -> str:
    """The last part of an address: which document it is."""
    return urlsplit(address).path.rpartition("/")[2]


def ids_in(answer: httpx.Response) -> list[str]:
    """The URNs of the articles in a feed, in order."""
    read = ENTRIES.get(name_of(str(answer.url)))
    if read is not None:
        return read(answer.content)
    return re.findall(r"<entry>\s*<id>([^<]*)</id>", answer.text)


def locations(answer: httpx.Response) -> list[str]:
    """The addresses in a sitemap or an index, in order."""
    return [html.unescape(each) for each in re.findall(r"<loc>([^<]*)</loc>", answer.text)]


def link(answer: httpx.Response, rel: str) -> str | None:
    """The address that a document of XML links so."""
    found = re.search(rf'<(?:atom:)?link rel="{rel}"[^>]* href="([^"]*)"', answer.text)
    return None if found is None else html.unescape(found[1])


def next_url(answer: httpx.Response) -> str | None:
    """The absolute address of the next page, which `Link` repeats as a path."""
    name = name_of(str(answer.url))
    if name == "rss.xml":
        found = link(answer, "next")
    elif name == "feed.json":
        found = answer.json().get("next_url")
    else:
        found = {each["name"]: each["href"] for each in answer.json()["renditions"]}.get("next")
    assert (found is None) == ("link" not in answer.headers)
    if found is not None:
        assert answer.headers["link"] == f'<{path_of(found)}>; rel="next"'
    return found


def path_of(url: str) -> str:
    """The path and the query of an absolute address."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


async def walk_feed(client: httpx.AsyncClient, address: str) -> list[list[str]]:
    """The ids on each page of a feed, to the end."""
    pages: list[list[str]] = []
    following: str | None = address
    while following is not None:
        answer = await fetch(client, path_of(following))
        pages.append(ids_in(answer))
        following = next_url(answer)
        assert len(pages) < 1_000, "the walk goes in circles"
    return pages


async def walk_archives(client: httpx.AsyncClient, edition: str, query: str = "") -> list[tuple[str, list[str]]]:
    """The current document and every archive that `prev-archive` leads to: what its `self` names, and its ids."""
    documents: list[tuple[str, list[str]]] = []
    following: str | None = f"/feeds/{edition}/atom.xml{query}"
    while following is not None:
        answer = await fetch(client, path_of(following))
        documents.append((path_of(link(answer, "self") or ""), ids_in(answer)))
        following = link(answer, "prev-archive")
        assert len(documents) < 1_000, "the walk goes in circles"
    return documents
