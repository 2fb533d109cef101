"""An installation with the shipped sample, for requests that the OpenAPI document describes."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from app import clock
from app.domain.instant import DAY_US
from tests.api.conftest import as_key
from tests.conftest import NOW, opened

TOMORROW = NOW + DAY_US  # the sample's newest article is public
APP = 3


class Installation(NamedTuple):
    """Database with the sample, a key with every scope, and one that may only read."""

    path: Path
    token: str
    reading_token: str


@asynccontextmanager
async def serving(installation: Installation, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Create a client with the key, of the app over a copy of the installation."""
    path = folder / "copy.db"
    shutil.copy(installation.path, path)
    with clock.frozen(TOMORROW):
        async with opened(f"sqlite:///{path}", number=APP) as client:
            client.headers.update({**as_key(installation.token), "accept-encoding": "identity"})
            yield client
