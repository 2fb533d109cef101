"""Rate limits: which client a request counts for, the fields of a 429, and that memory stays bounded."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from app import clock
from app.api.auth import rate_limits
from app.api.auth.rate_limits import FixedWindowStorage, RateLimiter
from app.api.auth.scopes import ANONYMOUS
from app.domain.api_key import ApiKeyScope, make_token
from app.domain.instant import SECOND_US
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import MakeKey, as_key
from tests.api.http.test_problems import check_problem
from tests.conftest import NOW, running

KEYS = "/v1/editorial/keys"
MANAGE = ApiKeyScope.KEYS_MANAGE
Open = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def limited(database_address: str, frozen_clock: int) -> AsyncIterator[Open]:
    """Return a function that opens clients of apps with such settings, over an empty newsroom."""
    assert frozen_clock == NOW
    async with AsyncExitStack() as stack:

        async def open_client(**settings: str) -> httpx.AsyncClient:
            app = create_app(Settings.model_validate({"database_url": database_address, **settings}))
            return await stack.enter_async_context(running(app))

        yield open_client


def come_from(client: httpx.AsyncClient, address: str) -> None:
    """Send the client's next requests from this address."""
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    transport.client = (address, 40_000)


def check_limited(response: httpx.Response) -> None:
    """Check that it is a 429 with everything a client needs, and that nothing may store it."""
    assert response.status_code == 429
    body = response.json()
    assert body["type"] == "/problems/rate-limited"
    assert body["detail"].startswith("The limit of ")
    assert "no-store" in response.headers["cache-control"]
    assert int(response.headers["retry-after"]) >= 1
    assert {"ratelimit", "ratelimit-policy"} <= response.headers.keys()
    assert {"Retry-After", "RateLimit"} <= set(response.headers["access-control-expose-headers"].split(", "))


async def test_address_limit_returns_429_until_the_window_ends(limited: Open) -> None:
    client = await limited(rate_limit_address="3/minute")
    for _ in range(3):
        response = await client.get("/v1")
        assert response.status_code == 200
        assert {"ratelimit", "ratelimit-policy", "retry-after"}.isdisjoint(response.headers)
    with clock.frozen(NOW + 18 * SECOND_US):
        response = await client.get("/v1")
        check_limited(response)
        assert response.headers["retry-after"] == "42"
        assert response.headers["ratelimit"] == '"address";r=0;t=42'
        assert response.headers["ratelimit-policy"] == '"address";q=3;w=60'
    with clock.frozen(NOW + 60 * SECOND_US):
        assert (await client.get("/v1")).status_code == 200


async def test_health_is_exempt_from_rate_limits(limited: Open) -> None:
    client = await limited(rate_limit_address="1/hour")
    for _ in range(5):
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200
    assert (await client.get("/v1")).status_code == 200
    check_limited(await client.get("/healthy"))


async def test_every_response_counts_towards_the_limit(limited: Open) -> None:
    client = await limited(rate_limit_address="5/minute")
    for method, path in (("GET", "/docs"), ("GET", "/nowhere"), ("POST", "/v1"), ("OPTIONS", "/v1"), ("HEAD", "/v1")):
        assert (await client.request(method, path)).status_code != 429
    check_limited(await client.get("/problems"))
    head = await client.head("/v1")
    assert (head.status_code, head.content) == (429, b"")


async def test_addresses_are_counted_separately_and_an_ipv6_network_as_one(limited: Open) -> None:
    client = await limited(rate_limit_address="1/minute")
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8:1:1::1", "2001:db8:1:2::1"):
        come_from(client, address)
        assert (await client.get("/v1")).status_code == 200
    for address in ("192.0.2.1", "2001:db8:1:1:ffff::7", "::ffff:192.0.2.2"):
        come_from(client, address)
        check_limited(await client.get("/v1"))


async def test_valid_key_is_counted_by_key(limited: Open, make_key: MakeKey) -> None:
    client = await limited(rate_limit_address="1/minute", rate_limit_key="3/minute")
    token, other = await make_key(MANAGE), await make_key(MANAGE)
    for left in (2, 1, 0):
        come_from(client, f"192.0.2.{left}")
        response = await client.get(KEYS, headers=as_key(token))
        assert response.status_code == 200
        assert response.headers["ratelimit"] == f'"key";r={left};t=60'
        assert response.headers["ratelimit-policy"] == '"key";q=3;w=60'
    refusal = await client.get("/v1", headers=as_key(token))
    check_limited(refusal)
    assert refusal.headers["cache-control"] == "no-store"
    private = await client.get(KEYS, headers=as_key(token))
    check_limited(private)
    assert private.headers["cache-control"] == "private, no-store"
    assert refusal.headers["ratelimit-policy"] == '"key";q=3;w=60'
    assert (await client.get(KEYS, headers=as_key(other))).status_code == 200
    assert (await client.get("/v1")).status_code == 200


