"""Comparison of a cached response with a fresh one, and readable differences."""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

import brotli
from backports import zstd

from tests.response_cache.plain_messages import Request, Response

PASSING = {"date", "age", "x-request-id"}
AS_OF = re.compile(rb'("as_of":|"newer":\{"href":"/v1/changes\?since=)[0-9]+')
OPENERS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}
AROUND = 160


def has_as_of(target: str) -> bool:
    """Return whether the response has `as_of`: first pages of the timeline, and the feed."""
    path, _, query = unquote(target).partition("?")
    if path.rstrip("/") == "/v1/changes":
        return True
    return path == "/v1/timeline" and not re.search(r"(?:^|&)cursor=", query)


def differences(request: Request, cached: Response, fresh: Response) -> list[str]:
    """Return the differences of these responses; only Date, Age and a lower `as_of` are ignored."""
    if cached == fresh:
        return []
    lenient = has_as_of(request.target) and cached.status == fresh.status == 200
    found = [] if cached.status == fresh.status else [f"status {cached.status}, fresh {fresh.status}"]
    found += _headers_apart(request, cached, fresh, lenient=lenient)
    first, second = (_plain(each) for each in (cached, fresh))
    if lenient:
        first, second = (AS_OF.sub(rb"\1#", each) for each in (first, second))
    if first != second:
        found.append(_bodies_apart(first, second))
    elif cached.body != fresh.body and not lenient:
        found.append("the same bytes, compressed in another way")
    return found


def _headers_apart(request: Request, cached: Response, fresh: Response, *, lenient: bool) -> Iterator[str]:
    skipped = PASSING
    if lenient and cached.body != fresh.body:
        skipped = PASSING | {"content-length"}
        for each in (cached, fresh):
            if each.header("content-length") != str(len(each.body)):
                yield f"content-length {each.header('content-length')} of {len(each.body)} bytes"
    elif lenient and request.method == "HEAD":
        skipped = PASSING | {"content-length"}
    ours, theirs = (
        Counter(each for each in response.headers if each[0] not in skipped) for response in (cached, fresh)
    )
    yield from (f"only cached: {name}: {value}" for name, value in (ours - theirs).elements())
    yield from (f"only fresh: {name}: {value}" for name, value in (theirs - ours).elements())


def _plain(response: Response) -> bytes:
    encoding = response.header("content-encoding")
    return response.body if encoding is None or not response.body else OPENERS[encoding](response.body)


def _bodies_apart(cached: bytes, fresh: bytes) -> str:
    shorter = min(len(cached), len(fresh))
    place = next((i for i in range(shorter) if cached[i] != fresh[i]), shorter)
    window = slice(max(0, place - AROUND), place + AROUND)
    shown = [each[window].decode("utf-8", "replace") for each in (cached, fresh)]
    return f"bodies differ at byte {place}:\n    cached:  …{shown[0]}…\n    fresh: …{shown[1]}…"
