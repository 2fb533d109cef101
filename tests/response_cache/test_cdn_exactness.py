"""No stale byte from a CDN: after every step of a random history all that it caches equals a fresh response."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from app import clock, main
from app.main import create_app
from app.settings import Settings
from tests.conftest import NOW, running
from tests.response_cache.cdn_simulator import OWN, Network
from tests.response_cache.compare_responses import AS_OF, has_as_of
from tests.response_cache.conftest import Begin
from tests.response_cache.history import History
from tests.response_cache.plain_messages import Response, send_request
from tests.response_cache.random_requests import START
from tests.response_cache.representations import for_browser

TARGETS, STEPS = 25, 6
TARGETS_MUTILATED = 45
TARGETS_SOAK, STEPS_SOAK, HISTORIES_SOAK = 150, 30, 4
MOVING = {"content-length", *OWN}

on_sqlite = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


class StaleError(AssertionError):
    """The CDN caches what is no longer current."""


@pytest.fixture
async def network(database_address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Network]:
    """Create a CDN in front of an app that caches nothing itself."""
    monkeypatch.setattr(main, "_build_cdn_purger", lambda _app, _settings: None)
    app = create_app(Settings(database_url=database_address, cdn_purge_url="http://127.0.0.1:9/", cache_bytes=0))
    with clock.frozen(NOW):
        async with running(app):
            yield Network(app)


def shown(target: str, response: Response) -> tuple[int, bytes, dict[str, str]]:
    """Return what has to be equal; Cache-Control may have been different when the CDN stored the response."""
    body = AS_OF.sub(rb"\1#", response.body) if has_as_of(target) else response.body
    return response.status, body, {name: value for name, value in response.headers if name not in MOVING}


async def compare(app: FastAPI, network: Network, now: int) -> int:
    """Compare all that the CDN would still send with fresh responses; return the number of responses."""
    cached = {target: held.response for target, held in network.held.items() if now < held.until}
    for target, response in cached.items():
        if shown(target, response) != shown(target, await send_request(app, for_browser(target))):
            raise StaleError(target)
    return len(cached)


async def live(history: History, network: Network, *, targets: int, steps: int, without: str | None = None) -> None:
    """Run the history; StaleError names what should have been purged."""
    compared = requested = 0
    with history.clock():
        await history.learn_all()
        await network.begin()
        wanted = [START, *history.requested.invent(targets)]
        for _ in range(steps):
            for target in wanted:
                await network.get(target, now=history.newsroom.now)
            before = len(network.held)
            await history.step()
            await network.app.state.services.scheduler.refresh()
            await network.hear(without=without)
            compared += await compare(network.app, network, history.newsroom.now)
            requested += before
            wanted = [*wanted, *history.requested.invent(targets // 10)]
    print(f"\n{compared} of {requested} responses were still cached after a step, all of them true")  # noqa: T201 - a figure
    assert compared > requested / 3 > 0


@on_sqlite
async def test_cdn_content_is_current_after_every_step(begin: Begin, network: Network) -> None:
    await live(await begin(31), network, targets=TARGETS, steps=STEPS)


@on_sqlite
@pytest.mark.soak
@pytest.mark.parametrize("family", ["list:", "article:"])
async def test_long_omitting_any_kind_of_surrogate_key_is_detected(begin: Begin, network: Network, family: str) -> None:
    with pytest.raises(StaleError):
        await live(await begin(32), network, targets=TARGETS_MUTILATED, steps=60, without=family)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(40, 40 + HISTORIES_SOAK))
async def test_long_cdn_content_is_current_after_every_step(begin: Begin, network: Network, number: int) -> None:
    await live(await begin(number), network, targets=TARGETS_SOAK, steps=STEPS_SOAK)
