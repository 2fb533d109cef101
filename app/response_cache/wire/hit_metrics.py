"""Counts of the hits that are sent before ASGI, for the metrics."""

from app.metrics.requests import FIRST_BOUND, RequestMetrics
from app.response_cache.wire.raw_responses import RawResponse
from app.server.request_record import HIT


class HitMetrics:
    """Observer that counts each hit in the series of its response, which is looked up once for a response."""

    def __init__(self, requests: RequestMetrics) -> None:
        self._requests = requests

    def observe(self, _request: bytes, ready: RawResponse, seconds: float) -> None:
        """Count a hit."""
        series = ready.series
        if series is None:
            route = ready.response.route
            series = ready.series = self._requests.series(ready.method.decode(), route, ready.status, HIT)
        if seconds <= FIRST_BOUND:  # as in series.observe, whose call would take as long as all of this
            series.fast += 1
            series.seconds += seconds
        else:
            series.observe(seconds)
