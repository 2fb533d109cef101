"""No stale byte from a network: after every step of a random history all that it kept is what is answered anew."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from app import clock, main
from app.main import create_app
from app.settings import Settings
from tests.conftest import NOW, running
from tests.response_cache.cdn_simulator import OWN, Network
from tests.response_cache.compare_responses import AS_OF, tells_as_of
from tests.response_cache.conftest import Begin
from tests.response_cache.history import History
from tests.response_cache.plain_messages import Answer, Request, ask

TARGETS, STEPS = 25, 6
TARGETS_MUTILATED = 45
TARGETS_SOAK, STEPS_SOAK, HISTORIES_SOAK = 150, 30, 4
MOVING = {"content-length", *OWN}

on_sqlite = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


class StaleError(AssertionError):
    """The network keeps what is no longer true."""


@pytest.fixture
async def network(database_address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Network]:
    """A network in front of an app that keeps nothing itself."""
    monkeypatch.setattr(main, "_build_cdn_purger", lambda _app, _settings: None)
    app = create_app(Settings(database_url=database_address, cdn_purge_url="http://127.0.0.1:9/", cache_bytes=0))
    with clock.frozen(NOW):
        async with running(app):
            yield Network(app)


def shown(target: str, answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    """What has to be the same; Cache-Control may have been another one when the network got it."""
    body = AS_OF.sub(rb"\1#", answer.body) if tells_as_of(target) else answer.body
    return answer.status, body, {name: value for name, value in answer.headers if name not in MOVING}


async def compare(app: FastAPI, network: Network, now: int) -> int:
    """Hold all that the network would still send against fresh answers; how much that was."""
    kept = {target: held.answer for target, held in network.held.items() if now < held.until}
    for target, answer in kept.items():
        if shown(target, answer) != shown(target, await ask(app, Request(target))):
            raise StaleError(target)
    return len(kept)


async def live(history: History, network: Network, *, targets: int, steps: int, without: str | None = None) -> None:
    """Live through it; StaleError names what should have been purged."""
    compared = asked = 0
    with history.clock():
        await history.learn_all()
        await network.begin()
        wanted = history.kept.invent(targets)
        for _ in range(steps):
            for target in wanted:
                await network.ask(target, now=history.newsroom.now)
            before = len(network.held)
            await history.step()
            await network.app.state.services.scheduler.refresh()
            await network.hear(without=without)
            compared += await compare(network.app, network, history.newsroom.now)
            asked += before
            wanted = [*wanted, *history.kept.invent(targets // 10)]
    print(f"\n{compared} of {asked} answers were still kept after a step, all of them true")  # noqa: T201 - a figure
    assert compared > asked / 3 > 0


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
