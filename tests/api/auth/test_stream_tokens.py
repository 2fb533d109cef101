"""Stream tokens: who creates them, what they open, and when that ends."""

import asyncio
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from app import clock
from app.actions.keys import create_key, revoke_key
from app.db.database import Connection, Database
from app.domain.api_key import ApiKeyScope
from app.domain.stream_token import TOKEN_LIFETIME_US
from app.main import create_app
from app.response_cache.wire.protocol import CachedResponseProtocol
from app.schemas.api_key import ApiKeyCreate
from app.settings import Settings
from app.sse import subscription
from tests.api.auth.test_keyed_reading import keyed
from tests.api.conftest import MakeKey, as_key, fill
from tests.conftest import NOW, run_once, running
from tests.response_cache.threaded_server import serving
from tests.server.exchanges import MAX_S
from tests.stream_client import listening

__all__ = ["keyed"]
READ = ApiKeyScope.CONTENT_READ
TOKENS = "/v1/stream-tokens"


def app_of(client: httpx.AsyncClient) -> FastAPI:
    """Return the application of a client."""
    app: FastAPI = client._transport.app  # type: ignore[attr-defined]
    return app


async def create_token(client: httpx.AsyncClient, api_key: str) -> str:
    """Create a stream token with an API key."""
    response = await client.post(TOKENS, headers=as_key(api_key))
    assert response.status_code == 200, response.text
    token: str = response.json()["token"]
    return token


async def status_of(client: httpx.AsyncClient, query: str, **headers: str) -> int:
    """Return the status of a stream, which HEAD opens and ends."""
    return (await client.head(f"/v1/stream?{query}", headers=headers)).status_code


async def test_token_opens_the_stream_for_ten_minutes(keyed: httpx.AsyncClient, make_key: MakeKey) -> None:
    response = await keyed.post(TOKENS, headers=as_key(await make_key(READ)))
    assert response.headers["cache-control"] == "private, no-store"
    assert response.json()["expires_at"] == "2026-11-20T12:10:00.000000+00:00"
    query = f"token={response.json()['token']}"
    assert await status_of(keyed, query) == 200
    with clock.frozen(NOW + TOKEN_LIFETIME_US - 1):
        assert await status_of(keyed, f"since=0&{query}&tag=fog") == 200
    with clock.frozen(NOW + TOKEN_LIFETIME_US):
        expired = await keyed.get(f"/v1/stream?{query}")
    assert (expired.status_code, expired.json()["type"]) == (401, "/problems/unauthenticated")
    assert expired.json()["detail"].startswith("The stream token is invalid")
    assert expired.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_stream_with_a_token_has_the_changes_of_a_stream_with_the_key(
    keyed: httpx.AsyncClient, make_key: MakeKey
) -> None:
    api_key = await make_key(READ)
    token = await create_token(keyed, api_key)
    app = app_of(keyed)
    async with (
        listening(app, f"/v1/stream?since=0&token={token}") as one,
        listening(app, "/v1/stream?since=0", **as_key(api_key)) as other,
    ):
        assert len(app.state.services.stream_hub._channels) == 1, "the token is no part of the question"
        assert await one.until(5) == await other.until(5)
        assert (b"cache-control", b"private, no-store, no-transform") in one.started["headers"]
        assert token.encode() not in one.body


