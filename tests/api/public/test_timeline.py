"""The timeline over HTTP."""

import httpx
import pytest

from tests.conftest import Store
from tests.records import article


@pytest.mark.usefixtures("edition_kyiv")
async def test_timeline_is_newest_first(client: httpx.AsyncClient, store: Store) -> None:
    await store(
        article("2026-11-19T21:59:00Z", source_id="late on thursday"),
        article("2026-11-19T22:00:00Z", source_id="midnight"),
        article("2026-11-20T10:00:00Z", source_id="noon"),
    )
    page = (await client.get("/v1/timeline")).json()
    assert [(day["date"], [item["time"] for item in day["items"]]) for day in page["days"]] == [
        ("2026-11-20", ["12:00", "00:00"]),
        ("2026-11-19", ["23:59"]),
    ]
    assert page["next"] is None
