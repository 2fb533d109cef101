"""The reference's page and files: complete in this installation, compressed, and immutable at hashed addresses."""

import gzip
import re
import sys
from hashlib import sha256
from pathlib import Path
from subprocess import run

import brotli
import httpx
import pytest

from app.api.http.cache_key import cache_key
from app.api.http.responses import IMMUTABLE
from app.api.pages.assets import asset_href
from app.api.pages.scalar import SCALAR_PATH, SHA256, SIZE, VERSION, read_script

PROJECT = Path(__file__).resolve().parents[3]
ASSETS = PROJECT / "app" / "pages" / "assets"
DECISIONS = PROJECT / "docs" / "decisions"
LINKS = re.compile(r'(?:src|href|data-document)="([^"]+)"')
OTHER_HOST = re.compile(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}""", re.IGNORECASE)
DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}


async def fetch(reader: httpx.AsyncClient, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """Return a response and its body as it was sent."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    async with reader.stream("GET", path, headers=fields) as response:
        return response, b"".join([part async for part in response.aiter_raw()])


async def test_reference_links_existing_paths_of_this_installation(reader: httpx.AsyncClient) -> None:
    page = (await reader.get("/docs")).text
    links = LINKS.findall(page)
    assert {SCALAR_PATH, "/openapi.json", *map(asset_href, ("reference.css", "reference.js", "icon.svg"))} <= set(links)
    for link in links:
        assert (await reader.get(link)).status_code == 200, link
    for text in (page, *(path.read_text() for path in ASSETS.glob("reference.*"))):
        assert OTHER_HOST.search(text) is None


async def test_reference_without_javascript_links_the_document(reader: httpx.AsyncClient) -> None:
    page = (await reader.get("/docs")).text
    sentence = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "needs JavaScript" in sentence
    assert 'href="/openapi.json"' in sentence


async def test_script_of_another_version_is_redirected_to_the_present_one(reader: httpx.AsyncClient) -> None:
    response = await reader.get("/assets/scalar.0123456789ab.js")
    assert (response.status_code, response.headers["location"]) == (308, SCALAR_PATH)
    for path in ("reference.css", "scalar.js.br", "scalar.js", "SCALAR_LICENSE"):
        assert (await reader.get(f"/assets/{path}")).status_code == 404, path


def test_script_has_the_recorded_version_digest_and_size() -> None:
    script = read_script()
    assert (sha256(script).hexdigest(), len(script)) == (SHA256, SIZE)
    assert f"Scalar {VERSION}" in (DECISIONS / "0052-vendored-reference.md").read_text(encoding="utf-8")
    assert "MIT License" in (ASSETS / "SCALAR_LICENSE").read_text(encoding="utf-8")
    assert (ASSETS / "scalar.js.br").stat().st_size < SIZE / 4


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("zstd", "identity"),
        ("identity", "identity"),
    ],
)
async def test_script_has_the_preferred_encoding(reader: httpx.AsyncClient, accepted: str, encoding: str) -> None:
    response, body = await fetch(reader, SCALAR_PATH, accept_encoding=accepted)
    assert response.headers.get("content-encoding", "identity") == encoding
    assert response.headers["cache-control"] == IMMUTABLE
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert int(response.headers["content-length"]) == len(body)
    assert sha256(DECODERS[encoding](body)).hexdigest() == SHA256
    again, nothing = await fetch(reader, SCALAR_PATH, accept_encoding=accepted, if_none_match=response.headers["etag"])
    assert (again.status_code, nothing) == (304, b"")
    changed = await reader.get(SCALAR_PATH, headers={"accept-encoding": "br", "if-none-match": '"other"'})
    assert changed.status_code == 200


def test_script_has_no_key_in_the_response_cache() -> None:
    scope = {"type": "http", "path": SCALAR_PATH, "query_string": b"", "headers": []}
    assert cache_key(scope) is None
    assert cache_key({**scope, "path": asset_href("reference.css")}) is not None


def test_reference_is_read_when_it_is_requested_only() -> None:
    program = (
        "import sys; opened = []; sys.addaudithook(lambda name, args: name == 'open' and opened.append(str(args[0])));"
        "from app.main import create_app; from app.settings import Settings; create_app(Settings());"
        "sys.exit(any('/pages/assets/' in each for each in opened))"
    )
    assert run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0  # noqa: S603 - ours
