"""Response store: invalidation by changes, responses that are never cached, and its memory."""

import gc
import tracemalloc
from collections.abc import Callable, Iterable

import orjson
import pytest

from app import clock
from app.invalidation.change_event import ChangeEvent
from app.invalidation.dependencies import LOG_KEY, Dependencies, RangeDependency, depend_on_range, tracking
from app.invalidation.max_age import CONTENT, ResponseFreshness
from app.invalidation.schedule_snapshot import ListDependency
from app.response_cache.conditional_requests import ConditionalHeaders
from app.response_cache.entry import CachedResponse
from app.response_cache.store import LARGEST_SHARE, MAX_RECENT, ResponseStore
from tests.conftest import NOW

BUDGET = 4_000_000
HEADERS = [(b"content-type", b"application/json"), (b"etag", b'"a"'), (b"cache-control", b"public")]


def footprint(keys: Iterable[str] = ("tag:1",), spans: Iterable[tuple[int, int]] = ()) -> Dependencies:
    made = Dependencies()
    made.keys.update(keys)
    made.ranges.extend(RangeDependency((frozenset({"edition:1"}),), first, last) for first, last in spans)
    return made


def change(*named: str, places: tuple[int, ...] | None = ()) -> ChangeEvent:
    return ChangeEvent(1, frozenset(named), frozenset({"edition:1"}), places)


def response(size: int = 10, *, until: int | None = None) -> CachedResponse:
    return CachedResponse(200, HEADERS, b"x" * size, until=until)


def keep(store: ResponseStore, name: str, of: Dependencies | None = None, made: CachedResponse | None = None) -> bool:
    """Store a response during whose read nothing happened."""
    mark = store.begin_fill()
    try:
        return store.put(name, made or response(), of or footprint(), mark)
    finally:
        store.end_fill(mark)


def names(store: ResponseStore) -> list[str]:
    return list(store._entries)


@pytest.fixture
def store() -> ResponseStore:
    return ResponseStore(BUDGET)


def test_response_is_cached_until_a_dependency_changes(store: ResponseStore) -> None:
    made = response()
    assert keep(store, "a", footprint(["tag:1", "author:2"]), made)
    assert store.get("a") is made
    assert store.get("b") is None
    assert made.is_cached
    store.apply_changes([change("tag:2"), change("author:3")])
    assert store.get("a") is made
    store.apply_changes([change("tag:9"), change("author:2")])
    assert store.get("a") is None
    assert (made.is_cached, len(store), store.size, store.counters.dropped) == (False, 0, 0, 1)


def test_response_is_evicted_when_an_article_enters_its_range(store: ResponseStore) -> None:
    assert keep(store, "old", footprint((), [(0, 9)]))
    assert keep(store, "new", footprint((), [(10, 19)]))
    store.apply_changes([change(places=(12,))])
    assert names(store) == ["old"]
    store.apply_changes([change(places=None)])
    assert names(store) == []


def test_any_commit_evicts_responses_of_the_whole_log(store: ResponseStore) -> None:
    assert keep(store, "changes", footprint([LOG_KEY]))
    assert keep(store, "other")
    store.apply_changes([])
    assert names(store) == ["other"]


def test_response_with_a_repeated_range_is_evicted(store: ResponseStore) -> None:
    twice = Dependencies()
    with tracking(twice):
        depend_on_range([["edition:1"]], 0, 9)
        depend_on_range([["edition:1"]], 0, 9)
    assert keep(store, "a", twice)
    assert keep(store, "b", footprint((), [(0, 9)]))
    store.apply_changes([change(places=(5,))])
    assert (names(store), store.size) == ([], 0)


def test_response_expires_by_the_clock(store: ResponseStore) -> None:
    with clock.frozen(NOW):
        assert keep(store, "a", made=response(until=NOW + 10))
        assert store.get("a") is not None
    with clock.frozen(NOW + 10):
        assert store.get("a") is None
    assert len(store) == 0


def test_put_replaces_a_cached_response(store: ResponseStore) -> None:
    first, second = response(), response(20)
    assert keep(store, "a", footprint(["tag:1"]), first)
    size = store.size
    assert keep(store, "a", footprint(["tag:2"]), second)
    assert (store.size, len(store), store.get("a")) == (size + 10, 1, second)
    assert not first.is_cached
    store.apply_changes([change("tag:1")])
    assert store.get("a") is second
    assert store.counters.dropped == 0


def test_fill_invalidated_during_its_read_is_not_cached(store: ResponseStore) -> None:
    mark = store.begin_fill()
    store.apply_changes([change("tag:5"), change("tag:1")])
    assert store.was_invalidated_since(footprint(["tag:1"]), mark)
    assert not store.put("a", response(), footprint(["tag:1"]), mark)
    assert store.put("b", response(), footprint(["tag:2"]), mark)
    assert not store.put("c", response(), footprint([LOG_KEY]), mark)
    store.apply_changes([change(places=(5,))])
    assert not store.put("d", response(), footprint((), [(0, 9)]), mark)
    assert names(store) == ["b"]
    store.end_fill(mark)
    assert keep(store, "a", footprint(["tag:1"]))


def test_fill_begun_after_a_change_is_cached_and_one_before_is_not(store: ResponseStore) -> None:
    before = store.begin_fill()
    store.apply_changes([change("tag:1")])
    after = store.begin_fill()
    assert store.put("after", response(), footprint(), after)
    assert not store.put("before", response(), footprint(), before)
    store.end_fill(after)
    assert not store.put("before", response(), footprint(), before), "a later fill ended, not this one"
    store.end_fill(before)
    assert names(store) == ["after"]


