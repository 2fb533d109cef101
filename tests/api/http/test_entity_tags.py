"""Strong entity tags, one for each encoding, and 304 responses (RFC 9110, sections 8.8 and 13)."""

import gzip
from collections.abc import Callable
from email.utils import formatdate, parsedate_to_datetime
from time import asctime, gmtime, strftime

import brotli
import httpx
import pytest

from app.api.http.media_types import find_offered_types
from app.response_cache.negotiation import choose_encoding
from tests.api.newsroom import ADDRESSES, CONTENT, PAGES, REFERENCE_CSS, SINGLE

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # before Python 3.14
    from backports import zstd

LARGE = "/v1/articles?limit=50&body=blocks"
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
}
ONE_MEGABYTE = 1_000_000


async def fetch(reader: httpx.AsyncClient, address: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """Return a response and its body as sent, not decoded."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with reader.stream("GET", address, headers=named) as response:
        body = b"".join([piece async for piece in response.aiter_raw()])
    return response, body


@pytest.mark.parametrize("query", ["wait=0", "wait=00", "wait=-0", "w%61it=%30&limit=2"])
async def test_changes_without_waiting_are_304_on_a_match(reader: httpx.AsyncClient, query: str) -> None:
    address = f"/v1/changes?{query}"
    tag = (await reader.get(address)).headers["etag"]
    assert (await reader.get(address, headers={"if-none-match": tag})).status_code == 304


@pytest.mark.parametrize("address", CONTENT)
async def test_response_has_a_strong_etag_and_304_on_a_match(reader: httpx.AsyncClient, address: str) -> None:
    response = await reader.get(address)
    tag = response.headers["etag"]
    assert response.status_code == 200
    assert tag.startswith('"')
    assert tag.endswith('"')
    assert (await reader.get(address)).headers["etag"] == tag
    for known in (tag, f"W/{tag}", f'"other", {tag}', f'W/"other",W/{tag} , "third"', "*", " * "):
        again = await reader.get(address, headers={"if-none-match": known})
        assert again.status_code == 304, known
        assert again.content == b""
        for name in ("etag", "cache-control", "vary", "access-control-allow-origin", "link", "last-modified"):
            assert again.headers.get(name) == response.headers.get(name), name
        assert "content-type" not in again.headers


@pytest.mark.parametrize("known", ['"other"', 'W/"other"', "", "nonsense", '"', "W/*", '"*"', ", ,"])
async def test_other_etag_gets_the_full_response(reader: httpx.AsyncClient, known: str) -> None:
    assert (await reader.get("/v1/timeline", headers={"if-none-match": known})).status_code == 200


async def test_different_responses_have_different_etags(reader: httpx.AsyncClient) -> None:
    tags = [(await reader.get(address)).headers["etag"] for address in CONTENT]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
@pytest.mark.parametrize("address", [LARGE, "/openapi.json", REFERENCE_CSS])
async def test_each_encoding_has_its_own_etag_and_the_same_bytes(
    reader: httpx.AsyncClient, address: str, encoding: str
) -> None:
    plain, content = await fetch(reader, address, accept_encoding="identity")
    response, body = await fetch(reader, address, accept_encoding=encoding)
    assert response.headers["content-encoding"] == encoding
    assert "content-encoding" not in plain.headers
    assert len(body) < len(content)
    assert int(response.headers["content-length"]) == len(body)
    assert DECODERS[encoding](body) == content
    assert response.headers["etag"] != plain.headers["etag"]
    assert not response.headers["etag"].startswith("W/")
    for other in ("gzip", "br", "zstd", "identity"):
        again, _ = await fetch(reader, address, accept_encoding=other, if_none_match=response.headers["etag"])
        assert again.status_code == (304 if other == encoding else 200)


@pytest.mark.parametrize("address", CONTENT)
async def test_every_response_varies_by_accept_encoding(reader: httpx.AsyncClient, address: str) -> None:
    for encoding in ("identity", "gzip", "zstd;q=0.5, br"):
        response, _ = await fetch(reader, address, accept_encoding=encoding)
        is_negotiated = find_offered_types(address) is not None
        assert response.headers["vary"] == ("Accept, Accept-Encoding" if is_negotiated else "Accept-Encoding")


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("deflate", None),
        ("zstd;q=0.4, gzip;q=0.8, br;q=0.6", "gzip"),
        ("zstd;q=0, br", "br"),
        ("gzip ; q=0", None),
        ("gzip;Q=0.5", "gzip"),
        ("*", "zstd"),
        ("*;q=0", None),
        ("*, zstd;q=0", "br"),
        ("identity;q=0, *", "zstd"),
        ("identity;q=1, gzip;q=0.5", None),
        ("identity;q=0.2, gzip;q=0.5", "gzip"),
        ("gzip;q=1.000", "gzip"),
        ("gzip;q=0.000", None),
        ("gzip;q=nan", None),
        ("zstd;q=nan, br", "br"),
        ("zstd;q=inf, br;q=0.1", "br"),
        ("zstd;q=1e9, br;q=0.1", "br"),
        ("zstd;q=-1, br;q=0.1", "br"),
        ("zstd;q=, br;q=0.1", "br"),
        (",,;;q=,", None),
    ],
)
def test_best_accepted_encoding_is_chosen(accepted: str, chosen: str | None) -> None:
    assert choose_encoding(accepted, ONE_MEGABYTE) == chosen


def test_small_response_is_identity_unless_refused() -> None:
    assert choose_encoding("gzip, br, zstd", 50) is None
    assert choose_encoding("gzip, identity;q=0", 50) == "gzip"
    assert choose_encoding("br, *;q=0", 50) == "br"
    assert choose_encoding("identity;q=0", 50) is None  # no encoding is left to choose


async def test_refused_identity_compresses_small_responses(reader: httpx.AsyncClient) -> None:
    response, body = await fetch(reader, "/v1/tags/fog", accept_encoding="gzip, identity;q=0")
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == (await reader.get("/v1/tags/fog")).content


async def test_last_modified_is_on_single_entries_only(reader: httpx.AsyncClient) -> None:
    telling = {
        operation for operation, address in ADDRESSES.items() if "last-modified" in (await reader.get(address)).headers
    }
    assert telling == SINGLE
    for address in PAGES:
        assert "last-modified" not in (await reader.get(address)).headers


@pytest.mark.parametrize("operation", sorted(SINGLE))
async def test_if_modified_since_returns_304(reader: httpx.AsyncClient, operation: str) -> None:
    address = ADDRESSES[operation]
    response = await reader.get(address)
    modified = response.headers["last-modified"]
    seconds = parsedate_to_datetime(modified).timestamp()

    async def status(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await reader.get(address, headers=named)).status_code

    assert await status(if_modified_since=modified) == 304
    assert await status(if_modified_since=formatdate(seconds + 60, usegmt=True)) == 304
    assert await status(if_modified_since=formatdate(seconds - 1, usegmt=True)) == 200
    for form in (strftime("%A, %d-%b-%y %H:%M:%S GMT", gmtime(seconds)), asctime(gmtime(seconds))):
        assert await status(if_modified_since=form) == 304, form
    # A tag decides alone where both are given (RFC 9110, section 13.2.2).
    assert await status(if_modified_since=modified, if_none_match='"other"') == 200
    assert await status(if_modified_since=formatdate(0), if_none_match=response.headers["etag"]) == 304


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Fri, 20 Nov 2026 12:00:00 +99999999999999999",
        "Fri, 99999999999999999999 Nov 2026 12:00:00 GMT",
        "Fri, 20 Nov 2026 12:00:00 -0000",
        "Fri, 20 Nov 99999 12:00:00 GMT",
    ],
)
async def test_invalid_if_modified_since_is_ignored(reader: httpx.AsyncClient, date: str) -> None:
    response = await reader.get("/v1/tags/fog", headers={"if-modified-since": date})
    assert response.status_code == 200


@pytest.mark.parametrize("operation", sorted(ADDRESSES.keys() - SINGLE))
async def test_if_modified_since_is_ignored_without_last_modified(reader: httpx.AsyncClient, operation: str) -> None:
    requested = {"if-modified-since": "Fri, 31 Dec 2027 23:59:59 GMT"}
    assert (await reader.get(ADDRESSES[operation], headers=requested)).status_code == 200
