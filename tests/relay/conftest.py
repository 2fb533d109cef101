"""A network that takes purges, and purgers that wait for nothing for long."""

from collections.abc import AsyncIterator

import pytest

from app.relay import purging
from tests.relay.network import Network, a_network
from tests.relay.purgers import SETTLED_S


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a moment be enough for what takes seconds."""
    monkeypatch.setattr(purging, "SECOND_PASS_DELAY_S", SETTLED_S)
    monkeypatch.setattr(purging, "LOOK_S", 0.03)
    monkeypatch.setattr(purging, "BACK_OFF_S", 0.02)


@pytest.fixture
async def network(hurry: None) -> AsyncIterator[Network]:
    """One, open."""
    assert hurry is None
    async with a_network() as network:
        yield network
