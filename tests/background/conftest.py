"""Fixtures: a CDN that accepts purges, and purgers with short delays."""

from collections.abc import AsyncIterator

import pytest

from app.background import cdn_purger
from tests.background.network import Network, a_network
from tests.background.purgers import SETTLED_S


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten all delays of seconds."""
    monkeypatch.setattr(cdn_purger, "SECOND_PASS_DELAY_S", SETTLED_S)
    monkeypatch.setattr(cdn_purger, "POLL_S", 0.03)
    monkeypatch.setattr(cdn_purger, "BACK_OFF_S", 0.02)


@pytest.fixture
async def network(hurry: None) -> AsyncIterator[Network]:
    """Run one CDN, which accepts purges."""
    assert hurry is None
    async with a_network() as network:
        yield network
