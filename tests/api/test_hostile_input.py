"""Hostile requests: each is refused with a problem, on both databases, and none stops the server."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import blake2b
from struct import pack

import httpx
import pytest

from app.domain.cursor import encode_name, encode_position
from tests.api.newsroom import ADDRESSES

LONG = "x" * 20_000
QUERIES = (
    "edition=%00",
    "edition=a%00b",
    "edition=%07",
    "edition=%E2%80%A8",
    "edition=%ff",
    "edition=%C0%80",
    "edition=%ED%A0%80",
    "edition=",
    "edition=*&edition=*",
    "%00=1",
    "%ff=1",
    "=1",
    "&&&",
    "edition",
    "edition[]=a",
    "edition[$ne]=a",
    f"edition={LONG}",
    f"{LONG}=1",
    LONG,
    "&".join(f"tag=t{i}" for i in range(600)),
    "&".join(f"p{i}=1" for i in range(600)),
    "&".join("tag=trams" for _ in range(600)),
    "limit=1e3",
    "limit=%D9%A3",
    "limit=9999999999999999999999999",
    "limit=-1",
    "limit=1.0",
    "limit=%201",
    "limit=0x10",
    "limit=NaN",
    "cursor=",
    "cursor=%00",
    "cursor=AAAA",
    "cursor=" + "A" * 5_000,
    "cursor=%F0%9F%A6%8A",
    "cursor=====",
    "from=2026-13-45",
    "from=0000-00-00",
    "from=2026-11-20T25:00:00Z",
    "to=9999-12-31",
    "to=999999999999999999999",
    "tz=../../etc/passwd",
    "tz=localtime",
    "tz=Europe/Kyiv%00",
    "id=0000000000000",
    "id=7zzzzzzzzzzzz",
    "id=8000000000000",
    "id=%00",
    "exclude=%00",
    "exclude=" + ",".join(f"s{i}" for i in range(101)),
    "exclude=',--",
    "section=' OR 1=1 --",
    "tag=%25",
    "tag=" + "a" * 10_000,
    "fields=__class__",
    "fields=" + ",".join(["id"] * 3_000),
    "body=HTML",
    "total=1",
    "newest_day=2026-02-30",
    "newest_day=9998-12-31",
    "newest_day=1000-01-01",
)
NAMES = (
    "%00",
    "a%00b",
    "%0a",
    "%ff%fe",
    "%C0%80",
    "%ED%A0%80",
    "%E2%80%A8",
    "%2e%2e",
    "%2F",
    "'",
    "%25",
    "%2B",
    "+",
    "%F0%9F%A6%8A",
    "0000000000000",
    "7zzzzzzzzzzzz",
    "x" * 20_000,
)
PLACES = (
    "/v1/editions/{}",
    "/v1/timeline/{}",
    "/v1/articles/{}",
    "/v1/articles/{}/related",
    "/v1/authors/{}",
    "/v1/authors/{}/articles",
    "/v1/authors/{}/articles?edition=*",
    "/v1/sections/{}",
    "/v1/sections/{}/articles",
    "/v1/tags/{}",
    "/v1/tags/{}/articles",
    "/v1/{}",
    "/problems/{}",
    "/docs/assets/{}",
    "/{}",
)


ONE_OF_EACH_QUESTION = [
    ADDRESSES[operation]
    for operation in (
        "get_service",
        "get_timeline",
        "get_day",
        "get_calendar",
        "list_articles",
        "list_author_articles",
        "get_article",
        "get_tag",
        "list_tags",
        "list_editions",
        "get_rss",
        "get_atom_archive",
        "get_news_sitemap",
        "get_sitemap",
        "get_ninjs",
    )
]


async def request(client: httpx.AsyncClient, target: str) -> httpx.Response:
    """Return the response to a request target, byte for byte."""
    return await client.get(httpx.URL("http://dayline.test").copy_with(raw_path=target.encode()))


def bare(address: str) -> str:
    return address.partition("?")[0]


@pytest.mark.parametrize("operation", [name for name in ADDRESSES if ADDRESSES[name].startswith("/v1")])
async def test_unknown_parameter_is_named_and_rejected(reader: httpx.AsyncClient, operation: str) -> None:
    for name in ("utm_source", "offset", "page", "Limit", "__proto__", "каталог", "model_config", "from_"):
        response = await reader.get(httpx.URL(ADDRESSES[operation]).copy_merge_params({name: "1"}))
        assert response.status_code == 422, name
        assert response.json()["type"] == "/problems/invalid-input"
        assert [each["where"] for each in response.json()["errors"]] == [name]


@pytest.mark.usefixtures("newsroom")
async def test_hostile_query_strings_cause_no_server_error(client: httpx.AsyncClient) -> None:
    for address in map(bare, ONE_OF_EACH_QUESTION):
        for query in QUERIES:
            response = await request(client, f"{address}?{query}")
            assert response.status_code in {200, 400, 404, 422}, (address, query[:80], response.text[:200])
            if response.status_code != 200:
                assert response.json()["type"].startswith("/problems/")
                assert len(response.content) < 4_000


@pytest.mark.usefixtures("newsroom")
async def test_hostile_paths_cause_no_server_error(client: httpx.AsyncClient) -> None:
    for place in PLACES:
        for name in NAMES:
            response = await request(client, place.format(name))
            assert response.status_code in {404, 422}, (place, name[:80], response.text[:200])
            assert response.json()["instance"].isascii()
            assert "location" not in response.headers


async def test_errors_are_reported_together_with_their_locations(reader: httpx.AsyncClient) -> None:
    response = await reader.get("/v1/articles?limit=0&body=pdf&bogus=1&id=nope")
    assert response.status_code == 422
    assert {each["where"] for each in response.json()["errors"]} == {"limit", "body", "bogus", "id"}
    assert all(each["message"] for each in response.json()["errors"])


def forge(content: bytes) -> str:
    """Return a cursor of any content, with a valid checksum."""
    check = blake2b(content, digest_size=4, person=b"dayline cursor").digest()
    return urlsafe_b64encode(content + check).rstrip(b"=").decode()


def forged(cursor: str) -> Iterator[str]:
    """Return cursors like a real one of the list, with keys that no article and no entry has."""
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    digest = raw[1:9]
    for published_at, number in ((2**63 - 1, 2**63 - 1), (-(2**63), 0), (0, -1), (253_402_300_800_000_000, 1)):
        yield encode_position(published_at, number, digest)
        yield forge(raw[:9] + pack(">qq", published_at, number) + b"x")
    yield forge(raw[:9])
    yield forge(raw[:9] + b"\xff\xfe")
    yield forge(raw[:9] + b"a\x00b")
    yield forge(b"\x09" + raw[1:-4])
    yield encode_name("кафе", digest)


@pytest.mark.usefixtures("newsroom")
async def test_forged_cursor_is_rejected_with_a_message(client: httpx.AsyncClient) -> None:
    for address in ("/v1/timeline?limit=1", "/v1/articles?limit=1", "/v1/tags?limit=1", "/v1/editions?limit=1"):
        cursor = (await client.get(address)).json()["next"]["cursor"]
        for false in forged(cursor):
            response = await client.get(address, params={"limit": "1", "cursor": false})
            assert response.status_code == 400, (address, false)
            assert response.json()["type"] in {"/problems/cursor-invalid", "/problems/cursor-mismatch"}
        for place in range(len(cursor)):
            other = "A" if cursor[place] != "A" else "B"
            response = await client.get(
                address, params={"limit": "1", "cursor": cursor[:place] + other + cursor[place + 1 :]}
            )
            assert response.json().get("type") == "/problems/cursor-invalid", place
