"""Header fields of every response: CORS, caching, links, and nothing echoed."""

import re
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.api.newsroom import ADDRESSES, CONTENT, FOREIGN, REFERENCE_CSS, WITHDRAWN
from tests.pagination import links_of

WRONG = {
    "/nowhere": 404,
    "/v1/articles/nothing-here": 404,
    "/v1/timeline/2011-12-30?tz=Pacific/Apia": 404,
    "/v1/timeline?cursor=broken": 400,
    "/v1/timeline?limit=0": 422,
    WITHDRAWN: 410,
}
LISTS = [operation for operation in ADDRESSES if operation.startswith("list_") and operation != "list_related"]
EVIL = {
    "host": "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-forwarded-prefix": "/evil.example",
    "x-original-url": "/evil.example",
    "forwarded": "host=evil.example;proto=https",
    "origin": "https://evil.example",
    "referer": "https://evil.example/",
}


async def responses(reader: httpx.AsyncClient, **headers: str) -> list[httpx.Response]:
    """Return a response of every kind: successes, 304, redirects and problems."""
    found = [await reader.get(address, headers=headers) for address in (*CONTENT, *WRONG)]
    tag = (await reader.get("/v1/timeline")).headers["etag"]
    found.append(await reader.get("/v1/timeline", headers={**headers, "if-none-match": tag}))
    found.append(await reader.get("/v1/articles/night-trams?body=text", headers=headers))
    found.append(await reader.post("/v1/timeline", headers=headers))
    found.append(await reader.options("/v1/timeline", headers=headers))
    return found


async def test_cors_exposes_etag_and_link(reader: httpx.AsyncClient) -> None:
    found = await responses(reader, origin="https://front.example")
    assert {200, 204, 304, 308, 400, 404, 405, 410, 422} <= {response.status_code for response in found}
    for response in found:
        assert response.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in response.headers
        if response.status_code != 204:
            exposed = {name.strip().lower() for name in response.headers["access-control-expose-headers"].split(",")}
            assert {"etag", "link"} <= exposed


async def test_response_contains_no_request_host(reader: httpx.AsyncClient) -> None:
    plain, tricked = await responses(reader), await responses(reader, **EVIL)
    for one, other in zip(plain, tricked, strict=True):
        assert b"evil" not in other.content
        assert "evil" not in repr(other.headers.raw)
        assert (one.status_code, one.content, one.headers) == (other.status_code, other.content, other.headers)


@pytest.mark.parametrize("address", CONTENT)
async def test_content_max_age_is_at_most_a_minute(reader: httpx.AsyncClient, address: str) -> None:
    given = (await reader.get(address)).headers["cache-control"]
    directives = dict(part.strip().partition("=")[::2] for part in given.split(","))
    assert "public" in directives
    assert 0 < int(directives["max-age"]) <= 60
    assert int(directives["stale-while-revalidate"]) > 0
    assert int(directives["stale-if-error"]) > 0
    assert directives.keys() == {"public", "max-age", "stale-while-revalidate", "stale-if-error"}


@pytest.mark.parametrize(("address", "status"), WRONG.items())
async def test_error_response_is_no_cache(reader: httpx.AsyncClient, address: str, status: int) -> None:
    response = await reader.get(address)
    assert response.status_code == status
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["content-type"] == "application/problem+json"


async def test_redirect_has_the_cache_control_of_its_article(reader: httpx.AsyncClient) -> None:
    article = await reader.get("/v1/articles/trams-return")
    redirect = await reader.get("/v1/articles/night-trams")
    assert redirect.status_code == 308
    assert redirect.headers["cache-control"] == article.headers["cache-control"]


async def test_responses_have_a_content_type(reader: httpx.AsyncClient) -> None:
    for name, address in ADDRESSES.items():
        if name in FOREIGN:  # test_feed_documents.py
            continue
        assert (await reader.get(address)).headers["content-type"] == "application/json"
    for address, kind in {
        "/openapi.json": "application/json",
        "/docs": "text/html; charset=utf-8",
        REFERENCE_CSS: "text/css; charset=utf-8",
        "/problems": "text/html; charset=utf-8",
    }.items():
        assert (await reader.get(address)).headers["content-type"] == kind


@pytest.mark.parametrize("operation", [*LISTS, "get_timeline"])
async def test_link_header_equals_next_of_the_body(reader: httpx.AsyncClient, operation: str) -> None:
    address = ADDRESSES[operation]
    seen = 0
    while True:
        response = await reader.get(address)
        following = response.json()["next"]
        seen += 1
        assert response.headers.get("link", "") == links_of(response.json())
        if following is None:
            break
        assert re.fullmatch(r"/v1/[^/].*", following["href"])
        requested, offered = (dict(parse_qsl(urlsplit(each).query)) for each in (address, following["href"]))
        assert offered == {**requested, "cursor": following["cursor"]}
        assert urlsplit(following["href"]).path == urlsplit(address).path
        address = following["href"]
    assert seen > 1


async def test_day_has_no_next_link_header(reader: httpx.AsyncClient) -> None:
    response = await reader.get(ADDRESSES["get_day"])
    assert response.json()["next"] == {"date": "2026-11-20", "href": "/v1/timeline/2026-11-20"}
    assert "link" not in response.headers
