"""Requests are counted by bounded labels, with their durations."""

from app.metrics.definitions import DURATION_BOUNDS, DURATIONS, REQUESTS
from app.metrics.requests import RequestMetrics


def test_requests_are_counted_by_their_labels() -> None:
    metrics = RequestMetrics()
    for method, status in (("GET", 200), ("GET", 200), ("HEAD", 200), ("GET", 404)):
        metrics.series(method, "/v1/tags/{slug}", status, "miss").observe(0.002)
    assert metrics.total() == 4
    counts = {series[1:]: values for series, values in metrics.read().items() if series[0] == REQUESTS}
    assert counts == {
        ("GET", "/v1/tags/{slug}", "200", "miss"): [2],
        ("HEAD", "/v1/tags/{slug}", "200", "miss"): [1],
        ("GET", "/v1/tags/{slug}", "404", "miss"): [1],
    }


def test_durations_are_in_the_bucket_of_the_bound_that_includes_them() -> None:
    metrics = RequestMetrics()
    series = metrics.series("GET", "/v1/timeline", 200, "hit")
    for seconds in (0.0, 0.0005, 0.0006, 0.001, 60.0):
        series.observe(seconds)
    values = metrics.read()[DURATIONS, "/v1/timeline", "hit"]
    assert values[:3] == [2, 2, 0]
    assert values[len(DURATION_BOUNDS)] == 1
    assert values[-1] == 0.0021 + 60


def test_histogram_adds_methods_and_statuses() -> None:
    metrics = RequestMetrics()
    metrics.series("GET", "/v1/timeline", 200, "miss").observe(0.002)
    metrics.series("GET", "/v1/timeline", 422, "miss").observe(0.002)
    assert sum(metrics.read()[DURATIONS, "/v1/timeline", "miss"][:-1]) == 2


def test_unknown_methods_and_paths_have_one_label_each() -> None:
    metrics = RequestMetrics()
    for method in ("BREW", "WHEN"):
        metrics.series(method, None, 404, "bypass").observe(0.001)
    assert metrics.read()[REQUESTS, "other", "none", "404", "bypass"] == [2]


def test_untimed_routes_have_counts_and_no_durations() -> None:
    metrics = RequestMetrics(["/v1/stream"])
    metrics.series("GET", "/v1/stream", 200, "bypass").observe(3_600.0)
    assert list(metrics.read()) == [(REQUESTS, "GET", "/v1/stream", "200", "bypass")]


def test_values_are_those_of_the_moment_they_are_read() -> None:
    metrics = RequestMetrics()
    for method, seconds in (("GET", 0.25), ("HEAD", 0.25), ("GET", 0.0)):
        metrics.series(method, "/v1/timeline", 200, "hit").observe(seconds)
        values = metrics.read()
    assert values[REQUESTS, "GET", "/v1/timeline", "200", "hit"] == [2]
    histogram = values[DURATIONS, "/v1/timeline", "hit"]
    assert (histogram[0], histogram[DURATION_BOUNDS.index(0.25)], histogram[-1]) == (1, 2, 0.5)
