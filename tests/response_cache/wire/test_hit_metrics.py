"""Hits that are sent before ASGI are counted by the route, method and status of their response."""

from app.metrics.definitions import REQUESTS
from app.metrics.requests import RequestMetrics
from app.response_cache.conditional_requests import ConditionalHeaders
from app.response_cache.entry import CachedResponse
from app.response_cache.wire.hit_metrics import HitMetrics
from app.response_cache.wire.raw_responses import RawResponse


def test_hits_are_counted_by_method_route_and_status() -> None:
    requests = RequestMetrics()
    hits = HitMetrics(requests)
    cached = CachedResponse(200, [(b"etag", b'"a"')], b"{}", route="/v1/tags/{slug}")
    whole = RawResponse("/v1/tags/fog", cached, cached.render(ConditionalHeaders()))
    head = RawResponse("/v1/tags/fog", cached, cached.render(ConditionalHeaders()), method=b"HEAD")
    unmodified = RawResponse("/v1/tags/fog", cached, cached.render(ConditionalHeaders(if_none_match='"a"')))
    for response, seconds in ((whole, 0.00001), (whole, 0.002), (head, 0.00001), (unmodified, 0.00001)):
        hits.observe(b"GET /v1/tags/fog HTTP/1.1\r\n", response, seconds)
    counts = {series[1:]: values for series, values in requests.read().items() if series[0] == REQUESTS}
    assert counts == {
        ("GET", "/v1/tags/{slug}", "200", "hit"): [2],
        ("HEAD", "/v1/tags/{slug}", "200", "hit"): [1],
        ("GET", "/v1/tags/{slug}", "304", "hit"): [1],
    }
    series = requests.series("GET", "/v1/tags/{slug}", 200, "hit")
    assert (series.fast, series.counts[2], series.seconds) == (1, 1, 0.00201)
