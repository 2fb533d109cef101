"""Probes for operators and load balancers."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from app.db.database import Database
from app.main import create_app
from app.settings import Settings
from tests.conftest import running


async def test_readiness_of_an_empty_migrated_database(client: httpx.AsyncClient) -> None:
    for address, status in (("/health/live", "live"), ("/health/ready", "ready")):
        response = await client.get(address)
        assert (response.status_code, response.json()) == (200, {"status": status})
        assert response.headers["cache-control"] == "no-store"


async def test_readiness_fails_for_a_schema_behind_or_ahead(client: httpx.AsyncClient, database: Database) -> None:
    expected = await database.read(
        lambda connection: connection.execute(text("SELECT * FROM alembic_version")).scalar()
    )

    async def move_to(revision: str) -> None:
        await database.write(
            lambda connection: connection.execute(
                text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
            )
        )

    try:
        for revision in ("209901010000_next", "202001010000_old"):
            await move_to(revision)
            response = await client.get("/health/ready")
            check_unready(response)
            assert revision not in response.text
            assert (await client.get("/health/live")).status_code == 200
    finally:
        await move_to(str(expected))
    assert (await client.get("/health/ready")).status_code == 200


def check_unready(response: httpx.Response) -> None:
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] in {"no-cache", "no-store"}
    assert response.headers["retry-after"] == "1"
    assert response.json()["type"] == "/problems/not-ready"


@pytest.mark.parametrize("kind", ["an empty file", "no file", "no database at all", "no server"])
async def test_readiness_fails_for_an_unusable_database(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "dayline.db"
    address = f"sqlite:///{path}"
    if kind == "an empty file":
        path.touch()
    elif kind == "no database at all":
        path.write_bytes(b"this is no database" * 1_000)
    elif kind == "no server":
        address = f"postgresql://reader@/news?host={tmp_path}"
    async with running(create_app(Settings(database_url=address))) as client:
        response = await client.get("/health/ready")
        check_unready(response)
        assert str(tmp_path) not in response.text
        assert (await client.get("/health/live")).status_code == 200
        failed = await client.get("/v1/timeline")
        assert failed.status_code in {500, 503}
        assert failed.headers["content-type"] == "application/problem+json"
        assert str(tmp_path) not in failed.text
