"""Whether a kept answer is the fresh one, and what differs where it is not, for a person to read."""

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

import brotli
from backports import zstd

from tests.response_cache.plain_messages import Answer, Request

PASSING = {"date", "age", "x-request-id"}
AS_OF = re.compile(rb'("as_of":|"newer":\{"href":"/v1/changes\?since=)[0-9]+')
OPENERS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}
AROUND = 160


def tells_as_of(target: str) -> bool:
    """Whether the answer says up to which change it is known to be true: first pages of the timeline, and the feed."""
    path, _, query = unquote(target).partition("?")
    if path.rstrip("/") == "/v1/changes":
        return True
    return path == "/v1/timeline" and not re.search(r"(?:^|&)cursor=", query)


def differences(request: Request, kept: Answer, fresh: Answer) -> list[str]:
    """What tells these answers apart; nothing is passed over but Date, Age and `as_of` where there is one."""
    if kept == fresh:
        return []
    lenient = tells_as_of(request.target) and kept.status == fresh.status == 200
    found = [] if kept.status == fresh.status else [f"status {kept.status}, fresh {fresh.status}"]
    found += _headers_apart(request, kept, fresh, lenient=lenient)
    first, second = (_plain(each) for each in (kept, fresh))
    if lenient:
        first, second = (AS_OF.sub(rb"\1#", each) for each in (first, second))
    if first != second:
        found.append(_bodies_apart(first, second))
    elif kept.body != fresh.body and not lenient:
        found.append("the same bytes, compressed in another way")
    return found


def _headers_apart(request: Request, kept: Answer, fresh: Answer, *, lenient: bool) -> Iterator[str]:
    skipped = PASSING
    if lenient and kept.body != fresh.body:
        skipped = PASSING | {"content-length"}
        for each in (kept, fresh):
            if each.header("content-length") != str(len(each.body)):
                yield f"content-length {each.header('content-length')} of {len(each.body)} bytes"
    elif lenient and request.method == "HEAD":
        skipped = PASSING | {"content-length"}
    ours, theirs = (Counter(each for each in answer.headers if each[0] not in skipped) for answer in (kept, fresh))
    yield from (f"only kept: {name}: {value}" for name, value in (ours - theirs).elements())
    yield from (f"only fresh: {name}: {value}" for name, value in (theirs - ours).elements())


def _plain(answer: Answer) -> bytes:
    encoding = answer.header("content-encoding")
    return answer.body if encoding is None or not answer.body else OPENERS[encoding](answer.body)


def _bodies_apart(kept: bytes, fresh: bytes) -> str:
    shorter = min(len(kept), len(fresh))
    place = next((i for i in range(shorter) if kept[i] != fresh[i]), shorter)
    window = slice(max(0, place - AROUND), place + AROUND)
    shown = [each[window].decode("utf-8", "replace") for each in (kept, fresh)]
    return f"bodies differ at byte {place}:\n    kept:  …{shown[0]}…\n    fresh: …{shown[1]}…"
