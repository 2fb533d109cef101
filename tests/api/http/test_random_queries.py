"""Random requests generated from the document: each succeeds or returns a problem, never a failure."""

import re
from functools import cache
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.contract import Operation, operations
from tests.api.newsroom import ADDRESSES
from tests.conftest import api_document

EXAMPLES = 100
EXAMPLES_SOAK = 4_000
SEEDS = {
    "edition": ["global", "ua", "*", ""],
    "section": ["city", "kultura"],
    "tag": ["trams", "fog"],
    "author": ["iryna-dovhan"],
    "label": ["opinion"],
    "from": ["2026-11-19", "2026-11-20T10:00:00+02:00", "2026-11-20T10:00:00 02:00", "1000-01-01"],
    "to": ["2026-11-21", "9998-12-31", "1000-01-01"],
    "exclude": ["trams-return", "0677y7hzc3m1d"],
    "id": ["0677y7hzc3m1d", "7zzzzzzzzzzzz"],
    "fields": ["headline", "time,label", "body"],
    "tz": ["UTC", "Europe/Kiev", "Pacific/Apia", "America/St_Johns", "Africa/Monrovia", "Etc/GMT+12"],
    "newest_day": ["2026-11-19", "2011-12-30", "9998-12-31", "1000-01-01"],
    "total": ["true", "false"],
    "subsections": ["true", "false"],
    "body": ["blocks", "rich", "html", "text", "none"],
    "since": ["0", "1", "9", "-1", "99999999999999999999"],
    "wait": ["0", "1", "31"],
    "limit": ["1", "50", "200", "0", "-1"],
    "cursor": ["AdFrOYUJ2n4zAAZD8qkx9gAYzH4_rYpBonlFtA8", "AQAA"],
    "slug": ["global", "city", "trams", "iryna-dovhan"],
    "id_or_slug": ["trams-return", "night-trams", "taken-back", "0677y7hzc3m1d"],
    "day": ["2026-11-19", "2011-12-30", "1000-01-01", "9998-12-31", "9999-01-01", "0001-01-01"],
}
MARKED = st.sampled_from(
    ["'", '"', "%", "%00", "\\", "\x00", "\n", "\x7f", "\u2028", "\u02bc", "𐍈", "1" * 40, "-", "+", "*"]
)


def values(name: str) -> st.SearchStrategy[str]:
    """Return a strategy for values of a parameter: usual ones, usual ones with additions, and any text."""
    usual = st.sampled_from([*SEEDS.get(name, [""])])
    changed = st.builds(
        lambda value, mark, place: value[:place] + mark + value[place:], usual, MARKED, st.integers(0, 12)
    )
    return st.one_of(usual, usual, changed, st.text(max_size=30))


@cache
def public_operations() -> list[Operation]:
    """Return the public operations of the document."""
    return [each for each in operations(api_document()) if each.name in ADDRESSES]


@st.composite
def requests(draw: st.DrawFn) -> httpx.URL:
    """Return a strategy for the URL of an operation with some of its parameters."""
    operation = draw(st.sampled_from(public_operations()))
    path = operation.path
    for place in re.findall(r"\{(\w+)\}", operation.path):
        path = path.replace(f"{{{place}}}", quote(draw(values(place)), safe=""))
    pairs: list[tuple[str, str]] = []
    for name in draw(st.lists(st.sampled_from(sorted(operation.query) or ["limit"]), max_size=4, unique=True)):
        is_list = operation.query.get(name, {"schema": {}})["schema"].get("type") == "array"
        pairs += [(name, draw(values(name))) for _ in range(draw(st.integers(1, 3 if is_list else 1)))]
    return httpx.URL("http://dayline.test").copy_with(raw_path=f"{path}?{urlencode(pairs)}".encode())


async def check(client: httpx.AsyncClient, address: httpx.URL) -> None:
    """Check that a success is 304 when revalidated, and that anything else is a problem."""
    response = await client.get(address)
    assert response.status_code in {200, 308, 400, 404, 410, 422}, response.text
    if response.status_code == 410 and address.path.endswith("/ninjs"):  # a news item that cancels the article
        assert response.json()["pubStatus"] == "canceled"
    elif response.status_code >= 400:
        problem = response.json()
        assert response.headers["content-type"] == "application/problem+json"
        assert problem["status"] == response.status_code
        assert all(error["where"] and error["message"] for error in problem.get("errors", []))
    elif response.status_code == 200 and response.headers["cache-control"] != "no-store":
        again = await client.get(address, headers={"if-none-match": response.headers["etag"]})
        assert again.status_code == 304


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(address=requests())
async def test_random_queries_cause_no_server_error(reader: httpx.AsyncClient, address: httpx.URL) -> None:
    await check(reader, address)


@pytest.mark.soak
@pytest.mark.usefixtures("newsroom")
@settings(
    max_examples=EXAMPLES_SOAK,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],  # nothing is written
)
@given(address=requests())
async def test_random_queries_cause_no_server_error_on_either_database(
    client: httpx.AsyncClient, address: httpx.URL
) -> None:
    await check(client, address)