async def test_creating_a_token_takes_a_key_that_reads(
    keyed: httpx.AsyncClient, client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    writer, reader = await make_key(ApiKeyScope.ARTICLES_WRITE), await make_key(READ)
    for each in (keyed, client):  # also where reading is public
        assert (await each.post(TOKENS)).status_code == 401
        assert (await each.post(TOKENS, headers=as_key(writer))).status_code == 403
        assert (await each.post(TOKENS, headers=as_key(f"{reader[:-3]}aaa"))).status_code == 401
        assert (await each.post(f"{TOKENS}?token=x", headers=as_key(reader))).status_code == 422
        refused = await each.post(TOKENS, headers={**as_key(reader), "idempotency-key": "a"})
        assert refused.status_code == 422
        assert (await each.get(TOKENS, headers=as_key(reader))).status_code == 405
        assert await create_token(each, reader)


async def test_token_grants_the_stream_alone(
    keyed: httpx.AsyncClient, client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    token = await create_token(keyed, await make_key(*ApiKeyScope))
    for path in ("/v1/timeline", "/v1/changes", "/v1/export", "/feeds/global/rss.xml", "/v1/stream/", "/v1/Stream"):
        assert (await keyed.get(f"{path}?token={token}")).status_code == 401
    for path in (TOKENS, "/v1/editorial/articles"):
        assert (await keyed.post(f"{path}?token={token}")).status_code == 401
    assert (await keyed.get("/v1/timeline", headers=as_key(token))).status_code == 401
    assert (await client.get(f"/v1/timeline?token={token}")).status_code == 422


async def test_invalid_token_is_rejected_wherever_it_is_sent(
    keyed: httpx.AsyncClient, client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    api_key = await make_key(READ)
    token = await create_token(keyed, api_key)
    for each in (keyed, client):
        assert await status_of(each, f"token={token}") == 200
        for bad in ("", "x", token[:-1], f"{token}A", token.swapcase(), quote("…"), "%00", api_key, "a" * 5_000):
            assert await status_of(each, f"token={bad}") in {401, 422}, bad
        for twice in (f"token={token}&token={token}", f"token={token}&%74oken={token}"):
            assert await status_of(each, twice) in {401, 422}
        assert await status_of(each, f"%74ok%65n={token}") == 200
    assert await status_of(keyed, f"token={token}", **as_key(api_key)) == 401, "two credentials"


async def test_revoked_or_expired_key_ends_its_tokens(
    keyed: httpx.AsyncClient, database: Database, make_key: MakeKey
) -> None:
    revoked, expiring = await make_key(READ), await make_key(READ, expires_at="2026-11-20T12:00:01Z")
    tokens = [await create_token(keyed, each) for each in (revoked, expiring)]
    assert [await status_of(keyed, f"token={each}") for each in tokens] == [200, 200]
    await database.write(revoke_key, revoked.split("_")[1][:10], now=NOW)
    with clock.frozen(NOW + 1_000_000):
        assert [await status_of(keyed, f"token={each}") for each in tokens] == [401, 401]


async def test_open_stream_outlasts_its_token_and_ends_with_its_key(
    keyed: httpx.AsyncClient, database: Database, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscription, "HEARTBEAT_S", 0.1)
    api_key = await make_key(READ)
    token = await create_token(keyed, api_key)
    async with listening(app_of(keyed), f"/v1/stream?token={token}") as stream:
        with clock.frozen(NOW + 10 * TOKEN_LIFETIME_US):
            pings = stream.body.count(b": ping")
            await stream.until_last(lambda: stream.body.count(b": ping") > pings + 1)
        await database.write(revoke_key, api_key.split("_")[1][:10], now=NOW)
        await stream.wait_for_end()


async def test_another_process_accepts_the_token(
    keyed: httpx.AsyncClient, database_address: str, make_key: MakeKey
) -> None:
    token = await create_token(keyed, await make_key(READ))
    settings = Settings.model_validate({"database_url": database_address, "read_access": "api-key"})
    async with running(create_app(settings)) as other:
        assert await status_of(other, f"token={token}") == 200


async def test_token_counts_for_the_rate_limit_of_its_key(
    database_address: str, newsroom: None, make_key: MakeKey
) -> None:
    assert newsroom is None
    settings = {"database_url": database_address, "read_access": "api-key", "rate_limit_key": "3/minute"}
    with clock.frozen(NOW):
        async with running(create_app(Settings.model_validate(settings))) as client:
            token = await create_token(client, await make_key(READ))
            assert [await status_of(client, f"token={token}") for _ in range(3)] == [200, 200, 429]


@contextmanager
def logged() -> Iterator[list[str]]:
    """Collect the lines of the server's own access log and of all other loggers."""
    lines: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    loggers = [logging.getLogger(each) for each in ("uvicorn.access", "app")]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.INFO)
        each.addHandler(listener)
    try:
        yield lines
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.removeHandler(listener)
            each.setLevel(level)


async def read_head(port: int, request: bytes) -> None:
    """Send a request, and read the head of its response, whose body may have no end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    async with asyncio.timeout(MAX_S):
        await reader.readuntil(b"\r\n\r\n")
    writer.close()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_log_of_any_server_shows_dots_for_the_token(sqlite_template: Path, tmp_path: Path, method: str) -> None:
    file = tmp_path / "dayline.db"
    shutil.copy(sqlite_template, file)
    record = ApiKeyCreate.model_validate({"name": "Test", "scopes": [READ]})

    def store(connection: Connection) -> str:
        fill(connection)
        return create_key(connection, record, now=clock.now())[1]

    api_key = await asyncio.to_thread(run_once, f"sqlite:///{file}", store)
    settings = {"read_access": "api-key", "access_log": True, "public_url": "https://a.example/api"}
    with (
        serving(
            f"sqlite:///{file}", early=True, settings=settings, protocol=CachedResponseProtocol, access_log=True
        ) as served,
        logged() as lines,
    ):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}", trust_env=False) as client:
            token = await create_token(client, api_key)
        target = f"/api/v1/stream?since=0&%74oken={token}&tag=unknown"
        for tail in (target, f"{target}x", f"/api/v1/stream?token={token[:-1]}"):
            request = f"{method} {tail} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n".encode()
            await read_head(served.port, request)
    assert [line for line in lines if "/v1/stream?since=0&token=...&tag=unknown" in line]
    assert [line for line in lines if token[:40] in line] == []
