"""What is answered past the framework is what the framework would answer."""

import httpx
import pytest

from app.api.middleware import fast_path
from app.response_cache.store import ResponseStore

REQUESTS = (
    ("GET", "/v1/timeline"),
    ("GET", "/v1/timeline?limit=2&tz=Asia/Tokyo"),
    ("GET", "/v1/timeline?limit=0"),
    ("GET", "/v1/timeline?edition=nowhere"),
    ("GET", "/v1/timeline?cursor=AAAA"),
    ("HEAD", "/v1/timeline"),
    ("OPTIONS", "/v1/timeline"),
    ("POST", "/v1/timeline"),
    ("GET", "/v1/timeline/"),
    ("GET", "/v1/timelin%65"),
    ("GET", "/v1/timeline%3Flimit=2"),
    ("GET", "/v1/articles/lamps"),
    ("GET", "/v1/articles/lamps?body=text"),
    ("GET", "/v1/articles/lamps?body=words"),
    ("GET", "/v1/articles/trams-return"),
    ("GET", "/v1/articles/no-such-slug"),
    ("GET", "/v1/articles/01m8x3c7k2v9q"),
    ("GET", "/v1/articles/"),
    ("GET", "/v1/articles/lamps/related"),
    ("GET", "/v1/articles/lamps%2Frelated"),
    ("GET", "/v1/articles/l%C3%A4mps"),
    ("GET", "/v1/articles/a%00b"),
    ("HEAD", "/v1/articles/lamps"),
    ("DELETE", "/v1/articles/lamps"),
    ("GET", "/v1/stream?since=no-number"),
    ("GET", "/v1/stream?edition=nowhere"),
)


@pytest.mark.parametrize(("method", "address"), REQUESTS)
async def test_the_framework_would_answer_the_same(
    reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, method: str, address: str
) -> None:
    monkeypatch.setattr(ResponseStore, "get", lambda *_: None)  # nothing is answered from memory
    past = await reader.request(method, address)
    monkeypatch.setattr(fast_path, "_find", lambda _: None)
    through = await reader.request(method, address)
    assert (past.status_code, past.headers, past.content) == (through.status_code, through.headers, through.content)


async def test_they_are_answered_past_the_framework(reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("starlette.middleware.exceptions.ExceptionMiddleware.__call__", refuse)
    monkeypatch.setattr(ResponseStore, "get", lambda *_: None)
    for address in ("/v1/timeline?limit=7", "/v1/articles/lamps?body=none", "/v1/timeline?limit=none"):
        assert (await reader.get(address)).status_code in {200, 422}
