"""A server over the sample, with its document, for clients that generators make."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from sqlalchemy import Connection

from app.actions.keys import create_key
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.conftest import NOW, run_once
from tests.response_cache.threaded_server import serving
from tests.sample import fill_database

EDITION = "harbour"
DOCUMENT_TIMEOUT_S = 60


class SampleServer(NamedTuple):
    """Running server: its URL, a key, its OpenAPI document, and what clients are expected to read from an edition."""

    url: str
    key: str
    document: bytes
    edition: str
    since: int
    types: list[str]
    headlines: list[list[str]]


def make_key(connection: Connection) -> str:
    """Create a key that may read."""
    record = ApiKeyCreate(name="Generated clients", scopes=[ApiKeyScope.CONTENT_READ])
    return create_key(connection, record, now=NOW)[1]


@pytest.fixture(scope="session")
def sample_server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleServer]:
    """Run a server over the sample."""
    file = tmp_path_factory.mktemp("sample") / "dayline.db"
    shutil.copy(sqlite_template, file)
    asyncio.run(fill_database(f"sqlite:///{file}"))
    key = run_once(f"sqlite:///{file}", make_key)
    with serving(f"sqlite:///{file}", early=True) as served:
        url = f"http://127.0.0.1:{served.port}"
        with httpx.Client(base_url=url, timeout=DOCUMENT_TIMEOUT_S) as client:
            timeline = client.get("/v1/timeline", params={"edition": EDITION, "limit": 200}).json()
            since = timeline["as_of"] - 40
            changes = client.get("/v1/changes", params={"edition": EDITION, "since": since}).json()["items"]
            yield SampleServer(
                url,
                key,
                client.get("/openapi.json").content,
                EDITION,
                since,
                [change["type"] for change in changes],
                [[day["date"], item["headline"]] for day in timeline["days"] for item in day["items"]],
            )
