"""Store of cached responses by key, with the indexes that find those which a change invalidates.

ResponseStore ── responses by key, in order of last use, the least recent first
              ├─ by surrogate key   article:…, tag:…, tags …: the responses that depend on it
              └─ RangeIndex         by list and time: the responses that depend on a range of it
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from app import clock
from app.invalidation.change_event import ChangeEvent
from app.invalidation.dependencies import LOG_KEY, Dependencies
from app.response_cache.entry import CachedResponse
from app.response_cache.range_index import RangeIndex

OVERHEAD_BYTES = 3_200
"""Measured size of a cached response beside its bytes, and of each part of it."""
KEY_BYTES = 250
SPAN_BYTES = 1_400
NAME_BYTES = 300  # for each list of a range
FORM_BYTES = 200
LARGEST_SHARE = 8  # maximum share of the budget for one response
MAX_RECENT = 10_000
"""Changes retained for fills in progress; a fill that began before the oldest of them is not cached."""


@dataclass(slots=True)
class Stats:
    """Counters since the process started."""

    hits: int = 0
    misses: int = 0
    fills: int = 0
    dropped: int = 0
    evicted: int = 0


class _Entry:
    """Response with its dependencies and size."""

    __slots__ = ("dependencies", "response", "size")

    def __init__(self, response: CachedResponse, dependencies: Dependencies, size: int) -> None:
        self.response = response
        self.dependencies = dependencies
        self.size = size


class ResponseStore:
    """Responses within a budget of bytes; `apply_changes` and `clear` evict outdated ones."""

    def __init__(self, budget: int) -> None:
        self.counters = Stats()
        self.size = 0
        self.budget = budget
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._by_key: defaultdict[str, set[str]] = defaultdict(set)
        self._spans = RangeIndex()
        self._position = 0  # increases with every change and commit applied
        self._cleared_at = 0
        self._recent: deque[tuple[int, ChangeEvent]] = deque()
        self._reading: dict[int, int] = {}  # number of fills in progress by token, the oldest first

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: str) -> CachedResponse | None:
        """Return the cached response of a key, None if there is none or it has expired."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        if entry.response.expires_at is not None and entry.response.expires_at <= clock.now():
            self._drop(name)
            return None
        self._entries.move_to_end(name)
        return entry.response

    def begin_fill(self) -> int:
        """Register a fill and return its token for `put`; call `end_fill` once afterwards."""
        self._reading[self._position] = self._reading.get(self._position, 0) + 1
        return self._position

    def end_fill(self, token: int) -> None:
        """Unregister the fill with this token, whatever its outcome."""
        self._reading[token] -= 1
        if not self._reading[token]:
            del self._reading[token]
        oldest = next(iter(self._reading), self._position)
        while self._recent and self._recent[0][0] <= oldest:
            self._recent.popleft()

    def was_invalidated_since(self, dependencies: Dependencies, token: int) -> bool:
        """Return whether a change applied since this token invalidates something with these dependencies."""
        if token < self._cleared_at or (LOG_KEY in dependencies.keys and token < self._position):
            return True
        since = takewhile(lambda each: each[0] > token, reversed(self._recent))
        return any(dependencies.is_invalidated_by(change) for _, change in since)

    def put(self, name: str, response: CachedResponse, dependencies: Dependencies, token: int) -> bool:
        """Store a response whose fill began at this token, unless it is too large or already outdated."""
        size = estimate_size(name, response, dependencies)
        if size * LARGEST_SHARE > self.budget or self.was_invalidated_since(dependencies, token):
            return False
        if name in self._entries:
            self._drop(name, counts=False)
        entry = _Entry(response, dependencies, size)
        self._entries[name] = entry
        for key in dependencies.keys:
            self._by_key[key].add(name)
        for span in dependencies.ranges:
            self._spans.add(name, span)
        self.size += size
        self.counters.fills += 1
        response.on_grow = partial(self._grow, name, entry)
        response.is_cached = True
        self._evict()
        return True

    def apply_changes(self, changes: Sequence[ChangeEvent]) -> None:
        """Evict the responses that these changes invalidate, and those that any commit may alter."""
        self._position += 1
        for change in changes:
            self._position += 1
            if self._reading:
                self._recent.append((self._position, change))
                if len(self._recent) > MAX_RECENT:
                    self._cleared_at = self._recent.popleft()[0]
            for name in self._concerned(change):
                self._drop(name)
        for name in list(self._by_key.get(LOG_KEY, ())):
            self._drop(name)

    def clear(self) -> None:
        """Evict everything: the changes are unknown."""
        self._position += 1
        self._cleared_at = self._position
        self.counters.dropped += len(self._entries)
        for entry in self._entries.values():
            entry.response.evict()
        self._entries.clear()
        self._by_key.clear()
        self._spans = RangeIndex()
        self._recent.clear()
        self.size = 0

    def _concerned(self, change: ChangeEvent) -> set[str]:
        found = self._spans.find(change)
        for key in change.entity_keys:
            found |= self._by_key.get(key, set())
        return found

    def _drop(self, name: str, *, counts: bool = True) -> None:
        entry = self._entries.pop(name)
        entry.response.evict()
        self.size -= entry.size
        for key in entry.dependencies.keys:
            names = self._by_key[key]
            names.discard(name)
            if not names:
                del self._by_key[key]
        for span in entry.dependencies.ranges:
            self._spans.remove(name, span)
        self.counters.dropped += counts

    def _grow(self, name: str, entry: _Entry, size: int) -> None:
        if self._entries.get(name) is entry:
            entry.size += size + FORM_BYTES
            self.size += size + FORM_BYTES
            self._evict()

    def _evict(self) -> None:
        while self.size > self.budget:
            self._drop(next(iter(self._entries)), counts=False)
            self.counters.evicted += 1


def estimate_size(name: str, response: CachedResponse, dependencies: Dependencies) -> int:
    """Return the size in bytes of a cached response with one representation."""
    header_bytes = sum([len(value) for _, value in response.headers])
    named = sum([len(group) for span in dependencies.ranges for group in span.groups])
    noted = KEY_BYTES * len(dependencies.keys) + SPAN_BYTES * len(dependencies.ranges) + NAME_BYTES * named
    return OVERHEAD_BYTES + len(response.body) + header_bytes + 2 * len(name) + noted
