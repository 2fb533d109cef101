"""Fixtures of tests of the OpenAPI document."""

import asyncio
import shutil
from pathlib import Path

import pytest

from app.actions.keys import create_key
from app.db.database import open_database
from app.domain.api_key import ApiKeyScope
from app.schemas.api_key import ApiKeyCreate
from tests.api.openapi.installation import Installation
from tests.conftest import NOW
from tests.sample import load_sample


@pytest.fixture(scope="session")
def installation(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Create the shipped sample with its keys."""
    path = tmp_path_factory.mktemp("sample") / "dayline.db"
    shutil.copy(sqlite_template, path)

    async def fill() -> tuple[str, str]:
        database = open_database(f"sqlite:///{path}")
        try:
            await load_sample(database)
            record = ApiKeyCreate(name="Everything", scopes=list(ApiKeyScope), trusted=True)
            _, token = await database.write(create_key, record, now=NOW)
            reader = ApiKeyCreate(name="Reader", scopes=[ApiKeyScope.CONTENT_READ])
            _, reading_token = await database.write(create_key, reader, now=NOW)
        finally:
            await database.close()
        return token, reading_token

    return Installation(path, *asyncio.run(fill()))
