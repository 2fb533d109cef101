"""Raw responses: which requests they are stored for, for how long, and their header fields."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import pytest
from starlette.types import Scope

from app import clock
from app.domain.instant import SECOND_US
from app.invalidation.change_event import ChangeEvent
from app.invalidation.dependencies import Dependencies
from app.invalidation.max_age import CONTENT, ResponseFreshness
from app.invalidation.schedule_snapshot import ListDependency, ScheduledArticle, ScheduleSnapshot
from app.response_cache.entry import CachedResponse, RawHeaders
from app.response_cache.store import ResponseStore
from app.response_cache.wire import raw_responses
from app.response_cache.wire.raw_responses import RawResponse, RawResponseCache
from tests.conftest import NOW

BUDGET = 4_000_000
LATER = NOW + 3_600 * SECOND_US
CHANGE = ChangeEvent(1, entity_keys=frozenset({"tag:1"}), list_keys=frozenset(), timestamps=())
ASKED = b"GET /v1/page HTTP/1.1\r\n\r\n"


class House:
    """Up-to-date check and schedule of a test."""

    def __init__(self) -> None:
        self.knows = True
        self.snapshot = ScheduleSnapshot((), LATER)

    def is_up_to_date(self) -> bool:
        return self.knows

    async def sync(self) -> bool:
        return self.knows


class Desk:
    """RawResponseCache over a store, with the fields that a server sends by itself."""

    def __init__(self, **options: Any) -> None:
        self.house = House()
        self.store = ResponseStore(BUDGET)
        self.hits = RawResponseCache(
            self.store, cache_key=name_of, up_to_date=self.house, schedule=self.house, **options
        )
        self.fields: RawHeaders = [(b"date", b"now")]

    def keep(
        self,
        name: str = "/v1/page",
        *,
        body: bytes = b"words",
        until: int | None = None,
        headers: RawHeaders | None = None,
    ) -> CachedResponse:
        headers = [(b"X-Word", b"said"), (b"etag", b'"a"'), (b"content-length", b"5"), *(headers or [])]
        freshness = ResponseFreshness(CONTENT, ListDependency())
        response = CachedResponse(200, headers, body, freshness=freshness, until=until)
        mark = self.store.begin_fill()
        assert self.store.put(name, response, footprint(), mark)
        self.store.end_fill(mark)
        return response

    def find(self, target: bytes = b"/v1/page", fields: Iterable[tuple[bytes, bytes]] = ()) -> RawResponse | None:
        return self.hits.get(b"GET", target, dict(fields))

    def known(self, request: bytes = ASKED) -> RawResponse:
        ready = self.find()
        assert ready is not None
        self.hits.record(request, ready)
        self.hits.record(request, ready)
        assert self.hits.requests[request] is ready
        return ready

    def is_true(self, ready: RawResponse) -> bool:
        return self.hits.is_fresh(ready, self.fields)

    def head(self, ready: RawResponse) -> bytes:
        assert self.is_true(ready)
        return ready.prefix


def footprint() -> Dependencies:
    """Return the dependencies of a response with a tag."""
    found = Dependencies()
    found.keys.add("tag:1")
    return found


def name_of(scope: Scope) -> str | None:
    path: str = scope["path"]
    return path if path.startswith("/v1") else None


@pytest.fixture
def desk() -> Iterator[Desk]:
    with clock.frozen(NOW):
        yield Desk()


def test_raw_response_has_the_servers_fields_first(desk: Desk) -> None:
    desk.keep()
    ready = desk.known()
    assert desk.is_true(ready)
    assert ready.prefix == (
        b"HTTP/1.1 200 OK\r\ndate: now\r\n"
        b"cache-control: public, max-age=30, stale-while-revalidate=60, stale-if-error=600\r\n"
        b'x-word: said\r\netag: "a"\r\nvary: Accept-Encoding\r\ncontent-length: 5\r\n\r\n'
    )
    assert ready.payload == ready.prefix + b"words"
    desk.fields = [(b"date", b"then")]
    assert b"\r\ndate: then\r\n" in desk.head(ready)
    assert ready.payload == ready.prefix + b"words"


def test_uncached_and_private_responses_are_not_found(desk: Desk) -> None:
    desk.keep()
    assert desk.find(b"/v1/page") is not None
    for target in (
        b"/v1/other",
        b"/health",
        b"*",
        b"",
        b"\xff",
        b"/v1/\xff",
        b"http://host",
        b"/v1/page" + b"x" * 5_000,
    ):
        assert desk.find(target) is None, target
    assert desk.find(b"/v1/%70age") is not None
    assert desk.find(b"http://host/v1/page") is not None


def test_request_bytes_are_stored_on_the_second_occurrence(desk: Desk) -> None:
    desk.keep()
    ready = desk.find()
    assert ready is not None
    assert not desk.hits.requests
    assert desk.find() is not ready
    again = desk.find()
    assert again is desk.find()
    desk.hits.record(ASKED, ready)
    assert ASKED not in desk.hits.requests
    desk.hits.record(ASKED, ready)
    assert desk.hits.requests[ASKED] is ready


def test_each_representation_has_its_own_raw_response(desk: Desk) -> None:
    desk.keep(body=b"words " * 500)
    plain = desk.find()
    packed = desk.find(fields=[(b"accept-encoding", b"gzip")])
    bare = desk.find(fields=[(b"if-none-match", b'"a"')])
    head = desk.hits.get(b"HEAD", b"/v1/page", {})
    assert plain is not None and packed is not None and bare is not None and head is not None  # noqa: PT018 - for types
    assert len(packed.body) < len(plain.body) == 3_000
    assert (bare.status_line, bare.body, head.status_line, head.body) == (
        b"HTTP/1.1 304 Not Modified\r\n",
        b"",
        plain.status_line,
        b"",
    )
    assert desk.head(head) == desk.head(plain)
    assert b"content-length" not in desk.head(bare)


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (b"Fri, 20 Nov 2026 12:00:00 GMT", b"304"),
        (b"Friday, 20-Nov-26 12:00:00 GMT", b"304"),
        (b"Fri Nov 20 12:00:00 2026", b"304"),
        (b"Fri Nov 20 11:59:59 2026", b"200"),
    ],
)
def test_if_modified_since_is_read_in_every_date_form(desk: Desk, since: bytes, status: bytes) -> None:
    desk.keep(headers=[(b"last-modified", b"Fri, 20 Nov 2026 12:00:00 GMT")])
    ready = desk.find(fields=[(b"if-modified-since", since)])
    assert ready is not None
    assert ready.status_line.split()[1] == status


def test_changes_clear_and_eviction_remove_raw_responses(desk: Desk) -> None:
    for evict in (partial(desk.store.apply_changes, [CHANGE]), desk.store.clear, partial(crowd, desk)):
        desk.keep()
        ready = desk.known()
        desk.find()
        assert desk.is_true(ready)
        evict()
        assert not desk.is_true(ready)
        assert not desk.hits.requests
        assert desk.hits.size == 0
        assert not desk.hits._leading
        desk.hits.record(ASKED, ready)
        desk.hits.record(ASKED, ready)
        assert not desk.hits.requests


def crowd(desk: Desk) -> None:
    """Store so many others that the oldest are evicted."""
    for number in range(20):
        desk.keep(f"/v1/{number}", body=b"x" * (BUDGET // 10))


def test_replaced_response_is_not_sent(desk: Desk) -> None:
    desk.keep()
    ready = desk.known()
    desk.keep(body=b"other")
    assert not desk.is_true(ready)
    found = desk.find()
    assert found is not None
    assert found.body == b"other"


def test_no_hit_without_an_up_to_date_check(desk: Desk) -> None:
    desk.keep()
    ready = desk.known()
    desk.house.knows = False
    assert not desk.is_true(ready)
    desk.house.knows = True
    assert desk.is_true(ready)


def test_up_to_date_check_may_evict_the_response(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.keep()
    ready = desk.known()

    def look() -> bool:
        desk.store.apply_changes([CHANGE])
        return True

    monkeypatch.setattr(desk.hits, "_is_current", look)
    assert not desk.is_true(ready)


def test_raw_response_expires_by_the_clock(desk: Desk) -> None:
    desk.keep(until=NOW + SECOND_US)
    ready = desk.known()
    with clock.frozen(NOW + SECOND_US - 1):
        assert desk.is_true(ready)
    with clock.frozen(NOW + SECOND_US):
        assert not desk.is_true(ready)
        assert desk.find() is None


def test_cache_control_of_a_hit_follows_the_schedule_and_the_clock(desk: Desk) -> None:
    desk.keep()
    ready = desk.known()
    assert b"max-age=30, " in desk.head(ready)
    coming = ScheduledArticle(
        id="x", slug="x", published_at=NOW + 10 * SECOND_US, edition="g", is_default=True, timezone="Europe/Kyiv"
    )
    desk.house.snapshot = ScheduleSnapshot((coming,), LATER)
    assert b"max-age=10, " in desk.head(ready)
    assert ready.payload == ready.prefix + b"words"
    with clock.frozen(NOW + 3 * SECOND_US):
        assert b"max-age=7, " in desk.head(ready)
    desk.house.snapshot = ScheduleSnapshot((), LATER)
    assert b"max-age=30, " in desk.head(ready)
    with clock.frozen(LATER - 5 * SECOND_US):
        assert b"max-age=5, " in desk.head(ready)


def test_hits_count_as_uses_in_the_eviction_order(desk: Desk) -> None:
    desk.keep()
    ready = desk.known()
    for number in range(20):
        desk.keep(f"/v1/{number}", body=b"x" * (BUDGET // 10))
        desk.fields = [(b"date", b"%d" % number)]
        assert desk.is_true(ready), number


def test_stored_request_bytes_are_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_responses, "MAX_REMEMBERED", 10)
    monkeypatch.setattr(raw_responses, "MAX_REMEMBERED_BYTES", 3_000)
    desk.keep()
    ready = desk.find()
    assert ready is not None
    for size in (20, 1_000):
        for number in range(30):
            request = b"%d " % number + b"x" * size
            desk.hits.record(request, ready)
            desk.hits.record(request, ready)
            assert request in desk.hits.requests
            assert len(desk.hits.requests) <= 10
            assert desk.hits.size == sum(map(len, desk.hits.requests)) <= 3_000
            assert desk.hits._leading == {ready.response: set(desk.hits.requests)}
    desk.hits.record(b"x" * 5_000, ready)
    desk.hits.record(b"x" * 5_000, ready)
    assert b"x" * 5_000 not in desk.hits.requests


def test_joined_copies_are_few_and_last_a_second(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_responses, "MAX_JOINED_BYTES", 1_000)
    desk.keep()
    desk.keep("/v1/large", body=b"x" * 1_000)
    small, large = desk.find(), desk.find(b"/v1/large")
    assert small is not None
    assert large is not None
    assert desk.is_true(small)
    assert desk.is_true(large)
    assert small.payload == small.prefix + small.body
    assert large.payload is None
    desk.fields = [(b"date", b"then")]
    assert desk.is_true(large)
    assert small.payload is None
    assert desk.is_true(small)
    assert small.payload == small.prefix + small.body


def test_invalid_header_field_is_left_to_the_application(desk: Desk) -> None:
    response = CachedResponse(308, [(b"location", b"/a\r\nset-cookie: b")], b"")
    assert desk.store.put("/v1/page", response, footprint(), desk.store.begin_fill())
    assert desk.find() is None


def test_requests_with_and_without_the_base_path_have_one_hit() -> None:
    with clock.frozen(NOW):
        desk = Desk(base_path="/press")
        desk.keep()
        desk.find()
        plain = desk.find()
        assert plain is not None
        assert desk.find(b"/press/v1/page") is plain
        assert desk.find(b"/pressv1/page") is None
        assert desk.find(b"/press/press/v1/page") is None


def test_without_a_base_path_only_the_plain_target_is_a_hit(desk: Desk) -> None:
    desk.keep()
    assert desk.find() is not None
    assert desk.find(b"/press/v1/page") is None
