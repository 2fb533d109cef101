"""Parameters that have their default value: left out of links and of cache keys, in every endpoint."""

from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings

from app.api.http.cache_key import cache_key
from app.api.http.query_params import parse_query_string
from app.errors import InvalidInputError
from app.invalidation.canonical_query import canonical_query
from app.invalidation.default_parameters import NO_DEFAULTS, default_values
from app.schemas.change import ChangeListParams
from app.schemas.params import (
    ArticleListParams,
    ArticleParams,
    CalendarParams,
    DayParams,
    EntryListParams,
    HistoryParams,
    NamedListParams,
    QueryParams,
    SectionListParams,
    TimelineParams,
)
from app.schemas.query_strings import SETS
from tests.api.contract import Json, operations
from tests.conftest import api_document
from tests.query_strings import query_strings
from tests.statements import counted

MODELS: dict[str, type[QueryParams]] = {
    "/v1/timeline": TimelineParams,
    "/v1/timeline/2026-11-20": DayParams,
    "/v1/timeline/calendar": CalendarParams,
    "/v1/articles": ArticleListParams,
    "/v1/tags/trams/articles": ArticleListParams,
    "/v1/articles/fog": ArticleParams,
    "/v1/articles/fog/history": HistoryParams,
    "/v1/changes": ChangeListParams,
    "/v1/sections": SectionListParams,
    "/v1/labels": EntryListParams,
    "/v1/tags": NamedListParams,
    "/v1/tags/trams": QueryParams,
}
SAMPLES = {"slug": "a", "day": "2026-11-20", "id_or_slug": "a", "edition": "global", "week": "2026-W47"}


def text_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def documented_defaults(query: Json) -> set[tuple[str, str]]:
    """Return the parameters with a default value; of lists those of which empty values mean nothing."""
    found = {
        (name, text_of(each["schema"]["default"]))
        for name, each in query.items()
        if each["schema"].get("default") not in (None, [])
    }
    return found | {(name, "") for name in ("exclude", "fields") if name in query}


def test_default_values_are_those_of_the_document() -> None:
    for operation in operations(api_document()):
        if operation.method != "get" or operation.path.startswith(("/v1/editorial", "/v1/export", "/v1/stream")):
            continue
        path = operation.path
        for name, value in SAMPLES.items():
            path = path.replace(f"{{{name}}}", value)
        assert default_values(path) == documented_defaults(operation.query), operation.path


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/articles/a/b/c", "/feeds/a/b/c", "/", "/docs", "/v1/export"])
def test_other_paths_have_no_default_values(path: str) -> None:
    assert default_values(path) == NO_DEFAULTS


def meaning(query: str, model: type[QueryParams]) -> object:
    """Return what a query asks for, whether by a stated value or by a default one; None where it is refused."""
    try:
        params = parse_query_string(query, model)
    except InvalidInputError:
        return None
    return {name: sorted(set(value)) if name in SETS else value for name, value in params}, params.url_for("")


@settings(deadline=None, max_examples=100)
@given(query_strings())
@example("limit=40&id=0677y7hzc3m1d")
@example("limit=20&limit=20")
@example("since=0&cursor=A1d14Knyz5zg")
@example("fields=&exclude=,&total=false")
@example("body=blocks&links=written&wait=0")
def test_queries_with_one_cache_key_are_equivalent(query: str) -> None:
    for path, model in MODELS.items():
        form = canonical_query(query, default_values(path))
        if not form.startswith("?"):
            assert meaning(form, model) == meaning(query, model) or not form.isascii(), path


@pytest.mark.parametrize(
    ("path", "query", "key"),
    [
        ("/v1/timeline", "limit=40", "/v1/timeline"),
        ("/v1/timeline", "limit=040", "/v1/timeline?limit=040"),
        ("/v1/timeline", "limit=20&total=false", "/v1/timeline?limit=20"),
        ("/v1/timeline", "id=0677y7hzc3m1d&limit=40", "/v1/timeline?id=0677y7hzc3m1d&limit=40"),
        ("/v1/changes", "since=0&wait=0", "/v1/changes"),
        ("/v1/changes", "cursor=x&since=0", "/v1/changes?cursor=x&since=0"),
        ("/v1/articles", "body=none&limit=20", "/v1/articles"),
        ("/v1/articles/fog", "body=none", "/v1/articles/fog?body=none"),
        ("/v1/tags/fog", "limit=20", "/v1/tags/fog?limit=20"),
        ("/feeds/global/rss.xml", "limit=40&utm_source=x", "/feeds/global/rss.xml"),
        ("/feeds/global/atom/2026-11-19.xml", "subsections=false", "/feeds/global/atom/2026-11-19.xml"),
    ],
)
def test_cache_key_leaves_out_default_values(path: str, query: str, key: str) -> None:
    assert cache_key({"type": "http", "path": path, "query_string": query.encode()}) == key


@pytest.mark.parametrize(
    "address",
    [
        "/v1/timeline?limit=40",
        "/v1/timeline?total=false&fields=",
        "/v1/timeline/2026-11-20?total=false",
        "/v1/articles?limit=20&body=none",
        "/v1/articles/lamps?body=blocks&links=written",
        "/v1/tags?limit=100",
        "/v1/changes?since=0&limit=100&wait=0",
        "/feeds/global/rss.xml?limit=40",
    ],
)
async def test_request_that_states_a_default_shares_the_cached_response(
    reader: httpx.AsyncClient, address: str
) -> None:
    plain = await reader.get(address.partition("?")[0])
    with counted() as statements:
        stated = await reader.get(address)
    assert (stated.status_code, stated.content) == (200, plain.content)
    assert stated.headers["etag"] == plain.headers["etag"]
    assert statements == []
