"""CORS: a script can read every error, with when to retry; preflights do not count against rate limits."""

import httpx
import pytest

from app.domain.api_key import ApiKeyScope
from tests.api.auth.test_rate_limits import Open, check_limited, limited
from tests.api.conftest import MakeKey, as_key
from tests.api.newsroom import WITHDRAWN

__all__ = ["limited"]
ORIGIN = {"origin": "https://front.example"}
PREFLIGHT = {**ORIGIN, "access-control-request-method": "GET", "access-control-request-headers": "authorization"}
EXPOSED = {"retry-after", "ratelimit", "ratelimit-policy", "etag", "link", "www-authenticate", "allow", "x-request-id"}


def check_readable(response: httpx.Response) -> None:
    """Check that a script of another site can read the error and its fields."""
    assert response.status_code >= 400
    assert response.headers.get_list("access-control-allow-origin") == ["*"]
    [exposed] = response.headers.get_list("access-control-expose-headers")
    assert {name.strip().lower() for name in exposed.split(",")} >= EXPOSED


async def test_errors_have_cors_and_expose_retry_after(reader: httpx.AsyncClient) -> None:
    for address in ("/nowhere", "/v1/timeline?limit=0", "/v1/timeline?cursor=x", WITHDRAWN, "/v1/editorial/articles"):
        check_readable(await reader.get(address, headers=ORIGIN))
    check_readable(await reader.delete("/v1/timeline", headers=ORIGIN))


@pytest.mark.parametrize("path", ["/v1/timeline", "/v1/editorial/articles"])
async def test_preflights_are_exempt_from_rate_limits(limited: Open, path: str) -> None:
    client = await limited(rate_limit_address="2/minute")
    for _ in range(5):
        response = await client.options(path, headers=PREFLIGHT)
        assert response.status_code == 204
        assert "ratelimit" not in response.headers
    for _ in range(2):
        assert (await client.get("/v1", headers=ORIGIN)).status_code == 200
    refused = await client.get(path, headers=ORIGIN)
    check_limited(refused)
    check_readable(refused)
    assert (await client.options(path, headers=PREFLIGHT)).status_code == 204


async def test_options_without_preflight_headers_counts(limited: Open) -> None:
    client = await limited(rate_limit_address="2/minute")
    for headers in ({}, ORIGIN):
        assert (await client.options("/v1", headers=headers)).status_code == 204
    check_limited(await client.options("/v1", headers={"access-control-request-method": "GET"}))


async def test_access_control_errors_have_cors(limited: Open, make_key: MakeKey) -> None:
    client = await limited(read_access="api-key")
    token = await make_key(ApiKeyScope.KEYS_MANAGE)
    for headers, status in ((ORIGIN, 401), ({**ORIGIN, **as_key("dl_none")}, 401), ({**ORIGIN, **as_key(token)}, 403)):
        response = await client.get("/v1/timeline", headers=headers)
        assert response.status_code == status
        check_readable(response)
        assert "www-authenticate" in response.headers
    assert (await client.options("/v1/timeline", headers=PREFLIGHT)).status_code == 204
