"""Every link of this API in a response, whatever its format, and a walk over all that they lead to."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

_IN_TEXT = re.compile(r'(?:href|src|url)=[\'"]([^\'"]+)|<(?:loc|id|link|docs|url)>([^<]+)<')
_IN_FIELD = re.compile(r"<([^>]*)>")
_LINKING = frozenset({"href", "instance", "type"})
_ADDRESSES = frozenset({"feed_url", "next_url", "home_page_url", "url", "uri"})
_OWN = re.compile(r"/(?:v1|feeds|docs|problems|openapi\.json)(?:[/?]|$)")


def own_links(response: httpx.Response, site: str) -> set[str]:
    """Return the links in the content and the fields of a response that lead to this API, as paths.

    A link is absolute from the root, or on the `site` of the edition, whose other pages are not this API's.
    """
    found = set(_IN_FIELD.findall(response.headers.get("link", "")))
    found |= {response.headers["location"]} if "location" in response.headers else set()
    kind = response.headers.get("content-type", "").partition(";")[0]
    if kind.endswith("json") and not response.url.path.endswith("/openapi.json"):
        found |= set(_links_of(response.json()))
    elif kind.startswith(("text/html", "application/rss", "application/atom", "application/xml")):
        found |= {one or other for one, other in _IN_TEXT.findall(response.text)}
    paths = (each.removeprefix(site) for each in found)
    return {path.replace("&amp;", "&") for path in paths if path.startswith("/") and _OWN.search(path)}


def _links_of(node: Any, name: str = "") -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _links_of(each, name)
    elif isinstance(node, dict):
        for member, value in node.items():
            if member != "body":  # links of an article's text are its author's
                yield from _links_of(value, name if name == "links" else member)
    elif isinstance(node, str) and (name in _LINKING or name == "links" or name in _ADDRESSES):
        yield node


def kind_of(path: str) -> str:
    """Return a path without the names in it."""
    return re.sub(r"(?<=/)(articles|revisions|keys|problems|assets)/[^/]+", r"\1/{}", path)


async def walk(
    client: httpx.AsyncClient, starts: list[str], site: str, *, most_of_kind: int | None = None
) -> AsyncIterator[tuple[httpx.Response, set[str]]]:
    """Yield each response that links lead to, with its own links, each link once; streams and exports are left out.

    With `most_of_kind`, only so many of the paths that differ in names alone.
    """
    waiting, seen, visited = [*starts], {*starts}, Counter[str]()
    while waiting:
        target = waiting.pop()
        kind = kind_of(urlsplit(target).path)
        visited[kind] += 1
        if most_of_kind is not None and visited[kind] > most_of_kind:
            continue
        response = await client.get(target)
        links = own_links(response, site)
        yield response, links
        new = {each for each in links if not urlsplit(each).path.endswith(("/v1/stream", "/v1/export"))} - seen
        waiting += sorted(new)
        seen |= new
