"""Counts and durations of requests by method, route, status and cache state, in plain numbers of one process.

Nothing is locked or written where a request is counted: a cached response takes 16 µs, and 3 % of that is all that
counting may take. `MetricsRecorder` publishes the numbers four times a second.
"""

from bisect import bisect_left
from collections.abc import Collection

from app.metrics.definitions import DURATION_BOUNDS, DURATIONS, REQUESTS
from app.metrics.snapshot import Values
from app.server.request_record import RequestRecord

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER_METHOD = "other"
UNKNOWN_ROUTE = "none"
"""Label of paths that no route matches, which must not become series, and of requests refused before routing."""
CLIENT_CLOSED = 499
"""Status of requests whose client closed the connection before the response began; nginx uses the same."""
FIRST_BOUND = DURATION_BOUNDS[0]


class RequestSeries:
    """Requests with the same labels: `fast` of them took no longer than the first bound, and `slow` took longer.

    `published` of them were in the `values` (all buckets and the sum of durations) that were read last.
    """

    __slots__ = ("counts", "fast", "published", "seconds", "slow", "values")

    def __init__(self) -> None:
        self.fast = self.slow = self.published = 0
        self.seconds = 0.0
        self.counts = [0] * (len(DURATION_BOUNDS) + 1)
        self.values: list[float] = [0.0] * (len(self.counts) + 1)

    def observe(self, seconds: float) -> None:
        """Count a request that took so long."""
        self.seconds += seconds
        if seconds <= FIRST_BOUND:
            self.fast += 1
        else:
            self.slow += 1
            self.counts[bisect_left(DURATION_BOUNDS, seconds)] += 1

    def read(self) -> list[float]:
        """Return the counts of all buckets and the sum of durations."""
        return [self.fast, *self.counts[1:], self.seconds]


class RequestMetrics:
    """All series of a process, made when the first request with their labels is counted.

    Requests of `untimed_routes` are counted without their duration: it is what the client chose, not what the server
    took.
    """

    def __init__(self, untimed_routes: Collection[str] = ()) -> None:
        self._untimed = frozenset(untimed_routes)
        self._series: dict[tuple[str, str, int, str], RequestSeries] = {}
        self._values: Values = {}

    def series(self, method: str, route: str | None, status: int, cache: str) -> RequestSeries:
        """Return the series of these labels; `route` is a template, None where no route matched."""
        labels = (method if method in METHODS else OTHER_METHOD, route or UNKNOWN_ROUTE, status, cache)
        series = self._series.get(labels)
        if series is None:
            series = self._series[labels] = RequestSeries()
        return series

    def observe(self, record: RequestRecord) -> None:
        """Count a request that reached the application, once its response has ended."""
        status = CLIENT_CLOSED if record.status is None else record.status
        self.series(record.method, record.route, status, record.cache).observe(record.duration_s)

    def total(self) -> int:
        """Return how many requests were counted."""
        return sum(each.fast + each.slow for each in self._series.values())

    def read(self) -> Values:
        """Return the counts by all labels, and the histograms by route and cache state; the next call updates them."""
        for labels, series in self._series.items():
            if series.fast + series.slow != series.published:
                self._update(labels, series)
        return self._values

    def _update(self, labels: tuple[str, str, int, str], series: RequestSeries) -> None:
        method, route, status, cache = labels
        before, series.values = series.values, series.read()
        series.published = series.fast + series.slow
        self._values[REQUESTS, method, route, str(status), cache] = [series.published]
        if route not in self._untimed:
            histogram = self._values.get((DURATIONS, route, cache), [0.0] * len(before))
            changes = zip(histogram, series.values, before, strict=True)
            self._values[DURATIONS, route, cache] = [value + now - then for value, now, then in changes]
