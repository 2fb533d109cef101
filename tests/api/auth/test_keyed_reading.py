"""Reading with a key only: which requests succeed, and that no shared cache stores a response."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from app import clock
from app.db.database import Connection, Database
from app.domain.api_key import ApiKeyScope
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import MakeKey, as_key
from tests.api.newsroom import ADDRESSES, PAGES, WITHDRAWN
from tests.conftest import NOW, running

OPEN = (*PAGES, "/health/live", "/health/ready")
READ = ApiKeyScope.CONTENT_READ
OLD_SLUG = "/v1/articles/night-trams"


@pytest.fixture
async def keyed(database_address: str, newsroom: None, frozen_clock: int) -> AsyncIterator[httpx.AsyncClient]:
    """Create a client of the small newsroom where reading needs a key and requests are limited."""
    assert (newsroom, frozen_clock) == (None, NOW)
    settings = {
        "database_url": database_address,
        "read_access": "api-key",
        "rate_limit_key": "9999/minute",
        "rate_limit_address": "9999/minute",
    }
    async with running(create_app(Settings.model_validate(settings))) as client:
        client.headers["accept-encoding"] = "identity"
        yield client


def check_private(response: httpx.Response) -> None:
    """Check that only the client itself may store the response."""
    directives = response.headers["cache-control"].split(", ")
    assert "private" in directives
    assert "public" not in directives
    assert response.headers["vary"].split(", ").count("Authorization") == 1


async def test_keyed_reading_requires_a_key(keyed: httpx.AsyncClient) -> None:
    for address in (*ADDRESSES.values(), WITHDRAWN, OLD_SLUG, "/v1/nowhere", "/feeds/global/rss.xml", "/"):
        for method in ("GET", "HEAD", "POST"):
            response = await keyed.request(method, address)
            assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer"), address
            check_private(response)
            assert (
                response.content == b"" if method == "HEAD" else response.json()["type"] == "/problems/unauthenticated"
            )


async def test_keyed_reading_requires_the_read_scope(keyed: httpx.AsyncClient, make_key: MakeKey) -> None:
    token = await make_key(*(each for each in ApiKeyScope if each is not READ))
    response = await keyed.get("/v1/timeline", headers=as_key(token))
    assert response.status_code == 403
    assert response.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="content:read"'
    check_private(response)


async def test_keyed_reading_rejects_expired_or_forged_keys(keyed: httpx.AsyncClient, make_key: MakeKey) -> None:
    token = await make_key(READ, expires_at="2026-11-20T12:00:01Z")
    assert (await keyed.get("/v1/timeline", headers=as_key(token))).status_code == 200
    with clock.frozen(NOW + 1_000_000):
        expired = await keyed.get("/v1/timeline", headers=as_key(token))
    forged = await keyed.get("/v1/timeline", headers=as_key(f"{token[:-4]}aaaa"))
    for response in (expired, forged):
        assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')


async def test_keyed_reading_returns_the_public_content(
    keyed: httpx.AsyncClient, client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    reader = as_key(await make_key(READ))
    for address in (*ADDRESSES.values(), WITHDRAWN, OLD_SLUG, "/v1/nowhere", "/v1/timeline?limit=0"):
        private = await keyed.get(address, headers=reader)
        public = await client.get(address, headers={"accept-encoding": "identity"})
        assert (private.status_code, private.content) == (public.status_code, public.content), address
        assert private.headers.get("etag") == public.headers.get("etag")
        assert private.headers["cache-control"].replace("private", "public") in {
            public.headers["cache-control"],
            f"public, {public.headers['cache-control']}",
        }
        check_private(private)
        assert private.headers["ratelimit-policy"] == '"key";q=9999;w=60'
        assert "RateLimit" in private.headers["access-control-expose-headers"].split(", ")


async def test_keyed_304_is_private(keyed: httpx.AsyncClient, make_key: MakeKey) -> None:
    reader = as_key(await make_key(READ))
    tag = (await keyed.get("/v1/timeline", headers=reader)).headers["etag"]
    response = await keyed.get("/v1/timeline", headers={**reader, "if-none-match": tag})
    assert response.status_code == 304
    check_private(response)
    assert response.headers["vary"] == "Accept-Encoding, Authorization"
    assert (await keyed.get("/v1/timeline", headers={"if-none-match": tag})).status_code == 401


async def test_keyed_reading_leaves_open_paths_public(keyed: httpx.AsyncClient) -> None:
    for address in OPEN:
        response = await keyed.get(address)
        assert response.status_code == 200, address
        check_private(response)


async def test_preflight_needs_no_key_and_allows_authorization(keyed: httpx.AsyncClient) -> None:
    response = await keyed.options("/v1/timeline", headers={"access-control-request-headers": "authorization"})
    assert response.status_code == 204
    assert "Authorization" in response.headers["access-control-allow-headers"].split(", ")


async def test_editorial_api_has_its_own_scopes_with_keyed_reading(keyed: httpx.AsyncClient, make_key: MakeKey) -> None:
    manager = as_key(await make_key(ApiKeyScope.KEYS_MANAGE))
    assert (await keyed.get("/v1/editorial/keys", headers=manager)).status_code == 200
    response = await keyed.get("/v1/editorial/keys", headers=as_key(await make_key(READ)))
    assert response.status_code == 403
    assert response.headers["cache-control"] == "private, no-store"
    preview = await keyed.get("/v1/editorial/previews/torn")
    assert preview.status_code != 401
    check_private(preview)


@pytest.mark.parametrize(
    "path", ["/v1/editorialx", "/healthy", "/docsx", "/openapi.jsonx", "/v1/editorial%2F..%2Ftimeline"]
)
async def test_path_that_begins_like_an_open_one_requires_a_key(keyed: httpx.AsyncClient, path: str) -> None:
    response = await keyed.get(path)
    assert response.status_code in {401, 404}
    assert response.status_code == 401 or "%2F" in path


async def test_keyed_internal_error_is_private(keyed: httpx.AsyncClient, make_key: MakeKey, database: Database) -> None:
    def rename(connection: Connection, before: str, after: str) -> None:
        connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))

    reader = as_key(await make_key(READ))
    await database.write(rename, "editions", "editions_away")
    try:
        response = await keyed.get("/v1/timeline", headers=reader)
    finally:
        await database.write(rename, "editions_away", "editions")
    assert response.status_code == 500
    check_private(response)


async def test_keyed_reading_rejects_a_revoked_key_immediately(
    keyed: httpx.AsyncClient, client: httpx.AsyncClient, make_key: MakeKey
) -> None:
    token, manager = await make_key(READ), as_key(await make_key(ApiKeyScope.KEYS_MANAGE))
    assert (await keyed.get("/v1/timeline", headers=as_key(token))).status_code == 200
    revoked = await client.delete(f"/v1/editorial/keys/{token[3:13]}", headers=manager)
    assert revoked.status_code == 204, "by another process: only the database is shared"
    assert (await keyed.get("/v1/timeline", headers=as_key(token))).status_code == 401
