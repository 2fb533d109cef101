"""Documentation pages: complete without internet access, and up to date."""

import json
import re
import threading
from html import unescape
from typing import Any

import httpx
import pytest

from tests.api.public.slow_client import app_of

REFERENCES = re.compile(r"""(?:src|href|action|poster)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
ELSEWHERE = re.compile(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}""", re.IGNORECASE)
STYLE_LOADS = re.compile(r"""(?:@import|url\()\s*["']?([^"')]+)""")


async def test_api_reference_refers_to_existing_files(reader: httpx.AsyncClient) -> None:
    response = await reader.get("/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    references = REFERENCES.findall(response.text)
    assert references
    for reference in map(unescape, references):
        assert reference.startswith("/"), reference
        assert not reference.startswith("//"), reference
        assert (await reader.get(reference)).status_code == 200, reference
    assert ELSEWHERE.search(response.text) is None


async def test_api_reference_requests_no_other_site(reader: httpx.AsyncClient) -> None:
    page = (await reader.get("/docs")).text
    script = (await reader.get("/docs/assets/reference.js")).text
    assert '"validatorUrl":null' in script  # otherwise the page loads a badge from the vendor's site
    assert "oauth2" not in page + script
    style = (await reader.get("/docs/assets/swagger-ui.css")).text
    assert all(target.startswith("data:") for target in STYLE_LOADS.findall(style))
    icon = await reader.get("/docs/assets/icon.svg")
    assert icon.headers["content-type"] == "image/svg+xml"
    assert icon.text.startswith("<svg")


async def test_api_reference_loads_the_document_of_this_installation(reader: httpx.AsyncClient) -> None:
    page = (await reader.get("/docs/assets/reference.js")).text
    found = re.search(r"""\"url":\s*['"]([^'"]+)""", page)
    assert found is not None
    document = await reader.get(found[1])
    assert document.json()["openapi"].startswith("3.1")
    assert document.json()["servers"][0]["url"] == "/"
    assert "dom_id" in page


async def test_unknown_assets_are_not_found(reader: httpx.AsyncClient) -> None:
    for name in ("", ".", "..%2Fdocs.py", "%2Fetc%2Fpasswd", "redoc.standalone.js", "swagger-ui.css%00"):
        assert (await reader.get(f"/docs/assets/{name}")).status_code == 404, name


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
