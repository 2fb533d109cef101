"""The access log: hits of the wire cache in batches, other requests one by one."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from app.api.middleware.access_log import FLUSH_INTERVAL_S, MAX_BATCH, AccessLog, flushing
from app.logging.context import REQUEST_ID
from app.logging.rendering import make_formatter
from app.response_cache.conditional_requests import ConditionalHeaders
from app.response_cache.entry import CachedResponse
from app.response_cache.wire.raw_responses import RawResponse
from app.server.request_record import BYPASS, RequestRecord

REQUEST = b"GET /v1/timeline?cursor=Fog&limit=%d HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer Fog\r\n\r\n"


class Lines(logging.Handler):
    """Log handler that collects the lines as a server would write them."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []
        self.setFormatter(make_formatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.writes.append(self.format(record))

    @property
    def lines(self) -> list[str]:
        """Return each line after its time, process and request id."""
        return [line.partition(" app.access: ")[2] for each in self.writes for line in each.split("\n")]


@pytest.fixture
def written() -> Iterator[Lines]:
    log, handler = logging.getLogger("app.access"), Lines()
    before = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)
    log.setLevel(before)


def response(status: int = 200) -> RawResponse:
    raw_response = CachedResponse(status, [(b"etag", b'"1"')], b"content")
    return RawResponse("name", raw_response, raw_response.render(ConditionalHeaders()))


async def test_hits_are_logged_in_one_write_with_their_own_times(written: Lines) -> None:
    access_log, cached = AccessLog(), response()
    for number in range(3):
        access_log.on_hit(REQUEST % number, cached, 0.00002)
        await asyncio.sleep(0.002)
    assert written.writes == []
    await asyncio.sleep(2 * FLUSH_INTERVAL_S)
    assert len(written.writes) == 1
    assert written.lines == ["GET /v1/timeline status=200 ms=0.0 bytes=7 cache=hit key=-"] * 3
    times = [line.split(" ")[0] for line in written.writes[0].split("\n")]
    assert len(set(times)) == 3
    assert times == sorted(times)


async def test_a_full_batch_is_written_at_once(written: Lines) -> None:
    access_log, cached = AccessLog(), response()
    for _ in range(MAX_BATCH):
        access_log.on_hit(REQUEST % 1, cached, 0.0)
    assert len(written.lines) == MAX_BATCH


async def test_requests_of_the_application_follow_the_hits_before_them(written: Lines) -> None:
    access_log = AccessLog()
    token = REQUEST_ID.set("r-1")
    access_log.on_hit(REQUEST % 1, response(404), 0.0012)
    record = RequestRecord(
        "POST", "/v1/editorial/articles", "r-1", status=201, duration_s=0.0123, key_prefix="k7q2m5xw3f"
    )
    access_log.on_request(record)
    REQUEST_ID.reset(token)
    assert record.cache == BYPASS
    assert written.lines == [
        "GET /v1/timeline status=404 ms=1.2 bytes=7 cache=hit key=-",
        "POST /v1/editorial/articles status=201 ms=12.3 bytes=0 cache=bypass key=k7q2m5xw3f",
    ]
    assert [line.split(" ")[3] for each in written.writes for line in each.split("\n")] == ["-", "r-1"]


async def test_shutdown_writes_the_remaining_lines(written: Lines) -> None:
    access_log = AccessLog()
    with flushing(access_log):
        access_log.on_hit(b"GET /v1/editorial/previews/token HTTP/1.1\r\n\r\n", response(), 0.0)
    assert written.lines == ["GET /v1/editorial/previews/… status=200 ms=0.0 bytes=7 cache=hit key=-"]