def test_fill_begun_before_clear_is_not_cached(store: ResponseStore) -> None:
    mark = store.begin_fill()
    assert keep(store, "old")
    store.clear()
    assert (len(store), store.size, store.counters.dropped) == (0, 0, 1)
    assert not store.put("a", response(), footprint(["tag:77"]), mark)
    store.end_fill(mark)
    assert keep(store, "a")


def test_changes_are_retained_only_during_earlier_fills(store: ResponseStore) -> None:
    marks = [store.begin_fill()]
    for number in range(1_000):  # at least one fill at any time, none of them long
        store.apply_changes([change(f"tag:{number}")])
        marks.append(store.begin_fill())
        store.end_fill(marks.pop(0))
        assert len(store._recent) <= 2
    store.end_fill(marks.pop())
    assert not store._recent
    assert not store._reading


def test_changes_during_an_endless_fill_are_bounded(store: ResponseStore) -> None:
    mark = store.begin_fill()
    for number in range(MAX_RECENT + 100):
        store.apply_changes([change(f"tag:{number}")])
    later = store.begin_fill()
    assert len(store._recent) == MAX_RECENT
    assert not store.put("a", response(), footprint(["tag:none"]), mark)
    assert store.put("b", response(), footprint(["tag:none"]), later)


def test_least_recently_used_response_is_evicted_first(store: ResponseStore) -> None:
    assert keep(store, "0")
    store = ResponseStore(10 * store.size)
    for number in range(10):
        assert keep(store, str(number))
    for name in ("0", "2", "1"):
        store.get(name)
    for name in ("x", "y"):
        assert keep(store, name)
    assert names(store) == ["5", "6", "7", "8", "9", "0", "2", "1", "x", "y"]
    assert (store.counters.evicted, store.counters.dropped) == (2, 0)


def test_response_over_its_share_is_not_cached_and_evicts_none() -> None:
    store = ResponseStore(100_000)
    assert keep(store, "small")
    assert not keep(store, "large", made=response(100_000 // LARGEST_SHARE))
    assert names(store) == ["small"]
    assert not keep(ResponseStore(0), "a")


def test_later_encodings_count_towards_the_budget() -> None:
    store = ResponseStore(60_000)
    bodies = [orjson.dumps([f"{number} {each * 7919 % 10_007}" for each in range(250)]) for number in range(8)]
    cached = [CachedResponse(200, HEADERS, body) for body in bodies]
    for number, made in enumerate(cached):
        assert keep(store, str(number), made=made)
    before = store.size
    tagged = {
        cached[-1].render(ConditionalHeaders(encoding)).headers[-2] for encoding in ("gzip", "br", "zstd", "gzip", "br")
    }
    assert len(tagged) == 3
    assert store.size > before or store.counters.evicted
    for made in cached:
        for encoding in ("gzip", "br", "zstd"):
            made.render(ConditionalHeaders(encoding))
            assert store.size <= 60_000
    assert store.counters.evicted > 0
    for name in names(store):
        store._drop(name)
    assert store.size == 0


def test_response_evicted_during_sending_is_sent_completely() -> None:
    store, made = ResponseStore(BUDGET), response(6_000)
    assert keep(store, "a", made=made)
    store.apply_changes([change("tag:1")])
    assert made.render(ConditionalHeaders("gzip")).status == 200
    assert (store.size, len(store)) == (0, 0)


def test_budget_bounds_the_real_memory_of_responses() -> None:
    budget, store = 800_000, ResponseStore(800_000)
    taken = measure(lambda: fill_with_pages(store))
    assert store.counters.evicted > 300
    assert store.size <= budget
    assert 0.6 * store.size < taken < 1.2 * budget


def fill_with_pages(store: ResponseStore) -> None:
    for number in range(800):
        body = orjson.dumps([{"id": f"{number}-{each}", "word": "news"} for each in range(number % 90)])
        freshness = ResponseFreshness(CONTENT, ListDependency(edition=str(number), ids=(str(number),)))
        headers = [*HEADERS, (b"link", f'</v1/timeline?cursor={number}>; rel="next"'.encode())]
        noted = footprint([f"tag:{number}-{each}" for each in range(number % 25)], [(number, number + 50)])
        made = CachedResponse(200, headers, body, freshness=freshness)
        assert keep(store, f"/v1/timeline?limit=20&tag=number-{number}", noted, made)
        made.render(ConditionalHeaders("gzip"))
        made.render(ConditionalHeaders())


def test_budget_bounds_responses_with_many_dependencies() -> None:
    budget, store = 2_000_000, ResponseStore(2_000_000)
    taken = measure(lambda: fill_with_many_names(store))
    assert store.counters.evicted > 100
    assert 0.4 * store.size < taken < 1.1 * budget


def fill_with_many_names(store: ResponseStore) -> None:
    for number in range(400):
        tags = frozenset(f"tag:{(number * 7 + each * 13) % 200}" for each in range(50))
        noted = Dependencies()
        noted.ranges.append(RangeDependency((tags, frozenset({"edition:1"})), number, number + 50))
        assert keep(store, f"/v1/timeline?number={number}", noted)


def measure(fill: Callable[[], None]) -> int:
    """Return the bytes that the action leaves in memory."""
    gc.collect()
    tracemalloc.start()
    begun = tracemalloc.get_traced_memory()[0]
    fill()
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0] - begun
    tracemalloc.stop()
    return taken
