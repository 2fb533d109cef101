"""The OpenAPI document as it is served."""

import json
import threading
from typing import Any

import httpx
import pytest

from tests.api.public.slow_client import app_of


async def test_openapi_document_is_plain_json_in_a_fixed_order(reader: httpx.AsyncClient) -> None:
    one, other = (await reader.get("/openapi.json")).content, (await reader.get("/openapi.json")).content
    assert one == other
    assert json.loads(one)["info"]["title"] == "Dayline"


async def test_openapi_document_is_built_outside_the_event_loop(
    reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_of(reader)
    build, threads = app.openapi, list[threading.Thread]()

    def build_observed() -> dict[str, Any]:
        threads.append(threading.current_thread())
        return build()

    monkeypatch.setattr(app, "openapi", build_observed)
    assert (await reader.get("/openapi.json?uncached=1")).status_code == 200
    assert threads
    assert threading.current_thread() not in threads