async def test_invalid_keys_count_for_the_address(limited: Open, make_key: MakeKey) -> None:
    client = await limited(rate_limit_address="3/minute", rate_limit_key="100/minute")
    token = await make_key(MANAGE)
    for guess in (make_token("aaaaaaaaaa"), make_token(token[3:13]), "nonsense"):
        response = await client.get(KEYS, headers=as_key(guess))
        check_problem(response, "unauthenticated")
    check_limited(await client.get(KEYS, headers=as_key(make_token(token[3:13]))))
    assert (await client.get(KEYS, headers=as_key(token))).status_code == 200


async def test_single_configured_limit_does_not_apply_to_others(limited: Open, make_key: MakeKey) -> None:
    token = await make_key(MANAGE)
    client = await limited(rate_limit_key="1/minute")
    assert [(await client.get("/v1")).status_code for _ in range(3)] == [200] * 3
    assert [(await client.get("/v1", headers=as_key(token))).status_code for _ in range(2)] == [200, 429]
    client = await limited(rate_limit_address="1/minute")
    assert [(await client.get("/v1", headers=as_key(token))).status_code for _ in range(3)] == [200] * 3
    assert [(await client.get("/v1")).status_code for _ in range(2)] == [200, 429]


async def test_only_trusted_proxies_forward_addresses(limited: Open) -> None:
    client = await limited(rate_limit_address="1/minute", trusted_proxies="10.0.0.0/8")
    come_from(client, "10.0.0.1")
    requested = [
        {"x-forwarded-for": "203.0.113.1"},
        {"x-forwarded-for": "203.0.113.2"},
        {"forwarded": 'for="[2001:db8::1]:80"'},
        {"x-forwarded-for": "203.0.113.1, 203.0.113.3, 10.0.0.9"},
    ]
    assert [(await client.get("/v1", headers=each)).status_code for each in requested] == [200] * 4
    check_limited(await client.get("/v1", headers={"x-forwarded-for": "198.51.100.1, 203.0.113.1"}))
    split = [(b"x-forwarded-for", b"198.51.100.2"), (b"x-forwarded-for", b"203.0.113.2")]
    check_limited(await client.get("/v1", headers=split))
    come_from(client, "192.0.2.1")
    assert (await client.get("/v1", headers={"x-forwarded-for": "203.0.113.9"})).status_code == 200
    check_limited(await client.get("/v1", headers={"x-forwarded-for": "203.0.113.10"}))


def test_tracked_clients_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MAX_TRACKED_CLIENTS", 100)
    windows = FixedWindowStorage()
    with clock.frozen(NOW):
        for number in range(1_000):
            windows.incr(str(number), 60)
            windows.incr(str(number), 60)
        assert len(windows._windows) == 100
        assert windows.get("0") == 0
        assert windows.get("999") == 2
    with clock.frozen(NOW + 60 * SECOND_US):
        assert windows.get("999") == 0
        windows.incr("new", 60)
        assert len(windows._windows) == 1


def test_rate_limit_window_begins_with_its_first_request() -> None:
    limits = RateLimiter(address="2/second", key=None, trusted=())
    scope = {"client": ("192.0.2.1", 1), "headers": []}
    counts = []
    for tenth in (0, 9, 9, 10, 11, 19, 20):
        with clock.frozen(NOW + tenth * SECOND_US // 10):
            decision = limits.hit(ANONYMOUS, scope)
            assert decision is not None
            counts.append((decision.exceeded, decision.remaining))
            assert decision.reset_after == 1
    assert counts == [(False, 1), (False, 0), (True, 0), (False, 1), (False, 0), (True, 0), (False, 1)]


def test_client_without_an_address_is_counted() -> None:
    limits = RateLimiter(address="1/minute", key=None, trusted=())
    with clock.frozen(NOW):
        verdicts = [limits.hit(ANONYMOUS, {"client": None, "headers": []}) for _ in range(2)]
    assert [each is not None and each.exceeded for each in verdicts] == [False, True]


@pytest.mark.parametrize("settings", [{}, {"read_access": "public"}, {"rate_limit_address": "", "rate_limit_key": " "}])
def test_no_middleware_is_installed_without_limits(settings: dict[str, str]) -> None:
    app = create_app(Settings.model_validate(settings))
    assert "DoorMiddleware" not in {each.cls.__name__ for each in app.user_middleware}  # type: ignore[attr-defined]
